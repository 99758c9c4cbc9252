with

ignored as (

    select * from {{ ref('ignored_conversations') }}

)

select
    inbox_id,
    team_id,
    ignored_reason,
    count(*) as conversations,
    max(last_activity_at) as last_activity_at
from ignored
group by 1, 2, 3
