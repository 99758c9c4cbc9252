with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select *
    from {{ ref('messages') }}
    where isfinite(sent_at)

),

responses as (

    select
        conversation_id,
        sender_class,
        sent_at,
        message_number
    from messages
    where sender_class in ('ai', 'human', 'human_phone')

),

first_requests as (

    select
        conversation_id,
        min(message_number) as message_number,
        min(sent_at) as sent_at
    from messages
    where sender_class = 'contact'
    group by 1

),

responses_in_order as (

    select
        responses.conversation_id,
        case responses.sender_class when 'ai' then 'ai' else 'human' end
            as responder_class,
        {{ seconds_between('first_requests.sent_at', 'responses.sent_at') }}
            as response_seconds,
        row_number() over (
            partition by responses.conversation_id
            order by responses.message_number
        ) as response_number
    from responses
    inner join first_requests
        on
            responses.conversation_id = first_requests.conversation_id
            and responses.message_number > first_requests.message_number

),

first_responses as (

    select
        conversations.conversation_date as local_date,
        conversations.inbox_id,
        responses_in_order.responder_class,
        {{ duration_bucket('responses_in_order.response_seconds') }} as bucket
    from responses_in_order
    inner join conversations
        on responses_in_order.conversation_id = conversations.conversation_id
    where responses_in_order.response_number = 1

),

histogram as (

    select
        local_date,
        inbox_id,
        responder_class,
        bucket,
        {{ bucket_from_seconds('bucket') }} as bucket_from_seconds,
        {{ bucket_from_seconds('bucket + 1') }} as bucket_to_seconds,
        count(*) as conversations
    from first_responses
    group by 1, 2, 3, 4

)

select * from histogram
