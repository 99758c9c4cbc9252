{{ config(indexes=[{'columns': ['local_date']}, {'columns': ['conversation_id']}]) }}
with

episodes as (

    select * from {{ ref('mart_drilldown_episodes') }}

),

messages as (

    select * from {{ ref('messages') }}

),

written as (

    select
        conversation_id,
        episode_number,
        agent_id,
        count(*) as agent_messages
    from messages
    where agent_id is not null and is_spoken
    group by 1, 2, 3

)

select
    ---------- ids
    written.agent_id,
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

    ---------- components
    episodes.inbound_episodes as agent_episodes,
    -- A number is sorted, and so counted, in half the time of a text.
    case
        when episodes.inbound_episodes = 1 then hashtextextended(episodes.episode_id, 0)
    end as agent_episode_id,
    episodes.resolvable_episodes as agent_matured_episodes,
    (
        episodes.matured_episodes = 1
        and coalesce(episodes.resolved_by_agent_id = written.agent_id, false)
    )::integer as agent_resolved_episodes,
    written.agent_messages,
    (
        episodes.csat_rating is not null
        and coalesce(episodes.last_human_agent_id = written.agent_id, false)
    )::integer as agent_surveys_answered,
    case
        when episodes.last_human_agent_id = written.agent_id
            then coalesce(episodes.csat_rating, 0)
        else 0
    end as agent_rating_sum,

    ---------- times
    episodes.local_date
from written
inner join episodes
    on
        written.conversation_id = episodes.conversation_id
        and written.episode_number = episodes.episode_number
where episodes.ignored_reason is null
-- What is read together lies together.
order by 19
