-- The small tables that conversations point to, read whole: one row per account, inbox,
-- user and team of the loaded accounts. No tokens, no provider settings.
--
-- Captain's tables are looked for at deployment: only some editions have them. A bot of
-- no account is one of all.
do $deploy$
begin
    if to_regclass('captain_inboxes') is null then
        create or replace view vw_captain_inboxes as
        select null::bigint as inbox_id
        where false;
    else
        create or replace view vw_captain_inboxes as
        select captain_inboxes.inbox_id
        from captain_inboxes;
    end if;
    if to_regclass('captain_assistants') is null then
        create or replace view vw_bots as
        select
            agent_bots.account_id::bigint as account_id,
            agent_bots.name::text as bot_name
        from agent_bots;
    else
        create or replace view vw_bots as
        select
            agent_bots.account_id::bigint as account_id,
            agent_bots.name::text as bot_name
        from agent_bots
        union all
        select
            captain_assistants.account_id::bigint as account_id,
            captain_assistants.name::text as bot_name
        from captain_assistants;
    end if;
end
$deploy$;

create or replace view vw_accounts as
select
    account_id,
    account_name,
    (
        select coalesce(json_agg(vw_bots.bot_name order by vw_bots.bot_name), '[]')
        from vw_bots
        where
            coalesce(vw_bots.account_id, vw_source_accounts.account_id)
            = vw_source_accounts.account_id
            and vw_bots.bot_name is not null
    ) as bot_names
from vw_source_accounts
where
    account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);

create or replace view vw_inboxes as
select
    inboxes.id as inbox_id,
    inboxes.account_id,
    inboxes.name as inbox_name,
    inboxes.channel_type,
    channel_whatsapp.provider as whatsapp_provider,
    inboxes.timezone,
    coalesce(inboxes.working_hours_enabled, false) as has_working_hours,
    coalesce(inboxes.csat_survey_enabled, false) as has_csat_survey,
    inboxes.lock_to_single_conversation as has_single_conversation,
    exists (
        select 1
        from agent_bot_inboxes
        where
            agent_bot_inboxes.inbox_id = inboxes.id
            and agent_bot_inboxes.status = 0
    ) or exists (
        select 1
        from vw_captain_inboxes
        where vw_captain_inboxes.inbox_id = inboxes.id
    ) as has_active_bot,
    coalesce(opening.working_hours, '[]') as working_hours
from inboxes
left join channel_whatsapp
    on
        inboxes.channel_id = channel_whatsapp.id
        and inboxes.channel_type = 'Channel::Whatsapp'
left join lateral (
    select
        json_agg(
            json_build_object(
                'day_of_week', working_hours.day_of_week,
                'is_closed', working_hours.closed_all_day,
                'is_open_all_day', working_hours.open_all_day,
                'opens_at_minute',
                working_hours.open_hour * 60 + working_hours.open_minutes,
                'closes_at_minute',
                working_hours.close_hour * 60 + working_hours.close_minutes
            )
            order by working_hours.day_of_week, working_hours.id
        ) as working_hours
    from working_hours
    where working_hours.inbox_id = inboxes.id
) as opening on true
where
    inboxes.account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);

-- Of those who are in no account any more, users who wrote or are assigned in the
-- loaded ones: looked for only where there are other accounts.
create or replace view vw_agents as
select
    users.id as user_id,
    users.name as agent_name,
    users.email as agent_email,
    membership.account_ids,
    coalesce(membership.is_administrator, false) as is_administrator,
    membership.account_ids is not null as is_active
from users
left join lateral (
    select
        json_agg(account_users.account_id order by account_users.account_id)
            as account_ids,
        bool_or(account_users.role = 1) as is_administrator
    from account_users
    where
        account_users.user_id = users.id
        and account_users.account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
) as membership on true
where
    membership.account_ids is not null
    or (select loaded.are_all from vw_loaded_accounts as loaded)
    or not exists (
        select 1
        from account_users
        where account_users.user_id = users.id
    )
    and (
        exists (
            select 1
            from conversations
            where
                conversations.assignee_id = users.id
                and conversations.account_id = any((
                    select loaded.account_ids from vw_loaded_accounts as loaded
                )::bigint[])
        )
        or exists (
            select 1
            from messages
            where
                messages.sender_type = 'User'
                and messages.sender_id = users.id
                and messages.account_id = any((
                    select loaded.account_ids from vw_loaded_accounts as loaded
                )::bigint[])
        )
    );

create or replace view vw_teams as
select
    teams.id as team_id,
    teams.account_id,
    teams.name as team_name
from teams
where
    teams.account_id = any((
        select loaded.account_ids from vw_loaded_accounts as loaded
    )::bigint[]);
