{{
    rebuilt_by_key(
        'conversation_versions', 'built_from',
        indexes=[
            {'columns': ['conversation_id', 'local_date'], 'unique': true},
            {'columns': ['conversation_id', 'built_from']},
        ],
    )
}}
{%- set few = few_outdated(ref('conversation_versions'), 'built_from') %}
with

versions as (

    select versions.*
    from {{ ref('conversation_versions') }} as versions
    where {{ is_to_build('versions', few) }}

),

conversations as (

    select
        conversations.conversation_id,
        conversations.inbox_id,
        conversations.team_id,
        versions.built_from,
        {{ moment('conversations.conversation_created_at') }} as created_at
    from {{ ref('conversations') }} as conversations
    inner join versions on conversations.conversation_id = versions.conversation_id

),

messages as (

    select messages.*
    from {{ ref('messages') }} as messages
    where {{ is_to_build('messages', few) }}

),

events as (

    select events.*
    from {{ ref('reporting_events') }} as events
    where {{ is_to_build('events', few) }}

),

context as (

    select context.*
    from {{ ref('stg_chatwoot__conversation_context') }} as context
    where {{ is_to_build('context', few) }}

),

---------- what happened, and when: on the one clock of Chatwoot's reports

created as (

    select
        conversation_id,
        ({{ local_time('created_at', business_timezone()) }})::date as local_date,
        1 as new_conversations
    from conversations
    where isfinite(created_at)

),

written as (

    select
        conversation_id,
        ({{ local_time('sent_at', business_timezone()) }})::date as local_date,
        count(*) filter (where message_type = 'incoming') as incoming_messages,
        count(*) filter (where message_type = 'outgoing') as outgoing_messages,
        count(*) filter (where content_type = 'input_csat') as csat_surveys
    from messages
    where isfinite(sent_at)
    group by 1, 2

),

-- A sum cannot hold what is endless or no number.
measured as (

    select
        conversation_id,
        ({{ local_time('recorded_at', business_timezone()) }})::date as local_date,
        event_name,
        case when abs(value_seconds) < 1e15 then value_seconds::numeric(38, 12) end
            as seconds,
        case
            when abs(value_in_business_hours_seconds) < 1e15
                then value_in_business_hours_seconds::numeric(38, 12)
        end as business_seconds
    from events
    where
        isfinite(recorded_at)
        and event_name in (
            'first_response', 'reply_time', 'conversation_resolved',
            'conversation_bot_resolved', 'conversation_bot_handoff'
        )

),

recorded as (

    select
        conversation_id,
        local_date,
        count(seconds) filter (where event_name = 'first_response')
            as first_response_times,
        sum(seconds) filter (where event_name = 'first_response')
            as first_response_times_seconds,
        count(business_seconds) filter (where event_name = 'first_response')
            as first_response_business_times,
        sum(business_seconds) filter (where event_name = 'first_response')
            as first_response_business_times_seconds,
        count(seconds) filter (where event_name = 'conversation_resolved')
            as resolution_times,
        sum(seconds) filter (where event_name = 'conversation_resolved')
            as resolution_times_seconds,
        count(business_seconds) filter (where event_name = 'conversation_resolved')
            as resolution_business_times,
        sum(business_seconds) filter (where event_name = 'conversation_resolved')
            as resolution_business_times_seconds,
        count(seconds) filter (where event_name = 'reply_time') as reply_times,
        sum(seconds) filter (where event_name = 'reply_time') as reply_times_seconds,
        count(business_seconds) filter (where event_name = 'reply_time')
            as reply_business_times,
        sum(business_seconds) filter (where event_name = 'reply_time')
            as reply_business_times_seconds,
        count(*) filter (where event_name = 'conversation_resolved') as resolutions,
        count(*) filter (where event_name = 'conversation_bot_resolved')
            as bot_resolutions,
        count(*) filter (where event_name = 'conversation_bot_handoff')
            as bot_handoffs
    from measured
    group by 1, 2

),

answers as (

    select
        context.conversation_id,
        answer.rating,
        {{ moment('answer.answered_at') }} as answered_at
    from context
    cross join
        lateral jsonb_to_recordset(context.csat_answers) as answer (
            rating integer,
            answered_at timestamp
        )

),

rated as (

    select
        conversation_id,
        ({{ local_time('answered_at', business_timezone()) }})::date as local_date,
        count(*) as csat_answers,
        count(*) filter (where rating >= 4) as satisfied_csat_answers
    from answers
    where isfinite(answered_at)
    group by 1, 2

),

---------- everything of a conversation, by day

days as (

    select
        conversation_id,
        local_date
    from created
    union
    select
        conversation_id,
        local_date
    from written
    where incoming_messages + outgoing_messages + csat_surveys > 0
    union
    select
        conversation_id,
        local_date
    from recorded
    union
    select
        conversation_id,
        local_date
    from rated

),

joined as (

    select
        ---------- ids
        days.conversation_id,
        conversations.inbox_id,
        conversations.team_id,
        conversations.built_from,

        ---------- numerics
        coalesce(created.new_conversations, 0)::integer as new_conversations,
        coalesce(written.incoming_messages, 0)::integer as incoming_messages,
        coalesce(written.outgoing_messages, 0)::integer as outgoing_messages,
        coalesce(recorded.first_response_times, 0)::integer as first_response_times,
        coalesce(recorded.first_response_times_seconds, 0)::numeric(38, 12)
            as first_response_times_seconds,
        coalesce(recorded.first_response_business_times, 0)::integer
            as first_response_business_times,
        coalesce(recorded.first_response_business_times_seconds, 0)::numeric(38, 12)
            as first_response_business_times_seconds,
        coalesce(recorded.resolution_times, 0)::integer as resolution_times,
        coalesce(recorded.resolution_times_seconds, 0)::numeric(38, 12)
            as resolution_times_seconds,
        coalesce(recorded.resolution_business_times, 0)::integer
            as resolution_business_times,
        coalesce(recorded.resolution_business_times_seconds, 0)::numeric(38, 12)
            as resolution_business_times_seconds,
        coalesce(recorded.reply_times, 0)::integer as reply_times,
        coalesce(recorded.reply_times_seconds, 0)::numeric(38, 12)
            as reply_times_seconds,
        coalesce(recorded.reply_business_times, 0)::integer as reply_business_times,
        coalesce(recorded.reply_business_times_seconds, 0)::numeric(38, 12)
            as reply_business_times_seconds,
        coalesce(recorded.resolutions, 0)::integer as resolutions,
        coalesce(recorded.bot_resolutions, 0)::integer as bot_resolutions,
        coalesce(recorded.bot_handoffs, 0)::integer as bot_handoffs,
        coalesce(written.csat_surveys, 0)::integer as csat_surveys,
        coalesce(rated.csat_answers, 0)::integer as csat_answers,
        coalesce(rated.satisfied_csat_answers, 0)::integer as satisfied_csat_answers,

        ---------- times
        days.local_date
    from days
    inner join conversations on days.conversation_id = conversations.conversation_id
    left join created
        on
            days.conversation_id = created.conversation_id
            and days.local_date = created.local_date
    left join written
        on
            days.conversation_id = written.conversation_id
            and days.local_date = written.local_date
    left join recorded
        on
            days.conversation_id = recorded.conversation_id
            and days.local_date = recorded.local_date
    left join rated
        on
            days.conversation_id = rated.conversation_id
            and days.local_date = rated.local_date

)

select * from joined
