with

conversations as (

    select * from {{ ref('conversations') }}

),

versions as (

    select * from {{ ref('conversation_versions') }}

),

ai_agents as (

    select *
    from {{ ref('agents') }}
    where is_ai

),

phrase_patterns as (

    select * from {{ ref('phrase_patterns') }}

),

exploded as (

    select
        conversations.conversation_id,
        conversations.inbox_id,
        conversations.contact_id,
        conversations.local_timezone,
        versions.built_from,
        compiled.*
    from conversations
    inner join versions on conversations.conversation_id = versions.conversation_id
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

understood as (

    select
        classified.*,
        said.text_class
    from classified
    left join
        lateral ( -- noqa: ST05
            {{ what_the_customer_says('classified.text') }}
        ) as said
        on true
    where classified.sender_class = 'contact'

    union all

    select
        classified.*,
        said.text_class
    from classified
    left join
        lateral ( -- noqa: ST05
            {{ what_we_say('classified.text') }}
        ) as said
        on true
    where classified.sender_class in ('ai', 'human', 'human_phone')

    union all

    select
        classified.*,
        null as text_class
    from classified
    where classified.sender_class not in ('contact', 'ai', 'human', 'human_phone')

),

named as (

    select
        ---------- ids
        message_id,
        conversation_id,
        inbox_id,
        contact_id,
        sender_id,
        built_from,

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

        ---------- booleans
        private as is_private,
        deleted as is_deleted,
        automation_rule as is_from_automation_rule,
        campaign as is_from_campaign,
        external_echo as is_phone_echo,
        template as is_template,
        coalesce(text_class = 'courtesy', false) as says_thanks,
        coalesce(sender_class = 'ai' and text_class = 'greeting', false) as is_greeting,
        coalesce(sender_class = 'ai' and text_class = 'question', false) as is_question,

        ---------- times
        local_timezone,
        {{ moment('sent_at') }} as sent_at
    from understood

)

select * from named
