with

conversations as (

    select * from {{ ref('conversations') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

episodes as (

    select * from {{ ref('episodes') }}

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

last_load as (

    select * from {{ ref('last_load') }}

),

unresolved as (

    select conversations.*
    from conversations
    inner join context on conversations.conversation_id = context.conversation_id
    where
        not conversations.is_resolved
        and not coalesce(context.is_contact_blocked, false)
        and not exists (
            select from ignored
            where ignored.conversation_id = conversations.conversation_id
        )

),

last_episodes as (

    select distinct on (episodes.conversation_id) episodes.*
    from episodes
    inner join unresolved on episodes.conversation_id = unresolved.conversation_id
    order by episodes.conversation_id asc, episodes.episode_number desc

),

queued as (

    select
        unresolved.conversation_id,
        last_episodes.episode_number,
        unresolved.inbox_id,
        unresolved.team_id,
        unresolved.assignee_id,
        last_episodes.origin,
        last_episodes.agent_ids,
        last_episodes.labels,
        case
            when unresolved.status = 3 then 'snoozed'
            when unresolved.status = 0 or last_episodes.has_handoff then 'human'
            else 'ai'
        end as queue,
        unresolved.is_pending,
        unresolved.status = 0 as is_open,
        coalesce(last_episodes.hours_kind, 'not_configured') as hours_kind,
        coalesce(last_episodes.resolver, 'none') as resolver,
        coalesce(last_episodes.has_ai, false)
        and not coalesce(last_episodes.has_handoff, false) as is_with_ai,
        last_episodes.waiting_since,
        last_episodes.last_message_at,
        last_load.as_of
    from unresolved
    cross join last_load
    left join last_episodes
        on unresolved.conversation_id = last_episodes.conversation_id

)

select
    ---------- ids
    conversation_id,
    episode_number,
    inbox_id,
    team_id,
    assignee_id,
    agent_ids,

    ---------- text
    queue,
    coalesce(origin, 'none') as origin,
    resolver,
    hours_kind,
    labels,

    ---------- numerics
    case
        when queue = 'human'
            then {{ seconds_between('waiting_since', 'as_of') }}::double precision
    end as wait_seconds,

    ---------- components
    (queue <> 'snoozed')::integer as queue_active,
    is_open::integer as queue_open,
    is_pending::integer as queue_pending,
    (queue = 'snoozed')::integer as queue_snoozed,
    (queue = 'human' and waiting_since is not null)::integer as queue_waiting,
    (is_open and assignee_id is null and not is_with_ai)::integer as queue_unassigned,
    coalesce(
        queue <> 'snoozed' and last_message_at > as_of - interval '24 hours', false
    )::integer as queue_active_24h,

    ---------- times
    waiting_since,
    last_message_at,
    as_of
from queued
