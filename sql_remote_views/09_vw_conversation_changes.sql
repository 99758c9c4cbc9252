-- What changed since an earlier read, in two ways.
--
-- vw_conversation_changes has one row per conversation, with a fingerprint that differs
-- whenever anything of it was written since an earlier read, or looks different:
--
-- the version of each of its rows (xmin, the transaction that wrote it): every insert,
-- update and delete, with whatever timestamps and however late the commit, also when a
-- server was restored to an earlier state;
--
-- the values that it shows of its contacts, inbox, agent, team, account and campaign.
-- These are compared by value, because a sign-in or a message writes their rows all day
-- without changing what is shown.
--
-- vw_row_versions tells cheaply which conversations may have changed: each row with its
-- version. It shows no deletes; those change the set of ids.
--
-- Both look at rows of the loaded accounts only (00_vw_accounts.sql).
do $deploy$
begin
    if to_regclass('applied_slas') is null then
        create or replace view vw_conversation_sla_versions as
        select
            null::bigint as conversation_id,
            null::numeric as versions
        where false;

        create or replace view vw_sla_row_versions as
        select
            null::bigint as id,
            null::bigint as conversation_id,
            null::xid as row_version
        where false;
    else
        create or replace view vw_conversation_sla_versions as
        select
            conversation_id,
            sum(hashint8extended(id, xmin::text::bigint)) as versions
        from applied_slas
        where
            account_id = any((
                select loaded.account_ids from vw_loaded_accounts as loaded
            )::bigint[])
        group by conversation_id;

        create or replace view vw_sla_row_versions as
        select
            id,
            conversation_id,
            xmin as row_version
        from applied_slas
        where
            account_id = any((
                select loaded.account_ids from vw_loaded_accounts as loaded
            )::bigint[]);
    end if;
end
$deploy$;

-- What conversations show of the tables that are small, by value.
create or replace view vw_shown_values as
with

opening_hours as (

    select
        inbox_id,
        sum(
            hashtext(
                row(
                    day_of_week,
                    open_all_day,
                    closed_all_day,
                    open_hour,
                    open_minutes,
                    close_hour,
                    close_minutes
                )::text
            )
        ) as opening_hash
    from working_hours
    group by inbox_id

)

select
    'inboxes' as table_name,
    inboxes.id,
    row(
        inboxes.name,
        inboxes.channel_type,
        inboxes.timezone,
        inboxes.working_hours_enabled,
        opening_hours.opening_hash
    )::text as shown
from inboxes
left join opening_hours on inboxes.id = opening_hours.inbox_id
union all
select
    'users' as table_name,
    id,
    row(name, email)::text as shown
from users
union all
select
    'teams' as table_name,
    id,
    name as shown
from teams
union all
select
    'accounts' as table_name,
    id,
    name as shown
from accounts
union all
select
    'campaigns' as table_name,
    id,
    title as shown
from campaigns
union all
select
    'tags' as table_name,
    id,
    name as shown
from tags;

create or replace view vw_conversation_changes as
with

message_versions as (

    select
        conversation_id,
        sum(hashint8extended(id, xmin::text::bigint)) as versions
    from messages
    where
        account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
    group by conversation_id

),

-- Where somebody else than the contact of the conversation wrote, as in a group: who
-- did so first, by time and id.
other_writers as (

    select
        messages.conversation_id,
        (
            array_agg(
                messages.sender_id
                order by messages.created_at, messages.id
            )
        )[1] as contact_id
    from messages
    inner join conversations on messages.conversation_id = conversations.id
    where
        messages.sender_type = 'Contact'
        and messages.sender_id is distinct from conversations.contact_id
        and messages.account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
    group by messages.conversation_id

),

answer_versions as (

    select
        conversation_id,
        sum(hashint8extended(id, xmin::text::bigint)) as versions
    from csat_survey_responses
    where
        account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
    group by conversation_id

),

event_versions as (

    select
        conversation_id,
        sum(hashint8extended(id, xmin::text::bigint)) as versions
    from reporting_events
    where
        (
            account_id is null
            or account_id = any((
                select loaded.account_ids from vw_loaded_accounts as loaded
            )::bigint[])
        )
    group by conversation_id

),

label_versions as (

    select
        taggings.taggable_id as conversation_id,
        sum(
            hashtextextended(
                coalesce(tags.name, ''),
                hashint8extended(taggings.id, taggings.xmin::text::bigint)
            )
        ) as versions
    from taggings
    left join tags on taggings.tag_id = tags.id
    where
        taggings.taggable_type = 'Conversation'
        and taggings.context = 'labels'
    group by taggings.taggable_id

)

select
    conversations.id as conversation_id,
    hashtextextended(
        row(
            conversations.xmin,
            message_versions.versions,
            answer_versions.versions,
            event_versions.versions,
            label_versions.versions,
            sla_versions.versions,
            shown_contacts,
            client_contacts.phone_number,
            shown_inboxes.shown,
            shown_users.shown,
            shown_teams.shown,
            shown_accounts.shown,
            shown_campaigns.shown
        )::text,
        0
    ) as fingerprint
from conversations
left join message_versions on conversations.id = message_versions.conversation_id
left join answer_versions on conversations.id = answer_versions.conversation_id
left join event_versions on conversations.id = event_versions.conversation_id
left join label_versions on conversations.id = label_versions.conversation_id
left join vw_conversation_sla_versions as sla_versions
    on conversations.id = sla_versions.conversation_id
left join vw_shown_contacts as shown_contacts
    on conversations.contact_id = shown_contacts.id
left join other_writers on conversations.id = other_writers.conversation_id
left join vw_shown_contacts as client_contacts
    on other_writers.contact_id = client_contacts.id
left join vw_shown_values as shown_inboxes
    on
        shown_inboxes.table_name = 'inboxes'
        and conversations.inbox_id = shown_inboxes.id
left join vw_shown_values as shown_users
    on
        shown_users.table_name = 'users'
        and conversations.assignee_id = shown_users.id
left join vw_shown_values as shown_teams
    on
        shown_teams.table_name = 'teams'
        and conversations.team_id = shown_teams.id
left join vw_shown_values as shown_accounts
    on
        shown_accounts.table_name = 'accounts'
        and conversations.account_id = shown_accounts.id
left join vw_shown_values as shown_campaigns
    on
        shown_campaigns.table_name = 'campaigns'
        and conversations.campaign_id = shown_campaigns.id
where
    conversations.account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);

create or replace view vw_row_versions as
select
    'conversations' as table_name,
    id::bigint as id,
    id::bigint as conversation_id,
    xmin as row_version
from conversations
where
    account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[])
union all
select
    'messages' as table_name,
    id,
    conversation_id,
    xmin as row_version
from messages
where
    account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[])
union all
select
    'csat_survey_responses' as table_name,
    id,
    conversation_id,
    xmin as row_version
from csat_survey_responses
where
    account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[])
union all
select
    'reporting_events' as table_name,
    id,
    conversation_id,
    xmin as row_version
from reporting_events
where
    (
        account_id is null
        or account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
    )
union all
select
    'taggings' as table_name,
    id,
    case
        when taggable_type = 'Conversation' and context = 'labels' then taggable_id
    end as conversation_id,
    xmin as row_version
from taggings
where
    taggable_type is distinct from 'Conversation'
    or taggable_id in (
        select conversations.id
        from conversations
        where
            conversations.account_id = any((
                select loaded.account_ids from vw_loaded_accounts as loaded
            )::bigint[])
    )
union all
select
    'applied_slas' as table_name,
    id,
    conversation_id,
    row_version
from vw_sla_row_versions
union all
select
    'contacts' as table_name,
    id,
    null as conversation_id,
    xmin as row_version
from contacts
where
    account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);

-- Which conversations show something of a contact, or may.
create or replace view vw_contact_conversations as
select
    contact_id::bigint as contact_id,
    id::bigint as conversation_id
from conversations
where
    account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[])
union all
select
    sender_id,
    conversation_id
from messages
where
    sender_type = 'Contact'
    and account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);
