with

scope_days as (

    select * from {{ ref('mart_temporal_scope_days') }}

),

previous_weeks as (

    select
        *,
        array_agg(inbound_episodes) over (
            partition by scope, weekday
            order by local_date
            rows between 8 preceding and 1 preceding
        ) as previous_episodes
    from scope_days
    where is_regular

),

-- Four of the same weekday at least, that is four weeks of history.
medians as (

    select
        previous_weeks.*,
        middle.median_episodes
    from previous_weeks
    cross join
        lateral (
            select
                percentile_cont(0.5) within group (order by episodes)
                    as median_episodes
            from unnest(previous_weeks.previous_episodes) as episodes
        ) as middle
    where cardinality(previous_weeks.previous_episodes) >= 4

),

deviations as (

    select
        medians.*,
        spread.median_deviation
    from medians
    cross join
        lateral (
            select
                percentile_cont(0.5) within group (
                    order by abs(episodes - medians.median_episodes)
                ) as median_deviation
            from unnest(medians.previous_episodes) as episodes
        ) as spread

),

-- Eight equal weeks by chance must not make an alarm of one episode more: pure chance
-- moves a count by the root of its mean, and by one at least.
scores as (

    select
        scope,
        inbox_id,
        inbound_episodes as actual_episodes,
        median_episodes as expected_episodes,
        local_date,
        0.6745 * (inbound_episodes - median_episodes)
        / greatest(median_deviation, sqrt(median_episodes), 1) as z_score
    from deviations

),

anomalies as (

    select
        scope,
        inbox_id,
        case when z_score > 0 then 'up' else 'down' end as direction,
        1::bigint as anomaly_days,
        actual_episodes,
        expected_episodes,
        z_score,
        local_date
    from scores
    where abs(z_score) > 3.5

)

select * from anomalies
