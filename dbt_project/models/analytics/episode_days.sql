{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=[
            "{{ settings_of_a_build() }}",
            "{{ delete_outdated(
                ref('episode_units'), 'episode_version', 'episode_id'
            ) }}",
        ],
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['episode_id', 'local_date'], 'unique': true},
            {'columns': ['local_date']},
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
        count(*) filter (where messages.sender_class = 'contact') as contact_messages,
        count(*) filter (where messages.sender_class = 'ai') as ai_messages,
        count(*) filter (where messages.sender_class = 'human') as human_messages,
        count(*) filter (where messages.sender_class = 'human_phone')
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

---------- everything that happened to an episode, by day

happened as (

    select
        conversation_id,
        episode_number,
        local_date,
        0 as new_conversations,
        0 as resolved_conversations,
        contact_messages,
        ai_messages,
        human_messages,
        human_phone_messages,
        automation_messages,
        0 as surveys_sent,
        0 as surveys_answered_in_time,
        null::integer as rating,
        0 as ratings_with_comment
    from spoken
    union all
    select
        conversation_id,
        episode_number,
        local_date,
        1 as new_conversations,
        0, 0, 0, 0, 0, 0, 0, 0, null, 0
    from created
    union all
    select
        conversation_id,
        episode_number,
        local_date,
        0,
        1 as resolved_conversations,
        0, 0, 0, 0, 0, 0, 0, null, 0
    from resolved
    union all
    select
        conversation_id,
        episode_number,
        survey_local_date,
        0, 0, 0, 0, 0, 0, 0,
        1 as surveys_sent,
        coalesce(
            csat_answered_at
            <= survey_sent_at + interval '{{ var("return_window_days") }} days',
            false
        )::integer as surveys_answered_in_time,
        null,
        0
    from episodes
    where survey_local_date is not null
    union all
    select
        conversation_id,
        episode_number,
        csat_local_date,
        0, 0, 0, 0, 0, 0, 0, 0, 0,
        csat_rating as rating,
        (csat_comment is not null)::integer as ratings_with_comment
    from episodes
    where csat_local_date is not null

),

added_up as (

    select
        conversation_id,
        episode_number,
        local_date,
        max(new_conversations) as new_conversations,
        max(resolved_conversations) as resolved_conversations,
        sum(contact_messages)::integer as contact_messages,
        sum(ai_messages)::integer as ai_messages,
        sum(human_messages)::integer as human_messages,
        sum(human_phone_messages)::integer as human_phone_messages,
        sum(automation_messages)::integer as automation_messages,
        max(surveys_sent) as surveys_sent,
        max(surveys_answered_in_time) as surveys_answered_in_time,
        max(rating) as rating,
        max(ratings_with_comment) as ratings_with_comment
    from happened
    where local_date is not null
    group by 1, 2, 3

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
        added_up.new_conversations,
        added_up.resolved_conversations,
        added_up.contact_messages,
        added_up.ai_messages,
        added_up.human_messages,
        added_up.human_phone_messages,
        added_up.automation_messages,
        added_up.surveys_sent,
        added_up.surveys_answered_in_time,
        added_up.rating,
        added_up.ratings_with_comment,

        ---------- times
        added_up.local_date
    from added_up
    inner join units
        on
            added_up.conversation_id = units.conversation_id
            and added_up.episode_number = units.episode_number

)

select * from named
