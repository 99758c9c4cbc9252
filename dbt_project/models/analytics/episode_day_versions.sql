{{ config(materialized='table') }}
with

episodes as (

    select * from {{ ref('episodes') }}

),

episode_days as (

    select * from {{ ref('episode_days') }}

),

-- The days on which an episode counts: that it began on, and those of its replies.
counted_days as (

    select
        episode_id,
        episode_version,
        inbox_id,
        local_date
    from episodes
    union
    select
        episodes.episode_id,
        episodes.episode_version,
        episodes.inbox_id,
        episode_days.local_date
    from episode_days
    inner join episodes on episode_days.episode_id = episodes.episode_id

),

-- The sum of the versions is another one as soon as one of the episodes is.
added_up as (

    select
        local_date,
        inbox_id,
        sum(episode_version::numeric) as sum_of_versions
    from counted_days
    where local_date is not null
    group by 1, 2

)

select
    local_date,
    inbox_id,
    hashtextextended(concat_ws('|', local_date, inbox_id, sum_of_versions), 0)
        as day_version
from added_up
