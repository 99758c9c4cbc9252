-- One row per conversation that has messages: all of 02, and what follows from it.
--
-- The first response is the first human reply in the messages: Chatwoot's
-- first_reply_created_at also counts an AI that writes with a user's token. Where
-- messages are older than their conversation, as in an imported history, it counts
-- from the first of them. A time that no integer holds (68 years, or infinite) is NULL,
-- as in 04.
create or replace view vw_message_stats_complete as
with

measured as (

    select
        compiled.*,
        extract(epoch from compiled.last_spoken_at)
        - extract(epoch from compiled.first_spoken_at) as duration_seconds,
        extract(epoch from compiled.first_human_reply_at)
        - extract(
            epoch from least(
                conversations.created_at, nullif(compiled.first_spoken_at, '-infinity')
            )
        ) as first_response_time_seconds
    from vw_messages_compiled_complete as compiled
    left join conversations on compiled.conversation_id = conversations.id

)

select
    conversation_id,
    message_compiled,
    client_sender_id,
    t_messages,
    total_messages_public,
    total_messages_private,
    mc_first_message_at,
    mc_last_message_at,
    user_messages_count,
    contact_messages_count,
    ai_messages_count,
    total_messages_private as private_notes_count,
    first_message_text,
    last_message_text,
    first_message_sender_type,
    last_message_sender_type,
    case
        when abs(first_response_time_seconds) < 2147483648
            then floor(first_response_time_seconds)::integer
    end as first_response_time_seconds,
    case
        when abs(first_response_time_seconds) < 2147483648
            then round(first_response_time_seconds::numeric / 60, 1)
    end as first_response_time_minutes,
    coalesce(first_response_time_seconds < 5 * 60, false) as is_fast_response,
    coalesce(first_response_time_seconds > 30 * 60, false) as is_slow_response,
    case
        when duration_seconds < 2147483648 then floor(duration_seconds)::integer
    end as conversation_duration_seconds,
    case
        when duration_seconds < 2147483648
            then
                round(
                    duration_seconds::numeric / nullif(spoken_messages_count - 1, 0), 1
                )
    end as avg_time_between_messages_seconds,
    avg_message_length,
    max_message_length,
    user_messages_count > 0 as has_user_messages,
    contact_messages_count > 0 as has_contact_messages,
    total_messages_private > 0 as has_private_notes,
    has_contact_reply,
    spoken_messages_count <= 5 as is_short_conversation,
    spoken_messages_count > 20 as is_long_conversation,
    round(
        user_messages_count::numeric / nullif(spoken_messages_count, 0), 2
    ) as user_message_ratio,
    round(
        contact_messages_count::numeric / nullif(spoken_messages_count, 0), 2
    ) as contact_message_ratio,
    user_messages_count > 0 as has_human_intervention
from measured;
