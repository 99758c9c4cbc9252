-- One row per message, with who spoke. The only place of these views that knows how
-- Chatwoot stores a sender.
--
-- content_attributes is a JSON string that holds JSON text (an object in rows without
-- a value). It is searched as text and never parsed: one message with an escaped NUL
-- would end the whole query. In the string form the quotes of a key are escaped once,
-- those of what somebody wrote in a value three times or more.
--
-- An AI is known by the type of its sender, which the session setting
-- allpfit.ai_sender_types names; unset means Chatwoot's own, AgentBot and
-- Captain::Assistant. One that answers with a user's access token looks like a person:
-- the setting allpfit.ai_user_ids ('{12,34}') names those users; unset means none.
create or replace view vw_messages_classified as
with

decoded as (

    select
        messages.id as message_id,
        messages.conversation_id,
        messages.account_id,
        messages.content,
        messages.message_type,
        messages.content_type,
        messages.status as delivery_status,
        messages.source_id,
        coalesce(messages.private, false) as is_private,
        messages.sender_type,
        messages.sender_id,
        messages.created_at as sent_at,
        attributes.attributes_text,
        coalesce(messages.additional_attributes, '{}') as additional_attributes
    from messages
    cross join lateral (
        select
            case
                when given.as_text = '{}' then null
                when given.as_text like '"%' then given.as_text
                else to_json(given.as_text)::text
            end as attributes_text
        from (values (messages.content_attributes::text)) as given (as_text)
        offset 0
    ) as attributes
),

facts as (

    select
        *,
        coalesce(
            attributes_text like '%deleted%'
            and attributes_text ~ '\\"deleted\\"\s*:\s*true',
            false
        ) as is_deleted,
        coalesce(
            attributes_text like '%automation_rule_id%'
            and attributes_text ~ '\\"automation_rule_id\\"\s*:\s*(\\")?\d',
            false
        ) as is_from_automation_rule,
        coalesce(
            attributes_text like '%external_echo%'
            and attributes_text ~ '\\"external_echo\\"\s*:\s*true'
            or attributes_text like '%external_sender_name%'
            and attributes_text ~ '\\"external_sender_name\\"\s*:\s*\\"(?!\\")',
            false
        ) as is_phone_echo,
        coalesce(
            attributes_text like '%is_reaction%'
            and attributes_text ~ '\\"is_reaction\\"\s*:\s*true',
            false
        ) as is_reaction,
        case
            when attributes_text like '%in_reply_to%'
                then
                    substring(
                        attributes_text
                        from '\\"in_reply_to\\"\s*:\s*(?:\\")?(\d{1,18})\M'
                    )::bigint
        end as replies_to_id,
        case
            when content_type = 12
                then substring(attributes_text from '\\"status\\"\s*:\s*\\"([\w-]+)')
        end as call_status,
        case
            when content_type = 12
                then
                    substring(
                        attributes_text
                        from
                        '\\"accepted_by\\"\s*:\s*\{[^{}]*\\"id\\"\s*:\s*(\d{1,18})\M'
                    )::bigint
        end as call_taken_by_id,
        additional_attributes ? 'campaign_id' as is_from_campaign,
        additional_attributes ? 'template_params' as is_template
    from decoded
    where
        account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])

)

select
    *,
    case
        when is_private then 'note'
        when message_type = 2 then 'activity'
        when message_type = 0 then 'contact'
        when message_type = 3 or is_from_automation_rule or is_from_campaign
            then 'automation'
        when
            sender_type = any((
                select
                    coalesce(
                        nullif(current_setting('allpfit.ai_sender_types', true), ''),
                        '{AgentBot,Captain::Assistant}'
                    )::text[]
            )::text[])
            or sender_type = 'User' and sender_id = any((
                select
                    coalesce(
                        nullif(current_setting('allpfit.ai_user_ids', true), ''), '{}'
                    )::bigint[]
            )::bigint[])
            then 'ai'
        when sender_type = 'User' then 'human'
        when is_phone_echo then 'human_phone'
        else 'automation'
    end as sender_class
from facts;
