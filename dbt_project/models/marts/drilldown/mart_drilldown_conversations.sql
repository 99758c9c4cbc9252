{{ config(materialized='view') }}
with

conversations as (

    select * from {{ ref('conversations') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

versions as (

    select * from {{ ref('conversation_versions') }}

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

inboxes as (

    select * from {{ ref('mart_inboxes') }}

),

teams as (

    select * from {{ ref('mart_teams') }}

)

select
    ---------- ids
    conversations.conversation_id,
    conversations.account_id,
    conversations.display_id,
    conversations.inbox_id,
    conversations.team_id,
    conversations.assignee_id,
    versions.contact_key,

    ---------- text
    case conversations.status
        when 0 then 'open'
        when 1 then 'resolved'
        when 2 then 'pending'
        when 3 then 'snoozed'
    end as status,
    conversations.priority_label,
    ignored.ignored_reason,
    inboxes.inbox_name,
    inboxes.unit,
    inboxes.channel_kind,
    teams.team_name,
    conversations.assignee_name,
    conversations.contact_name,
    conversations.contact_phone,
    conversations.contact_email,
    {{ masked_name('conversations.contact_name') }} as masked_contact_name,
    {{ masked_phone('conversations.contact_phone') }} as masked_contact_phone,
    context.labels,
    context.custom_attributes,

    ---------- times
    conversations.local_timezone,
    conversations.conversation_date as local_date,
    conversations.conversation_created_at as created_at,
    conversations.last_activity_at
from conversations
inner join context on conversations.conversation_id = context.conversation_id
inner join versions on conversations.conversation_id = versions.conversation_id
left join inboxes on conversations.inbox_id = inboxes.inbox_id
left join teams on conversations.team_id = teams.team_id
left join ignored on conversations.conversation_id = ignored.conversation_id
