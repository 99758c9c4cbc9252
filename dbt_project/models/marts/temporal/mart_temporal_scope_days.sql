with

days as (

    select * from {{ ref('mart_temporal_days') }}

),

episode_days as (

    select * from {{ ref('mart_executive_episode_days') }}

),

by_scope as (

    select
        'all' as scope,
        null::integer as inbox_id,
        local_date,
        inbound_episodes
    from days
    union all
    select
        inbox_id::text as scope,
        inbox_id::integer as inbox_id,
        local_date,
        sum(inbound_episodes)::bigint as inbound_episodes
    from episode_days
    where inbox_id is not null
    group by 1, 2, 3

),

first_days as (

    select
        scope,
        inbox_id,
        min(local_date) as first_date
    from by_scope
    where
        inbound_episodes > 0
        and local_date in (select days.local_date from days)
    group by 1, 2

),

scope_days as (

    select
        first_days.scope,
        first_days.inbox_id,
        days.weekday,
        coalesce(by_scope.inbound_episodes, 0) as inbound_episodes,
        days.is_complete,
        days.is_complete and not days.is_holiday as is_regular,
        first_days.first_date,
        days.local_date
    from first_days
    inner join days on first_days.first_date <= days.local_date
    left join by_scope
        on
            first_days.scope = by_scope.scope
            and days.local_date = by_scope.local_date

)

select * from scope_days
