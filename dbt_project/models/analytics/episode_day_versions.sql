with

episodes as (

    select * from {{ ref('episodes') }}

),

messages as (

    select * from {{ ref('messages') }}

),

-- The days on which an episode counts: that it began on, and those of its replies.
counted_days as (

    select
        episode_id,
        episode_version,
        local_date
    from episodes
    union
    select
        episodes.episode_id,
        episodes.episode_version,
        messages.local_date
    from episodes
    inner join messages
        on
            episodes.conversation_id = messages.conversation_id
            and episodes.episode_number = messages.episode_number
    where messages.reply_seconds is not null

)

-- The sum of a day's versions is another one as soon as one of its episodes is.
select
    local_date,
    sum(episode_version::numeric) as day_version
from counted_days
where local_date is not null
group by 1
