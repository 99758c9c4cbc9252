with

conversations as (

    select * from {{ ref('conversations') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

exploded as (

    select
        conversations.conversation_id,
        conversations.inbox_id,
        conversations.local_timezone,
        events.reporting_event_id,
        events.name,
        events.user_id,
        events.value_seconds,
        events.value_in_business_hours_seconds,
        {{ moment('coalesce(events.ended_at, events.recorded_at)') }} as occurred_at,
        {{ moment('events.recorded_at') }} as recorded_at
    from context
    inner join conversations
        on context.conversation_id = conversations.conversation_id
    cross join
        lateral jsonb_to_recordset(context.reporting_events) as events (
            reporting_event_id bigint,
            name text,
            user_id bigint,
            value_seconds double precision,
            value_in_business_hours_seconds double precision,
            ended_at timestamp,
            recorded_at timestamp
        )

),

named as (

    select
        ---------- ids
        reporting_event_id,
        conversation_id,
        inbox_id,
        user_id,

        ---------- text
        name as event_name,

        ---------- numerics
        value_seconds,
        value_in_business_hours_seconds,

        ---------- times
        ({{ local_time('occurred_at', 'local_timezone') }})::date as local_date,
        occurred_at,
        {{ local_time('occurred_at', 'local_timezone') }} as local_occurred_at,
        recorded_at,
        {{ local_time('recorded_at', 'local_timezone') }} as local_recorded_at
    from exploded

)

select * from named
