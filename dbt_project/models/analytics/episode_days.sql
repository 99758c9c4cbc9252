{{
    rebuilt_by_key(
        'episode_units', 'episode_version', 'episode_id',
        indexes=[
            {'columns': ['episode_id', 'local_date'], 'unique': true},
            {'columns': ['local_date']},
            {'columns': ['agent_ids'], 'type': 'gin'},
            {'columns': ['labels'], 'type': 'gin'},
        ],
    )
}}
{%- set few = few_outdated(ref('episode_units'), 'episode_version') %}
with

units as (

    select units.*
    from {{ ref('episode_units') }} as units
    where
        {{ is_one_of('units.conversation_id', few) }}
        and {{ is_not_built('units.episode_id', 'episode_id') }}

),

episodes as (

    select episodes.*
    from {{ ref('episodes') }} as episodes
    inner join units on episodes.episode_id = units.episode_id
    where {{ is_one_of('episodes.conversation_id', few) }}

),

conversations as (

    select conversations.*
    from {{ ref('conversations') }} as conversations
    where {{ is_one_of('conversations.conversation_id', few) }}

),

messages as (

    select messages.*
    from {{ ref('messages') }} as messages
    where {{ is_one_of('messages.conversation_id', few) }}

),

resolutions as (

    select events.*
    from {{ ref('reporting_events') }} as events
    where
        events.event_name = 'conversation_resolved'
        and {{ is_one_of('events.conversation_id', few) }}

),

spoken as (

    select
        messages.conversation_id,
        messages.episode_number,
        messages.local_date,
        count(*) filter (
            where messages.sender_class = 'contact' and messages.is_spoken
        ) as contact_messages,
        count(*) filter (
            where messages.sender_class = 'ai' and messages.is_spoken
        ) as ai_messages,
        count(*) filter (
            where messages.sender_class = 'human' and messages.is_spoken
        ) as human_messages,
        count(*) filter (
            where messages.sender_class = 'human_phone' and messages.is_spoken
        )
            as human_phone_messages,
        count(*) filter (where messages.sender_class = 'automation')
            as automation_messages
    from messages
    inner join units
        on
            messages.conversation_id = units.conversation_id
            and messages.episode_number = units.episode_number
    where isfinite(messages.sent_at)
    group by 1, 2, 3

),

-- What we sent to customers and what came of it, also where it opened nothing; outreach
-- apart, which WhatsApp refuses for other reasons.
sent as (

    select
        units.conversation_id,
        units.episode_number,
        messages.local_date,
        count(*) as sent_messages,
        count(*) filter (where not messages.is_delivered) as undelivered_messages,
        count(*) filter (
            where messages.delivery_status in ('delivered', 'read', 'failed')
        ) as receipts
    from messages
    inner join units
        on
            messages.conversation_id = units.conversation_id
            and (
                messages.episode_number = units.episode_number
                or messages.episode_number is null and units.episode_number in (0, 1)
            )
    where
        messages.sender_class in ('ai', 'human', 'human_phone')
        and not messages.is_template
        and not messages.is_copy
        and isfinite(messages.sent_at)
    group by 1, 2, 3

),

-- A conversation is new once: in its first episode, or outside of any.
created as (

    select
        units.conversation_id,
        units.episode_number,
        conversations.conversation_date as local_date
    from units
    inner join conversations on units.conversation_id = conversations.conversation_id
    where units.episode_number in (0, 1)

),

resolved as (

    select distinct
        units.conversation_id,
        units.episode_number,
        resolutions.local_date
    from resolutions
    inner join units on resolutions.conversation_id = units.conversation_id
    left join episodes on units.episode_id = episodes.episode_id
    where
        units.episode_number = 0
        or (
            episodes.started_at <= resolutions.occurred_at or units.episode_number = 1
        )
        and (
            episodes.next_started_at is null
            or resolutions.occurred_at < episodes.next_started_at
        )
    union
    select
        conversation_id,
        episode_number,
        closed_local_date as local_date
    from episodes
    where closed_by <> 'silence'

),

surveyed as (

    select
        conversation_id,
        episode_number,
        survey_local_date as local_date,
        coalesce(
            csat_answered_at
            <= survey_sent_at + interval '{{ parameter("return_window_days") }} days',
            false
        )::integer as surveys_answered_in_time
    from episodes
    where survey_local_date is not null

),

rated as (

    select
        conversation_id,
        episode_number,
        csat_local_date as local_date,
        csat_rating as rating,
        (csat_comment is not null)::integer as ratings_with_comment
    from episodes
    where csat_local_date is not null

),

---------- everything that happened to an episode, by day

days as (

    select
        conversation_id,
        episode_number,
        local_date
    from spoken
    union
    select
        conversation_id,
        episode_number,
        local_date
    from sent
    union
    select
        conversation_id,
        episode_number,
        local_date
    from created
    union
    select
        conversation_id,
        episode_number,
        local_date
    from resolved
    union
    select
        conversation_id,
        episode_number,
        local_date
    from surveyed
    union
    select
        conversation_id,
        episode_number,
        local_date
    from rated

),

named as (

    select
        ---------- ids
        units.conversation_id,
        units.episode_number,
        units.episode_id,
        units.contact_key,
        units.inbox_id,
        units.team_id,
        units.agent_ids,
        units.episode_version,

        ---------- text
        units.origin,
        units.resolver,
        units.hours_kind,
        units.labels,

        ---------- numerics
        (created.conversation_id is not null)::integer as new_conversations,
        (resolved.conversation_id is not null)::integer as resolved_conversations,
        coalesce(spoken.contact_messages, 0)::integer as contact_messages,
        coalesce(spoken.ai_messages, 0)::integer as ai_messages,
        coalesce(spoken.human_messages, 0)::integer as human_messages,
        coalesce(spoken.human_phone_messages, 0)::integer as human_phone_messages,
        coalesce(spoken.automation_messages, 0)::integer as automation_messages,
        coalesce(sent.sent_messages, 0)::integer as sent_messages,
        coalesce(sent.undelivered_messages, 0)::integer as undelivered_messages,
        coalesce(sent.receipts, 0)::integer as receipts,
        (surveyed.conversation_id is not null)::integer as surveys_sent,
        coalesce(surveyed.surveys_answered_in_time, 0) as surveys_answered_in_time,
        rated.rating,
        coalesce(rated.ratings_with_comment, 0) as ratings_with_comment,

        ---------- times
        days.local_date
    from days
    inner join units
        on
            days.conversation_id = units.conversation_id
            and days.episode_number = units.episode_number
    left join spoken
        on
            days.conversation_id = spoken.conversation_id
            and days.episode_number = spoken.episode_number
            and days.local_date = spoken.local_date
    left join sent
        on
            days.conversation_id = sent.conversation_id
            and days.episode_number = sent.episode_number
            and days.local_date = sent.local_date
    left join created
        on
            days.conversation_id = created.conversation_id
            and days.episode_number = created.episode_number
            and days.local_date = created.local_date
    left join resolved
        on
            days.conversation_id = resolved.conversation_id
            and days.episode_number = resolved.episode_number
            and days.local_date = resolved.local_date
    left join surveyed
        on
            days.conversation_id = surveyed.conversation_id
            and days.episode_number = surveyed.episode_number
            and days.local_date = surveyed.local_date
    left join rated
        on
            days.conversation_id = rated.conversation_id
            and days.episode_number = rated.episode_number
            and days.local_date = rated.local_date
    where days.local_date is not null

)

select * from named
