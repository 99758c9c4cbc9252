-- A view, so that a load that has failed shows at once: no build comes after it.
{{ config(materialized='view') }}
with

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

recent as (

    select
        run_id,
        mode,
        status,
        rows_read,
        rows_new,
        rows_changed,
        rows_deleted,
        bytes_read,
        seconds as load_seconds,
        source_seconds,
        started_at,
        {{ local_time('started_at', business_timezone()) }} as local_started_at,
        finished_at,
        {{ local_time('finished_at', business_timezone()) }} as local_finished_at
    from load_runs
    where started_at > {{ now_utc() }} - interval '90 days'

)

select * from recent
