with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

contact_phones as (

    select
        contact_id,
        max(nullif(trim(contact_phone), '')) as phone
    from conversations
    where contact_id is not null
    group by 1

),

-- A person who wrote to two inboxes may be two contacts with one phone.
contact_keys as (

    select
        contact_id,
        min(contact_id) over (
            partition by coalesce(phone, contact_id::text)
        ) as contact_key
    from contact_phones

),

contact_days as (

    select distinct
        messages.local_date,
        messages.inbox_id,
        contact_keys.contact_key
    from messages
    inner join contact_keys on messages.contact_id = contact_keys.contact_id
    where messages.sender_class = 'contact'

)

select * from contact_days
