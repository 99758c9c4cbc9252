-- One row per conversation: when it was created, in business-local time.
--
-- Chatwoot stores UTC. Local means the zone of the inbox where one is set (UTC is its
-- default and means not set), else the session setting allpfit.business_timezone, else
-- America/Sao_Paulo. Columns from is_today on are true only at the moment of the query.
create or replace view vw_temporal_metrics as
with

zones as (

    select
        conversations.id as conversation_id,
        conversations.created_at,
        conversations.inbox_id,
        inbox.has_working_hours,
        coalesce(
            inbox.timezone,
            nullif(current_setting('allpfit.business_timezone', true), ''),
            'America/Sao_Paulo'
        ) as timezone
    from conversations
    left join lateral (
        select
            coalesce(inboxes.working_hours_enabled, false) as has_working_hours,
            case
                -- Read once for the whole query. A zone that this server does not
                -- know (its list may be older than Chatwoot's) counts as not set.
                when
                    inboxes.timezone in (
                        select pg_timezone_names.name from pg_timezone_names
                    )
                    then nullif(inboxes.timezone, 'UTC')
            end as timezone
        from inboxes
        where inboxes.id = conversations.inbox_id
        -- Computes it once for each row, not once for each column that needs it.
        offset 0
    ) as inbox on true

),

local_times as (

    select
        zones.conversation_id,
        zones.inbox_id,
        zones.has_working_hours,
        clock.created_at,
        clock.now_at
    from zones
    cross join lateral (
        select
            case
                when isfinite(zones.created_at)
                    then
                        zones.created_at at time zone 'UTC' at time zone zones.timezone
            end as created_at,
            now() at time zone zones.timezone as now_at
        from (values (true)) as once (is_row)
        offset 0
    ) as clock

),

parts as (

    select
        *,
        created_at::date as created_on,
        now_at::date as today,
        extract(dow from created_at)::integer as day_of_week,
        extract(hour from created_at)::integer as hour_of_day,
        extract(hour from created_at)::integer * 60
        + extract(minute from created_at)::integer as minute_of_day
    from local_times

)

select
    parts.conversation_id,
    parts.created_on as conversation_date,
    extract(year from parts.created_at)::integer as conversation_year,
    extract(month from parts.created_at)::integer as conversation_month,
    extract(day from parts.created_at)::integer as conversation_day,
    parts.day_of_week as conversation_day_of_week,
    parts.hour_of_day as conversation_hour,
    extract(minute from parts.created_at)::integer as conversation_minute,
    extract(week from parts.created_at)::integer as conversation_week_of_year,
    extract(quarter from parts.created_at)::integer as conversation_quarter,
    (array[
        'Domingo',
        'Segunda-feira',
        'Terça-feira',
        'Quarta-feira',
        'Quinta-feira',
        'Sexta-feira',
        'Sábado'
    ])[parts.day_of_week + 1] as conversation_day_name,
    (array[
        'Janeiro',
        'Fevereiro',
        'Março',
        'Abril',
        'Maio',
        'Junho',
        'Julho',
        'Agosto',
        'Setembro',
        'Outubro',
        'Novembro',
        'Dezembro'
    ])[extract(month from parts.created_at)::integer] as conversation_month_name,
    case
        when parts.hour_of_day < 6 then 'Madrugada'
        when parts.hour_of_day < 12 then 'Manhã'
        when parts.hour_of_day < 18 then 'Tarde'
        else 'Noite'
    end as conversation_period,
    parts.day_of_week between 1 and 5 as is_weekday,
    parts.day_of_week in (0, 6) as is_weekend,
    case
        when parts.has_working_hours and opening.is_known
            then coalesce(opening.is_open, false)
        else parts.day_of_week between 1 and 5 and parts.hour_of_day between 9 and 16
    end as is_business_hours,
    parts.hour_of_day >= 20 or parts.hour_of_day < 6 as is_night_time,
    parts.today - parts.created_on as days_since_creation,
    parts.created_on = parts.today as is_today,
    parts.created_on = parts.today - 1 as is_yesterday,
    date_trunc('week', parts.created_at)
    = date_trunc('week', parts.now_at) as is_this_week,
    date_trunc('month', parts.created_at)
    = date_trunc('month', parts.now_at) as is_this_month,
    date_trunc('year', parts.created_at)
    = date_trunc('year', parts.now_at) as is_this_year,
    to_char(parts.created_at, 'YYYY-MM-DD') as conversation_date_formatted,
    to_char(parts.created_at, 'YYYY-MM-DD HH24:MI') as conversation_datetime_formatted,
    to_char(parts.created_at, 'YYYY-MM') as conversation_year_month,
    to_char(parts.created_at, 'IYYY-IW') as conversation_year_week
from parts
left join lateral (
    select
        count(*) > 0 as is_known,
        bool_or(
            coalesce(working_hours.open_all_day, false)
            or not coalesce(working_hours.closed_all_day, false)
            and parts.minute_of_day
            >= working_hours.open_hour * 60 + working_hours.open_minutes
            and parts.minute_of_day
            < working_hours.close_hour * 60 + working_hours.close_minutes
        ) as is_open
    from working_hours
    where
        working_hours.inbox_id = parts.inbox_id
        and working_hours.day_of_week = parts.day_of_week
) as opening on true;
