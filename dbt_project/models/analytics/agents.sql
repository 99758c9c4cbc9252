with

agents as (

    select * from {{ ref('stg_chatwoot__agents') }}

),

ai_users as (

    select * from {{ source('configuration', 'ai_users') }}

),

recognized as (

    select
        agents.user_id,
        agents.agent_name,
        agents.is_active,
        coalesce(bool_or(ai_users.ai_user is not null), false) as is_ai
    from agents
    left join ai_users
        on lower(ai_users.ai_user) in (agents.user_id::text, lower(agents.agent_email))
    group by 1, 2, 3

)

select * from recognized
