with

episodes as (

    select * from {{ ref('mart_drilldown_episodes') }}

)

select
    local_date,
    local_hour,
    inbox_id,
    sum(inbound_episodes)::bigint as inbound_episodes,
    sum(episodes_to_answer)::bigint as episodes_to_answer,
    sum(episodes_answered_in_target)::bigint as episodes_answered_in_target
from episodes
where local_date is not null
group by 1, 2, 3
