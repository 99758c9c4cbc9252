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

ai_senders as (

    select * from {{ ref('ai_sender_types') }}

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
            when ai_senders.sender_type is not null then 'ai'
            when exploded.sender = 'User' and ai_agents.user_id is not null then 'ai'
            when exploded.sender = 'User' then 'human'
            when exploded.external_echo then 'human_phone'
            else 'automation'
        end as sender_class
    from exploded
    left join ai_agents on exploded.sender_id = ai_agents.user_id
    left join ai_senders on exploded.sender = ai_senders.sender_type

),

-- Only what may matter is read for what it says: short texts of the customer, and the
-- AI's greetings and questions. Each text is read once however often it was sent: the
-- offsets keep PostgreSQL from repeating the expressions, so that it remembers the row.
understood as (

    select
        classified.*,
        meaning.is_thanks_text,
        meaning.is_greeting_text,
        meaning.is_question_text
    from classified
    left join
        lateral ( -- noqa: ST05
            select
                spoken.text !~ '\?'
                and (
                    {{ are_thanks('spoken.words') }}
                    or {{ is_approving_sign('spoken.text') }}
                ) as is_thanks_text,
                spoken.words ~ '^(?:{{ var("greeting_words") | join("|") }})\M'
                and spoken.words ~ '\m(?:{{ var("greeting_offers") | join("|") }})\M'
                and spoken.words
                !~ '\m(?:{{ var("courtesy_questions") | join("|") }})\M'
                and spoken.words !~ '[0-9]'
                and length(spoken.words) <= 120 as is_greeting_text,
                spoken.text ~ '\?[^[:alnum:]]*$'
                and spoken.words
                !~ '\m(?:{{ var("courtesy_questions") | join("|") }})\M'
                    as is_question_text
            from (
                select
                    given.text,
                    {{ words('given.text') }} as words
                from (values (classified.text)) as given (text)
                offset 0 -- noqa: AM09
            ) as spoken
            offset 0 -- noqa: AM09
        ) as meaning
        on
            classified.sender_class = 'contact'
            and length(classified.text) <= 80
            or classified.sender_class = 'ai'
            and (
                strpos(right(classified.text, 8), '?') > 0
                or length(classified.text) <= 160
                and left(lower(classified.text), 1) in (
                    {{
                        "'" ~ var("greeting_words") | map("first") | unique
                        | join("', '") ~ "'"
                    }}
                )
            )

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
        coalesce(sender_class = 'contact' and is_thanks_text, false) as says_thanks,
        coalesce(sender_class = 'ai' and is_greeting_text, false) as is_greeting,
        coalesce(sender_class = 'ai' and is_question_text, false) as is_question,

        ---------- times
        local_timezone,
        {{ moment('sent_at') }} as sent_at
    from understood

)

select * from named
