with

source as (

    select * from {{ source('chatwoot', 'agents') }}

),

chosen as (

    select
        user_id,
        agent_name,
        agent_email,
        account_ids,
        is_administrator,
        is_active
    from source

)

select * from chosen
