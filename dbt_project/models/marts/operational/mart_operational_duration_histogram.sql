{{ config(materialized='view') }}
with

durations as (

    select * from {{ ref('mart_operational_durations') }}

),

unpacked as (

    select
        durations.*,
        get_byte(durations.buckets, 2 * places.place) * 256
        + get_byte(durations.buckets, 2 * places.place + 1) as bucket
    from durations
    cross join
        lateral generate_series(
            0, length(durations.buckets) / 2 - 1
        ) as places (place)

)

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
    {{ bucket_from_seconds('bucket') }} as bucket_from,
    {{ bucket_from_seconds('bucket + 1') }} as bucket_to,
    count(*) as n,
    day_version
from unpacked
group by
    local_date,
    inbox_id,
    team_id,
    origin,
    resolver,
    hours_kind,
    metric,
    responder_class,
    bucket,
    day_version
