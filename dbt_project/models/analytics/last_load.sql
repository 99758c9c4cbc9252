with

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

last_success as (

    select
        run_id,
        mode,
        rows_read,
        rows_new,
        rows_changed,
        rows_deleted,
        seconds,
        new_accounts,
        snapshot_at as as_of,
        finished_at
    from load_runs
    where status = 'succeeded'
    order by run_id desc
    limit 1

)

select * from last_success
