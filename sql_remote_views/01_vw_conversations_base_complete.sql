-- One row per conversation: its own columns and the names of what it points to. There
-- are no foreign keys, so everything pointed at may be gone.
create or replace view vw_conversations_base_complete as
select
    conversations.id as conversation_id,
    conversations.display_id,
    conversations.uuid as conversation_uuid,
    conversations.account_id,
    conversations.status,
    conversations.priority,
    conversations.snoozed_until::timestamp as snoozed_until,
    conversations.assignee_id,
    conversations.team_id,
    conversations.campaign_id,
    conversations.contact_id,
    conversations.inbox_id,
    conversations.created_at::timestamp as conversation_created_at,
    conversations.updated_at::timestamp as conversation_updated_at,
    conversations.last_activity_at::timestamp as last_activity_at,
    conversations.first_reply_created_at::timestamp as first_reply_created_at,
    conversations.waiting_since::timestamp as waiting_since,
    conversations.contact_last_seen_at::timestamp as contact_last_seen_at,
    conversations.agent_last_seen_at::timestamp as agent_last_seen_at,
    contacts.name as contact_name,
    contacts.email as contact_email,
    contacts.phone_number as contact_phone,
    contacts.identifier as contact_identifier,
    inboxes.name as inbox_name,
    inboxes.channel_type as inbox_channel_type,
    inboxes.timezone as inbox_timezone,
    users.name as assignee_name,
    users.email as assignee_email,
    teams.name as team_name,
    accounts.name as account_name
from conversations
left join vw_shown_contacts as contacts on conversations.contact_id = contacts.id
left join inboxes on conversations.inbox_id = inboxes.id
left join users on conversations.assignee_id = users.id
left join teams on conversations.team_id = teams.id
left join accounts on conversations.account_id = accounts.id
where
    conversations.account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);
