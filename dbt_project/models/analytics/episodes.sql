{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=['{{ settings_of_a_build() }}', '{{ delete_outdated_episodes() }}'],
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['conversation_id', 'episode_number'], 'unique': true},
            {'columns': ['contact_key']},
            {'columns': ['local_date']},
        ],
    )
}}
{%- set few = few_conversations(conversations_of_outdated_contacts()) %}
{%- set gap = "interval '" ~ var('episode_gap_hours') ~ " hours'" %}
{%- set maturity = "interval '" ~ var('maturity_hours') ~ " hours'" %}
{%- set return_window = "interval '" ~ var('return_window_days') ~ " days'" %}
with

versions as (

    select versions.*
    from {{ ref('conversation_versions') }} as versions
    where
        {{ is_one_of('versions.conversation_id', few) }}
        and {{ is_not_built('versions.conversation_id') }}

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

messages as (

    select messages.*
    from {{ ref('messages') }} as messages
    inner join versions on messages.conversation_id = versions.conversation_id
    where
        messages.episode_number is not null
        and {{ is_one_of('messages.conversation_id', few) }}

),

events as (

    select events.*
    from {{ ref('reporting_events') }} as events
    inner join versions on events.conversation_id = versions.conversation_id
    where
        isfinite(events.occurred_at)
        and {{ is_one_of('events.conversation_id', few) }}

),

agents as (

    select * from {{ ref('stg_chatwoot__agents') }}

),

ai_users as (

    select * from {{ ref('ai_users') }}

),

handoff_reasons as (

    select * from {{ ref('handoff_reasons') }}

),

inbox_hours as (

    select * from {{ ref('inbox_hours') }}

),

last_load as (

    select * from {{ ref('last_load') }}

),

people as (

    select
        agents.user_id,
        agents.agent_name,
        exists (
            select from ai_users
            where
                lower(ai_users.ai_user)
                in (agents.user_id::text, lower(agents.agent_email))
        ) as is_ai
    from agents

),

---------- what was said

counted as (

    select
        conversation_id,
        episode_number,
        min(sent_at) as started_at,
        max(sent_at) filter (where is_spoken) as last_spoken_at,
        max(sent_at) filter (
            where is_spoken or is_from_campaign or is_template
        ) as last_message_at,
        min(message_number) as first_number,
        min(message_number) filter (where is_request) as request_number,
        min(message_number) filter (where sender_class = 'ai') as ai_number,
        max(message_number) filter (where is_spoken) as last_spoken_number,
        max(message_number) filter (where is_request) as last_request_number,
        max(message_number) filter (
            where is_spoken and sender_class <> 'contact'
        ) as last_answer_number,
        max(message_number) filter (where sender_class = 'contact')
            as last_contact_number,
        max(message_number) filter (where is_thanks) as last_thanks_number,
        max(message_number) filter (where is_question) as last_question_number,
        count(*) filter (where sender_class = 'contact') as contact_messages,
        count(*) filter (where sender_class = 'ai') as ai_messages,
        count(*) filter (where sender_class = 'human') as human_messages,
        count(*) filter (where sender_class = 'human_phone') as human_phone_messages,
        count(*) filter (where sender_class = 'automation') as automation_messages,
        coalesce(
            bool_or(sender_class = 'ai' and not is_greeting), false
        ) as has_substantive_ai_answer,
        coalesce(
            bool_or(
                sender_class = 'activity' and message_text ~* '\m(adiada|snoozed)\M'
            ),
            false
        ) as was_snoozed
    from messages
    where isfinite(sent_at)
    group by 1, 2

),

bounded as (

    select
        counted.*,
        lead(started_at) over episodes_in_order as next_started_at,
        lead(request_number = first_number) over episodes_in_order as is_next_inbound
    from counted
    window episodes_in_order as (
        partition by conversation_id
        order by episode_number
    )

),

answered as (

    select
        counted.conversation_id,
        counted.episode_number,
        min(messages.sent_at) filter (
            where messages.message_number = counted.request_number
        ) as requested_at,
        min(messages.message_number) filter (
            where
            messages.sender_class in ('ai', 'human', 'human_phone')
            and messages.message_number > counted.request_number
        ) as response_number,
        min(messages.sent_at) filter (
            where
            messages.sender_class = 'ai'
            and messages.message_number > counted.request_number
        ) as ai_responded_at,
        min(messages.sent_at) filter (
            where
            messages.is_request
            and messages.message_number > coalesce(counted.last_answer_number, 0)
        ) as unanswered_since,
        min(messages.sent_at) filter (where messages.sender_class = 'ai')
            as first_ai_at,
        min(messages.sent_at) filter (
            where messages.sender_class in ('human', 'human_phone')
        ) as first_human_at,
        min(messages.sent_at) filter (
            where
            messages.sender_class in ('human', 'human_phone')
            and messages.message_number > counted.ai_number
        ) as human_after_ai_at,
        array_agg(distinct messages.sender_id order by messages.sender_id) filter (
            where messages.sender_class = 'human' and messages.sender_id is not null
        ) as agent_ids
    from messages
    inner join counted
        on
            messages.conversation_id = counted.conversation_id
            and messages.episode_number = counted.episode_number
    where messages.is_spoken
    group by 1, 2

),

responses as (

    select
        answered.conversation_id,
        answered.episode_number,
        messages.sent_at as responded_at,
        case messages.sender_class when 'ai' then 'ai' else 'human' end
            as response_class
    from answered
    inner join messages
        on
            answered.conversation_id = messages.conversation_id
            and answered.response_number = messages.message_number

),

---------- what happened

events_in_episodes as (

    select
        bounded.conversation_id,
        bounded.episode_number,
        bounded.was_snoozed,
        events.event_name,
        events.user_id,
        events.occurred_at
    from events
    inner join bounded
        on
            events.conversation_id = bounded.conversation_id
            and bounded.started_at <= events.occurred_at
            and (
                bounded.next_started_at is null
                or events.occurred_at < bounded.next_started_at
            )

),

resolve_events as (

    select
        conversation_id,
        episode_number,
        min(occurred_at) as resolved_at
    from events_in_episodes
    where event_name = 'conversation_resolved'
    group by 1, 2

),

-- An old Chatwoot, or a lost job, leaves a conversation resolved without an event.
resolved as (

    select
        bounded.conversation_id,
        bounded.episode_number,
        coalesce(
            resolve_events.resolved_at,
            case
                when
                    bounded.next_started_at is null
                    and conversations.is_resolved
                    and isfinite(conversations.last_activity_at)
                    then greatest(
                        conversations.last_activity_at, bounded.last_message_at
                    )
            end
        ) as resolved_at
    from bounded
    inner join conversations
        on bounded.conversation_id = conversations.conversation_id
    left join resolve_events
        on
            bounded.conversation_id = resolve_events.conversation_id
            and bounded.episode_number = resolve_events.episode_number

),

-- The line that Chatwoot wrote beside the close says who or what closed it.
close_lines as (

    select distinct on (resolved.conversation_id, resolved.episode_number)
        resolved.conversation_id,
        resolved.episode_number,
        messages.message_text as line
    from resolved
    inner join messages
        on
            resolved.conversation_id = messages.conversation_id
            and messages.sender_class = 'activity'
            and messages.message_text ~* 'resol'
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
        bool_or(people.user_id is not null and not people.is_ai) as is_of_agent
    from events_in_episodes
    inner join resolved
        on
            events_in_episodes.conversation_id = resolved.conversation_id
            and events_in_episodes.episode_number = resolved.episode_number
            and events_in_episodes.occurred_at
            between resolved.resolved_at - interval '2 seconds'
            and resolved.resolved_at + interval '2 seconds'
    left join people on events_in_episodes.user_id = people.user_id
    where
        events_in_episodes.event_name
        in ('conversation_resolved', 'conversation_bot_resolved')
    group by 1, 2

),

closers as (

    select
        resolved.conversation_id,
        resolved.episode_number,
        case
            when close_lines.line ~* '\m(inatividade|inactivity)\M' then 'auto_resolve'
            when close_lines.line ~* '\m(automação|automation)\M' then 'automation'
            when
                exists (
                    select from people
                    where
                        people.is_ai
                        and {{ is_done_by('close_lines.line', 'people.agent_name') }}
                )
                then 'ai'
            when
                exists (
                    select from people
                    where {{ is_done_by('close_lines.line', 'people.agent_name') }}
                )
                then 'agent'
            when
                {{ is_done_by('close_lines.line', 'conversations.contact_name') }}
                then 'contact'
            when close_events.is_bot_resolved then 'ai'
            when close_events.is_of_agent then 'agent'
            else 'unknown'
        end as closed_by
    from resolved
    inner join conversations
        on resolved.conversation_id = conversations.conversation_id
    left join close_lines
        on
            resolved.conversation_id = close_lines.conversation_id
            and resolved.episode_number = close_lines.episode_number
    left join close_events
        on
            resolved.conversation_id = close_events.conversation_id
            and resolved.episode_number = close_events.episode_number
    where resolved.resolved_at is not null

),

closes as (

    select
        bounded.*,
        coalesce(bounded.last_spoken_number = bounded.last_request_number, false)
            as is_customer_waiting,
        resolved.resolved_at,
        coalesce(
            resolved.resolved_at,
            case
                when
                    coalesce(
                        bounded.last_spoken_number <> bounded.last_request_number, true
                    )
                    and bounded.last_message_at + {{ gap }}
                    < coalesce(bounded.next_started_at, last_load.as_of)
                    then bounded.last_message_at
            end
        ) as closed_at,
        closers.closed_by as resolved_by
    from bounded
    cross join last_load
    inner join resolved
        on
            bounded.conversation_id = resolved.conversation_id
            and bounded.episode_number = resolved.episode_number
    left join closers
        on
            bounded.conversation_id = closers.conversation_id
            and bounded.episode_number = closers.episode_number

),

---------- the way to a person

handoff_events as (

    select
        events_in_episodes.conversation_id,
        events_in_episodes.episode_number,
        min(events_in_episodes.occurred_at) filter (
            where events_in_episodes.event_name = 'conversation_bot_handoff'
        ) as handed_off_at,
        min(events_in_episodes.occurred_at) filter (
            where
            events_in_episodes.event_name = 'conversation_opened'
            and not events_in_episodes.was_snoozed
            and events_in_episodes.occurred_at >= answered.first_ai_at
        ) as opened_at
    from events_in_episodes
    inner join answered
        on
            events_in_episodes.conversation_id = answered.conversation_id
            and events_in_episodes.episode_number = answered.episode_number
    group by 1, 2

),

handoffs as (

    select
        closes.conversation_id,
        closes.episode_number,
        least(
            handoff_events.handed_off_at,
            handoff_events.opened_at,
            answered.human_after_ai_at
        ) as handoff_at,
        case least(
            handoff_events.handed_off_at,
            handoff_events.opened_at,
            answered.human_after_ai_at
        )
            when handoff_events.handed_off_at then 'bot_event'
            when handoff_events.opened_at then 'opened'
            when answered.human_after_ai_at then 'human_message'
        end as handoff_signal
    from closes
    inner join answered
        on
            closes.conversation_id = answered.conversation_id
            and closes.episode_number = answered.episode_number
    left join handoff_events
        on
            closes.conversation_id = handoff_events.conversation_id
            and closes.episode_number = handoff_events.episode_number
    where
        least(
            handoff_events.handed_off_at,
            handoff_events.opened_at,
            answered.human_after_ai_at
        ) <= coalesce(closes.resolved_at, 'infinity')

),

-- Around the handoff and before the close; both are known only now.
placed as (

    select
        closes.conversation_id,
        closes.episode_number,
        min(messages.sent_at) filter (
            where
            messages.sender_class in ('human', 'human_phone')
            and messages.sent_at >= handoffs.handoff_at
        ) as human_responded_at,
        count(*) filter (
            where messages.is_spoken and messages.sent_at < handoffs.handoff_at
        ) as messages_before_handoff,
        max(messages.message_number) filter (
            where messages.sender_class = 'human'
        ) as last_human_number,
        max(messages.message_number) filter (
            where
            messages.sender_class = 'human'
            and messages.sent_at <= coalesce(closes.closed_at, 'infinity')
        ) as last_human_number_before_close
    from closes
    inner join messages
        on
            closes.conversation_id = messages.conversation_id
            and closes.episode_number = messages.episode_number
    left join handoffs
        on
            closes.conversation_id = handoffs.conversation_id
            and closes.episode_number = handoffs.episode_number
    where closes.human_messages + closes.human_phone_messages > 0
        or handoffs.handoff_at is not null
    group by 1, 2

),

last_humans as (

    select
        placed.conversation_id,
        placed.episode_number,
        max(messages.sender_id) filter (
            where messages.message_number = placed.last_human_number
        ) as last_human_agent_id,
        max(messages.sender_id) filter (
            where messages.message_number = placed.last_human_number_before_close
        ) as last_human_agent_id_before_close
    from placed
    inner join messages
        on
            placed.conversation_id = messages.conversation_id
            and messages.message_number in (
                placed.last_human_number, placed.last_human_number_before_close
            )
    group by 1, 2

),

---------- what the customer said of it

surveys as (

    select
        context.conversation_id,
        sent.message_id,
        sent.sent_at
    from context
    cross join
        lateral jsonb_to_recordset(context.surveys_sent) as sent (
            message_id bigint,
            sent_at timestamp
        )
    where context.surveys_sent <> '[]'

),

answers as (

    select
        context.conversation_id,
        given.csat_response_id,
        given.rating,
        given.feedback,
        given.answered_at,
        surveys.sent_at
    from context
    cross join
        lateral jsonb_to_recordset(context.csat_answers) as given (
            csat_response_id bigint,
            message_id bigint,
            rating integer,
            feedback text,
            answered_at timestamp
        )
    left join surveys
        on
            context.conversation_id = surveys.conversation_id
            and given.message_id = surveys.message_id
    where context.csat_answers <> '[]'

),

-- A survey belongs to the episode that it was sent after, one before all to the first.
survey_episodes as (

    select
        surveys.conversation_id,
        surveys.sent_at,
        coalesce(max(bounded.episode_number), 1) as episode_number
    from surveys
    left join bounded
        on
            surveys.conversation_id = bounded.conversation_id
            and bounded.started_at <= surveys.sent_at
    group by surveys.conversation_id, surveys.message_id, surveys.sent_at

),

first_surveys as (

    select
        conversation_id,
        episode_number,
        min(sent_at) as survey_sent_at
    from survey_episodes
    group by 1, 2

),

answer_episodes as (

    select
        answers.conversation_id,
        answers.csat_response_id,
        answers.rating,
        answers.feedback,
        answers.answered_at,
        coalesce(max(bounded.episode_number), 1) as episode_number
    from answers
    left join bounded
        on
            answers.conversation_id = bounded.conversation_id
            and bounded.started_at <= coalesce(answers.sent_at, answers.answered_at)
    group by 1, 2, 3, 4, 5

),

last_answers as (

    select distinct on (conversation_id, episode_number)
        conversation_id,
        episode_number,
        rating,
        nullif(trim(feedback), '') as feedback,
        answered_at
    from answer_episodes
    order by conversation_id, episode_number, answered_at desc, csat_response_id desc

),

---------- what is known of the whole conversation

labelled as (

    select
        context.conversation_id,
        coalesce(context.is_contact_blocked, false) as is_contact_blocked,
        array(
            select label
            from jsonb_array_elements_text(context.labels) as titles (label)
            order by label
        ) as labels,
        nullif(
            trim(
                context.custom_attributes
                ->> {{ dbt.string_literal(var('handoff_reason_attribute')) }}
            ),
            ''
        ) as stated_handoff_reason,
        case
            when
                context.custom_attributes
                ->> {{ dbt.string_literal(var('sentiment_attribute')) }}
                ~ '^-?(0(\.[0-9]+)?|1(\.0+)?)$'
                then (
                    context.custom_attributes
                    ->> {{ dbt.string_literal(var('sentiment_attribute')) }}
                )::double precision
        end as sentiment
    from context

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
        versions.contact_key,
        versions.built_from,
        conversations.account_id,
        conversations.inbox_id,
        conversations.team_id,
        conversations.contact_id,
        conversations.local_timezone,
        answered.requested_at,
        answered.unanswered_since,
        answered.ai_responded_at,
        answered.agent_ids,
        responses.responded_at,
        responses.response_class,
        handoffs.handoff_at,
        handoffs.handoff_signal,
        placed.human_responded_at,
        placed.messages_before_handoff,
        last_humans.last_human_agent_id,
        last_humans.last_human_agent_id_before_close,
        first_surveys.survey_sent_at,
        last_answers.rating,
        last_answers.feedback,
        last_answers.answered_at,
        reasoned.labels,
        reasoned.handoff_reason,
        reasoned.sentiment,
        last_load.as_of,
        case
            when closes.resolved_at is not null then closes.resolved_by
            when closes.closed_at is not null then 'silence'
        end as closed_by,
        closes.request_number is not null and not reasoned.is_contact_blocked
            as has_demand,
        closes.started_at + {{ maturity }} <= last_load.as_of as is_matured,
        closes.ai_messages > 0 as has_ai,
        coalesce(
            answered.first_human_at <= coalesce(closes.closed_at, 'infinity'), false
        ) as has_human
    from closes
    cross join last_load
    inner join versions on closes.conversation_id = versions.conversation_id
    inner join conversations
        on closes.conversation_id = conversations.conversation_id
    inner join reasoned on closes.conversation_id = reasoned.conversation_id
    left join answered
        on
            closes.conversation_id = answered.conversation_id
            and closes.episode_number = answered.episode_number
    left join responses
        on
            closes.conversation_id = responses.conversation_id
            and closes.episode_number = responses.episode_number
    left join handoffs
        on
            closes.conversation_id = handoffs.conversation_id
            and closes.episode_number = handoffs.episode_number
    left join placed
        on
            closes.conversation_id = placed.conversation_id
            and closes.episode_number = placed.episode_number
    left join last_humans
        on
            closes.conversation_id = last_humans.conversation_id
            and closes.episode_number = last_humans.episode_number
    left join first_surveys
        on
            closes.conversation_id = first_surveys.conversation_id
            and closes.episode_number = first_surveys.episode_number
    left join last_answers
        on
            closes.conversation_id = last_answers.conversation_id
            and closes.episode_number = last_answers.episode_number

),

judged as (

    select
        assembled.*,
        case
            when not is_matured then 'immature'
            when request_number is null then 'outbound_no_reply'
            when responded_at is null then 'unanswered'
            when has_human and closed_at is null and is_customer_waiting
                then 'waiting_us'
            when has_human and closed_at is null then 'waiting_customer'
            when has_human and closed_by = 'auto_resolve' and is_customer_waiting
                then 'waiting_us'
            when has_human and has_ai then 'ai_human_resolved'
            when has_human or not has_ai then 'human_resolved'
            when closed_by = 'agent' then 'ai_human_resolved'
            when handoff_at is not null or is_customer_waiting then 'waiting_us'
            when closed_at is null then 'waiting_customer'
            when
                not has_substantive_ai_answer
                or last_question_number = last_spoken_number
                then 'ai_abandoned'
            when last_thanks_number = last_contact_number
                then 'ai_resolved_confirmed'
            else 'ai_resolved_assumed'
        end as outcome
    from assembled

),

-- The next demand of the same contact after a close, in whatever conversation. An answer
-- to what we sent is none.
contact_moments as (

    select
        contact_key,
        conversation_id,
        episode_number,
        started_at as happened_at,
        true as is_start
    from judged
    where has_demand and first_number = request_number
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
        contact_moments.*,
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
        judged.*,
        returns.next_demand_at,
        {{ local_time('judged.started_at', 'judged.local_timezone') }}
            as local_started_at,
        {{ local_time(
            'coalesce(judged.requested_at, judged.started_at)', 'judged.local_timezone'
        ) }} as local_requested_at,
        {{ local_time('judged.handoff_at', 'judged.local_timezone') }}
            as local_handoff_at,
        {{ local_time('judged.human_responded_at', 'judged.local_timezone') }}
            as local_human_responded_at,
        {{ local_time('judged.closed_at', 'judged.local_timezone') }}
            as local_closed_at,
        {{ local_time('judged.survey_sent_at', 'judged.local_timezone') }}
            as local_survey_sent_at,
        {{ local_time('judged.answered_at', 'judged.local_timezone') }}
            as local_answered_at
    from judged
    left join returns
        on
            judged.conversation_id = returns.conversation_id
            and judged.episode_number = returns.episode_number

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
        coalesce(local_times.agent_ids, '{}') as agent_ids,
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
        local_times.response_class as first_response_class,
        local_times.handoff_signal,
        case when local_times.handoff_at is not null then local_times.handoff_reason end
            as handoff_reason,
        case
            when inbox_hours.inbox_id is null then 'not_configured'
            when {{ is_working_at('inbox_hours', 'local_times.local_requested_at') }}
                then 'working'
            else 'after_hours'
        end as hours_kind,
        local_times.labels,
        local_times.feedback as csat_comment,

        ---------- numerics
        local_times.contact_messages::integer as contact_messages,
        local_times.ai_messages::integer as ai_messages,
        local_times.human_messages::integer as human_messages,
        local_times.human_phone_messages::integer as human_phone_messages,
        local_times.automation_messages::integer as automation_messages,
        case
            when local_times.handoff_at is not null
                then local_times.messages_before_handoff::integer
        end as messages_before_handoff,
        {{ seconds_between('local_times.requested_at', 'local_times.responded_at') }}
        ::double precision as first_response_seconds,
        {{ seconds_between('local_times.requested_at', 'local_times.ai_responded_at') }}
        ::double precision as ai_first_response_seconds,
        {{ seconds_between('local_times.started_at', 'local_times.handoff_at') }}
        ::double precision as time_to_handoff_seconds,
        {{ seconds_between('local_times.handoff_at', 'local_times.human_responded_at') }}
        ::double precision as human_response_seconds,
        {{ working_seconds_between(
            'inbox_hours',
            'local_times.local_handoff_at',
            'local_times.local_human_responded_at'
        ) }} as human_response_working_seconds,
        {{ seconds_between('local_times.started_at', 'local_times.closed_at') }}
        ::double precision as resolution_seconds,
        local_times.rating as csat_rating,
        local_times.sentiment,

        ---------- booleans
        local_times.has_demand,
        local_times.is_matured,
        local_times.closed_at is not null as is_closed,
        local_times.has_ai,
        local_times.has_human,
        local_times.handoff_at is not null as has_handoff,
        local_times.has_substantive_ai_answer,
        coalesce(
            local_times.resolved_at is not null
            and local_times.is_next_inbound
            and local_times.next_started_at
            <= local_times.closed_at + {{ return_window }},
            false
        ) as is_reopened,
        coalesce(
            local_times.next_demand_at <= local_times.closed_at + {{ return_window }},
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
        local_times.local_answered_at::date as csat_local_date,
        local_times.started_at,
        local_times.requested_at as first_contact_at,
        local_times.responded_at as first_response_at,
        local_times.handoff_at,
        local_times.closed_at,
        local_times.last_message_at,
        case when local_times.is_customer_waiting then local_times.unanswered_since end
            as waiting_since,
        local_times.next_started_at,
        local_times.survey_sent_at,
        local_times.answered_at as csat_answered_at,
        -- The next moment at which the row says something else though nothing happens.
        (
            select min(moments.passes_at)
            from (values
                (local_times.started_at + {{ maturity }}),
                (
                    case
                        when local_times.closed_at is null
                            then local_times.last_message_at + {{ gap }}
                            + interval '1 microsecond'
                    end
                ),
                (local_times.closed_at + {{ return_window }}),
                (local_times.started_at + {{ return_window }})
            ) as moments (passes_at)
            where moments.passes_at > local_times.as_of
        ) as changes_at
    from local_times
    left join inbox_hours on local_times.inbox_id = inbox_hours.inbox_id

)

-- The version tells the models downstream which rows are others than before.
select
    named.*,
    hashtextextended(named::text, 0) as episode_version
from named
