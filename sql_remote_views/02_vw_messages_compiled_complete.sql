-- One row per conversation that has messages, aggregated in a single pass: the
-- messages as JSON, and the counts and ends that the statistics are made of.
--
-- json, not jsonb: building jsonb makes the whole read almost twice as slow.
-- "Spoken" messages are those of the contact, the AI and people: no private notes,
-- activity lines or automatic texts.
create or replace view vw_messages_compiled_complete as
with

messages_in_order as (

    select
        classified.conversation_id,
        classified.content,
        classified.is_private,
        classified.sender_type,
        classified.sender_id,
        classified.sent_at,
        classified.sender_class,
        classified.sender_class
        in ('contact', 'ai', 'human', 'human_phone') as is_spoken,
        message
    from vw_messages_classified as classified
    -- Its columns are the keys of the JSON.
    inner join lateral (
        select
            classified.message_id,
            classified.content as text,
            classified.sender_type as sender,
            classified.sender_id,
            classified.sent_at,
            classified.message_type,
            classified.is_private as private,
            classified.content_type,
            classified.delivery_status,
            classified.is_deleted as deleted,
            classified.is_from_automation_rule as automation_rule,
            classified.is_from_campaign as campaign,
            classified.is_phone_echo as external_echo,
            classified.is_template as template,
            classified.source_id,
            classified.is_reaction as reaction,
            classified.replies_to_id,
            classified.call_status,
            classified.call_taken_by_id
        from (values (true)) as once (is_row)
    ) as message on true
    order by classified.conversation_id, classified.sent_at, classified.message_id

)

select
    conversation_id,
    json_agg(message) as message_compiled,
    (
        array_agg(sender_id) filter (where sender_type = 'Contact')
    )[1] as client_sender_id,
    count(*) as t_messages,
    count(*) filter (where not is_private) as total_messages_public,
    count(*) filter (where is_private) as total_messages_private,
    min(sent_at) as mc_first_message_at,
    max(sent_at) as mc_last_message_at,
    count(*) filter (where is_spoken) as spoken_messages_count,
    count(*) filter (
        where sender_class in ('human', 'human_phone')
    ) as user_messages_count,
    count(*) filter (where sender_class = 'contact') as contact_messages_count,
    count(*) filter (where sender_class = 'ai') as ai_messages_count,
    (array_agg(content) filter (where is_spoken))[1] as first_message_text,
    (array_agg(content) filter (where is_spoken))[
        count(*) filter (where is_spoken)
    ] as last_message_text,
    (array_agg(sender_type) filter (where is_spoken))[1] as first_message_sender_type,
    (array_agg(sender_type) filter (where is_spoken))[
        count(*) filter (where is_spoken)
    ] as last_message_sender_type,
    min(sent_at) filter (where is_spoken) as first_spoken_at,
    max(sent_at) filter (where is_spoken) as last_spoken_at,
    round(
        avg(length(content)) filter (where is_spoken)
    )::integer as avg_message_length,
    max(length(content)) filter (where is_spoken) as max_message_length,
    min(sent_at) filter (
        where sender_class in ('human', 'human_phone')
    ) as first_human_reply_at,
    -- Who wrote, a letter each: the contact after anything of ours.
    coalesce(
        string_agg(
            case
                when sender_class = 'contact' then 'c'
                when is_spoken or sender_class = 'automation' then 'o'
            end,
            ''
        ) like '%o%c%',
        false
    ) as has_contact_reply
from messages_in_order
group by conversation_id;
