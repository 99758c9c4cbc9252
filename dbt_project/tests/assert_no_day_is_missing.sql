-- Every inbox has every day from the first of the calendar to that of the load, so that
-- a day without conversations is a zero.
with

days_found as (

    select *
    from {{ ref('mart_executive_conversation_days') }}
    where local_date >= {{ calendar_start() }}

),

inboxes as (

    select * from {{ ref('mart_inboxes') }}

),

load_status as (

    select * from {{ ref('mart_load_status') }}

),

by_inbox as (

    select
        inboxes.inbox_id,
        count(days_found.local_date) as day_count
    from inboxes
    cross join load_status
    left join days_found
        on
            inboxes.inbox_id = days_found.inbox_id
            and load_status.local_date >= days_found.local_date
    group by 1

),

span as (

    select max(load_status.local_date) - min(days_found.local_date) + 1 as day_count
    from load_status
    cross join days_found

)

select by_inbox.*
from by_inbox
cross join span
where by_inbox.day_count < span.day_count
