-- One row per conversation, with a fingerprint that differs whenever anything of it was
-- written since an earlier read, or looks different:
--
-- the version of each of its rows (xmin, the transaction that wrote it): every insert,
-- update and delete, with whatever timestamps and however late the commit, also when a
-- server was restored to an earlier state;
--
-- the values that it shows of its contacts, inbox, agent, team, account and campaign.
-- These are compared by value, because a sign-in or a message writes their rows all day
-- without changing what is shown.
do $deploy$
begin
    if to_regclass('applied_slas') is null then
        create or replace view vw_conversation_sla_versions as
        select
            null::bigint as conversation_id,
            null::numeric as versions
        where false;
    else
        create or replace view vw_conversation_sla_versions as
        select
            conversation_id,
            sum(hashint8extended(id, xmin::text::bigint)) as versions
        from applied_slas
        group by conversation_id;
    end if;
end
$deploy$;

create or replace view vw_conversation_changes as
with

message_versions as (

    select
        conversation_id,
        sum(hashint8extended(id, xmin::text::bigint)) as versions
    from messages
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
    group by messages.conversation_id

),

answer_versions as (

    select
        conversation_id,
        sum(hashint8extended(id, xmin::text::bigint)) as versions
    from csat_survey_responses
    group by conversation_id

),

event_versions as (

    select
        conversation_id,
        sum(hashint8extended(id, xmin::text::bigint)) as versions
    from reporting_events
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
            conversations.xmin,
            message_versions.versions,
            answer_versions.versions,
            event_versions.versions,
            label_versions.versions,
            sla_versions.versions,
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
left join message_versions on conversations.id = message_versions.conversation_id
left join answer_versions on conversations.id = answer_versions.conversation_id
left join event_versions on conversations.id = event_versions.conversation_id
left join label_versions on conversations.id = label_versions.conversation_id
left join vw_conversation_sla_versions as sla_versions
    on conversations.id = sla_versions.conversation_id
left join contacts on conversations.contact_id = contacts.id
left join other_writers on conversations.id = other_writers.conversation_id
left join contacts as client_contacts on other_writers.contact_id = client_contacts.id
left join shown_inboxes on conversations.inbox_id = shown_inboxes.id
left join users on conversations.assignee_id = users.id
left join teams on conversations.team_id = teams.id
left join accounts on conversations.account_id = accounts.id
left join campaigns on conversations.campaign_id = campaigns.id;
