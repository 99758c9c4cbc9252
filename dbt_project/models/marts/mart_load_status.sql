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

status as (

    select
        last_success.run_id,
        last_success.mode,
        (select count(*) from conversations) as conversations,
        (select count(*) from messages) as messages,
        last_success.rows_read,
        last_success.rows_new,
        last_success.rows_changed,
        last_success.rows_deleted,
        last_success.seconds as load_seconds,
        ({{ local_time('last_success.snapshot_at', business_timezone()) }})::date
            as local_date,
        last_success.snapshot_at as as_of,
        {{ local_time('last_success.snapshot_at', business_timezone()) }}
            as local_as_of,
        last_success.finished_at as loaded_at,
        {{ local_time('last_success.finished_at', business_timezone()) }}
            as local_loaded_at
    from last_success

)

select * from status
