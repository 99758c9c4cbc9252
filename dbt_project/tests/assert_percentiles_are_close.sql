-- The median and the 90 % quantile read from the histogram, against the exact ones of
-- its values: within 3 %, where values are enough to tell.
with

histogram as (

    select * from {{ ref('mart_operational_duration_histogram') }}

),

durations as (

    select * from {{ ref('mart_drilldown_durations') }}

),

exact as (

    select
        metric,
        count(*) as cases,
        percentile_cont(array[0.5, 0.9]) within group (order by value) as quantiles
    from durations
    where metric not in ('messages_before_handoff', 'episode_messages')
    group by 1
    having count(*) >= 1000

),

merged as (

    select
        metric,
        bucket_from,
        bucket_to,
        sum(n) as n
    from histogram
    group by 1, 2, 3

),

reached as (

    select
        merged.*,
        sum(merged.n) over (
            partition by merged.metric
            order by merged.bucket_from
        ) as reached_cases,
        sum(merged.n) over (partition by merged.metric) as cases
    from merged

),

shares (share, place) as (

    values (0.5, 1), (0.9, 2)

),

read_off as (

    select
        reached.metric,
        shares.share,
        shares.place,
        reached.bucket_from
        + (reached.bucket_to - reached.bucket_from)
        * (shares.share * reached.cases - reached.reached_cases + reached.n)
        / reached.n as quantile
    from reached
    cross join shares
    where
        reached.reached_cases >= shares.share * reached.cases
        and reached.reached_cases - reached.n < shares.share * reached.cases

)

select
    read_off.metric,
    read_off.share,
    read_off.quantile,
    exact.quantiles[read_off.place] as exact_quantile
from read_off
inner join exact on read_off.metric = exact.metric
where
    abs(read_off.quantile - exact.quantiles[read_off.place])
    > 0.03 * exact.quantiles[read_off.place] + 0.5
