-- What changed since an earlier read, in two parts.
--
-- vw_conversation_changes: one row per row that hangs on a conversation, with the age
-- of the transaction that wrote it. Compared with the age of the oldest transaction
-- that was open at the earlier read, it shows every insert and update since, with
-- whatever timestamps and however late the commit. Read it with a condition on
-- xid_age only, which reaches the scan of each table.
--
-- vw_conversation_fingerprints: one row per conversation, with a hash of what moves no
-- row of it: how many rows hang on it (hard deletes), and the values it shows of its
-- contacts, inbox, agent, team, account and campaign (renames). These are compared by
-- value, because a sign-in or a message writes their rows all day without changing
-- what is shown.
do $deploy$
begin
    if to_regclass('applied_slas') is null then
        create or replace view vw_conversation_sla_changes as
        select
            null::integer as conversation_id,
            null::integer as xid_age
        where false;
    else
        create or replace view vw_conversation_sla_changes as
        select
            conversation_id::integer as conversation_id,
            age(xmin) as xid_age
        from applied_slas;
    end if;
end
$deploy$;

create or replace view vw_conversation_changes as
select
    id as conversation_id,
    age(xmin) as xid_age
from conversations
union all
select
    conversation_id,
    age(xmin) as xid_age
from messages
union all
select
    conversation_id::integer as conversation_id,
    age(xmin) as xid_age
from csat_survey_responses
union all
select
    conversation_id,
    age(xmin) as xid_age
from reporting_events
union all
select
    taggable_id as conversation_id,
    age(xmin) as xid_age
from taggings
where taggable_type = 'Conversation' and context = 'labels'
union all
select
    conversation_id,
    xid_age
from vw_conversation_sla_changes;

create or replace view vw_conversation_fingerprints as
with

message_counts as (

    select
        conversation_id,
        count(*) as message_count
    from messages
    group by conversation_id

),

-- Where somebody else than the contact of the conversation wrote, as in a group: who
-- did so first, by time and id.
other_writers as (

    select
        messages.conversation_id,
        (
            min(
                array[
                    (extract(epoch from messages.created_at) * 1000000)::bigint,
                    messages.id,
                    messages.sender_id
                ]
            )
        )[3] as contact_id
    from messages
    inner join conversations on messages.conversation_id = conversations.id
    where
        messages.sender_type = 'Contact'
        and messages.sender_id is distinct from conversations.contact_id
    group by messages.conversation_id

),

answer_counts as (

    select
        conversation_id,
        count(*) as answer_count
    from csat_survey_responses
    group by conversation_id

),

event_counts as (

    select
        conversation_id,
        count(*) as event_count
    from reporting_events
    group by conversation_id

),

label_counts as (

    select
        taggings.taggable_id as conversation_id,
        count(*) as tagging_count,
        sum(hashtext(tags.name)) as label_hash
    from taggings
    left join tags on taggings.tag_id = tags.id
    where
        taggings.taggable_type = 'Conversation'
        and taggings.context = 'labels'
    group by taggings.taggable_id

),

sla_counts as (

    select
        conversation_id,
        count(*) as sla_count
    from vw_conversation_sla_changes
    group by conversation_id

),

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

),

shown_inboxes as (

    select
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

)

select
    conversations.id as conversation_id,
    hashtextextended(
        row(
            message_counts.message_count,
            answer_counts.answer_count,
            event_counts.event_count,
            label_counts.tagging_count,
            label_counts.label_hash,
            sla_counts.sla_count,
            contacts.name,
            contacts.email,
            contacts.phone_number,
            contacts.identifier,
            contacts.custom_attributes,
            to_jsonb(contacts) ->> 'blocked',
            client_contacts.phone_number,
            shown_inboxes.shown,
            users.name,
            users.email,
            teams.name,
            accounts.name,
            campaigns.title
        )::text,
        0
    ) as fingerprint
from conversations
left join message_counts on conversations.id = message_counts.conversation_id
left join answer_counts on conversations.id = answer_counts.conversation_id
left join event_counts on conversations.id = event_counts.conversation_id
left join label_counts on conversations.id = label_counts.conversation_id
left join sla_counts on conversations.id = sla_counts.conversation_id
left join contacts on conversations.contact_id = contacts.id
left join other_writers on conversations.id = other_writers.conversation_id
left join contacts as client_contacts on other_writers.contact_id = client_contacts.id
left join shown_inboxes on conversations.inbox_id = shown_inboxes.id
left join users on conversations.assignee_id = users.id
left join teams on conversations.team_id = teams.id
left join accounts on conversations.account_id = accounts.id
left join campaigns on conversations.campaign_id = campaigns.id;
