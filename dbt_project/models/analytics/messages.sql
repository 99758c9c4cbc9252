{{
    config(
        materialized='incremental',
        pre_hook=[
            "{{ settings_of_a_build() }}",
            "{{ delete_outdated(ref('conversation_versions'), 'built_from') }}",
        ],
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['message_id'], 'unique': true},
            {'columns': ['conversation_id', 'built_from']},
            {'columns': ['local_date']},
        ],
    )
}}
{%- set few = few_outdated(ref('conversation_versions'), 'built_from') %}
with

classified_messages as (

    select classified.*
    from {{ ref('classified_messages') }} as classified
    where {{ is_to_build('classified', few) }}

),

resolutions as (

    select
        events.conversation_id,
        array_agg(events.occurred_at order by events.occurred_at) as resolved_at
    from {{ ref('reporting_events') }} as events
    where
        events.event_name = 'conversation_resolved'
        and isfinite(events.occurred_at)
        and {{ is_to_build('events', few) }}
    group by 1

),

inbox_hours as (

    select * from {{ ref('inbox_hours') }}

),

-- Speech begins or continues an episode, a resolution ends one. What happens within one
-- second is a message first, then the close.
moments as (

    select
        classified_messages.*,
        isfinite(classified_messages.sent_at)
        and classified_messages.sender_class
        in ('contact', 'ai', 'human', 'human_phone') as is_spoken,
        isfinite(classified_messages.sent_at) and (
            classified_messages.sender_class
            in ('contact', 'ai', 'human', 'human_phone')
            or classified_messages.sender_class = 'automation'
            and classified_messages.message_type = 'outgoing'
            and classified_messages.content_type is distinct from 'input_csat'
            and (
                classified_messages.is_from_campaign
                or classified_messages.is_template
            )
        ) as is_speech,
        coalesce(
            width_bucket(
                classified_messages.sent_at - interval '1 microsecond',
                resolutions.resolved_at
            ),
            0
        ) as resolutions_before
    from classified_messages
    left join resolutions
        on classified_messages.conversation_id = resolutions.conversation_id

),

-- Every window has the same order, so that PostgreSQL sorts once.
numbered as (

    select
        *,
        row_number() over before as message_number,
        max(sent_at) filter (where is_speech) over before as last_speech_at
    from moments
    window before as (
        partition by conversation_id
        order by sent_at, message_id
        rows between unbounded preceding and 1 preceding
    )

),

-- The customer waits for an answer after a request: all he writes but thanks.
requests as (

    select
        *,
        sender_class = 'contact'
        and is_spoken
        and (not says_thanks or last_speech_at is null) as is_request,
        sent_at > last_speech_at + interval '{{ var("episode_gap_hours") }} hours'
            as is_after_silence
    from numbered

),

remembered as (

    select
        *,
        max(message_number) filter (where is_spoken) over before as last_spoken,
        max(message_number) filter (where is_request) over before as last_request,
        max(resolutions_before) filter (where is_spoken) over before
            as resolutions_before_last_spoken
    from requests
    window before as (
        partition by conversation_id
        order by sent_at, message_id
        rows between unbounded preceding and 1 preceding
    )

),

-- Ours opens one only where nobody waits for it: a late answer belongs to its request.
openers as (

    select
        *,
        is_request as may_open,
        is_speech
        and sender_class <> 'contact'
        and (
            last_speech_at is null
            or is_after_silence
            and (
                last_spoken is distinct from last_request
                or resolutions_before > resolutions_before_last_spoken
            )
        ) as opens_outbound
    from remembered

),

opened as (

    select
        *,
        opens_outbound
        or may_open
        and (
            is_after_silence
            or max(message_number) filter (
                where may_open or opens_outbound
            ) over before is null
            or resolutions_before > max(resolutions_before) filter (
                where may_open or opens_outbound
            ) over before
        ) as opens
    from openers
    window before as (
        partition by conversation_id
        order by sent_at, message_id
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
        end as episode_number,
        count(*) filter (
            where is_spoken and sender_class <> 'contact'
        ) over before as answers_before
    from opened
    window before as (
        partition by conversation_id
        order by sent_at, message_id
        rows between unbounded preceding and 1 preceding
    )

),

-- A turn: what the customer asks between two messages of ours; the second ends it.
in_turns as (

    select
        *,
        min(sent_at) filter (where is_request) over (
            partition by conversation_id, episode_number, answers_before
        ) as asked_at
    from in_episodes

),

replies as (

    select
        *,
        case
            when is_spoken and sender_class <> 'contact' and asked_at <= sent_at
                then asked_at
        end as replies_to_request_at
    from in_turns

),

local_times as (

    select
        *,
        {{ local_time('sent_at', 'local_timezone') }} as local_sent_at,
        {{ local_time('replies_to_request_at', 'local_timezone') }} as local_asked_at
    from replies

),

timed as (

    select
        ---------- ids
        local_times.message_id,
        local_times.conversation_id,
        local_times.inbox_id,
        local_times.contact_id,
        local_times.sender_id,
        local_times.built_from,

        ---------- text
        local_times.message_type,
        local_times.content_type,
        local_times.delivery_status,
        local_times.sender_type,
        local_times.sender_class,
        local_times.message_text,

        ---------- numerics
        local_times.message_number::integer as message_number,
        local_times.episode_number::integer as episode_number,
        length(local_times.message_text) as characters,
        {{ seconds_between(
            'local_times.replies_to_request_at', 'local_times.sent_at'
        ) }}
        ::double precision as reply_seconds,
        case
            when local_times.replies_to_request_at is not null
                then {{ working_seconds_between(
                    'inbox_hours',
                    'local_times.local_asked_at',
                    'local_times.local_sent_at'
                ) }}
        end as reply_working_seconds,

        ---------- booleans
        local_times.is_private,
        local_times.is_deleted,
        local_times.is_from_automation_rule,
        local_times.is_from_campaign,
        local_times.is_phone_echo,
        local_times.is_template,
        local_times.is_spoken,
        local_times.is_request,
        local_times.says_thanks as is_thanks,
        local_times.is_greeting,
        local_times.is_question,

        ---------- times
        local_times.local_sent_at::date as local_date,
        local_times.sent_at,
        local_times.local_sent_at
    from local_times
    left join inbox_hours on local_times.inbox_id = inbox_hours.inbox_id

)

select * from timed
