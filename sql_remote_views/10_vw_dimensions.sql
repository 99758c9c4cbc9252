-- The small tables that conversations point to, read whole: one row per inbox, per
-- user and per team. No tokens, no provider settings.
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
    exists(
        select 1
        from agent_bot_inboxes
        where
            agent_bot_inboxes.inbox_id = inboxes.id
            and agent_bot_inboxes.status = 0
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
) as opening on true;

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
    where account_users.user_id = users.id
) as membership on true;

create or replace view vw_teams as
select
    teams.id as team_id,
    teams.account_id,
    teams.name as team_name
from teams;
