{{
    rebuilt_by_key(
        'conversation_versions', 'built_from',
        indexes=[
            {'columns': ['conversation_id', 'episode_number'], 'unique': true},
        ],
    )
}}
{%- set few = few_outdated(ref('conversation_versions'), 'built_from') %}
with

moments as (

    select
        moments.*,
        moments.is_spoken and (moments.is_of_ai or moments.is_of_person)
            as is_answering
    from {{ ref('conversation_moments') }} as moments
    where
        moments.episode_number is not null
        and {{ is_to_build('moments', few) }}

),

agents as (

    select * from {{ ref('agents') }}

),

-- Message numbers follow the time, so that the first by number is the first by time.
counted as (

    select
        conversation_id,
        episode_number,
        built_from,
        min(sent_at) filter (where is_speech) as started_at,
        min(sent_at) filter (where is_request) as first_contact_at,
        min(sent_at) filter (where is_of_ai) as first_ai_at,
        min(sent_at) filter (where is_of_person) as first_human_at,
        max(sent_at) filter (where is_speech) as last_message_at,
        max(sent_at) filter (where sender_class = 'contact' and is_spoken)
            as last_contact_at,
        min(message_number) filter (where is_speech) as first_number,
        min(message_number) filter (where is_request) as request_number,
        max(message_number) filter (where is_request) as last_request_number,
        max(message_number) filter (where is_answering) as last_answer_number,
        max(message_number) filter (where is_of_person) as last_person_number,
        max(message_number) filter (where is_promise) as last_promise_number,
        max(message_number) filter (where handoff_sign is not null)
            as last_sign_number,
        max(ended_number) as last_ended_number,
        max(message_number) filter (
            where is_answering and speech_act in ('answer', 'question')
        ) as last_help_number,
        max(message_number) filter (
            where is_of_person and speech_act in ('answer', 'question')
        ) as last_help_of_person_number,
        max(message_number) filter (where confirmed_number is not null)
            as last_confirmation_number,
        -- What ours said last, closing offers aside: its number, whether a question,
        -- and whether one of yes or no.
        max(array[
            message_number,
            (speech_act = 'question')::integer,
            (coalesce(question_kind, '') = 'yes_no')::integer
        ]) filter (
            where
            is_answering and not is_taken_call and speech_act <> 'closing_offer'
        ) as last_said,
        max(message_number) filter (
            where speech_act = 'courtesy' or is_approving_reaction
        ) as last_courtesy_number,
        min(sent_at) filter (where handoff_sign is not null) as handoff_at,
        (array_agg(handoff_sign order by message_number) filter (
            where handoff_sign is not null
        ))[1] as handoff_signal,
        (array_agg(human_wait_started_at order by message_number) filter (
            where human_wait_started_at is not null
        ))[1] as human_wait_started_at,
        (array_agg(human_wait_seconds order by message_number) filter (
            where human_wait_started_at is not null
        ))[1] as human_response_seconds,
        (array_agg(human_wait_working_seconds order by message_number) filter (
            where human_wait_started_at is not null
        ))[1] as human_response_working_seconds,
        coalesce(bool_or(is_takeover), false) as has_takeover,
        coalesce(bool_or(is_takeover and human_wait_started_at is not null), false)
            as is_takeover_of_waiting,
        max(message_number) filter (where is_asking_for_person)
            as last_asking_number,
        count(*) filter (
            where sender_class = 'contact' and is_spoken
        )::integer as contact_messages,
        count(*) filter (where sender_class = 'ai' and is_spoken)::integer
            as ai_messages,
        count(*) filter (where sender_class = 'human' and is_spoken)::integer
            as human_messages,
        count(*) filter (where sender_class = 'human_phone' and is_spoken)::integer
            as human_phone_messages,
        count(*) filter (where sender_class = 'automation')::integer
            as automation_messages,
        count(*) filter (where not is_delivered)::integer as undelivered_messages
    from moments
    group by 1, 2, 3

),

bounded as (

    select
        *,
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
        min(moments.sent_at) filter (
            where
            moments.is_of_ai
            and moments.message_number >= counted.request_number
        ) as ai_responded_at,
        min(moments.message_number) filter (
            where
            moments.is_of_ai
            and moments.message_number >= counted.request_number
        ) as ai_response_number,
        min(moments.sent_at) filter (
            where
            moments.is_of_person
            and moments.message_number >= counted.request_number
        ) as human_responded_at,
        min(moments.message_number) filter (
            where
            moments.is_of_person
            and moments.message_number >= counted.request_number
        ) as human_response_number,
        -- Who answered before and then only said hello has not answered.
        coalesce(
            bool_or(
                moments.speech_act = 'answer'
                and moments.message_number
                >= greatest(counted.request_number, counted.last_sign_number)
            )
            and bool_or(
                moments.is_answering
                and moments.speech_act is distinct from 'greeting'
                and moments.message_number >= counted.last_request_number
            ),
            false
        ) as has_answer,
        min(moments.sent_at) filter (
            where
            moments.is_request
            and moments.message_number > coalesce(counted.last_answer_number, 0)
        ) as unanswered_since,
        max(moments.sent_at) filter (
            where
            moments.is_request
            and moments.message_number > coalesce(counted.last_answer_number, 0)
        ) as last_unanswered_at,
        min(moments.sent_at) filter (
            where
            moments.handoff_sign is not null
            and moments.message_number
            > greatest(counted.last_person_number, counted.last_ended_number, 0)
        ) as handed_over_since,
        max(moments.sent_at) filter (
            where
            moments.handoff_sign is not null
            and moments.message_number
            > greatest(counted.last_person_number, counted.last_ended_number, 0)
        ) as last_handed_over_at,
        max(moments.sent_at) filter (
            where
            moments.is_promise
            and moments.message_number > greatest(
                counted.last_ended_number,
                case
                    when moments.is_of_person then counted.last_help_of_person_number
                    else counted.last_help_number
                end,
                0
            )
        ) as promised_at
    from moments
    inner join counted
        on
            moments.conversation_id = counted.conversation_id
            and moments.episode_number = counted.episode_number
    where
        moments.is_spoken
        or moments.is_request
        or moments.handoff_sign is not null
    group by 1, 2

),

-- What an AI writes to the team takes nothing up.
notes as (

    select
        moments.conversation_id,
        moments.episode_number,
        min(moments.sent_at) as noted_at
    from moments
    inner join counted
        on
            moments.conversation_id = counted.conversation_id
            and moments.episode_number = counted.episode_number
    inner join answered
        on
            moments.conversation_id = answered.conversation_id
            and moments.episode_number = answered.episode_number
    left join agents on moments.sender_id = agents.user_id
    where
        moments.sender_class = 'note'
        and moments.sender_type = 'User'
        and agents.is_ai is not true
        and moments.sent_at
        >= coalesce(answered.last_handed_over_at, counted.handoff_at)
    group by 1, 2

),

writers as (

    select
        conversation_id,
        episode_number,
        array_agg(distinct sender_id order by sender_id) as agent_ids
    from moments
    where is_of_person and sender_class <> 'human_phone' and sender_id is not null
    group by 1, 2

),

joined as (

    select
        bounded.*,
        answered.ai_responded_at,
        answered.human_responded_at,
        answered.has_answer,
        answered.unanswered_since,
        answered.handed_over_since,
        answered.promised_at,
        notes.noted_at,
        least(answered.ai_responded_at, answered.human_responded_at)
            as first_response_at,
        case
            when answered.ai_response_number < answered.human_response_number
                then 'ai'
            when answered.human_response_number is not null then 'human'
            when answered.ai_response_number is not null then 'ai'
        end as first_response_class,
        answered.unanswered_since is not null as has_open_request,
        answered.handed_over_since is not null as has_open_handoff,
        least(
            answered.unanswered_since, answered.handed_over_since, answered.promised_at
        ) as waiting_since,
        greatest(
            answered.last_unanswered_at,
            answered.last_handed_over_at,
            answered.promised_at
        ) as last_waited_for_at,
        coalesce(
            bounded.last_said[2] = 1
            and bounded.last_said[1] > coalesce(bounded.last_request_number, 0)
            and not (
                bounded.last_said[3] = 1
                and coalesce(bounded.last_courtesy_number, 0) > bounded.last_said[1]
            ),
            false
        ) as has_open_question,
        coalesce(
            bounded.last_confirmation_number > bounded.last_request_number, false
        ) as is_confirmed,
        coalesce(
            bounded.last_asking_number = bounded.last_request_number
            and bounded.last_asking_number > greatest(
                bounded.last_confirmation_number, bounded.last_person_number, 0
            ),
            false
        ) as asked_for_person_in_vain,
        coalesce(writers.agent_ids, '{}') as agent_ids
    from bounded
    left join answered
        on
            bounded.conversation_id = answered.conversation_id
            and bounded.episode_number = answered.episode_number
    left join notes
        on
            bounded.conversation_id = notes.conversation_id
            and bounded.episode_number = notes.episode_number
    left join writers
        on
            bounded.conversation_id = writers.conversation_id
            and bounded.episode_number = writers.episode_number

)

select * from joined
