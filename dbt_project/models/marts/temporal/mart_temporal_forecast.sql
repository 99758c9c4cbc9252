-- Four weeks of history, or no forecast: a weekday seen less often says too little.
with

expectations as (

    select * from {{ ref('mart_temporal_expectations') }}

),

forecast as (

    select
        scope,
        inbox_id,
        horizon_day,
        episodes_p10,
        episodes_p50,
        episodes_p90,
        is_holiday,
        origin_date,
        local_date
    from expectations
    where
        weeks_ago = 0
        and history_days >= 28
        and episodes_p10 is not null

)

select * from forecast
