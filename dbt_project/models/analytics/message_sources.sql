{{
    config(
        materialized='incremental',
        pre_hook="{{ delete_outdated(ref('stg_chatwoot__conversation_loads')) }}",
        post_hook='{{ analyze_when_new() }}',
        indexes=[{'columns': ['conversation_id']}],
    )
}}
with

conversations as (

    select * from {{ ref('conversations') }}

),

exploded as (

    select
        conversations.conversation_id,
        conversations.inbox_id,
        conversations.last_run_id,
        compiled.*
    from conversations
    cross join
        lateral jsonb_to_recordset(conversations.message_compiled) as compiled (
            message_id bigint,
            source_id text,
            message_type integer,
            private boolean,
            delivery_status integer,
            sent_at timestamp
        )
    where {{ is_not_built('conversations.conversation_id') }}

),

identified as (

    select
        message_id,
        conversation_id,
        inbox_id,
        last_run_id,
        hashtextextended(message_type || source_id, 0) as source_key,
        message_type = 1 and coalesce(delivery_status = 3, false) as is_failed,
        {{ moment('sent_at') }} as sent_at
    from exploded
    where
        source_id <> ''
        and message_type in (0, 1)
        and not private

)

select * from identified
