with

episodes as not materialized (

    select *
    from {{ ref('episodes') }}
    where has_demand

),

messages as not materialized (

    select *
    from {{ ref('messages') }}
    where reply_seconds is not null

),

waits as not materialized (

    select *
    from {{ ref('messages') }}
    where human_wait_seconds is not null

),

-- Joined and dated before they come together, so that a condition on the day reaches
-- the index of each.
of_episodes as (

    select
        episodes.conversation_id,
        episodes.episode_number,
        episodes.episode_id,
        episodes.inbox_id,
        episodes.team_id,
        episodes.agent_ids,
        null::bigint as agent_id,
        measured.metric,
        measured.responder_class,
        episodes.origin,
        episodes.resolver,
        episodes.hours_kind,
        episodes.labels,
        measured.value,
        episodes.local_date
    from episodes
    cross join
        lateral (
            values
            (
                'first_response',
                episodes.first_response_class,
                episodes.first_response_seconds
            ),
            ('ai_first_response', 'ai', episodes.ai_first_response_seconds),
            (
                'resolution',
                null,
                case
                    when episodes.resolver <> 'none' then episodes.resolution_seconds
                end
            ),
            ('time_to_handoff', null, episodes.time_to_handoff_seconds),
            (
                'messages_before_handoff',
                null,
                case when episodes.has_ai then episodes.messages_before_handoff end
            ),
            (
                'episode_messages',
                null,
                episodes.contact_messages
                + episodes.ai_messages
                + episodes.human_messages
                + episodes.human_phone_messages
            )
        ) as measured (metric, responder_class, value)

),

of_replies as (

    select
        episodes.conversation_id,
        episodes.episode_number,
        episodes.episode_id,
        episodes.inbox_id,
        episodes.team_id,
        episodes.agent_ids,
        messages.agent_id,
        measured.metric,
        case messages.sender_class when 'ai' then 'ai' else 'human' end
            as responder_class,
        episodes.origin,
        episodes.resolver,
        episodes.hours_kind,
        episodes.labels,
        measured.value,
        messages.local_date
    from messages
    inner join episodes
        on
            messages.conversation_id = episodes.conversation_id
            and messages.episode_number = episodes.episode_number
    cross join
        lateral (
            values
            ('reply', messages.reply_seconds),
            (
                'reply_working',
                case
                    when messages.sender_class in ('human', 'human_phone')
                        then messages.reply_working_seconds
                end
            )
        ) as measured (metric, value)

),

-- Waits for a person count on the day the episode began, as its other times do; in
-- working time where the inbox has hours, and not at all if wholly outside of them.
of_waits as (

    select
        episodes.conversation_id,
        episodes.episode_number,
        episodes.episode_id,
        episodes.inbox_id,
        episodes.team_id,
        episodes.agent_ids,
        waits.agent_id,
        measured.metric,
        'human' as responder_class,
        episodes.origin,
        episodes.resolver,
        episodes.hours_kind,
        episodes.labels,
        measured.value,
        episodes.local_date
    from waits
    inner join episodes
        on
            waits.conversation_id = episodes.conversation_id
            and waits.episode_number = episodes.episode_number
    cross join
        lateral (
            values
            (
                'human_response',
                case
                    when waits.human_wait_working_seconds is null
                        then waits.human_wait_seconds
                    when
                        waits.human_wait_working_seconds > 0
                        or waits.human_wait_seconds = 0
                        then waits.human_wait_working_seconds
                end
            )
        ) as measured (metric, value)

),

together as (

    select * from of_episodes
    union all
    select * from of_replies
    union all
    select * from of_waits

)

select
    ---------- ids
    conversation_id,
    episode_number,
    episode_id,
    inbox_id,
    team_id,
    agent_ids,
    agent_id,

    ---------- text
    metric,
    responder_class,
    origin,
    resolver,
    hours_kind,
    labels,

    ---------- numerics
    value,

    ---------- times
    local_date
from together
where value >= 0
