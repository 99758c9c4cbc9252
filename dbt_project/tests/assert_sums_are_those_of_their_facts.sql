-- What is summed by day is what the drill-down lists; checked by a few components that
-- every row has a part in.
with

episode_days as (

    select * from {{ ref('mart_executive_episode_days') }}

),

episodes as (

    select * from {{ ref('mart_drilldown_episodes') }}

),

activity_days as (

    select * from {{ ref('mart_executive_activity_days') }}

),

days_of_episodes as (

    select * from {{ ref('mart_drilldown_days') }}

),

packed_durations as (

    select * from {{ ref('mart_operational_durations') }}

),

durations as (

    select * from {{ ref('mart_drilldown_durations') }}

),

summed as (

    select
        'episodes' as component,
        local_date,
        sum(episodes) as amount
    from episode_days
    group by 1, 2
    union all
    select
        'resolved_episodes' as component,
        local_date,
        sum(resolved_episodes) as amount
    from episode_days
    group by 1, 2
    union all
    select
        'ai_hours_saved' as component,
        local_date,
        sum(ai_hours_saved) as amount
    from episode_days
    group by 1, 2
    union all
    select
        'sentiment_sum' as component,
        local_date,
        sum(sentiment_sum) as amount
    from episode_days
    group by 1, 2
    union all
    select
        'spoken_messages' as component,
        local_date,
        sum(spoken_messages) as amount
    from activity_days
    group by 1, 2
    union all
    select
        'new_conversations' as component,
        local_date,
        sum(new_conversations) as amount
    from activity_days
    group by 1, 2
    union all
    select
        metric as component,
        local_date,
        sum(n) as amount
    from packed_durations
    group by 1, 2

),

listed as (

    select
        'episodes' as component,
        local_date,
        sum(episodes) as amount
    from episodes
    group by 1, 2
    union all
    select
        'resolved_episodes' as component,
        local_date,
        sum(resolved_episodes) as amount
    from episodes
    group by 1, 2
    union all
    select
        'ai_hours_saved' as component,
        local_date,
        sum(ai_hours_saved) as amount
    from episodes
    group by 1, 2
    union all
    select
        'sentiment_sum' as component,
        local_date,
        sum(sentiment_sum) as amount
    from episodes
    group by 1, 2
    union all
    select
        'spoken_messages' as component,
        local_date,
        sum(spoken_messages) as amount
    from days_of_episodes
    group by 1, 2
    union all
    select
        'new_conversations' as component,
        local_date,
        sum(new_conversations) as amount
    from days_of_episodes
    group by 1, 2
    union all
    select
        metric as component,
        local_date,
        count(*) as amount
    from durations
    group by 1, 2

)

select
    coalesce(summed.component, listed.component) as component,
    coalesce(summed.local_date, listed.local_date) as local_date,
    summed.amount as summed_amount,
    listed.amount as listed_amount
from summed
full join listed
    on
        summed.component = listed.component
        and summed.local_date = listed.local_date
where summed.amount is distinct from listed.amount
