-- Who spoke is decided here and in the remote view; both must count the same. And every
-- conversation is new once (never, if it began at an infinite time), every spoken
-- message in one episode and on one day. What is ignored has episodes, and no days.
with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

episodes as (

    select * from {{ ref('episodes') }}

),

episode_days as (

    select * from {{ ref('episode_days') }}

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

said as (

    select
        conversation_id,
        count(*) as messages,
        count(*) filter (where is_spoken) as spoken_messages,
        count(*) filter (where sender_class = 'contact') as contact_messages,
        count(*) filter (where sender_class = 'ai') as ai_messages,
        count(*) filter (where sender_class in ('human', 'human_phone'))
            as human_messages,
        count(*) filter (where sender_class = 'note') as notes
    from messages
    group by 1

),

said_in_episodes as (

    select
        conversation_id,
        sum(contact_messages + ai_messages + human_messages + human_phone_messages)
            as spoken_messages
    from episodes
    group by 1

),

said_on_days as (

    select
        conversation_id,
        sum(new_conversations) as new_conversations,
        sum(contact_messages + ai_messages + human_messages + human_phone_messages)
            as spoken_messages
    from episode_days
    group by 1

),

compared as (

    select
        conversations.conversation_id,
        conversations.t_messages,
        conversations.contact_messages_count,
        conversations.user_messages_count,
        conversations.private_notes_count,
        conversations.is_resolved,
        conversations.is_bot_resolved,
        conversations.conversation_date,
        ignored.conversation_id is not null as is_ignored,
        said_on_days.new_conversations,
        coalesce(said.messages, 0) as messages,
        coalesce(said.contact_messages, 0) as contact_messages,
        coalesce(said.ai_messages, 0) as ai_messages,
        coalesce(said.human_messages, 0) as human_messages,
        coalesce(said.notes, 0) as notes,
        coalesce(said.spoken_messages, 0) as spoken_messages,
        coalesce(said_in_episodes.spoken_messages, 0) as spoken_in_episodes,
        coalesce(said_on_days.spoken_messages, 0) as spoken_on_days
    from conversations
    left join said on conversations.conversation_id = said.conversation_id
    left join said_in_episodes
        on conversations.conversation_id = said_in_episodes.conversation_id
    left join said_on_days
        on conversations.conversation_id = said_on_days.conversation_id
    left join ignored on conversations.conversation_id = ignored.conversation_id

)

select *
from compared
where
    messages <> t_messages
    or contact_messages <> contact_messages_count
    or human_messages <> user_messages_count
    or notes <> private_notes_count
    or is_bot_resolved <> (is_resolved and ai_messages > 0 and human_messages = 0)
    or spoken_messages <> spoken_in_episodes
    or is_ignored and (spoken_on_days > 0 or new_conversations is not null)
    or not is_ignored and spoken_messages <> spoken_on_days
    or not is_ignored
    and coalesce(new_conversations, 0) <> (conversation_date is not null)::integer
