with

conversations as (

    select * from {{ ref('conversations') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

inboxes as (

    select * from {{ ref('stg_chatwoot__inboxes') }}

),

inbox_hours as (

    select * from {{ ref('inbox_hours') }}

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

-- An inbox has an AI if a bot is set there, or wrote there in the last month.
inboxes_with_ai as (

    select inbox_id
    from inboxes
    where has_active_bot
    union
    select episodes.inbox_id
    from episodes
    cross join last_load
    where
        episodes.has_ai
        and episodes.last_message_at > last_load.as_of - interval '30 days'

),

-- Who was closed without an answer waits on: a resolve by a machine, or by somebody who
-- wrote nothing after a handoff, is silence. A week after the horizon he is let go.
closed_waiting as (

    select distinct episodes.conversation_id
    from episodes
    cross join last_load
    where
        episodes.last_waited_for_at
        > last_load.as_of - interval '{{ parameter("queue_horizon_days") + 7 }} days'

),

candidates as (

    select conversations.*
    from conversations
    inner join context on conversations.conversation_id = context.conversation_id
    left join closed_waiting
        on conversations.conversation_id = closed_waiting.conversation_id
    where
        (not conversations.is_resolved or closed_waiting.conversation_id is not null)
        and not coalesce(context.is_contact_blocked, false)
        and not exists (
            select from ignored
            where ignored.conversation_id = conversations.conversation_id
        )

),

-- The last in which the customer asked for something: what we send him since, unasked,
-- lets nobody be forgotten.
last_episodes as (

    select distinct on (episodes.conversation_id)
        episodes.*,
        max(episodes.last_message_at) over (partition by episodes.conversation_id)
            as last_spoken_at
    from episodes
    inner join candidates on episodes.conversation_id = candidates.conversation_id
    order by
        episodes.conversation_id asc,
        episodes.first_contact_at is not null desc,
        episodes.episode_number desc

),

-- The AI holds a conversation until it hands over or a person writes, pending or open.
held as (

    select
        candidates.conversation_id,
        last_episodes.episode_number,
        candidates.inbox_id,
        candidates.team_id,
        candidates.assignee_id,
        candidates.local_timezone,
        last_episodes.origin,
        last_episodes.agent_ids,
        last_episodes.labels,
        case
            when candidates.status = 3 then 'snoozed'
            when
                inboxes_with_ai.inbox_id is not null
                and not coalesce(last_episodes.has_open_handoff, false)
                and not coalesce(last_episodes.has_human, false)
                then 'ai'
            else 'human'
        end as queue,
        candidates.is_pending,
        candidates.status = 0 as is_open,
        candidates.is_resolved,
        coalesce(last_episodes.hours_kind, 'not_configured') as hours_kind,
        coalesce(last_episodes.resolver, 'none') as resolver,
        last_episodes.waiting_since,
        last_episodes.last_waited_for_at,
        last_episodes.last_spoken_at as last_message_at,
        last_episodes.last_contact_at,
        last_load.as_of
    from candidates
    cross join last_load
    left join last_episodes
        on candidates.conversation_id = last_episodes.conversation_id
    left join inboxes_with_ai on candidates.inbox_id = inboxes_with_ai.inbox_id
    where
        not candidates.is_resolved
        or last_episodes.waiting_since is not null
        and last_episodes.next_started_at is null

),

-- Who was waited for longest ago is forgotten: no alarm, and a number of its own.
waiting as (

    select
        *,
        queue <> 'snoozed'
        and coalesce(
            last_waited_for_at
            > as_of - interval '{{ parameter("queue_horizon_days") }} days',
            false
        ) as is_waiting,
        queue <> 'snoozed'
        and coalesce(
            last_waited_for_at
            <= as_of - interval '{{ parameter("queue_horizon_days") }} days',
            false
        ) as is_forgotten,
        {{ seconds_between('waiting_since', 'as_of') }}::double precision
            as waited_seconds,
        {{ local_time('waiting_since', 'local_timezone') }} as local_waiting_since,
        {{ local_time('waiting_since', 'local_timezone') }} + (as_of - waiting_since)
            as local_as_of
    from held

),

named as (

    select
        ---------- ids
        waiting.conversation_id,
        waiting.episode_number,
        waiting.inbox_id,
        waiting.team_id,
        waiting.assignee_id,
        waiting.agent_ids,

        ---------- text
        waiting.queue,
        coalesce(waiting.origin, 'none') as origin,
        waiting.resolver,
        waiting.hours_kind,
        waiting.labels,
        case
            when not waiting.is_waiting then null
            when waiting.waited_seconds < 900 then 'under_15_minutes'
            when waiting.waited_seconds < 3600 then '15_to_60_minutes'
            when waiting.waited_seconds < 14400 then '1_to_4_hours'
            when waiting.waited_seconds < 86400 then '4_to_24_hours'
            else '1_to_7_days'
        end as wait_band,

        ---------- numerics
        case
            when waiting.queue = 'human' and waiting.is_waiting
                then waiting.waited_seconds
        end as wait_seconds,
        case
            when waiting.queue = 'human' and waiting.is_waiting
                then {{ working_seconds_between(
                    'inbox_hours', 'waiting.local_waiting_since', 'waiting.local_as_of'
                ) }}
        end as wait_working_seconds,

        ---------- components
        (waiting.queue <> 'snoozed' and not waiting.is_resolved)::integer
            as queue_active,
        waiting.is_open::integer as queue_open,
        waiting.is_pending::integer as queue_pending,
        (waiting.queue = 'snoozed')::integer as queue_snoozed,
        (waiting.queue = 'human' and waiting.is_waiting)::integer as queue_waiting,
        (
            waiting.queue = 'human'
            and waiting.is_waiting
            and waiting.assignee_id is null
        )::integer as queue_unassigned,
        (
            waiting.queue = 'ai'
            and waiting.is_waiting
            and waiting.waited_seconds > 60 * {{ parameter('ai_silence_minutes') }}
        )::integer as queue_ai_silent,
        waiting.is_forgotten::integer as queue_forgotten,
        (
            waiting.is_forgotten
            and waiting.last_waited_for_at
            > waiting.as_of
            - interval '{{ parameter("queue_horizon_days") + 7 }} days'
        )::integer as queue_newly_forgotten,
        coalesce(
            waiting.queue <> 'snoozed'
            and not waiting.is_resolved
            and waiting.last_message_at > waiting.as_of - interval '24 hours',
            false
        )::integer as queue_active_24h,

        ---------- times
        waiting.waiting_since,
        waiting.last_waited_for_at,
        waiting.last_message_at,
        -- Until then WhatsApp lets us write without a template.
        waiting.last_contact_at + interval '24 hours' as reply_window_ends_at,
        waiting.as_of
    from waiting
    left join inbox_hours on waiting.inbox_id = inbox_hours.inbox_id

)

select * from named
