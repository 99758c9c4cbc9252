-- The one definition of the forecast: it is made for the coming days and, with nothing
-- known but what was known then, for past ones. Without statistics of its steps the
-- planner takes them for tiny and would compute the bands once for each row.
{{ config(pre_hook='set local enable_nestloop = off') }}
{% set horizon_days = 14 %}
{% set origins_judged = 8 %}
{% set weeks_of_errors = 8 %}
{% set first_weeks_judged_ago = horizon_days // 7 %}
{% set weeks_back = first_weeks_judged_ago + origins_judged - 1 + weeks_of_errors %}
{% set history_days_needed = 14 %}
{% set weekdays_remembered = 8 %}
{% set weeks_to_see_growth = 4 %}
{% set sunday = 0 %}
with

scope_days as (

    select * from {{ ref('mart_temporal_scope_days') }}

),

holidays as (

    select * from {{ source('configuration', 'holidays') }}

),

scopes as (

    select
        scope,
        inbox_id,
        min(first_date) as first_date,
        max(local_date) as last_complete_date
    from scope_days
    where is_complete
    group by 1, 2

),

origins as (

    select
        scopes.scope,
        scopes.inbox_id,
        weeks_ago,
        scopes.last_complete_date - 7 * weeks_ago as origin_date,
        scopes.last_complete_date - 7 * weeks_ago - scopes.first_date + 1
            as history_days
    from scopes
    cross join generate_series(0, {{ weeks_back }}) as weeks_ago

),

known_origins as (

    select *
    from origins
    where history_days >= {{ history_days_needed }}

),

-- Half as many weeks again as are remembered, for those whose day was a holiday.
recent_days as (

    select
        known_origins.scope,
        known_origins.origin_date,
        scope_days.weekday,
        scope_days.inbound_episodes,
        row_number() over (
            partition by
                known_origins.scope,
                known_origins.origin_date,
                scope_days.weekday
            order by scope_days.local_date desc
        ) as weeks_before
    from known_origins
    inner join scope_days
        on
            known_origins.scope = scope_days.scope
            and known_origins.origin_date >= scope_days.local_date
            and known_origins.origin_date
            < scope_days.local_date + 7 * {{ weekdays_remembered * 3 // 2 }}
    where scope_days.is_regular

),

remembered_days as (

    select
        *,
        count(*) over (partition by scope, origin_date, weekday) as weeks,
        count(*) over (partition by scope, origin_date, weekday) / 2 as half_the_weeks
    from recent_days
    where weeks_before <= {{ weekdays_remembered }}

),

weekday_levels as (

    select
        scope,
        origin_date,
        weekday,
        percentile_cont(0.5) within group (order by inbound_episodes) as episodes,
        sum(inbound_episodes) filter (
            where weeks >= {{ weeks_to_see_growth }} and weeks_before <= half_the_weeks
        )::double precision as newer_episodes,
        sum(inbound_episodes) filter (
            where
            weeks >= {{ weeks_to_see_growth }}
            and weeks_before > weeks - half_the_weeks
        )::double precision as older_episodes
    from remembered_days
    group by 1, 2, 3

),

growth as (

    select
        scope,
        origin_date,
        sum(newer_episodes) / nullif(sum(older_episodes), 0) as newer_to_older
    from weekday_levels
    group by 1, 2

),

-- A median of eight weeks lags behind growth: by about the growth of its newer half
-- over the older one, no more than a third either way.
trends as (

    select
        scope,
        origin_date,
        least(greatest(coalesce(newer_to_older, 1), 0.75), 1.33) as factor
    from growth

),

targets as (

    select
        known_origins.*,
        horizon_day,
        known_origins.origin_date + horizon_day as local_date
    from known_origins
    cross join generate_series(1, {{ horizon_days }}) as horizon_day

),

-- A holiday is expected to be like a Sunday.
calendar as (

    select
        targets.*,
        holidays.holiday_date is not null as is_holiday,
        case
            when holidays.holiday_date is not null then {{ sunday }}
            else extract(dow from targets.local_date)::integer
        end as like_weekday
    from targets
    left join holidays on targets.local_date = holidays.holiday_date

),

expected as (

    select
        calendar.*,
        weekday_levels.episodes * trends.factor as expected_episodes,
        scope_days.inbound_episodes as actual_episodes
    from calendar
    inner join weekday_levels
        on
            calendar.scope = weekday_levels.scope
            and calendar.origin_date = weekday_levels.origin_date
            and calendar.like_weekday = weekday_levels.weekday
    inner join trends
        on
            calendar.scope = trends.scope
            and calendar.origin_date = trends.origin_date
    left join scope_days
        on
            calendar.scope = scope_days.scope
            and calendar.local_date = scope_days.local_date
            and scope_days.is_complete

),

errors as (

    select
        scope,
        weeks_ago,
        local_date,
        (actual_episodes - expected_episodes) / greatest(expected_episodes, 1)
            as relative_error
    from expected
    where actual_episodes is not null and not is_holiday

),

-- How far off earlier forecasts had turned out to be by the day of this one.
bands as (

    select
        known_origins.scope,
        known_origins.origin_date,
        percentile_cont(0.1) within group (order by errors.relative_error)
            as relative_error_p10,
        percentile_cont(0.9) within group (order by errors.relative_error)
            as relative_error_p90
    from known_origins
    inner join errors
        on
            known_origins.scope = errors.scope
            and errors.weeks_ago between known_origins.weeks_ago + 1
            and known_origins.weeks_ago + {{ weeks_of_errors }}
            and known_origins.origin_date >= errors.local_date
    group by 1, 2

),

-- The band holds the expected value also where all those forecasts were too low, or
-- all too high.
with_band as (

    select
        expected.*,
        bands.scope is not null as has_band,
        expected.expected_episodes
        + least(bands.relative_error_p10, 0)
        * greatest(expected.expected_episodes, 1) as lower_episodes,
        expected.expected_episodes
        + greatest(bands.relative_error_p90, 0)
        * greatest(expected.expected_episodes, 1) as upper_episodes
    from expected
    left join bands
        on
            expected.scope = bands.scope
            and expected.origin_date = bands.origin_date

),

expectations as (

    select
        scope,
        inbox_id,
        weeks_ago,
        horizon_day,
        history_days,
        actual_episodes,
        round(expected_episodes)::bigint as episodes_p50,
        case when has_band then round(greatest(lower_episodes, 0)) end::bigint
            as episodes_p10,
        case when has_band then round(upper_episodes) end::bigint as episodes_p90,
        is_holiday,
        origin_date,
        local_date
    from with_band

)

select * from expectations
