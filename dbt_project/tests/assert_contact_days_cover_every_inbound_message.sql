-- Each day and inbox that a known contact wrote to, and none besides.
with

inbound as (

    select distinct
        local_date,
        inbox_id
    from {{ ref('messages') }}
    where sender_class = 'contact' and contact_id is not null

),

found as (

    select distinct
        local_date,
        inbox_id
    from {{ ref('mart_executive_contact_days') }}

)

select
    coalesce(inbound.local_date, found.local_date) as local_date,
    coalesce(inbound.inbox_id, found.inbox_id) as inbox_id
from inbound
full join found
    on inbound.local_date = found.local_date and inbound.inbox_id = found.inbox_id
where inbound.inbox_id is null or found.inbox_id is null
