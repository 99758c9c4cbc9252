with

episodes as (

    select * from {{ ref('episodes') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

funnel_map as (

    select * from {{ ref('funnel_map') }}

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
    episodes.contact_key as inbound_contact_key,
    case when stages.conversation_id is not null then episodes.contact_key end
        as lead_contact_key,
    case when stages.has_visited then episodes.contact_key end as visit_contact_key,
    case when stages.has_converted then episodes.contact_key end
        as converted_contact_key,
    case
        when
            stages.conversation_id is not null
            and episodes.outcome in ('unanswered', 'waiting_us')
            then episodes.contact_key
    end as unanswered_lead_contact_key,

    ---------- times
    episodes.local_date
from episodes
left join stages on episodes.conversation_id = stages.conversation_id
where episodes.has_demand
