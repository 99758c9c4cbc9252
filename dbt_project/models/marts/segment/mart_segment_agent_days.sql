{{ config(indexes=[{'columns': ['local_date']}]) }}
with

agent_episodes as (

    select * from {{ ref('mart_drilldown_agent_episodes') }}

)

select
    local_date,
    agent_id,
    inbox_id,
    team_id,
    origin,
    resolver,
    hours_kind,

    sum(agent_episodes)::bigint as agent_episodes,
    sum(agent_matured_episodes)::bigint as agent_matured_episodes,
    sum(agent_resolved_episodes)::bigint as agent_resolved_episodes,
    sum(agent_messages)::bigint as agent_messages,
    sum(agent_surveys_answered)::bigint as agent_surveys_answered,
    sum(agent_rating_sum)::bigint as agent_rating_sum
from agent_episodes
where local_date is not null
group by 1, 2, 3, 4, 5, 6, 7
-- What is read together lies together.
order by 1
