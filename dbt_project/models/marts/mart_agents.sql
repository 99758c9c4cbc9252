with

agents as (

    select * from {{ ref('stg_chatwoot__agents') }}

),

ai_users as (

    select * from {{ ref('ai_users') }}

),

messages as (

    select * from {{ ref('messages') }}

),

-- A deleted user leaves his messages behind.
writers as (

    select distinct sender_id as agent_id
    from messages
    where sender_class = 'human' and sender_id is not null

),

agent_ids as (

    select agent_id from writers
    union
    select user_id from agents

)

select
    agent_ids.agent_id,
    coalesce(nullif(trim(agents.agent_name), ''), 'Agente ' || agent_ids.agent_id)
        as agent_name,
    exists(
        select from ai_users
        where
            lower(ai_users.ai_user)
            in (agents.user_id::text, lower(agents.agent_email))
    ) as is_ai,
    coalesce(agents.is_active, false) as is_active
from agent_ids
left join agents on agent_ids.agent_id = agents.user_id
