with

last_load as (

    select * from {{ ref('last_load') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

status as (

    select
        last_load.run_id,
        last_load.mode,
        (select count(*) from conversations) as conversations,
        (select count(*) from messages) as messages,
        last_load.rows_read,
        last_load.rows_new,
        last_load.rows_changed,
        last_load.rows_deleted,
        last_load.seconds as load_seconds,
        ({{ local_time('last_load.as_of', business_timezone()) }})::date
            as local_date,
        last_load.as_of,
        {{ local_time('last_load.as_of', business_timezone()) }}
            as local_as_of,
        last_load.finished_at as loaded_at,
        {{ local_time('last_load.finished_at', business_timezone()) }}
            as local_loaded_at
    from last_load

)

select * from status
