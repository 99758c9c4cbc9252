{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ delete_outdated(ref('conversations')) }}",
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['message_id'], 'unique': true},
            {'columns': ['conversation_id', 'last_run_id']},
        ],
    )
}}
with

conversations as (

    select * from {{ ref('conversations') }}

),

agents as (

    select * from {{ ref('stg_chatwoot__agents') }}

),

ai_users as (

    select * from {{ ref('ai_users') }}

),

ai_agents as (

    select distinct agents.user_id
    from agents
    inner join ai_users
        on lower(ai_users.ai_user) in (agents.user_id::text, lower(agents.agent_email))

),

exploded as (

    select
        conversations.conversation_id,
        conversations.inbox_id,
        conversations.contact_id,
        conversations.local_timezone,
        conversations.last_run_id,
        compiled.*
    from conversations
    cross join
        lateral jsonb_to_recordset(conversations.message_compiled) as compiled (
            message_id bigint,
            text text,
            sender text,
            sender_id bigint,
            sent_at timestamp,
            message_type integer,
            private boolean,
            content_type integer,
            delivery_status integer,
            deleted boolean,
            automation_rule boolean,
            campaign boolean,
            external_echo boolean,
            template boolean
        )
    where {{ is_not_built('conversations.conversation_id') }}

),

classified as (

    select
        exploded.*,
        case
            when exploded.private then 'note'
            when exploded.message_type = 2 then 'activity'
            when exploded.message_type = 0 then 'contact'
            when
                exploded.message_type = 3
                or exploded.automation_rule
                or exploded.campaign
                then 'automation'
            when exploded.sender in ('AgentBot', 'Captain::Assistant') then 'ai'
            when exploded.sender = 'User' and ai_agents.user_id is not null then 'ai'
            when exploded.sender = 'User' then 'human'
            when exploded.external_echo then 'human_phone'
            else 'automation'
        end as sender_class
    from exploded
    left join ai_agents on exploded.sender_id = ai_agents.user_id

),

named as (

    select
        ---------- ids
        message_id,
        conversation_id,
        inbox_id,
        contact_id,
        sender_id,
        last_run_id,

        ---------- text
        case message_type
            when 0 then 'incoming'
            when 1 then 'outgoing'
            when 2 then 'activity'
            when 3 then 'template'
        end as message_type,
        case content_type
            when 0 then 'text'
            when 1 then 'input_text'
            when 2 then 'input_textarea'
            when 3 then 'input_email'
            when 4 then 'input_select'
            when 5 then 'cards'
            when 6 then 'form'
            when 7 then 'article'
            when 8 then 'incoming_email'
            when 9 then 'input_csat'
            when 10 then 'integrations'
            when 11 then 'sticker'
            when 12 then 'voice_call'
        end as content_type,
        case delivery_status
            when 0 then 'sent'
            when 1 then 'delivered'
            when 2 then 'read'
            when 3 then 'failed'
        end as delivery_status,
        sender as sender_type,
        sender_class,
        text as message_text,

        ---------- numerics
        row_number() over (
            partition by conversation_id
            order by sent_at, message_id
        )::integer as message_number,
        length(text) as characters,

        ---------- booleans
        private as is_private,
        deleted as is_deleted,
        automation_rule as is_from_automation_rule,
        campaign as is_from_campaign,
        external_echo as is_phone_echo,
        template as is_template,

        ---------- times
        ({{ local_time('sent_at', 'local_timezone') }})::date as local_date,
        sent_at,
        {{ local_time('sent_at', 'local_timezone') }} as local_sent_at
    from classified

)

select * from named
