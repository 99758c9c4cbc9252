-- The last eight weekly origins whose fourteen days are over.
with

expectations as (

    select * from {{ ref('mart_temporal_expectations') }}

),

scope_days as (

    select * from {{ ref('mart_temporal_scope_days') }}

),

trials as (

    select
        expectations.scope,
        expectations.inbox_id,
        expectations.origin_date,
        expectations.actual_episodes,
        abs(expectations.actual_episodes - expectations.episodes_p50) as absolute_error,
        abs(expectations.actual_episodes - week_before.inbound_episodes)
            as naive_error,
        expectations.actual_episodes between
        expectations.episodes_p10 and expectations.episodes_p90 as is_within_band
    from expectations
    inner join scope_days as week_before
        on
            expectations.scope = week_before.scope
            and expectations.local_date - 7 = week_before.local_date
    where
        expectations.weeks_ago between 2 and 9
        and expectations.history_days >= 28
        and expectations.episodes_p10 is not null
        and not expectations.is_holiday

),

backtest as (

    select
        scope,
        inbox_id,
        count(distinct origin_date) as origins,
        count(*) as days, -- noqa: RF04
        (sum(absolute_error) / nullif(sum(actual_episodes), 0))::double precision
            as wape,
        (sum(absolute_error) / nullif(sum(naive_error), 0))::double precision as mase,
        avg(is_within_band::integer)::double precision as coverage_80,
        (sum(naive_error) / nullif(sum(actual_episodes), 0))::double precision
            as seasonal_naive_wape
    from trials
    group by 1, 2

)

select * from backtest
