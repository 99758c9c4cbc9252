{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=[
            "{{ settings_of_a_build() }}",
            "{{ delete_outdated(
                ref('episode_day_versions'), 'day_version', 'local_date'
            ) }}",
        ],
        post_hook='{{ analyze_when_new() }}',
        indexes=[{'columns': ['metric', 'local_date']}, {'columns': ['local_date']}],
    )
}}
with

durations as (

    select durations.*
    from {{ ref('durations') }} as durations
    where {{ is_not_built('durations.local_date', 'local_date') }}

),

day_versions as (

    select * from {{ ref('episode_day_versions') }}

),

counted as (

    select
        local_date,
        inbox_id,
        team_id,
        origin,
        resolver,
        hours_kind,
        metric,
        responder_class,
        bucket,
        count(*) as n
    from durations
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

)

select
    counted.local_date,
    counted.inbox_id,
    counted.team_id,
    counted.origin,
    counted.resolver,
    counted.hours_kind,
    counted.metric,
    counted.responder_class,
    counted.bucket,
    {{ bucket_from_seconds('counted.bucket') }} as bucket_from,
    {{ bucket_from_seconds('counted.bucket + 1') }} as bucket_to,
    counted.n,
    day_versions.day_version
from counted
inner join day_versions on counted.local_date = day_versions.local_date
-- What is read together lies together.
order by 7, 1
