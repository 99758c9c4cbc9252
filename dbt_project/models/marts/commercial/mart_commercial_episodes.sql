{{ config(indexes=[{'columns': ['local_date']}]) }}
with

episodes as (

    select
        *,
        -- A number is sorted, and so counted, in half the time of a text.
        hashtextextended(contact_key, 0) as contact_hash
    from {{ ref('episodes') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

funnel_map as (

    select * from {{ source('configuration', 'funnel_map') }}

),

-- A label first, then an attribute; never a word in a message.
staged as (

    select
        context.conversation_id,
        funnel_map.funnel_stage
    from context
    inner join funnel_map
        on
            funnel_map.source = 'label'
            and context.labels ? funnel_map.name
    union
    select
        context.conversation_id,
        funnel_map.funnel_stage
    from context
    inner join funnel_map
        on
            funnel_map.source = 'custom_attribute'
            and context.custom_attributes ? funnel_map.name
            and coalesce(
                funnel_map.value,
                context.custom_attributes ->> funnel_map.name
            ) = context.custom_attributes ->> funnel_map.name

),

-- Who visits or signs up was a lead before.
stages as (

    select
        conversation_id,
        bool_or(funnel_stage in ('visit', 'conversion')) as has_visited,
        bool_or(funnel_stage = 'conversion') as has_converted
    from staged
    group by 1

)

select
    ---------- ids
    episodes.conversation_id,
    episodes.episode_number,
    episodes.episode_id,
    episodes.inbox_id,
    episodes.team_id,
    episodes.agent_ids,

    ---------- text
    episodes.origin,
    episodes.resolver,
    episodes.hours_kind,
    episodes.labels,

    ---------- contacts, counted once each
    episodes.contact_hash as inbound_contact_key,
    case when stages.conversation_id is not null then episodes.contact_hash end
        as lead_contact_key,
    case when stages.has_visited then episodes.contact_hash end as visit_contact_key,
    case when stages.has_converted then episodes.contact_hash end
        as converted_contact_key,
    case
        when
            stages.conversation_id is not null
            and episodes.outcome in ('unanswered', 'waiting_us')
            then episodes.contact_hash
    end as unanswered_lead_contact_key,

    ---------- times
    episodes.local_date
from episodes
left join stages on episodes.conversation_id = stages.conversation_id
where episodes.has_demand
-- What is read together lies together.
order by 16
