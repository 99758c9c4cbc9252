with

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

last_success as (

    select *
    from load_runs
    where status = 'succeeded'
    order by run_id desc
    limit 1

),

last_failure as (

    select max(run_id) as run_id
    from load_runs
    where status in ('failed', 'interrupted')

),

status as (

    select
        last_success.run_id,
        last_failure.run_id as last_failed_run_id,
        last_success.mode,
        (select count(*) from conversations) as conversations,
        (select count(*) from messages) as messages,
        last_success.rows_read,
        last_success.rows_new,
        last_success.rows_changed,
        last_success.rows_deleted,
        last_success.seconds as load_seconds,
        coalesce(last_failure.run_id > last_success.run_id, false)
            as has_failed_since,
        ({{ local_time('last_success.snapshot_at', business_timezone()) }})::date
            as local_date,
        last_success.snapshot_at as as_of,
        {{ local_time('last_success.snapshot_at', business_timezone()) }}
            as local_as_of,
        last_success.finished_at as loaded_at,
        failed_runs.started_at as last_failed_at
    from last_success
    cross join last_failure
    left join load_runs as failed_runs on last_failure.run_id = failed_runs.run_id

)

select * from status
