-- A view, so that a load or a build that has failed shows at once.
{{ config(materialized='view') }}
with

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

builds as (

    select * from {{ ref('stg_chatwoot__builds') }}

),

failed as (

    select
        'load' as kind,
        run_id,
        0 as build_id,
        status,
        null as failed_at,
        started_at
    from load_runs
    where status in ('failed', 'interrupted')
    union all
    select
        'build' as kind,
        run_id,
        build_id,
        status,
        array_to_string(failed, ', ') as failed_at,
        started_at
    from builds
    where status in ('failed', 'interrupted')

),

dated as (

    select
        *,
        {{ local_time('started_at', business_timezone()) }} as local_started_at
    from failed

)

select * from dated
