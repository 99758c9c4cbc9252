{{
    config(
        materialized='incremental',
        pre_hook=[
            "{{ settings_of_a_build() }}",
            "{{ delete_outdated(ref('conversation_versions'), 'built_from') }}",
        ],
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['conversation_id', 'episode_number'], 'unique': true},
        ],
    )
}}
{%- set few = few_outdated(ref('conversation_versions'), 'built_from') %}
with

messages as (

    select
        messages.conversation_id,
        messages.episode_number,
        messages.built_from,
        messages.message_number,
        messages.sender_class,
        messages.sender_id,
        messages.is_spoken,
        messages.is_request,
        messages.is_thanks,
        messages.is_question,
        messages.is_greeting,
        messages.is_from_campaign,
        messages.is_template,
        messages.sent_at,
        messages.sender_class = 'activity'
        and messages.message_text ~* '\m(adiada|snoozed)\M' as says_snoozed
    from {{ ref('messages') }} as messages
    where
        messages.episode_number is not null
        and {{ is_to_build('messages', few) }}

),

-- Message numbers follow the time, so that the first by number is the first by time.
counted as (

    select
        conversation_id,
        episode_number,
        built_from,
        min(sent_at) as started_at,
        min(sent_at) filter (where is_request) as first_contact_at,
        min(sent_at) filter (where sender_class = 'ai') as first_ai_at,
        min(sent_at) filter (where sender_class in ('human', 'human_phone'))
            as first_human_at,
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
        count(*) filter (where sender_class = 'contact')::integer as contact_messages,
        count(*) filter (where sender_class = 'ai')::integer as ai_messages,
        count(*) filter (where sender_class = 'human')::integer as human_messages,
        count(*) filter (where sender_class = 'human_phone')::integer
            as human_phone_messages,
        count(*) filter (where sender_class = 'automation')::integer
            as automation_messages,
        coalesce(
            bool_or(sender_class = 'ai' and not is_greeting), false
        ) as has_substantive_ai_answer,
        bool_or(says_snoozed) as was_snoozed
    from messages
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
        min(messages.sent_at) filter (
            where
            messages.sender_class = 'ai'
            and messages.message_number > counted.request_number
        ) as ai_responded_at,
        min(messages.message_number) filter (
            where
            messages.sender_class = 'ai'
            and messages.message_number > counted.request_number
        ) as ai_response_number,
        min(messages.sent_at) filter (
            where
            messages.sender_class in ('human', 'human_phone')
            and messages.message_number > counted.request_number
        ) as human_responded_at,
        min(messages.message_number) filter (
            where
            messages.sender_class in ('human', 'human_phone')
            and messages.message_number > counted.request_number
        ) as human_response_number,
        min(messages.sent_at) filter (
            where
            messages.is_request
            and messages.message_number > coalesce(counted.last_answer_number, 0)
        ) as unanswered_since,
        min(messages.sent_at) filter (
            where
            messages.sender_class in ('human', 'human_phone')
            and messages.message_number > counted.ai_number
        ) as human_after_ai_at
    from messages
    inner join counted
        on
            messages.conversation_id = counted.conversation_id
            and messages.episode_number = counted.episode_number
    where messages.is_spoken
    group by 1, 2

),

writers as (

    select
        conversation_id,
        episode_number,
        array_agg(distinct sender_id order by sender_id) as agent_ids
    from messages
    where sender_class = 'human' and sender_id is not null
    group by 1, 2

),

joined as (

    select
        bounded.*,
        answered.ai_responded_at,
        answered.unanswered_since,
        answered.human_after_ai_at,
        least(answered.ai_responded_at, answered.human_responded_at)
            as first_response_at,
        case
            when answered.ai_response_number < answered.human_response_number
                then 'ai'
            when answered.human_response_number is not null then 'human'
            when answered.ai_response_number is not null then 'ai'
        end as first_response_class,
        coalesce(bounded.last_spoken_number = bounded.last_request_number, false)
            as is_customer_waiting,
        coalesce(writers.agent_ids, '{}') as agent_ids
    from bounded
    left join answered
        on
            bounded.conversation_id = answered.conversation_id
            and bounded.episode_number = answered.episode_number
    left join writers
        on
            bounded.conversation_id = writers.conversation_id
            and bounded.episode_number = writers.episode_number

)

select * from joined
