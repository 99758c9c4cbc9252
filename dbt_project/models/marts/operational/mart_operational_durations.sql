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

packed as (

    select
        local_date,
        inbox_id,
        team_id,
        agent_id,
        agent_ids,
        metric,
        responder_class,
        origin,
        resolver,
        hours_kind,
        labels,
        string_agg(int2send(bucket::smallint), ''::bytea order by bucket) as buckets
    from durations
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

)

select
    ---------- ids
    packed.inbox_id,
    packed.team_id,
    packed.agent_id,
    packed.agent_ids,

    ---------- text
    packed.metric,
    packed.responder_class,
    packed.origin,
    packed.resolver,
    packed.hours_kind,
    packed.labels,

    ---------- numerics
    packed.buckets,
    day_versions.day_version,

    ---------- times
    packed.local_date
from packed
inner join day_versions on packed.local_date = day_versions.local_date
-- What is read together lies together.
order by 5, 13
