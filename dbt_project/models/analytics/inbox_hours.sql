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
            else hours.opens_at_minute * 60
        end as opens_at_seconds,
        case
            when hours.is_closed then 0
            when hours.is_open_all_day then 86400
            else greatest(hours.closes_at_minute, hours.opens_at_minute) * 60
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

weeks as (

    select
        inbox_id,
        day_of_week,
        opens_at_seconds,
        closes_at_seconds,
        sum(closes_at_seconds - opens_at_seconds) over (
            partition by inbox_id
            order by day_of_week
        ) - (closes_at_seconds - opens_at_seconds) as open_seconds_before,
        sum(closes_at_seconds - opens_at_seconds) over (
            partition by inbox_id
        ) as open_seconds_of_week
    from days
    where opens_at_seconds is not null and closes_at_seconds is not null

)

select
    inbox_id,
    day_of_week,
    opens_at_seconds,
    closes_at_seconds,
    open_seconds_before::integer as open_seconds_before,
    open_seconds_of_week::integer as open_seconds_of_week
from weeks
-- Of an inbox that never opens no working time can be told.
where open_seconds_of_week > 0
