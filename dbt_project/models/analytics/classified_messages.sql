with

conversations as (

    select * from {{ ref('conversations') }}

),

versions as (

    select * from {{ ref('conversation_versions') }}

),

repeated as (

    select * from {{ ref('repeated_messages') }}

),

ai_agents as (

    select *
    from {{ ref('agents') }}
    where is_ai

),

ai_names as (

    select array_agg(lower_name) as lower_names
    from {{ ref('names_in_lines') }}
    where is_ai

),

ai_senders as (

    select * from {{ source('configuration', 'ai_sender_types') }}

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
            template boolean,
            reaction boolean,
            replies_to_id bigint,
            call_status text,
            call_taken_by_id bigint
        )

),

-- Of what came twice the first gives the moment and the last the text.
given_once as (

    select
        exploded.*,
        coalesce(repeated.latest_text, exploded.text) as message_text,
        coalesce(repeated.is_copy, false) as is_copy
    from exploded
    left join repeated on exploded.message_id = repeated.message_id

),

classified as (

    select
        given_once.*,
        case
            when given_once.private then 'note'
            when given_once.message_type = 2 then 'activity'
            when given_once.message_type = 0 then 'contact'
            when
                given_once.message_type = 3
                or given_once.automation_rule
                or given_once.campaign
                then 'automation'
            when ai_senders.sender_type is not null then 'ai'
            when given_once.sender = 'User' and ai_agents.user_id is not null then 'ai'
            when given_once.sender = 'User' then 'human'
            when given_once.external_echo then 'human_phone'
            else 'automation'
        end as sender_class,
        coalesce(
            given_once.content_type = 12 and (
                given_once.call_taken_by_id is not null
                or given_once.call_status in ('completed', 'in-progress')
            ),
            false
        ) as is_taken_call
    from given_once
    left join ai_agents on given_once.sender_id = ai_agents.user_id
    left join ai_senders on given_once.sender = ai_senders.sender_type

),

-- Who assigned, opened or labelled stands in Chatwoot's lines only.
activities as (

    select
        *,
        case
            when sender_class <> 'activity' then null
            when message_text ~* '{{ line_of("assigned_himself") }}'
                then 'assigned_himself'
            when message_text ~* '{{ line_of("assigned") }}' then 'assigned'
            when message_text ~* '{{ line_of("opened") }}' then 'opened'
            when message_text ~* '{{ line_of("labelled") }}' then 'labelled'
            when message_text ~* '{{ line_of("snoozed") }}' then 'snoozed'
            when message_text ~* '{{ line_of("resolved") }}' then 'resolved'
        end as activity
    from classified

),

named_doers as (

    select
        *,
        case
            when activity = 'labelled'
                then lower(trim(regexp_replace(
                    message_text, '{{ line_of("labelled") }}.*$', '', 'i'
                )))
            when activity in ('assigned', 'opened', 'resolved')
                then {{ doer_of('message_text') }}
        end as doer,
        case
            when activity = 'assigned'
                then lower(trim(regexp_replace(
                    regexp_replace(
                        message_text, '{{ line_of("assigned") }}', '', 'i'
                    ),
                    ' (?:via|por|by) .*$', '', 'i'
                )))
        end as assignee
    from activities

),

-- Assigning to an AI hands nothing to a person.
doers as (

    select
        named_doers.*,
        named_doers.activity in ('assigned', 'opened', 'labelled', 'resolved')
        and (
            named_doers.activity = 'resolved'
            and named_doers.message_text
            ~* '{{ line_of("inactivity") }}|{{ line_of("automation") }}'
            or named_doers.doer ~ '^(?:{{ var("machine_names") | join("|") }})$'
            or coalesce(named_doers.doer = any(ai_names.lower_names), false)
        )
        and not coalesce(named_doers.assignee = any(ai_names.lower_names), false)
            as is_done_by_machine,
        case
            when
                not coalesce(named_doers.deleted, false)
                and coalesce(named_doers.content_type <> 12, true)
                then named_doers.message_text
        end as text_to_read
    from named_doers
    cross join ai_names

),

named as (

    select
        ---------- ids
        message_id,
        conversation_id,
        inbox_id,
        contact_id,
        case
            when is_taken_call and call_taken_by_id is not null then call_taken_by_id
            else sender_id
        end as sender_id,
        replies_to_id,
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
        message_text,
        text_to_read,
        activity,

        ---------- booleans
        private as is_private,
        coalesce(deleted, false) as is_deleted,
        automation_rule as is_from_automation_rule,
        campaign as is_from_campaign,
        external_echo as is_phone_echo,
        template as is_template,
        coalesce(reaction, false) as is_reaction,
        is_copy,
        is_taken_call,
        coalesce(delivery_status <> 3, true) or message_type <> 1 as is_delivered,
        is_done_by_machine,

        ---------- times
        local_timezone,
        {{ moment('sent_at') }} as sent_at
    from doers

)

select * from named
