-- Summed over days and inboxes, the components are what the conversations say.
with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

resolution_days as (

    select distinct
        conversation_id,
        local_date
    from {{ ref('reporting_events') }}
    where event_name = 'conversation_resolved'

),

conversation_days as (

    select * from {{ ref('mart_executive_conversation_days') }}

),

ai_ids as (

    select distinct conversation_id
    from messages
    where sender_class = 'ai'

),

human_ids as (

    select distinct conversation_id
    from messages
    where sender_class in ('human', 'human_phone')

),

resolved_ids as (

    select conversation_id from resolution_days
    union
    select conversation_id from conversations
    where is_resolved

),

expected as (

    select
        count(*) as new_conversations,
        count(ai_ids.conversation_id) as ai_conversations,
        count(human_ids.conversation_id) as human_conversations,
        count(resolved_ids.conversation_id) as resolved_new_conversations,
        (select count(*) from resolution_days) as resolved_conversations
    from conversations
    left join ai_ids
        on conversations.conversation_id = ai_ids.conversation_id
    left join human_ids
        on conversations.conversation_id = human_ids.conversation_id
    left join resolved_ids
        on conversations.conversation_id = resolved_ids.conversation_id

),

found as (

    select
        sum(new_conversations) as new_conversations,
        sum(ai_conversations) as ai_conversations,
        sum(human_conversations) as human_conversations,
        sum(resolved_new_conversations) as resolved_new_conversations,
        sum(resolved_conversations) as resolved_conversations
    from conversation_days

)

select * from found
except
select * from expected
