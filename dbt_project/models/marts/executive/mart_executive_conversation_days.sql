with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

resolutions as (

    select *
    from {{ ref('reporting_events') }}
    where event_name = 'conversation_resolved'

),

inboxes as (

    select * from {{ ref('mart_inboxes') }}

),

load_status as (

    select * from {{ ref('mart_load_status') }}

),

responders as (

    select
        conversation_id,
        bool_or(sender_class = 'ai') as has_ai,
        bool_or(sender_class in ('human', 'human_phone')) as has_human
    from messages
    where sender_class in ('ai', 'human', 'human_phone')
    group by 1

),

resolved_ids as (

    select distinct conversation_id from resolutions

),

by_creation as (

    select
        conversations.conversation_date as local_date,
        conversations.inbox_id,
        count(*) as new_conversations,
        count(responders.conversation_id) as answered_conversations,
        count(*) filter (where responders.has_ai) as ai_conversations,
        count(*) filter (where responders.has_human) as human_conversations,
        count(*) filter (where responders.has_ai and not responders.has_human)
            as ai_only_conversations,
        count(*) filter (
            where conversations.is_resolved or resolved_ids.conversation_id is not null
        ) as resolved_new_conversations
    from conversations
    left join responders
        on conversations.conversation_id = responders.conversation_id
    left join resolved_ids
        on conversations.conversation_id = resolved_ids.conversation_id
    group by 1, 2

),

by_resolution as (

    select
        local_date,
        inbox_id,
        count(distinct conversation_id) as resolved_conversations
    from resolutions
    group by 1, 2

),

dates_seen as (

    select local_date from by_creation
    union
    select local_date from by_resolution

),

first_date as (

    select min(local_date) as local_date
    from dates_seen
    where local_date >= {{ calendar_start() }}

),

-- From the start of the calendar up to the load, and no further because of a date in
-- the distant past or future.
days as (

    select
        {{ days_between('first_date.local_date', 'load_status.local_date') }}
            as local_date
    from first_date
    cross join load_status
    union
    select local_date from dates_seen

),

filled as (

    select
        days.local_date,
        inboxes.inbox_id,
        coalesce(by_creation.new_conversations, 0) as new_conversations,
        coalesce(by_creation.answered_conversations, 0) as answered_conversations,
        coalesce(by_creation.ai_conversations, 0) as ai_conversations,
        coalesce(by_creation.human_conversations, 0) as human_conversations,
        coalesce(by_creation.ai_only_conversations, 0) as ai_only_conversations,
        coalesce(by_creation.resolved_new_conversations, 0)
            as resolved_new_conversations,
        coalesce(by_resolution.resolved_conversations, 0) as resolved_conversations
    from days
    cross join inboxes
    left join by_creation
        on
            days.local_date = by_creation.local_date
            and inboxes.inbox_id = by_creation.inbox_id
    left join by_resolution
        on
            days.local_date = by_resolution.local_date
            and inboxes.inbox_id = by_resolution.inbox_id

)

select * from filled
