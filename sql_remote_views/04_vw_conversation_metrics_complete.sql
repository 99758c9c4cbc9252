-- One row per conversation: its times and the flags read from its own columns.
--
-- The resolution is the first resolve event: updated_at moves with every label or edit.
-- A time that no integer holds (68 years, or infinite) is NULL: one odd timestamp must
-- not end the query.
create or replace view vw_conversation_metrics_complete as
with

measured as (

    select
        conversations.id as conversation_id,
        conversations.created_at,
        conversations.assignee_id,
        conversations.team_id,
        conversations.contact_id,
        conversations.campaign_id,
        conversations.status,
        conversations.priority,
        conversations.snoozed_until,
        conversations.waiting_since,
        conversations.contact_last_seen_at,
        conversations.agent_last_seen_at,
        now() at time zone 'UTC' as now_utc,
        extract(epoch from first_resolution.resolved_at)
        - extract(epoch from conversations.created_at) as resolution_time_seconds,
        extract(epoch from now())
        - extract(epoch from conversations.waiting_since) as waiting_time_seconds
    from conversations
    left join lateral (
        -- Name and account are no conditions of an index: the planner would join it in.
        select
            min(
                coalesce(reporting_events.event_end_time, reporting_events.created_at)
            ) filter (
                where reporting_events.name = 'conversation_resolved'
            ) as resolved_at
        from reporting_events
        where
            reporting_events.conversation_id = conversations.id
            and (reporting_events.account_id = any((
                select loaded.account_ids from vw_loaded_accounts as loaded
            )::bigint[])) is not false
    ) as first_resolution on true

)

select
    conversation_id,
    case
        when abs(resolution_time_seconds) < 2147483648
            then floor(resolution_time_seconds)::integer
    end as resolution_time_seconds,
    case
        when abs(waiting_time_seconds) < 2147483648
            then floor(waiting_time_seconds)::integer
    end as waiting_time_seconds,
    assignee_id is not null as is_assigned,
    team_id is not null as has_team,
    status = 1 as is_resolved,
    status in (0, 2) as is_open,
    status = 2 as is_pending,
    status = 3 or coalesce(snoozed_until > now_utc, false) as is_snoozed,
    contact_id is not null as has_contact,
    waiting_since is not null as is_waiting,
    priority is not null as has_priority,
    coalesce(priority >= 2, false) as is_high_priority,
    campaign_id is not null as is_from_campaign,
    coalesce(resolution_time_seconds < 2 * 3600, false) as is_fast_resolution,
    coalesce(waiting_time_seconds > 3600, false) as is_waiting_long,
    contact_last_seen_at is not null as contact_has_seen,
    agent_last_seen_at is not null as agent_has_seen,
    coalesce(priority + 1, 0) as priority_score,
    case priority
        when 0 then 'Low'
        when 1 then 'Medium'
        when 2 then 'High'
        when 3 then 'Urgent'
        else 'None'
    end as priority_label,
    case status
        when 0 then 'Aberta'
        when 1 then 'Resolvida'
        when 2 then 'Pendente'
        when 3 then 'Adiada'
    end as status_label_pt
from measured;
