-- A view, so that a load that has failed shows at once: no build comes after it.
{{ config(materialized='view') }}
with

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

failed as (

    select
        run_id,
        status,
        started_at,
        {{ local_time('started_at', business_timezone()) }} as local_started_at
    from load_runs
    where status in ('failed', 'interrupted')

)

select * from failed
