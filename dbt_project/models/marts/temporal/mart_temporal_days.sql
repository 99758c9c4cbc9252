with

episode_days as (

    select * from {{ ref('mart_executive_episode_days') }}

),

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

),

last_load as (

    select * from {{ ref('last_load') }}

),

holidays as (

    select * from {{ source('configuration', 'holidays') }}

),

load_status as (

    select ({{ local_time('as_of', business_timezone()) }})::date as local_date
    from last_load

),

-- A day that a load has not seen to its end is not complete; one before the calendar or
-- after the load is a mistake of some clock.
episodes_by_day as (

    select
        episode_days.local_date,
        sum(episode_days.inbound_episodes)::bigint as inbound_episodes
    from episode_days
    inner join load_status
        on
            episode_days.local_date between {{ calendar_start() }}
            and load_status.local_date
    group by 1

),

loads_by_day as (

    select
        ({{ local_time('snapshot_at', business_timezone()) }})::date as local_date,
        count(*) as good_loads
    from load_runs
    where status = 'succeeded'
    group by 1

),

first_day as (

    select min(local_date) as local_date from episodes_by_day

),

calendar as (

    select
        {{ days_between('first_day.local_date', 'load_status.local_date') }}
            as local_date,
        load_status.local_date as load_date
    from first_day
    cross join load_status

),

days as (

    select
        holidays.holiday_name,
        extract(dow from calendar.local_date)::integer as weekday, -- noqa: RF04
        coalesce(loads_by_day.good_loads, 0) as good_loads,
        coalesce(episodes_by_day.inbound_episodes, 0) as inbound_episodes,
        calendar.local_date < calendar.load_date as is_complete,
        holidays.holiday_date is not null as is_holiday,
        calendar.local_date
    from calendar
    left join holidays on calendar.local_date = holidays.holiday_date
    left join loads_by_day on calendar.local_date = loads_by_day.local_date
    left join episodes_by_day on calendar.local_date = episodes_by_day.local_date

)

select * from days
