with

inboxes as (

    select * from {{ ref('stg_chatwoot__inboxes') }}

),

-- Chatwoot keeps one interval per day; a second row would be a mistake.
days as (

    select distinct on (inboxes.inbox_id, hours.day_of_week)
        inboxes.inbox_id,
        hours.day_of_week,
        case
            when hours.is_closed or hours.is_open_all_day then 0
            else coalesce(hours.opens_at_minute, 0) * 60
        end as opens_at_seconds,
        case
            when hours.is_closed then 0
            when hours.is_open_all_day then 86400
            else greatest(hours.closes_at_minute, hours.opens_at_minute, 0) * 60
        end as closes_at_seconds
    from inboxes
    cross join
        lateral jsonb_to_recordset(inboxes.working_hours) as hours (
            day_of_week integer,
            is_closed boolean,
            is_open_all_day boolean,
            opens_at_minute integer,
            closes_at_minute integer
        )
    where inboxes.has_working_hours
    order by inboxes.inbox_id, hours.day_of_week, hours.opens_at_minute

),

inbox_ids as (

    select distinct inbox_id from days

),

-- Every weekday, for a place in the arrays.
weeks as (

    select
        inbox_ids.inbox_id,
        weekdays.day_of_week,
        coalesce(days.opens_at_seconds, 0) as opens_at_seconds,
        coalesce(days.closes_at_seconds, 0) as closes_at_seconds
    from inbox_ids
    cross join generate_series(0, 6) as weekdays (day_of_week)
    left join days
        on
            inbox_ids.inbox_id = days.inbox_id
            and weekdays.day_of_week = days.day_of_week

),

added_up as (

    select
        *,
        sum(closes_at_seconds - opens_at_seconds) over (
            partition by inbox_id
            order by day_of_week
        )::integer as open_seconds_after
    from weeks

),

by_inbox as (

    select
        inbox_id,
        array_agg(opens_at_seconds order by day_of_week) as opens_at_seconds,
        array_agg(closes_at_seconds order by day_of_week) as closes_at_seconds,
        array_agg(
            open_seconds_after - closes_at_seconds + opens_at_seconds
            order by day_of_week
        ) as open_seconds_before,
        max(open_seconds_after) as open_seconds_of_week
    from added_up
    group by inbox_id

)

select * from by_inbox
-- Of an inbox that never opens no working time can be told.
where open_seconds_of_week > 0
