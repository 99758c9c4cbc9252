-- The histogram holds every conversation in which we wrote after the contact did, at
-- times that can be compared.
with

messages as (

    select *
    from {{ ref('messages') }}
    where isfinite(sent_at)

),

histogram as (

    select * from {{ ref('mart_executive_first_response_histogram') }}

),

turns as (

    select
        conversation_id,
        min(message_number) filter (where sender_class = 'contact') as first_request,
        max(message_number) filter (
            where sender_class in ('ai', 'human', 'human_phone')
        ) as last_response
    from messages
    group by 1

),

expected as (

    select count(*) as conversations
    from turns
    where last_response > first_request

),

found as (

    select coalesce(sum(conversations), 0) as conversations
    from histogram

)

select * from found
except
select * from expected
