with

episodes as not materialized (

    select *
    from {{ ref('episodes') }}
    where has_demand

),

messages as not materialized (

    select *
    from {{ ref('messages') }}
    where reply_seconds is not null or human_wait_seconds is not null

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
        -- Waits count on the day the episode began, as what else is measured of it.
        case
            when measured.metric like 'human_response%' then episodes.local_date
            else messages.local_date
        end as local_date
    from messages
    inner join episodes
        on
            messages.conversation_id = episodes.conversation_id
            and messages.episode_number = episodes.episode_number
    cross join
        lateral (
            values
            ('reply', messages.reply_seconds),
            ('human_response', messages.human_wait_seconds),
            (
                'human_response_working', nullif(messages.human_wait_working_seconds, 0)
            ),
            (
                'reply_working',
                case
                    when messages.sender_class in ('human', 'human_phone')
                        then messages.reply_working_seconds
                end
            )
        ) as measured (metric, value)

),

together as (

    select * from of_episodes
    union all
    select * from of_replies

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
