-- Who spoke is decided here and in the remote view; both must count the same.
with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

counted as (

    select
        conversations.conversation_id,
        count(messages.message_id) as messages,
        count(*) filter (where messages.sender_class = 'contact') as contact_messages,
        count(*) filter (where messages.sender_class = 'ai') as ai_messages,
        count(*) filter (
            where messages.sender_class in ('human', 'human_phone')
        ) as human_messages,
        count(*) filter (where messages.sender_class = 'note') as notes
    from conversations
    left join messages on conversations.conversation_id = messages.conversation_id
    group by 1

)

select counted.*
from counted
inner join conversations on counted.conversation_id = conversations.conversation_id
where
    counted.messages <> conversations.t_messages
    or counted.contact_messages <> conversations.contact_messages_count
    or counted.human_messages <> conversations.user_messages_count
    or counted.notes <> conversations.private_notes_count
    or conversations.is_bot_resolved <> (
        conversations.is_resolved
        and counted.ai_messages > 0
        and counted.human_messages = 0
    )
