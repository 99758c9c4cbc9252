{{
    config(
        materialized='incremental',
        pre_hook=['{{ settings_of_a_build() }}', '{{ delete_outdated_episodes() }}'],
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['conversation_id', 'episode_number'], 'unique': true},
            {'columns': ['contact_key']},
            {'columns': ['local_date']},
            {'columns': ['agent_ids'], 'type': 'gin'},
            {'columns': ['labels'], 'type': 'gin'},
        ],
    )
}}
{%- set few = few_conversations(conversations_of_outdated_contacts()) %}
{%- set gap = "interval '" ~ parameter('episode_gap_hours') ~ " hours'" %}
{%- set maturity = "interval '" ~ parameter('maturity_hours') ~ " hours'" %}
{%- set return_window = "interval '" ~ parameter('return_window_days') ~ " days'" %}
with

versions as (

    select versions.*
    from {{ ref('conversation_versions') }} as versions
    where {{ is_to_build('versions', few) }}

),

speech as (

    select speech.*
    from {{ ref('episode_speech') }} as speech
    where {{ is_one_of('speech.conversation_id', few) }}

),

events as (

    select events.*
    from {{ ref('episode_events') }} as events
    where {{ is_one_of('events.conversation_id', few) }}

),

surveys as (

    select surveys.*
    from {{ ref('episode_surveys') }} as surveys
    where {{ is_one_of('surveys.conversation_id', few) }}

),

conversations as (

    select conversations.*
    from {{ ref('conversations') }} as conversations
    where {{ is_one_of('conversations.conversation_id', few) }}

),

context as (

    select context.*
    from {{ ref('stg_chatwoot__conversation_context') }} as context
    inner join versions on context.conversation_id = versions.conversation_id
    where {{ is_one_of('context.conversation_id', few) }}

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

handoff_reasons as (

    select * from {{ source('configuration', 'handoff_reasons') }}

),

inbox_hours as (

    select * from {{ ref('inbox_hours') }}

),

last_load as (

    select * from {{ ref('last_load') }}

),

closes as (

    select
        speech.*,
        versions.contact_key,
        last_load.as_of,
        events.resolved_at,
        events.resolved_by,
        events.messages_before_handoff,
        events.last_human_agent_id,
        events.last_human_agent_id_before_close,
        speech.waiting_since is not null as is_our_turn,
        -- Silence closes nothing while it is our turn.
        coalesce(
            events.resolved_at,
            case
                when
                    speech.waiting_since is null
                    and speech.last_message_at + {{ gap }}
                    < coalesce(speech.next_started_at, last_load.as_of)
                    then speech.last_message_at
            end
        ) as closed_at
    from versions
    inner join speech on versions.conversation_id = speech.conversation_id
    inner join events
        on
            speech.conversation_id = events.conversation_id
            and speech.episode_number = events.episode_number
    cross join last_load

),

---------- what is known of the whole conversation

labelled as (

    select
        context.conversation_id,
        coalesce(context.is_contact_blocked, false) as is_contact_blocked,
        ignored.ignored_reason,
        array(
            select titles.label
            from jsonb_array_elements_text(context.labels) as titles (label)
            order by titles.label
        ) as labels,
        {{ reason_of(
            'context.custom_attributes', parameter('handoff_reason_attribute')
        ) }} as stated_handoff_reason,
        case
            when
                context.custom_attributes
                ->> {{ dbt.string_literal(parameter('sentiment_attribute')) }}
                ~ '^-?(0(\.[0-9]+)?|1(\.0+)?)$'
                then (
                    context.custom_attributes
                    ->> {{ dbt.string_literal(parameter('sentiment_attribute')) }}
                )::numeric
        end as sentiment
    from context
    left join ignored on context.conversation_id = ignored.conversation_id

),

reasoned as (

    select
        labelled.*,
        coalesce(
            labelled.stated_handoff_reason,
            (
                select min(handoff_reasons.reason)
                from handoff_reasons
                where handoff_reasons.label = any(labelled.labels)
            )
        ) as handoff_reason
    from labelled

),

---------- all of it together

assembled as (

    select
        closes.*,
        conversations.account_id,
        conversations.inbox_id,
        conversations.team_id,
        conversations.contact_id,
        conversations.local_timezone,
        surveys.survey_sent_at,
        surveys.csat_rating,
        surveys.csat_comment,
        surveys.csat_answered_at,
        reasoned.labels,
        reasoned.handoff_reason,
        reasoned.sentiment,
        case
            when closes.resolved_at is not null then closes.resolved_by
            when closes.closed_at is not null then 'silence'
        end as closed_by,
        reasoned.ignored_reason,
        closes.request_number is not null
        and not reasoned.is_contact_blocked
        and reasoned.ignored_reason is null as has_demand,
        closes.started_at + {{ maturity }} <= closes.as_of as is_matured,
        closes.ai_messages > 0 as has_ai,
        -- Also who answered after the close whom it had left waiting.
        coalesce(
            closes.first_human_at <= coalesce(closes.closed_at, 'infinity')
            or closes.human_wait_started_at <= closes.closed_at,
            false
        ) as has_human
    from closes
    inner join conversations
        on closes.conversation_id = conversations.conversation_id
    inner join reasoned on closes.conversation_id = reasoned.conversation_id
    inner join surveys
        on
            closes.conversation_id = surveys.conversation_id
            and closes.episode_number = surveys.episode_number

),

-- A person who presses resolve has judged; a machine and silence have not.
closed as (

    select
        *,
        coalesce(
            closed_by in ('agent', 'contact') or closed_by = 'unknown' and has_human,
            false
        ) as is_judged
    from assembled

),

-- Who presses resolve without having written since took no handoff up.
taken_up as (

    select
        *,
        has_open_handoff
        and closed_by = 'agent'
        and (noted_at <= closed_at) is not true as is_handoff_ignored
    from closed

),

judged as (

    select
        *,
        is_our_turn and (not is_judged or is_handoff_ignored) as is_waited_for,
        case
            when not is_matured then 'immature'
            when request_number is null then 'outbound_no_reply'
            when first_response_at is null then 'unanswered'

            ---------- it is our turn
            when is_our_turn and not is_judged then 'waiting_us'
            when is_handoff_ignored then 'waiting_us'

            ---------- it is the customer's
            when has_human and closed_at is null then 'waiting_customer'
            when closed_at is null then 'waiting_customer'
            when has_human and not is_judged and (has_open_question or not has_answer)
                then 'waiting_customer'
            when has_human and has_ai then 'ai_human_resolved'
            when has_human or not has_ai then 'human_resolved'
            when closed_by = 'agent' and (has_answer or noted_at <= closed_at)
                then 'ai_human_resolved'
            when not has_answer or has_open_question or asked_for_person_in_vain
                then 'ai_abandoned'
            when is_confirmed then 'ai_resolved_confirmed'
            else 'ai_resolved_assumed'
        end as outcome
    from taken_up

),

stopped as (

    select
        *,
        coalesce(
            outcome in ('ai_abandoned', 'waiting_customer')
            and has_open_question
            and closed_at is not null,
            false
        ) as stopped_at_our_question
    from judged

),

-- An answer to what we sent is no demand that shows a return.
demands as (

    select
        *,
        lag(request_number is null) over (
            partition by conversation_id
            order by episode_number
        ) as is_after_outbound
    from judged

),

-- The next demand of the same contact after a close, in whatever conversation.
contact_moments as (

    select
        contact_key,
        conversation_id,
        episode_number,
        started_at as happened_at,
        true as is_start
    from demands
    where
        has_demand
        and first_number = request_number
        and is_after_outbound is not true
    union all
    select
        contact_key,
        conversation_id,
        episode_number,
        closed_at as happened_at,
        false as is_start
    from judged
    where closed_at is not null

),

next_demands as (

    select
        *,
        min(happened_at) filter (where is_start) over (
            partition by contact_key
            order by happened_at, is_start, conversation_id, episode_number
            rows between 1 following and unbounded following
        ) as next_demand_at
    from contact_moments

),

returns as (

    select *
    from next_demands
    where not is_start

),

local_times as (

    select
        stopped.*,
        returns.next_demand_at,
        {{ local_time('stopped.started_at', 'stopped.local_timezone') }}
            as local_started_at,
        {{ local_time(
            'coalesce(stopped.first_contact_at, stopped.started_at)',
            'stopped.local_timezone'
        ) }} as local_first_contact_at,
        {{ local_time('stopped.closed_at', 'stopped.local_timezone') }}
            as local_closed_at,
        {{ local_time('stopped.survey_sent_at', 'stopped.local_timezone') }}
            as local_survey_sent_at,
        {{ local_time('stopped.csat_answered_at', 'stopped.local_timezone') }}
            as local_csat_answered_at
    from stopped
    left join returns
        on
            stopped.conversation_id = returns.conversation_id
            and stopped.episode_number = returns.episode_number

),

named as (

    select
        ---------- ids
        local_times.conversation_id,
        local_times.episode_number,
        local_times.conversation_id || '-' || local_times.episode_number as episode_id,
        local_times.account_id,
        local_times.inbox_id,
        local_times.team_id,
        local_times.contact_id,
        local_times.contact_key,
        local_times.last_human_agent_id,
        case
            when local_times.outcome in ('human_resolved', 'ai_human_resolved')
                then local_times.last_human_agent_id_before_close
        end as resolved_by_agent_id,
        local_times.agent_ids,
        local_times.built_from,

        ---------- text
        case
            when local_times.first_number = local_times.request_number then 'inbound'
            else 'outbound'
        end as origin,
        local_times.outcome,
        case local_times.outcome
            when 'ai_resolved_confirmed' then 'ai'
            when 'ai_resolved_assumed' then 'ai'
            when 'human_resolved' then 'human'
            when 'ai_human_resolved' then 'ai_human'
            else 'none'
        end as resolver,
        local_times.closed_by,
        local_times.first_response_class,
        local_times.handoff_signal,
        case when local_times.handoff_at is not null then local_times.handoff_reason end
            as handoff_reason,
        case
            when inbox_hours.inbox_id is null then 'not_configured'
            when
                {{ is_working_at(
                    'inbox_hours', 'local_times.local_first_contact_at'
                ) }}
                then 'working'
            else 'after_hours'
        end as hours_kind,
        local_times.labels,
        local_times.csat_comment,
        local_times.ignored_reason,

        ---------- numerics
        local_times.contact_messages,
        local_times.ai_messages,
        local_times.human_messages,
        local_times.human_phone_messages,
        local_times.automation_messages,
        local_times.undelivered_messages,
        local_times.messages_before_handoff,
        {{ seconds_between(
            'local_times.first_contact_at', 'local_times.first_response_at'
        ) }}
        ::double precision as first_response_seconds,
        {{ seconds_between(
            'local_times.first_contact_at', 'local_times.ai_responded_at'
        ) }}
        ::double precision as ai_first_response_seconds,
        {{ seconds_between('local_times.started_at', 'local_times.handoff_at') }}
        ::double precision as time_to_handoff_seconds,
        local_times.human_response_seconds,
        nullif(local_times.human_response_working_seconds, 0)
            as human_response_working_seconds,
        {{ seconds_between('local_times.started_at', 'local_times.closed_at') }}
        ::double precision as resolution_seconds,
        local_times.csat_rating,
        local_times.sentiment::numeric(38, 12) as sentiment,

        ---------- booleans
        local_times.has_demand,
        local_times.is_matured,
        local_times.closed_at is not null as is_closed,
        local_times.has_ai,
        local_times.has_human,
        local_times.handoff_at is not null as has_handoff,
        local_times.has_open_handoff and local_times.is_waited_for as has_open_handoff,
        local_times.has_takeover,
        local_times.is_takeover_of_waiting,
        coalesce(local_times.human_response_working_seconds = 0, false)
        and local_times.human_response_seconds > 0 as is_wait_outside_hours,
        local_times.stopped_at_our_question,
        local_times.outcome = 'ai_abandoned' and local_times.asked_for_person_in_vain
            as asked_for_person_in_vain,
        coalesce(
            local_times.resolved_at is not null
            and local_times.is_next_inbound
            and local_times.next_started_at
            <= local_times.closed_at + {{ return_window }},
            false
        ) as is_reopened,
        coalesce(
            local_times.next_demand_at <= local_times.closed_at + {{ return_window }}
            -- Who answers our question late does not come back.
            and not local_times.stopped_at_our_question,
            false
        ) as has_returned,
        coalesce(
            local_times.closed_at + {{ return_window }} <= local_times.as_of, false
        ) as is_return_window_over,
        local_times.started_at + {{ return_window }} <= local_times.as_of
            as is_start_window_over,

        ---------- times
        local_times.local_started_at::date as local_date,
        extract(hour from local_times.local_started_at)::integer as local_hour,
        local_times.local_closed_at::date as closed_local_date,
        local_times.local_survey_sent_at::date as survey_local_date,
        local_times.local_csat_answered_at::date as csat_local_date,
        local_times.started_at,
        local_times.first_contact_at,
        local_times.first_response_at,
        local_times.handoff_at,
        local_times.closed_at,
        local_times.last_message_at,
        local_times.last_contact_at,
        local_times.human_wait_started_at,
        case when local_times.is_waited_for then local_times.waiting_since end
            as waiting_since,
        case when local_times.is_waited_for then local_times.last_waited_for_at end
            as last_waited_for_at,
        local_times.next_started_at,
        local_times.survey_sent_at,
        local_times.csat_answered_at,
        -- The next moment at which the row says something else though nothing happens.
        least(
            case
                when local_times.started_at + {{ maturity }} > local_times.as_of
                    then local_times.started_at + {{ maturity }}
            end,
            case
                when
                    local_times.closed_at is null
                    and local_times.last_message_at + {{ gap }} >= local_times.as_of
                    then
                        local_times.last_message_at
                        + {{ gap }}
                        + interval '1 microsecond'
            end,
            case
                when local_times.closed_at + {{ return_window }} > local_times.as_of
                    then local_times.closed_at + {{ return_window }}
            end,
            case
                when local_times.started_at + {{ return_window }} > local_times.as_of
                    then local_times.started_at + {{ return_window }}
            end
        ) as changes_at
    from local_times
    left join inbox_hours on local_times.inbox_id = inbox_hours.inbox_id

)

-- The version tells the models downstream which rows are others than before.
select
    named.*,
    hashtextextended(named::text, 0) as episode_version
from named
