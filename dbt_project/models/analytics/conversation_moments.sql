{{
    rebuilt_by_key(
        'conversation_versions', 'built_from',
        indexes=[
            {'columns': ['message_id'], 'unique': true},
            {'columns': ['conversation_id', 'built_from']},
            {'columns': ['local_date']},
        ],
    )
}}
{%- set few = few_outdated(ref('conversation_versions'), 'built_from') %}
{%- set gap = "interval '" ~ parameter('episode_gap_hours') ~ " hours'" %}
{%- set horizon = "interval '" ~ parameter('queue_horizon_days') ~ " days'" %}
with

classified as (

    select classified.*
    from {{ ref('classified_messages') }} as classified
    where {{ is_to_build('classified', few) }}

),

phrase_patterns as (

    select * from {{ ref('phrase_patterns') }}

),

events as (

    select events.*
    from {{ ref('reporting_events') }} as events
    where
        isfinite(events.occurred_at)
        and {{ is_to_build('events', few) }}

),

taggings as (

    select taggings.*
    from {{ ref('taggings') }} as taggings
    where {{ is_to_build('taggings', few) }}

),

inbox_hours as (

    select * from {{ ref('inbox_hours') }}

),

closes_by_machines as (

    select
        conversation_id,
        sent_at
    from classified
    where activity = 'resolved' and is_done_by_machine

),

closes as (

    select
        events.conversation_id,
        events.occurred_at,
        bool_or(closes_by_machines.sent_at is not null) as is_by_machine
    from events
    left join closes_by_machines
        on
            events.conversation_id = closes_by_machines.conversation_id
            and closes_by_machines.sent_at
            between events.occurred_at - interval '2 minutes'
            and events.occurred_at + interval '2 minutes'
    where events.event_name = 'conversation_resolved'
    group by 1, 2

),

-- What a machine closes while it is our turn is not closed.
resolutions as (

    select
        conversation_id,
        array_agg(occurred_at order by occurred_at) as resolved_at,
        array_agg(occurred_at order by occurred_at) filter (where not is_by_machine)
            as judged_at
    from closes
    group by 1

),

---------- what the texts say

-- Each text is read once, however often it was sent.
texts as (

    select distinct
        text_to_read,
        sender_class = 'contact' as is_of_customer
    from classified
    where
        text_to_read is not null
        and sender_class in ('contact', 'ai', 'human', 'human_phone', 'automation')

),

texts_of_customers as (

    select
        texts.text_to_read,
        said.*
    from texts
    cross join
        lateral ( -- noqa: ST05
            {{ what_the_customer_says('texts.text_to_read') }}
        ) as said
    where texts.is_of_customer

),

our_texts as (

    select
        texts.text_to_read,
        said.*
    from texts
    cross join
        lateral ( -- noqa: ST05
            {{ what_we_say('texts.text_to_read') }}
        ) as said
    where not texts.is_of_customer

),

classified_messages as (

    select
        classified.*,
        coalesce(texts_of_customers.text_class, our_texts.text_class) as text_class,
        our_texts.question_kind,
        coalesce(our_texts.promises_return, false) as promises_return,
        coalesce(our_texts.asks_rating, false) as asks_rating,
        coalesce(our_texts.ends_with_offer, false) as ends_with_offer,
        coalesce(texts_of_customers.is_bare_greeting, false) as is_bare_greeting,
        coalesce(texts_of_customers.is_day_greeting, false) as is_day_greeting,
        coalesce(texts_of_customers.is_bare_no, false) as is_bare_no,
        coalesce(texts_of_customers.is_rating, false) as is_rating,
        coalesce(texts_of_customers.is_approving, false) as is_approving,
        coalesce(texts_of_customers.asks_for_person, false) as asks_for_person,
        coalesce(texts_of_customers.says_solved, false) as says_solved,
        coalesce(texts_of_customers.is_mere_ok, false) as is_mere_ok,
        coalesce(texts_of_customers.confirms_nothing, false) as confirms_nothing
    from classified
    left join texts_of_customers
        on
            classified.sender_class = 'contact'
            and classified.text_to_read = texts_of_customers.text_to_read
    left join our_texts
        on
            classified.sender_class <> 'contact'
            and classified.text_to_read = our_texts.text_to_read

),

---------- what may say that the AI handed over, beside messages

versions as (

    select distinct
        conversation_id,
        inbox_id,
        contact_id,
        local_timezone,
        built_from
    from classified

),

other_moments as (

    select
        conversation_id,
        case event_name
            when 'conversation_bot_handoff' then 'bot_event'
            else 'opened'
        end as moment_kind,
        occurred_at as sent_at
    from events
    where event_name in ('conversation_bot_handoff', 'conversation_opened')
    union all
    select
        conversation_id,
        'labelled' as moment_kind,
        tagged_at as sent_at
    from taggings
    where is_of_handoff and isfinite(tagged_at)

),

together as (

    select
        classified_messages.*,
        'message' as moment_kind,
        false as is_event
    from classified_messages
    union all
    select
        null as message_id,
        other_moments.conversation_id,
        versions.inbox_id,
        versions.contact_id,
        null as sender_id,
        null as replies_to_id,
        versions.built_from,
        null as message_type,
        null as content_type,
        null as delivery_status,
        null as sender_type,
        null as sender_class,
        null as message_text,
        null as text_to_read,
        null as activity,
        false as is_private,
        false as is_deleted,
        false as is_from_automation_rule,
        false as is_from_campaign,
        false as is_phone_echo,
        false as is_template,
        false as is_reaction,
        false as is_copy,
        false as is_taken_call,
        true as is_delivered,
        false as is_done_by_machine,
        versions.local_timezone,
        other_moments.sent_at,
        null as text_class,
        null as question_kind,
        false as promises_return,
        false as asks_rating,
        false as ends_with_offer,
        false as is_bare_greeting,
        false as is_day_greeting,
        false as is_bare_no,
        false as is_rating,
        false as is_approving,
        false as asks_for_person,
        false as says_solved,
        false as is_mere_ok,
        false as confirms_nothing,
        other_moments.moment_kind,
        true as is_event
    from other_moments
    inner join versions on other_moments.conversation_id = versions.conversation_id

),

---------- who says something

-- What happens within one second is a message first, then an event, then the close.
voices as (

    select
        together.*,
        (
            isfinite(together.sent_at)
            and together.sender_class in ('ai', 'human', 'human_phone')
            and together.is_delivered
            and not together.is_deleted
            and not together.is_copy
            and not together.is_reaction
            and coalesce(together.content_type <> 'sticker', true)
            and (
                coalesce(together.content_type <> 'voice_call', true)
                or together.is_taken_call
            )
        )
        or coalesce(
            isfinite(together.sent_at)
            and together.sender_class = 'contact'
            and together.is_taken_call
            and not together.is_copy,
            false
        ) as is_answering,
        isfinite(together.sent_at)
        and together.sender_class = 'contact'
        and not together.is_copy
        and not together.is_reaction as is_of_contact,
        isfinite(together.sent_at)
        and together.sender_class = 'automation'
        and together.message_type = 'outgoing'
        and coalesce(together.content_type <> 'input_csat', true)
        and together.is_delivered
        and not together.is_deleted
        and not together.is_copy
        and (together.is_from_campaign or together.is_template) as is_outreach,
        coalesce(
            width_bucket(
                together.sent_at - interval '1 microsecond', resolutions.resolved_at
            ),
            0
        ) as resolutions_before,
        coalesce(
            width_bucket(
                together.sent_at - interval '1 microsecond', resolutions.judged_at
            ),
            0
        ) as judgements_before,
        resolutions.resolved_at
    from together
    left join resolutions on together.conversation_id = resolutions.conversation_id

),

-- Every window over a conversation has the same order, so that PostgreSQL sorts once.
numbered as (

    select
        *,
        coalesce(is_answering, false) and (
            sender_class in ('human', 'human_phone') or is_taken_call
        ) as is_of_person,
        coalesce(is_answering, false) and sender_class = 'ai' as is_of_ai,
        case
            when is_answering
                then
                    case
                        when is_taken_call then 'answer'
                        when
                            content_type in (
                                'input_text',
                                'input_textarea',
                                'input_email',
                                'input_select',
                                'form'
                            )
                            then 'question'
                        -- A promise to come back is no answer yet.
                        when promises_return and text_class = 'answer' then 'transfer'
                        else coalesce(text_class, 'answer')
                    end
        end as answer_class,
        case
            when is_answering and content_type = 'input_select' then 'menu'
            when
                is_answering
                and content_type in (
                    'input_text', 'input_textarea', 'input_email', 'form'
                )
                then 'data'
            when is_answering then question_kind
        end as kind_of_question,
        row_number() over in_time as message_number,
        count(*) filter (where is_answering) over in_time as answers_so_far,
        max(sent_at) filter (
            where asks_rating or content_type = 'input_csat'
        ) over in_time as rating_asked_at,
        min(sent_at) filter (where is_answering) over after_it as next_answer_at
    from voices
    window
        in_time as (
            partition by conversation_id
            order by sent_at, is_event, moment_kind, message_id
            rows between unbounded preceding and current row
        ),
        after_it as (
            partition by conversation_id
            order by sent_at, is_event, moment_kind, message_id
            rows between 1 following and unbounded following
        )

),

-- The customer's words after ours mean what they answer.
answered_to as (

    select
        *,
        first_value(
            answer_class = 'closing_offer' or ends_with_offer
        ) over to_answer as is_after_offer,
        first_value(sent_at) over to_answer as last_answered_at
    from numbered
    window to_answer as (
        partition by conversation_id, answers_so_far
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and current row
    )

),

-- A deleted message of the customer waits no more, but what was answered was asked.
acts as (

    select
        *,
        case
            when answer_class is not null then answer_class
            when not is_of_contact then null
            when is_deleted and (next_answer_at > sent_at + {{ gap }}) is not false
                then null
            when is_deleted then 'request'
            when content_type = 'voice_call' then 'request'
            when answers_so_far = 0
                then
                    case
                        when is_bare_greeting or is_bare_no then 'request'
                        else coalesce(text_class, 'request')
                    end
            when content_type = 'sticker' then 'courtesy'
            when is_day_greeting
                then
                    case
                        when sent_at <= last_answered_at + interval '1 hour'
                            then 'courtesy'
                        else 'request'
                    end
            when is_bare_greeting then 'request'
            when is_bare_no
                then
                    case
                        when is_after_offer then 'courtesy'
                        else 'request'
                    end
            when is_rating and rating_asked_at >= last_answered_at then 'courtesy'
            else coalesce(text_class, 'request')
        end as speech_act
    from answered_to

),

spoken as (

    select
        *,
        coalesce(is_answering or is_of_contact, false)
        and speech_act is not null as is_spoken,
        coalesce(is_answering or is_of_contact or is_outreach, false)
        and (speech_act is not null or is_outreach) as is_speech
    from acts

),

before_it as (

    select
        *,
        max(sent_at) filter (where is_speech) over before as last_speech_at,
        min(message_id) over (partition by conversation_id) as first_message_id,
        max(array[
            message_number,
            case answer_class when 'answer' then 1 when 'question' then 2 else 3 end,
            case kind_of_question when 'yes_no' then 1 else 0 end,
            is_of_ai::integer
        ]) filter (
            where is_answering and answer_class <> 'closing_offer'
        ) over before as last_said,
        max(sent_at) filter (
            where is_answering and answer_class <> 'closing_offer'
        ) over before as last_said_at,
        bool_or(
            is_spoken and is_of_contact and speech_act = 'request'
        ) over before as has_asked
    from spoken
    window before as (
        partition by conversation_id
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and 1 preceding
    )

),

-- The customer waits for an answer after a request: all he writes but courtesies. The
-- first word of a conversation is one whatever it says, and who has asked for something
-- says yes to a question of ours by a courtesy or a sign of approval.
requests as (

    select
        *,
        coalesce(
            is_spoken
            and is_of_contact
            and (speech_act = 'request' or is_taken_call or last_speech_at is null)
            or sender_class = 'contact'
            and not is_copy
            and isfinite(sent_at)
            and has_asked
            and last_said[2] = 2
            and last_said[3] = 1
            and not {{ declines('message_text') }}
            and (speech_act = 'courtesy' or is_reaction and is_approving),
            false
        ) as is_request,
        -- What we write within the gap after a resolve belongs to what was resolved.
        sent_at > greatest(last_speech_at, resolved_at[resolutions_before]) + {{ gap }}
            as is_after_silence
    from before_it

),

within_a_close as (

    select
        *,
        max(message_number) filter (where is_request) over before as last_request,
        max(message_id) filter (where is_request) over before as last_request_id,
        max(message_number) filter (where is_answering) over before as last_answer,
        max(sent_at) filter (where is_of_ai) over before as last_ai_at,
        bool_or(activity = 'snoozed') over before as was_snoozed,
        min(message_number) filter (
            where is_of_ai and answer_class = 'answer'
        ) over after_it as next_ai_answer,
        min(message_number) filter (
            where is_of_ai and answer_class in ('answer', 'question')
        ) over after_it as next_ai_help,
        min(message_number) filter (where is_of_ai) over after_it as next_ai,
        min(sent_at) filter (where is_of_ai) over after_it as next_ai_at,
        min(message_number) filter (where is_of_person) over after_it as next_person,
        min(sent_at) filter (where is_of_person) over after_it as next_person_at,
        coalesce(
            bool_or(activity = 'opened') over around_it, false
        ) as has_opening_line,
        coalesce(
            bool_or(activity = 'labelled' and not is_done_by_machine) over around_it,
            false
        ) as has_label_line_of_person,
        coalesce(bool_or(is_of_person) over around_it, false) as has_person_around
    from requests
    window
        before as (
            partition by conversation_id, judgements_before
            order by sent_at, is_event, moment_kind, message_id
            rows between unbounded preceding and 1 preceding
        ),
        after_it as (
            partition by conversation_id, resolutions_before
            order by sent_at, is_event, moment_kind, message_id
            rows between 1 following and unbounded following
        ),
        around_it as (
            partition by conversation_id, resolutions_before
            order by sent_at
            range between interval '2 minutes' preceding
            and interval '2 minutes' following
        )

),

---------- handoffs

-- Signs that the AI, a rule or the system gives; what a person does himself is none.
-- Where the AI goes on answering or asking it was routing.
signs_of_ours as (

    select
        *,
        case
            when not isfinite(sent_at) then null
            when moment_kind = 'bot_event' then 'bot_event'
            when is_of_ai and text_class = 'transfer' then 'announced'
            when last_ai_at is null or last_ai_at < sent_at - {{ gap }} then null
            when next_ai_help < coalesce(next_person, next_ai_help + 1) then null
            when
                moment_kind = 'opened'
                and not coalesce(was_snoozed, false)
                and not has_opening_line
                and not has_person_around
                then 'opened'
            when activity in ('assigned', 'opened') and is_done_by_machine then activity
            when moment_kind = 'labelled' and not has_label_line_of_person
                then 'labelled'
        end as sign_of_ours
    from within_a_close

),

-- A sign of approval on an earlier message speaks of that one, not of what came since.
-- The customer asked for a person: for how this ends, see docs/episodes.md.
asked as (

    select
        *,
        coalesce(asks_for_person and is_request, false) as is_asking_for_person,
        coalesce(
            sender_class = 'contact'
            and is_reaction
            and is_approving
            and not is_copy
            and (
                replies_to_id is null
                or replies_to_id < first_message_id
                or replies_to_id > last_request_id
            ),
            false
        ) as is_approving_reaction,
        min(message_number) filter (where sign_of_ours is not null) over after_it
            as next_sign,
        min(array[message_number, last_contact_before]) filter (
            where is_of_person
        ) over after_it as next_person_and_contact
    from (
        select
            *,
            max(message_number) filter (
                where is_of_contact and is_spoken
            ) over (
                partition by conversation_id, resolutions_before
                order by sent_at, is_event, moment_kind, message_id
                rows between unbounded preceding and 1 preceding
            ) as last_contact_before
        from signs_of_ours
    ) as signs_with_contact
    window after_it as (
        partition by conversation_id, resolutions_before
        order by sent_at, is_event, moment_kind, message_id
        rows between 1 following and unbounded following
    )

),

signs as (

    select
        *,
        case
            when sign_of_ours is not null then sign_of_ours
            when
                not is_asking_for_person
                or next_sign < coalesce(next_person, next_sign + 1)
                then null
            -- Without a word of the AI there is nobody who could hand over.
            when
                (last_ai_at >= sent_at - {{ gap }}) is not true
                and (next_ai_at <= sent_at + {{ gap }}) is not true
                then null
            when
                next_person is not null
                and (next_ai_answer is null or next_person < next_ai_answer)
                then 'requested'
            when next_person is null and next_ai is null then 'requested'
            when next_person is not null and next_person_and_contact[2] < next_ai_answer
                then 'requested'
        end as handoff_sign,
        is_of_person and (answer_class = 'transfer' or promises_return)
        or is_of_ai and promises_return as is_promise,
        case
            when
                speech_act = 'courtesy' and not is_request and not confirms_nothing
                or is_approving_reaction
                then
                    case
                        when coalesce(last_request > last_answer, false) then null
                        when last_said[2] = 1 then last_said[1]
                    end
        end as confirmed_number
    from asked

),

-- After a handoff thanks speak of it only if the AI answered at once: who thanks for
-- another answer days later still waits for the person. A mere "ok" ends none.
ended as (

    select
        *,
        case
            when says_solved and speech_act = 'courtesy' then message_number
            when is_mere_ok then null
            when
                last_said_at <= coalesce(
                    max(sent_at) filter (
                        where handoff_sign is not null
                    ) over before + interval '1 hour',
                    last_said_at
                )
                then confirmed_number
        end as ended_number
    from signs
    window before as (
        partition by conversation_id, judgements_before
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and 1 preceding
    )

),

---------- whose turn it is

turns as (

    select
        *,
        max(message_number) filter (
            where handoff_sign is not null
        ) over before as last_sign,
        max(message_number) filter (where is_of_person) over before as last_person,
        max(message_number) filter (where is_promise) over before as last_promise,
        max(message_number) filter (
            where is_promise and is_of_person
        ) over before as last_promise_of_person,
        max(message_number) filter (
            where is_of_person and answer_class in ('answer', 'question')
        ) over before as last_help_of_person,
        max(message_number) filter (
            where is_answering and answer_class in ('answer', 'question')
        ) over before as last_help,
        max(ended_number) over before as last_ended,
        max(sent_at) filter (
            where is_request or handoff_sign is not null or is_promise
        ) over before as last_waited_for_at
    from ended
    window before as (
        partition by conversation_id, judgements_before
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and 1 preceding
    )

),

-- Ours opens an episode only where nobody waits for it: a late answer belongs to its
-- request or handoff, days later too, and so does what the customer adds. Beyond the
-- horizon both begin something new; a person's answer beyond twice the horizon.
openers as (

    select
        *,
        coalesce(
            last_request > coalesce(last_answer, 0)
            or last_sign > greatest(last_person, last_ended, 0)
            or last_promise > greatest(last_help, last_ended, 0)
            or last_promise_of_person > greatest(last_help_of_person, last_ended, 0),
            false
        ) as is_our_turn,
        coalesce(activity = 'resolved' and is_done_by_machine, false)
            as is_close_by_machine
    from turns

),

opening as (

    select
        *,
        is_request as may_open,
        is_request
        and is_after_silence
        and (not is_our_turn or last_waited_for_at < sent_at - {{ horizon }})
            as opens_after_silence,
        is_speech
        and not is_of_contact
        and (
            last_speech_at is null
            or is_after_silence
            and (
                not is_our_turn
                or last_waited_for_at
                < sent_at - {{ horizon }} * case when is_of_person then 2 else 1 end
            )
        ) as opens_outbound
    from openers

),

opened as (

    select
        *,
        opens_outbound
        or may_open
        and (
            coalesce(opens_after_silence, false)
            or max(message_number) filter (
                where may_open or opens_outbound
            ) over before is null
            or judgements_before > max(judgements_before) filter (
                where may_open or opens_outbound
            ) over before
            or max(message_number) filter (
                where is_close_by_machine and not is_our_turn
            ) over before > max(message_number) filter (
                where may_open or opens_outbound
            ) over before
        ) as opens
    from opening
    window before as (
        partition by conversation_id
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and 1 preceding
    )

),

in_episodes as (

    select
        *,
        case
            when isfinite(sent_at)
                then nullif(
                    count(*) filter (where opens) over before
                    + case when opens then 1 else 0 end,
                    0
                )
        end as episode_number
    from opened
    window before as (
        partition by conversation_id
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and 1 preceding
    )

),

-- What opened or labelled a conversation in whose episode no AI has written hands
-- nothing over.
of_an_ai as (

    select
        *,
        case
            when
                handoff_sign in ('opened', 'assigned', 'labelled')
                and coalesce(
                    bool_or(is_of_ai) over (
                        partition by conversation_id, episode_number
                        order by sent_at, is_event, moment_kind, message_id
                        rows between unbounded preceding and 1 preceding
                    ),
                    false
                ) = false
                then null
            else handoff_sign
        end as sign_of_episode
    from in_episodes

),

---------- replies and waits

-- A turn: what the customer asks between two messages of ours; the second ends it.
in_turns as (

    select
        *,
        min(sent_at) filter (where is_request) over (
            partition by
                conversation_id,
                episode_number,
                answers_so_far - case when is_answering then 1 else 0 end
        ) as asked_at,
        max(message_number) filter (where is_of_person) over before
            as last_person_of_episode,
        max(message_number) filter (where is_request) over before
            as last_request_of_episode,
        max(message_number) filter (where is_answering) over before
            as last_answer_of_episode,
        max(message_number) filter (where sign_of_episode is not null) over before
            as last_sign_of_episode,
        max(ended_number) over before as last_ended_of_episode,
        count(ended_number) over before as ended_before,
        bool_or(is_of_ai) over before as is_after_ai,
        count(*) filter (where is_of_person) over before as persons_before
    from of_an_ai
    window before as (
        partition by conversation_id, episode_number
        order by sent_at, is_event, moment_kind, message_id
        rows between unbounded preceding and 1 preceding
    )

),

waits as (

    select
        *,
        min(sent_at) filter (
            where
            sign_of_episode is not null
        ) over (
            partition by conversation_id, episode_number, persons_before, ended_before
        ) as handed_over_at
    from in_turns

),

replies as (

    select
        *,
        case
            when is_answering and not is_taken_call and asked_at <= sent_at
                then asked_at
        end as replies_to_request_at,
        case
            when not is_of_person or episode_number is null then null
            when
                handed_over_at <= sent_at
                and last_sign_of_episode > coalesce(last_ended_of_episode, 0)
                then handed_over_at
            when
                persons_before = 0
                and last_request_of_episode > coalesce(last_answer_of_episode, 0)
                then asked_at
        end as human_wait_started_at,
        is_of_person
        and persons_before = 0
        and coalesce(is_after_ai, false)
        and last_sign_of_episode is null as is_takeover
    from waits

),

local_times as (

    select
        *,
        {{ local_time('sent_at', 'local_timezone') }} as local_sent_at,
        {{ local_time('replies_to_request_at', 'local_timezone') }} as local_asked_at,
        {{ local_time('human_wait_started_at', 'local_timezone') }}
            as local_wait_started_at
    from replies

),

-- By the clock as it stood at the start: put back meanwhile, it would take time away.
spans as (

    select
        *,
        local_asked_at + (sent_at - replies_to_request_at) as local_replied_at,
        local_wait_started_at + (sent_at - human_wait_started_at)
            as local_wait_ended_at
    from local_times

),

timed as (

    select
        ---------- ids
        spans.message_id,
        spans.conversation_id,
        spans.inbox_id,
        spans.contact_id,
        spans.sender_id,
        spans.built_from,

        ---------- text
        spans.moment_kind,
        spans.message_type,
        spans.content_type,
        spans.delivery_status,
        spans.sender_type,
        spans.sender_class,
        spans.speech_act,
        spans.kind_of_question as question_kind,
        spans.sign_of_episode as handoff_sign,
        spans.message_text,

        ---------- numerics
        spans.message_number::integer as message_number,
        spans.episode_number::integer as episode_number,
        length(spans.message_text) as characters,
        {{ seconds_between(
            'spans.replies_to_request_at', 'spans.sent_at'
        ) }}
        ::double precision as reply_seconds,
        {{ working_seconds_between(
            'inbox_hours', 'spans.local_asked_at', 'spans.local_replied_at'
        ) }} as reply_working_seconds,
        {{ seconds_between(
            'spans.human_wait_started_at', 'spans.sent_at'
        ) }}
        ::double precision as human_wait_seconds,
        {{ working_seconds_between(
            'inbox_hours', 'spans.local_wait_started_at', 'spans.local_wait_ended_at'
        ) }} as human_wait_working_seconds,
        spans.confirmed_number::integer as confirmed_number,
        spans.ended_number::integer as ended_number,

        ---------- booleans
        spans.is_private,
        spans.is_deleted,
        spans.is_from_automation_rule,
        spans.is_from_campaign,
        spans.is_phone_echo,
        spans.is_template,
        spans.is_delivered,
        spans.is_reaction,
        spans.is_copy,
        spans.is_taken_call,
        spans.is_spoken,
        spans.is_speech,
        spans.is_request,
        spans.is_of_ai,
        spans.is_of_person,
        spans.is_promise,
        spans.is_asking_for_person,
        coalesce(spans.says_solved and spans.speech_act = 'courtesy', false)
            as says_solved,
        spans.is_takeover,
        spans.is_approving_reaction,
        spans.is_close_by_machine and spans.is_our_turn as closes_nothing,

        ---------- times
        spans.local_sent_at::date as local_date,
        spans.human_wait_started_at,
        spans.sent_at,
        spans.local_sent_at
    from spans
    left join inbox_hours on spans.inbox_id = inbox_hours.inbox_id

)

select * from timed
