-- One row per conversation, for finding what changed since an earlier read:
--
-- newest_xid_age: age of the youngest transaction that wrote the conversation or one
-- of its messages, answers, events, labels or SLAs. Compared with the age of the
-- oldest transaction that was open at the earlier read, it shows every insert and
-- update since, with whatever timestamps and however late the commit.
--
-- fingerprint: a hash of what moves no row of the conversation: how many rows hang on
-- it (hard deletes) and the values it shows of its contact, inbox, agent, team,
-- account and campaign (renames). Their rows are compared by value because a sign-in
-- or a message writes them all day without changing what is shown.
do $deploy$
begin
    if to_regclass('applied_slas') is null then
        create or replace view vw_conversation_sla_changes as
        select
            null::bigint as conversation_id,
            null::integer as newest_xid_age,
            null::bigint as sla_count
        where false;
    else
        create or replace view vw_conversation_sla_changes as
        select
            conversation_id,
            min(age(xmin)) as newest_xid_age,
            count(*) as sla_count
        from applied_slas
        group by conversation_id;
    end if;
end
$deploy$;

create or replace view vw_conversation_changes as
with

message_changes as (

    select
        conversation_id,
        min(age(xmin)) as newest_xid_age,
        count(*) as message_count,
        (
            min(
                array[
                    (extract(epoch from created_at) * 1000000)::bigint, id, sender_id
                ]
            ) filter (where sender_type = 'Contact')
        )[3] as client_sender_id -- who wrote the first message of a contact
    from messages
    group by conversation_id

),

answer_changes as (

    select
        conversation_id,
        min(age(xmin)) as newest_xid_age,
        count(*) as answer_count
    from csat_survey_responses
    group by conversation_id

),

event_changes as (

    select
        conversation_id,
        min(age(xmin)) as newest_xid_age,
        count(*) as event_count
    from reporting_events
    group by conversation_id

),

label_changes as (

    select
        taggings.taggable_id as conversation_id,
        min(age(taggings.xmin)) as newest_xid_age,
        count(*) as tagging_count,
        sum(hashtext(tags.name)) as label_hash
    from taggings
    left join tags on taggings.tag_id = tags.id
    where
        taggings.taggable_type = 'Conversation'
        and taggings.context = 'labels'
    group by taggings.taggable_id

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
    least(
        age(conversations.xmin),
        message_changes.newest_xid_age,
        answer_changes.newest_xid_age,
        event_changes.newest_xid_age,
        label_changes.newest_xid_age,
        sla_changes.newest_xid_age
    ) as newest_xid_age,
    hashtextextended(
        row(
            message_changes.message_count,
            answer_changes.answer_count,
            event_changes.event_count,
            label_changes.tagging_count,
            label_changes.label_hash,
            sla_changes.sla_count,
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
left join message_changes on conversations.id = message_changes.conversation_id
left join answer_changes on conversations.id = answer_changes.conversation_id
left join event_changes on conversations.id = event_changes.conversation_id
left join label_changes on conversations.id = label_changes.conversation_id
left join vw_conversation_sla_changes as sla_changes
    on conversations.id = sla_changes.conversation_id
left join contacts on conversations.contact_id = contacts.id
left join contacts as client_contacts
    on message_changes.client_sender_id = client_contacts.id
left join shown_inboxes on conversations.inbox_id = shown_inboxes.id
left join users on conversations.assignee_id = users.id
left join teams on conversations.team_id = teams.id
left join accounts on conversations.account_id = accounts.id
left join campaigns on conversations.campaign_id = campaigns.id;
