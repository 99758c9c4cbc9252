-- A view, so that a load or a build that has failed shows at once. What it tells of is
-- the last build that was complete: until another one is, that is what the marts show.
{{ config(materialized='view') }}
with

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

builds as (

    select * from {{ ref('stg_chatwoot__builds') }}

),

last_load as (

    select * from {{ ref('last_load') }}

),

loaded_rows as (

    select * from {{ ref('loaded_rows') }}

),

last_complete as (

    select *
    from builds
    where is_complete
    order by build_id desc
    limit 1

),

built_load as (

    select
        load_runs.*,
        last_complete.build_id
    from load_runs
    inner join last_complete on load_runs.run_id = last_complete.run_id

),

-- A build that was killed stands as running.
ended as (

    select *
    from builds
    where status <> 'running' or not {{ is_building() }}

),

last_good as (

    select max(build_id) as build_id
    from builds
    where status = 'succeeded' and is_complete

),

failed_since as (

    select
        ended.*,
        {{ local_time('ended.started_at', business_timezone()) }} as local_started_at
    from ended
    inner join last_complete on ended.build_id >= last_complete.build_id
    left join last_good on true
    where
        ended.status <> 'succeeded'
        and (last_good.build_id is null or ended.build_id > last_good.build_id)

),

-- Some models of a later load, or of other rules, beside those of the complete build.
mixing as (

    select ended.build_id
    from ended
    inner join last_complete on ended.build_id > last_complete.build_id
    where
        coalesce(ended.models_built, 1) > 0
        and (
            ended.status <> 'succeeded'
            or ended.run_id is distinct from last_complete.run_id
        )

),

status as (

    select
        built_load.run_id,
        built_load.build_id,
        built_load.mode,
        loaded_rows.conversations,
        loaded_rows.messages,
        built_load.rows_read,
        built_load.rows_new,
        built_load.rows_changed,
        built_load.rows_deleted,
        built_load.seconds as load_seconds,
        {{ is_building() }} as is_building,
        (select count(*) > 0 from mixing) as is_mixed,
        (select count(*) > 0 from failed_since) as has_failed_build,
        (
            select count(*) > 0
            from failed_since
            where failed_since.is_complete
        ) as has_failed_checks,
        (
            select count(*) > 0
            from load_runs
            where
                load_runs.run_id > last_load.run_id
                and load_runs.status in ('failed', 'interrupted')
        ) as has_failed_load,
        ({{ local_time('built_load.snapshot_at', business_timezone()) }})::date
            as local_date,
        built_load.snapshot_at as as_of,
        {{ local_time('built_load.snapshot_at', business_timezone()) }}
            as local_as_of,
        built_load.finished_at as loaded_at,
        {{ local_time('built_load.finished_at', business_timezone()) }}
            as local_loaded_at,
        case
            when last_load.run_id > built_load.run_id
                then {{ local_time('last_load.finished_at', business_timezone()) }}
        end as unbuilt_local_loaded_at,
        (select min(failed_since.local_started_at) from failed_since)
            as build_failed_local_since,
        last_load.new_accounts
    from built_load
    cross join last_load
    cross join loaded_rows

)

select * from status
