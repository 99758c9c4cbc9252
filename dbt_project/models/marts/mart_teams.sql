with

teams as (

    select * from {{ ref('stg_chatwoot__teams') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

-- A deleted team leaves its conversations behind.
team_ids as (

    select team_id from teams
    union
    select team_id from conversations
    where team_id is not null

)

select
    team_ids.team_id,
    coalesce(nullif(trim(teams.team_name), ''), 'Time ' || team_ids.team_id)
        as team_name
from team_ids
left join teams on team_ids.team_id = teams.team_id
