with

moments as (

    select * from {{ ref('conversation_moments') }}

)

select
    ---------- ids
    message_id,
    conversation_id,
    inbox_id,
    contact_id,
    sender_id,
    -- The person who wrote, or took the call.
    case when is_of_person and sender_class <> 'human_phone' then sender_id end
        as agent_id,
    built_from,

    ---------- text
    message_type,
    content_type,
    delivery_status,
    sender_type,
    sender_class,
    speech_act,
    message_text,

    ---------- numerics
    message_number,
    episode_number,
    characters,
    reply_seconds,
    reply_working_seconds,
    human_wait_seconds,
    human_wait_working_seconds,

    ---------- booleans
    is_private,
    is_deleted,
    is_from_automation_rule,
    is_from_campaign,
    is_phone_echo,
    is_template,
    is_delivered,
    is_reaction,
    is_copy,
    is_spoken,
    is_request,

    ---------- times
    local_date,
    sent_at,
    local_sent_at
from moments
where moment_kind = 'message'
