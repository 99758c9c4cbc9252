with

agents as (

    select * from {{ ref('agents') }}

),

episodes as (

    select * from {{ ref('episodes') }}

),

-- A deleted user leaves his messages behind.
writers as (

    select distinct people.agent_id
    from episodes
    cross join lateral unnest(episodes.agent_ids) as people (agent_id)

),

agent_ids as (

    select agent_id from writers
    union
    select user_id from agents

)

select
    agent_ids.agent_id,
    coalesce(nullif(trim(agents.agent_name), ''), 'Agente ' || agent_ids.agent_id)
        as agent_name,
    coalesce(agents.is_ai, false) as is_ai,
    coalesce(agents.is_active, false) as is_active
from agent_ids
left join agents on agent_ids.agent_id = agents.user_id
