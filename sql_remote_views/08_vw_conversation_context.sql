-- One row per conversation: what the 118 columns do not say. Labels, attributes, every
-- survey and answer, the reporting events and, where the edition has them, SLAs.
--
-- Columns that an older Chatwoot lacks are named without their table, in a query of
-- that table alone: where it has no such column, the name means the NULL of "missing".
-- Tables that it lacks are looked for at deployment.
do $deploy$
begin
    if to_regclass('applied_slas') is null then
        create or replace view vw_conversation_slas as
        select
            null::bigint as conversation_id,
            null::json as slas
        where false;
    else
        create or replace view vw_conversation_slas as
        select
            applied_slas.conversation_id,
            json_agg(
                json_build_object(
                    'applied_sla_id', applied_slas.id,
                    'sla_policy_id', applied_slas.sla_policy_id,
                    'sla_status', applied_slas.sla_status,
                    'applied_at', applied_slas.created_at,
                    'completed_at', to_jsonb(applied_slas) ->> 'completed_at'
                )
                order by applied_slas.id
            ) as slas
        from applied_slas
        where
            applied_slas.account_id = any((
                select loaded.account_ids from vw_loaded_accounts as loaded
            )::bigint[])
        group by applied_slas.conversation_id;
    end if;
end
$deploy$;

create or replace view vw_conversation_context as
with

missing as (

    select
        null as assignee_agent_bot_id,
        null as group_type

)

select
    conversations.id as conversation_id,
    conversations.account_id,
    conversations.custom_attributes,
    conversations.additional_attributes,
    conversations.assignee_agent_bot_id,
    contacts.is_blocked as is_contact_blocked,
    contacts.custom_attributes as contact_custom_attributes,
    coalesce(conversations.group_type, contacts.group_type)::varchar as group_type,
    campaigns.title as campaign_title,
    coalesce(labels.titles, '[]') as labels,
    coalesce(labels.taggings, '[]') as taggings,
    coalesce(surveys.surveys_sent, '[]') as surveys_sent,
    coalesce(answers.csat_answers, '[]') as csat_answers,
    coalesce(events.reporting_events, '[]') as reporting_events,
    coalesce(slas.slas, '[]') as slas
from missing -- noqa: ST11
inner join lateral ( -- noqa: ST05
    select
        id,
        account_id,
        contact_id,
        campaign_id,
        custom_attributes,
        additional_attributes,
        assignee_agent_bot_id::text::bigint as assignee_agent_bot_id,
        nullif(group_type::text, '0') as group_type
    from conversations
    where
        account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
) as conversations on true
left join vw_shown_contacts as contacts on conversations.contact_id = contacts.id
left join campaigns on conversations.campaign_id = campaigns.id
left join lateral (
    select
        json_agg(distinct tags.name) as titles,
        json_agg(
            json_build_object('label', tags.name, 'tagged_at', taggings.created_at)
            order by taggings.created_at, tags.name
        ) as taggings
    from taggings
    inner join tags on taggings.tag_id = tags.id
    where
        taggings.taggable_id = conversations.id
        and taggings.taggable_type = 'Conversation'
        and taggings.context = 'labels'
) as labels on true
left join lateral (
    select
        json_agg(
            json_build_object(
                'message_id', messages.id,
                'sent_at', messages.created_at,
                'delivery_status', messages.status
            )
            order by messages.id
        ) as surveys_sent
    from messages
    where
        messages.conversation_id = conversations.id
        and messages.content_type = 9
        and messages.account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
) as surveys on true
left join lateral (
    select
        json_agg(
            json_build_object(
                'csat_response_id', csat_survey_responses.id,
                'message_id', csat_survey_responses.message_id,
                'rating', csat_survey_responses.rating,
                'feedback', csat_survey_responses.feedback_message,
                'assigned_agent_id', csat_survey_responses.assigned_agent_id,
                'answered_at', csat_survey_responses.created_at,
                'changed_at', csat_survey_responses.updated_at
            )
            order by csat_survey_responses.created_at, csat_survey_responses.id
        ) as csat_answers
    from csat_survey_responses
    where
        csat_survey_responses.conversation_id = conversations.id
        and csat_survey_responses.account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
) as answers on true
left join lateral (
    select
        json_agg(
            json_build_object(
                'reporting_event_id', reporting_events.id,
                'name', reporting_events.name,
                'value_seconds', reporting_events.value,
                'value_in_business_hours_seconds',
                reporting_events.value_in_business_hours,
                'user_id', reporting_events.user_id,
                'started_at', reporting_events.event_start_time,
                'ended_at', reporting_events.event_end_time,
                'recorded_at', reporting_events.created_at
            )
            order by reporting_events.id
        ) as reporting_events
    from reporting_events
    where
        reporting_events.conversation_id = conversations.id
        and (reporting_events.account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])) is not false
) as events on true
left join lateral (
    select vw_conversation_slas.slas
    from vw_conversation_slas
    where vw_conversation_slas.conversation_id = conversations.id
    offset 0
) as slas on true;
