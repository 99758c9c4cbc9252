{{
    config(
        fail_calc='coalesce(ceil(max(deviation_percent)), 0)::integer',
        warn_if='> 3',
        error_if='> 10'
    )
}}
-- The median and the 90 % quantile read from the histogram, against the exact ones of
-- its values, where values are enough to tell. A bucket is a tenth wide, so that more
-- than that is a mistake; more than 3 % are times that crowd at one end of theirs. The
-- last 90 days are enough to see it.
with

last_load as (

    select * from {{ ref('last_load') }}

),

histogram as (

    select histogram.*
    from {{ ref('mart_operational_duration_histogram') }} as histogram
    where histogram.local_date > (select last_load.as_of::date - 90 from last_load)

),

durations as (

    select durations.*
    from {{ ref('mart_drilldown_durations') }} as durations
    where durations.local_date > (select last_load.as_of::date - 90 from last_load)

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

),

compared as (

    select
        read_off.metric,
        read_off.share,
        read_off.quantile,
        exact.quantiles[read_off.place] as exact_quantile
    from read_off
    inner join exact on read_off.metric = exact.metric

)

select
    *,
    100 * abs(quantile - exact_quantile) / exact_quantile as deviation_percent
from compared
-- Half a second is none: times are shown in seconds.
where abs(quantile - exact_quantile) > 0.5
