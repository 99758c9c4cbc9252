with

source as (

    select * from {{ source('chatwoot', 'conversation_loads') }}

),

chosen as (

    select
        conversation_id,
        last_run_id,
        {{ in_utc('first_loaded_at') }} as first_loaded_at,
        {{ in_utc('last_loaded_at') }} as last_loaded_at
    from source

)

select * from chosen
