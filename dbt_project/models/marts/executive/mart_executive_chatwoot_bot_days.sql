with

days as (

    select * from {{ ref('chatwoot_days') }}

)

select
    conversation_id::integer as conversation_id,
    inbox_id::integer as inbox_id,
    team_id::bigint as team_id,
    bot_resolutions,
    bot_handoffs,
    local_date
from days
where bot_resolutions + bot_handoffs > 0
order by local_date
