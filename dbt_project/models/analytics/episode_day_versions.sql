with

episodes as (

    select * from {{ ref('episodes') }}

)

-- The sum of a day's versions is another one as soon as one of its episodes is.
select
    local_date,
    sum(episode_version::numeric) as day_version
from episodes
where local_date is not null
group by 1
