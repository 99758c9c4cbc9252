with

teams as (

    select * from {{ ref('stg_chatwoot__teams') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

accounts as (

    select * from {{ ref('mart_accounts') }}

),

-- A deleted team leaves its conversations behind.
team_ids as (

    select
        team_id,
        account_id
    from teams
    union
    select
        team_id,
        account_id
    from conversations
    where team_id is not null

),

named as (

    select
        team_ids.team_id,
        team_ids.account_id::bigint as account_id,
        coalesce(nullif(trim(teams.team_name), ''), 'Time ' || team_ids.team_id)
            as team_name
    from team_ids
    left join teams on team_ids.team_id = teams.team_id

),

-- A team is of one account, and a team of another may have its name.
shared_names as (

    select team_name
    from named
    group by 1
    having count(distinct account_id) > 1

)

select
    named.team_id,
    named.account_id,
    case
        when shared_names.team_name is not null and accounts.account_name is not null
            then named.team_name || ' (' || accounts.account_name || ')'
        else named.team_name
    end as team_name
from named
left join accounts on named.account_id = accounts.account_id
left join shared_names on named.team_name = shared_names.team_name
