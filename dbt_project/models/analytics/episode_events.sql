{{
    rebuilt_by_key(
        'episode_speech', 'built_from',
        indexes=[
            {'columns': ['conversation_id', 'episode_number'], 'unique': true},
        ],
    )
}}
{%- set few = few_outdated(ref('episode_speech'), 'built_from') %}
with

speech as (

    select speech.*
    from {{ ref('episode_speech') }} as speech
    where {{ is_to_build('speech', few) }}

),

conversations as (

    select conversations.*
    from {{ ref('conversations') }} as conversations
    where {{ is_to_build('conversations', few) }}

),

messages as (

    select
        moments.conversation_id,
        moments.episode_number,
        moments.message_number,
        moments.sender_class,
        moments.sender_id,
        moments.is_of_person,
        moments.is_spoken,
        moments.closes_nothing,
        moments.sent_at,
        case when moments.sender_class = 'activity' then moments.message_text end
            as activity_text
    from {{ ref('conversation_moments') }} as moments
    where
        moments.episode_number is not null
        and moments.moment_kind = 'message'
        and {{ is_to_build('moments', few) }}

),

events as (

    select events.*
    from {{ ref('reporting_events') }} as events
    where
        isfinite(events.occurred_at)
        and {{ is_to_build('events', few) }}

),

agents as (

    select * from {{ ref('agents') }}

),

names as (

    select * from {{ ref('names_in_lines') }}

),

events_in_episodes as (

    select
        speech.conversation_id,
        speech.episode_number,
        events.event_name,
        events.user_id,
        events.occurred_at
    from events
    inner join speech
        on
            events.conversation_id = speech.conversation_id
            and events.occurred_at >= speech.started_at
            and (
                speech.next_started_at is null
                or events.occurred_at < speech.next_started_at
            )

),

---------- how it ended

-- A machine's close while it is our turn is none once somebody has said more.
void_closes as (

    select
        messages.conversation_id,
        messages.episode_number,
        messages.sent_at
    from messages
    inner join speech
        on
            messages.conversation_id = speech.conversation_id
            and messages.episode_number = speech.episode_number
    where messages.closes_nothing and messages.sent_at < speech.last_message_at

),

resolve_events as (

    select
        events.conversation_id,
        events.episode_number,
        min(events.occurred_at) filter (where void_closes.sent_at is null)
            as resolved_at
    from events_in_episodes as events
    left join void_closes
        on
            events.conversation_id = void_closes.conversation_id
            and events.episode_number = void_closes.episode_number
            and void_closes.sent_at
            between events.occurred_at - interval '2 minutes'
            and events.occurred_at + interval '2 minutes'
    where events.event_name = 'conversation_resolved'
    group by events.conversation_id, events.episode_number

),

-- An old Chatwoot, or a lost job, leaves a conversation resolved without an event.
resolved as (

    select
        speech.conversation_id,
        speech.episode_number,
        coalesce(
            resolve_events.resolved_at,
            case
                when
                    resolve_events.conversation_id is null
                    and speech.next_started_at is null
                    and conversations.is_resolved
                    and isfinite(conversations.last_activity_at)
                    then greatest(
                        conversations.last_activity_at, speech.last_message_at
                    )
            end
        ) as resolved_at
    from speech
    inner join conversations
        on speech.conversation_id = conversations.conversation_id
    left join resolve_events
        on
            speech.conversation_id = resolve_events.conversation_id
            and speech.episode_number = resolve_events.episode_number

),

-- The line that Chatwoot wrote beside the close says who or what closed it.
close_lines as (

    select distinct on (resolved.conversation_id, resolved.episode_number)
        resolved.conversation_id,
        resolved.episode_number,
        messages.activity_text as said
    from resolved
    inner join messages
        on
            resolved.conversation_id = messages.conversation_id
            and messages.activity_text ~* 'resol'
            and messages.sent_at between resolved.resolved_at - interval '2 minutes'
            and resolved.resolved_at + interval '2 minutes'
    order by
        resolved.conversation_id,
        resolved.episode_number,
        abs(extract(epoch from messages.sent_at - resolved.resolved_at)),
        messages.message_number

),

close_events as (

    select
        events_in_episodes.conversation_id,
        events_in_episodes.episode_number,
        bool_or(events_in_episodes.event_name = 'conversation_bot_resolved')
            as is_bot_resolved,
        bool_or(agents.user_id is not null and not agents.is_ai) as is_of_agent
    from events_in_episodes
    inner join resolved
        on
            events_in_episodes.conversation_id = resolved.conversation_id
            and events_in_episodes.episode_number = resolved.episode_number
            and events_in_episodes.occurred_at
            between resolved.resolved_at - interval '2 seconds'
            and resolved.resolved_at + interval '2 seconds'
    left join agents on events_in_episodes.user_id = agents.user_id
    where
        events_in_episodes.event_name
        in ('conversation_resolved', 'conversation_bot_resolved')
    group by events_in_episodes.conversation_id, events_in_episodes.episode_number

),

named_closers as (

    select
        *,
        {{ doer_of('said') }} as doer
    from close_lines

),

-- The longest name that the line begins with; of an AI only the whole name is one.
closers_of_lines as (

    select distinct on (named_closers.conversation_id, named_closers.episode_number)
        named_closers.conversation_id,
        named_closers.episode_number,
        case
            when not names.is_ai then 'agent'
            when names.lower_name = named_closers.doer then 'ai'
        end as closer
    from named_closers
    inner join names
        on {{ is_done_by('named_closers.said', 'names.lower_name') }}
    order by
        named_closers.conversation_id asc,
        named_closers.episode_number asc,
        length(names.lower_name) desc

),

-- A customer may have an agent's name: of him the line says "resolvida por" alone.
closers as (

    select
        resolved.conversation_id,
        resolved.episode_number,
        case
            when close_lines.said ~* '{{ line_of("inactivity") }}' then 'auto_resolve'
            when close_lines.said ~* '{{ line_of("automation") }}' then 'automation'
            when
                close_lines.said !~* '{{ line_of("marked") }}'
                and close_lines.doer = lower(trim(conversations.contact_name))
                then 'contact'
            when closers_of_lines.closer is not null then closers_of_lines.closer
            when
                {{ is_done_by('close_lines.said', 'conversations.contact_name') }}
                then 'contact'
            when close_events.is_of_agent then 'agent'
            when close_events.is_bot_resolved and close_lines.said is null then 'ai'
            else 'unknown'
        end as resolved_by
    from resolved
    inner join conversations
        on resolved.conversation_id = conversations.conversation_id
    left join named_closers as close_lines
        on
            resolved.conversation_id = close_lines.conversation_id
            and resolved.episode_number = close_lines.episode_number
    left join closers_of_lines
        on
            resolved.conversation_id = closers_of_lines.conversation_id
            and resolved.episode_number = closers_of_lines.episode_number
    left join close_events
        on
            resolved.conversation_id = close_events.conversation_id
            and resolved.episode_number = close_events.episode_number
    where resolved.resolved_at is not null

),

-- Around the handoff and before the close; both are known only now. The last human is
-- the second of the greatest pair of number and sender.
placed as (

    select
        resolved.conversation_id,
        resolved.episode_number,
        count(*) filter (where messages.sent_at < speech.handoff_at)::integer
            as messages_before_handoff,
        max(array[messages.message_number, messages.sender_id]) filter (
            where messages.is_of_person and messages.sender_class <> 'human_phone'
        ) as last_human,
        max(array[messages.message_number, messages.sender_id]) filter (
            where
            messages.is_of_person
            and messages.sender_class <> 'human_phone'
            and messages.sent_at <= coalesce(resolved.resolved_at, 'infinity')
        ) as last_human_before_close
    from resolved
    inner join speech
        on
            resolved.conversation_id = speech.conversation_id
            and resolved.episode_number = speech.episode_number
    inner join messages
        on
            resolved.conversation_id = messages.conversation_id
            and resolved.episode_number = messages.episode_number
    where messages.is_spoken
    group by resolved.conversation_id, resolved.episode_number

),

joined as (

    select
        speech.conversation_id,
        speech.episode_number,
        speech.built_from,
        resolved.resolved_at,
        closers.resolved_by,
        case when speech.handoff_at is not null then placed.messages_before_handoff end
            as messages_before_handoff,
        placed.last_human[2] as last_human_agent_id,
        placed.last_human_before_close[2] as last_human_agent_id_before_close
    from speech
    inner join resolved
        on
            speech.conversation_id = resolved.conversation_id
            and speech.episode_number = resolved.episode_number
    left join closers
        on
            speech.conversation_id = closers.conversation_id
            and speech.episode_number = closers.episode_number
    left join placed
        on
            speech.conversation_id = placed.conversation_id
            and speech.episode_number = placed.episode_number

)

select * from joined
