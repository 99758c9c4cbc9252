-- One row per conversation: the contract with the loader, 118 columns whose names,
-- order, types and meanings stand in the dbt source (_chatwoot__sources.yml).
--
-- "offset 0" keeps the planner from pulling a view up, so that the condition on the
-- conversation reaches the index of every table: a handful of ids costs a handful of
-- index reads, and all of them one pass. Nothing here can multiply rows: every part
-- has one row per conversation, and there is no order by.
create or replace view vw_conversations_analytics_final as
select
    conversations.conversation_id,
    conversations.display_id,
    conversations.conversation_uuid,
    conversations.account_id,
    conversations.status,
    conversations.priority,
    conversations.snoozed_until,
    conversations.assignee_id,
    conversations.team_id,
    conversations.campaign_id,
    conversations.contact_id,
    conversations.inbox_id,
    conversations.conversation_created_at,
    conversations.conversation_updated_at,
    conversations.last_activity_at,
    conversations.first_reply_created_at,
    conversations.waiting_since,
    conversations.contact_last_seen_at,
    conversations.agent_last_seen_at,
    conversations.contact_name,
    conversations.contact_email,
    conversations.contact_phone,
    conversations.contact_identifier,
    conversations.inbox_name,
    conversations.inbox_channel_type,
    conversations.inbox_timezone,
    conversations.assignee_name,
    conversations.assignee_email,
    conversations.team_name,
    conversations.account_name,
    messages.message_compiled,
    messages.client_sender_id,
    client_contacts.phone_number as client_phone,
    coalesce(messages.t_messages, 0) as t_messages,
    coalesce(messages.total_messages_public, 0) as total_messages_public,
    coalesce(messages.total_messages_private, 0) as total_messages_private,
    messages.mc_first_message_at::timestamp as mc_first_message_at,
    messages.mc_last_message_at::timestamp as mc_last_message_at,
    csat.csat_response_id,
    csat.csat_rating,
    csat.csat_feedback,
    csat.csat_created_at,
    csat.csat_nps_category,
    csat.csat_sentiment_category,
    coalesce(csat.has_written_feedback, false) as has_written_feedback,
    coalesce(csat.has_detailed_feedback, false) as has_detailed_feedback,
    csat.csat_response_id is not null as has_csat,
    messages.first_response_time_seconds,
    messages.first_response_time_minutes,
    metrics.resolution_time_seconds,
    metrics.waiting_time_seconds,
    metrics.is_assigned,
    metrics.has_team,
    metrics.is_resolved,
    metrics.is_open,
    metrics.is_pending,
    metrics.is_snoozed,
    metrics.has_contact,
    metrics.is_waiting,
    metrics.has_priority,
    metrics.is_high_priority,
    metrics.is_from_campaign,
    coalesce(messages.is_fast_response, false) as is_fast_response,
    coalesce(messages.is_slow_response, false) as is_slow_response,
    metrics.is_fast_resolution,
    metrics.is_waiting_long,
    metrics.contact_has_seen,
    metrics.agent_has_seen,
    metrics.priority_score,
    metrics.priority_label,
    metrics.status_label_pt,
    coalesce(messages.user_messages_count, 0) as user_messages_count,
    coalesce(messages.contact_messages_count, 0) as contact_messages_count,
    coalesce(messages.private_notes_count, 0) as private_notes_count,
    messages.first_message_text,
    messages.last_message_text,
    messages.first_message_sender_type,
    messages.last_message_sender_type,
    messages.conversation_duration_seconds,
    messages.avg_time_between_messages_seconds,
    messages.avg_message_length,
    messages.max_message_length,
    coalesce(messages.has_user_messages, false) as has_user_messages,
    coalesce(messages.has_contact_messages, false) as has_contact_messages,
    coalesce(messages.has_private_notes, false) as has_private_notes,
    coalesce(messages.has_contact_reply, false) as has_contact_reply,
    coalesce(messages.is_short_conversation, true) as is_short_conversation,
    coalesce(messages.is_long_conversation, false) as is_long_conversation,
    messages.user_message_ratio,
    messages.contact_message_ratio,
    coalesce(messages.has_human_intervention, false) as has_human_intervention,
    metrics.is_resolved
    and coalesce(
        messages.ai_messages_count > 0 and messages.user_messages_count = 0, false
    ) as is_bot_resolved,
    temporal.conversation_date,
    temporal.conversation_year,
    temporal.conversation_month,
    temporal.conversation_day,
    temporal.conversation_day_of_week,
    temporal.conversation_hour,
    temporal.conversation_minute,
    temporal.conversation_week_of_year,
    temporal.conversation_quarter,
    temporal.conversation_day_name,
    temporal.conversation_month_name,
    temporal.conversation_period,
    temporal.is_weekday,
    temporal.is_weekend,
    temporal.is_business_hours,
    temporal.is_night_time,
    temporal.days_since_creation,
    temporal.is_today,
    temporal.is_yesterday,
    temporal.is_this_week,
    temporal.is_this_month,
    temporal.is_this_year,
    temporal.conversation_date_formatted,
    temporal.conversation_datetime_formatted,
    temporal.conversation_year_month,
    temporal.conversation_year_week
from vw_conversations_base_complete as conversations
left join lateral (
    select vw_message_stats_complete.*
    from vw_message_stats_complete
    where vw_message_stats_complete.conversation_id = conversations.conversation_id
    offset 0
) as messages on true
left join lateral (
    select contacts.phone_number
    from vw_shown_contacts as contacts
    where contacts.id = messages.client_sender_id
    offset 0
) as client_contacts on true
left join lateral (
    select vw_csat_base.*
    from vw_csat_base
    where vw_csat_base.conversation_id = conversations.conversation_id
    offset 0
) as csat on true
left join lateral (
    select vw_conversation_metrics_complete.*
    from vw_conversation_metrics_complete
    where
        vw_conversation_metrics_complete.conversation_id
        = conversations.conversation_id
    offset 0
) as metrics on true
left join lateral (
    select vw_temporal_metrics.*
    from vw_temporal_metrics
    where vw_temporal_metrics.conversation_id = conversations.conversation_id
    offset 0
) as temporal on true;
