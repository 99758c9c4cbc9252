-- Every conversation counts as new once, and every spoken message in one episode.
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

said as (

    select
        conversation_id,
        count(*) filter (where is_spoken) as messages
    from messages
    group by 1

),

counted as (

    select
        conversation_id,
        sum(contact_messages + ai_messages + human_messages + human_phone_messages)
            as messages
    from episodes
    group by 1

),

counted_by_day as (

    select
        conversation_id,
        sum(new_conversations) as new_conversations,
        sum(contact_messages + ai_messages + human_messages + human_phone_messages)
            as messages
    from episode_days
    group by 1

)

select
    conversations.conversation_id,
    said.messages,
    counted.messages as messages_of_episodes,
    counted_by_day.messages as messages_of_days,
    counted_by_day.new_conversations
from conversations
left join said on conversations.conversation_id = said.conversation_id
left join counted on conversations.conversation_id = counted.conversation_id
left join counted_by_day
    on conversations.conversation_id = counted_by_day.conversation_id
where
    coalesce(said.messages, 0) <> coalesce(counted.messages, 0)
    or coalesce(said.messages, 0) <> coalesce(counted_by_day.messages, 0)
    or counted_by_day.new_conversations is distinct from 1
