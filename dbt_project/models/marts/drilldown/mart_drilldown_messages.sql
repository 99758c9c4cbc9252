{{ config(materialized='view') }}
with

messages as (

    select * from {{ ref('messages') }}

),

agents as (

    select * from {{ ref('mart_agents') }}

)

select
    ---------- ids
    messages.message_id,
    messages.conversation_id,
    messages.episode_number,
    messages.agent_id,

    ---------- text
    messages.sender_class,
    agents.agent_name,
    messages.content_type,
    messages.delivery_status,
    messages.message_text,

    ---------- numerics
    messages.message_number,
    messages.reply_seconds,

    ---------- booleans
    messages.is_deleted,
    messages.is_delivered,
    messages.is_reaction,
    messages.is_copy,
    messages.is_request,

    ---------- times
    messages.local_date,
    messages.sent_at,
    messages.local_sent_at
from messages
left join agents
    on messages.agent_id = agents.agent_id
