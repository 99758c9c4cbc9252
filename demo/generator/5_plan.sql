-- Plans conversations to their end: one batch at a time.

-- What is to be planned: number, dice and beginning say everything about it.
create unlogged table demo.arrival (
    conversation_id integer primary key,
    dice bigint not null,
    started_at timestamp not null,
    is_new boolean not null
);

create unlogged table demo.plan_conversation (
    conversation_id integer primary key,
    dice bigint not null,
    started_at timestamp not null,
    is_new boolean not null,
    kind text not null,
    inbox_id integer not null,
    channel_type text not null,
    audience text not null,
    ai text not null,
    local_timezone text not null,
    contact_id integer not null,
    identity integer not null, -- the contact whose phone wrote, merged or not
    episodes integer not null
);

create unlogged table demo.plan_episode (
    conversation_id integer not null,
    episode integer not null,
    dice bigint not null,
    starts_at timestamp not null,
    next_starts_at timestamp,
    path text not null,
    intent text not null,
    agent_id integer not null,
    team_id integer not null,
    slowness double precision not null,
    primary key (conversation_id, episode)
);

create unlogged table demo.plan_message (
    conversation_id integer not null,
    episode integer not null,
    position integer not null,
    dice bigint not null,
    happens_at timestamp not null,
    speaker text not null,
    part text not null,
    topic text not null,
    round integer not null,
    action text,
    agent_id integer not null,
    team_id integer not null,
    is_copy boolean not null, -- delivered once more, under the same id
    quoted_at timestamp -- a reaction: to the message of that moment
);

-- The messages in order, each with the state of the conversation after it.
create unlogged table demo.timeline (
    conversation_id integer not null,
    episode integer not null,
    position integer not null,
    dice bigint not null,
    happens_at timestamp not null,
    speaker text not null,
    part text not null,
    topic text not null,
    round integer not null,
    action text,
    agent_id integer not null,
    is_copy boolean not null,
    quoted_at timestamp,
    is_human_reply boolean not null,
    human_replies bigint not null,
    user_messages bigint not null,
    handoffs bigint not null,
    first_reply_at timestamp,
    last_opened_at timestamp,
    last_resolved_at timestamp,
    resolved_before_at timestamp,
    waiting_before timestamp,
    waiting_after timestamp,
    status integer not null,
    assignee_id integer,
    team_id integer
);

create unlogged table demo.plan_survey (
    conversation_id integer not null,
    asked_at timestamp not null,
    dice bigint not null,
    answered_at timestamp not null,
    changed_at timestamp,
    first_rating integer not null,
    rating integer not null,
    assignee_id integer
);

create unlogged table demo.plan_event (
    conversation_id integer not null,
    name text not null,
    user_id integer,
    starts_at timestamp not null,
    ends_at timestamp not null,
    seconds double precision not null,
    written_at timestamp not null
);

create unlogged table demo.plan_label (
    conversation_id integer not null,
    label text not null,
    added_at timestamp not null,
    copies integer not null
);

-- Conversations of which a part of the plan still lies in the future.
create table demo.unfinished (
    conversation_id integer primary key,
    dice bigint not null,
    started_at timestamp not null,
    next_at timestamp not null
);

create index unfinished_next_at on demo.unfinished (next_at);

-- How many conversations begin in an hour, relative to others: mornings, lunch and
-- early evenings, Mondays, better and worse days, a bad week, and growth over all.
create function demo.busyness(hour_starts_at timestamp) returns double precision
language sql stable
as $$
    select
        (array[
            0.6, 0.3, 0.2, 0.15, 0.15, 0.5, 1.6, 2.6, 3.4, 4.2, 4.6, 4.8,
            5.6, 5.0, 4.2, 4.0, 4.2, 5.0, 6.2, 6.4, 5.2, 3.8, 2.4, 1.3
        ])[1 + extract(hour from local_time)::integer]
        * (array[0.45, 1.4, 1.15, 1.1, 1.05, 1.0, 0.75])
            [1 + extract(dow from local_time)::integer]
        * (0.8 + 0.4 * demo.roll(local_time::date - date '2000-01-01', 'day'))
        * (
            0.7 + 0.6 * extract(epoch from hour_starts_at - history_starts_at)
            / extract(epoch from generated_until - history_starts_at)
        )
        * case
            when hour_starts_at >= bad_week_starts_at
                and hour_starts_at < bad_week_starts_at + interval '7 days'
                then 1.25
            else 1
        end
    from demo.settings
    cross join lateral (
        select
            hour_starts_at at time zone 'UTC' at time zone 'America/Sao_Paulo'
                as local_time
    ) as clock
$$;

-- The hours of a stretch of time and the share of its conversations up to each.
create function demo.hours(since timestamp, until timestamp)
returns table (
    starts_at timestamp, ends_at timestamp, busyness double precision
)
language sql stable
as $$
    select
        greatest(hour_starts_at, since),
        least(hour_starts_at + interval '1 hour', until),
        demo.busyness(hour_starts_at)
        * extract(epoch from least(hour_starts_at + interval '1 hour', until)
            - greatest(hour_starts_at, since)) / 3600
    from generate_series(
        date_trunc('hour', since), until, interval '1 hour'
    ) as hour_starts_at
    where hour_starts_at < until
$$;

-- Spreads new conversations over a stretch of time, in order of their numbers.
create function demo.arrive(
    first_id integer, last_id integer, of_first integer, of_last integer,
    since timestamp, until timestamp
) returns void
language sql
as $$
    insert into demo.arrival (conversation_id, dice, started_at, is_new)
    with

    weighed as materialized (

        select * from demo.hours(since, until)

    ),

    hours as (

        select
            starts_at,
            ends_at,
            of_first - 1 + floor(
                (sum(busyness) over (order by starts_at) - busyness)
                / sum(busyness) over () * (of_last - of_first + 1) + 1e-9
            )::integer as before_count,
            of_first - 1 + floor(
                sum(busyness) over (order by starts_at)
                / sum(busyness) over () * (of_last - of_first + 1) + 1e-9
            )::integer as up_to_count
        from weighed

    ),

    numbered as (

        select
            number,
            demo.dice(settings.seed, number) as dice,
            hours.starts_at + (hours.ends_at - hours.starts_at)
            * (
                (number - hours.before_count - 1 + demo.roll(number, 'minute'))
                / (hours.up_to_count - hours.before_count)
            ) as started_at
        from hours
        cross join demo.settings
        cross join generate_series(
            greatest(hours.before_count + 1, first_id),
            least(hours.up_to_count, last_id)
        ) as number

    )

    select
        number,
        dice,
        -- Some versions of the app write whole seconds only.
        case
            when demo.roll(dice, 'whole second') < 0.3
                then date_trunc('second', started_at)
            else started_at
        end,
        true
    from numbered
$$;

-- Whether the contact that a conversation's number brought is a person with a phone.
create function demo.is_customer(seed bigint, number integer) returns boolean
language sql immutable
return number not in (20, 30)
and number % 150 <> 0
and demo.roll(demo.dice(seed, number), 'kind') not between 0.03 and 0.044;

create function demo.plan_conversations() returns void
language sql
as $$
    insert into demo.plan_conversation
    with

    -- At times a customer's messages also come under a second id that hides the phone:
    -- into the next conversation, which repeats those of the one before.
    second_ids as (

        select
            arrival.conversation_id,
            earlier.dice
        from demo.arrival
        cross join demo.settings
        cross join lateral (
            select demo.dice(settings.seed, arrival.conversation_id - 1) as dice
        ) as earlier
        inner join demo.inbox_odds as odds
            on demo.roll(earlier.dice, 'inbox') >= odds.from_roll
            and demo.roll(earlier.dice, 'inbox') < odds.to_roll
        inner join demo.integration on odds.id = integration.inbox_id
        inner join demo.inbox_profile as profile
            on odds.id = profile.id
            and profile.channel_type = 'Channel::Api'
        where arrival.conversation_id % 150 = 0
            and demo.roll(earlier.dice, 'kind') between 0.07 and 0.98
            and demo.roll(earlier.dice, 'closed unit') >= 0.03

    ),

    thrown as (

        select
            arrival.conversation_id,
            coalesce(second_ids.dice, arrival.dice) as dice,
            -- With the one before, so that no message is older than it.
            coalesce(
                case
                    when second_ids.dice is not null
                        then earlier.started_at + interval '1 second'
                end,
                arrival.started_at
            ) as started_at,
            arrival.is_new,
            second_ids.dice is not null as is_second_id
        from demo.arrival
        left join second_ids using (conversation_id)
        left join demo.arrival as earlier
            on arrival.conversation_id - 1 = earlier.conversation_id

    ),

    drawn as (

        select
            thrown.*,
            -- 1.4 % of threads are with nobody who is a customer: groups, test numbers,
            -- the integration's own contact, of which there is one.
            case
                when is_second_id then 'second_id'
                when thrown.conversation_id = 30 then 'status'
                when thrown.conversation_id = 20 then 'test'
                when demo.roll(thrown.dice, 'kind') < 0.004 then 'empty'
                when demo.roll(thrown.dice, 'kind') < 0.009 then 'blocked'
                when demo.roll(thrown.dice, 'kind') < 0.024 and is_early then 'deleted'
                when demo.roll(thrown.dice, 'kind') between 0.03 and 0.04 then 'group'
                when demo.roll(thrown.dice, 'kind') between 0.04 and 0.044
                    and thrown.conversation_id > 20
                    then 'test'
                when demo.roll(thrown.dice, 'kind') between 0.044 and 0.054
                    and odds.id in (select inbox_id from demo.integration)
                    then 'imported'
                -- Early enough that months have passed since.
                when demo.roll(thrown.dice, 'kind') between 0.054 and 0.06
                    and is_early
                    then 'revived'
                when demo.roll(thrown.dice, 'kind') > 0.98
                    and thrown.conversation_id > 100
                    then 'merged'
                else 'ordinary'
            end as kind,
            case
                when demo.roll(thrown.dice, 'closed unit') < 0.03 and is_early then 13
                else odds.id
            end as inbox_id
        from thrown
        cross join demo.settings
        cross join lateral (
            select
                thrown.started_at < settings.history_starts_at
                + (settings.generated_until - settings.history_starts_at) * 0.35
                    as is_early
        ) as age
        inner join demo.inbox_odds as odds
            on demo.roll(thrown.dice, 'inbox') >= odds.from_roll
            and demo.roll(thrown.dice, 'inbox') < odds.to_roll

    ),

    placed as (

        select
            drawn.*,
            case
                when drawn.kind = 'revived' then 11
                when drawn.kind in ('group', 'status') then integration.inbox_id
                else drawn.inbox_id
            end as its_inbox_id
        from drawn
        inner join demo.integration
            on integration.nth
            = 1 + floor(demo.roll(drawn.dice, 'which') * integration.inboxes)

    )

    select
        placed.conversation_id,
        placed.dice,
        placed.started_at,
        placed.is_new,
        placed.kind,
        profile.id,
        profile.channel_type,
        case
            when placed.kind in (
                'blocked', 'group', 'status', 'test', 'imported', 'revived'
            )
                then placed.kind
            else profile.audience
        end,
        profile.ai,
        coalesce(nullif(profile.timezone, 'UTC'), 'America/Sao_Paulo'),
        customer.contact_id,
        -- A returning contact writes from its known phone, a merged one does not.
        case
            when placed.kind = 'merged' then placed.conversation_id
            else customer.contact_id
        end,
        case
            when placed.kind = 'revived' then 2
            when placed.kind in (
                'empty', 'blocked', 'group', 'status', 'test', 'imported'
            )
                then 1
            when profile.is_single_thread
                then 1 + floor(demo.roll(placed.dice, 'episodes') * 5)::integer
            when demo.roll(placed.dice, 'episodes') < 0.80 then 1
            when demo.roll(placed.dice, 'episodes') < 0.95 then 2
            else 3
        end
    from placed
    inner join demo.inbox_profile as profile on placed.its_inbox_id = profile.id
    cross join demo.settings
    cross join lateral (
        select
            1 + floor(
                sqrt(demo.roll(placed.dice, 'earlier contact'))
                * (placed.conversation_id - 1)
            )::integer as contact_id
    ) as earlier
    cross join lateral (
        select
            case
                when placed.kind = 'test' then 20
                when placed.kind = 'merged'
                    or (
                        placed.kind = 'ordinary'
                        and placed.conversation_id > 50
                        and not profile.is_single_thread
                        and demo.roll(placed.dice, 'returning') < 0.28
                        and demo.is_customer(settings.seed, earlier.contact_id)
                    )
                    then earlier.contact_id
                else placed.conversation_id
            end as contact_id
    ) as customer;

    analyze demo.plan_conversation;
$$;

create function demo.plan_episodes() returns void
language sql
as $$
    insert into demo.plan_episode
    with

    spaced as (

        select
            conversation.*,
            profile.slowness as unit_slowness,
            episode,
            episode_dice,
            -- A customer comes back after hours, days or weeks, at much the same hour.
            -- Imported messages are older than their conversation.
            case
                when conversation.kind = 'imported' then -9
                when episode = 1 then 0
                when conversation.kind = 'revived'
                    then 61 + demo.roll(episode_dice, 'return hour') / 8
                when profile.is_single_thread
                    then round(demo.spread(episode_dice, 'return', 18, 0.7))
                    + demo.roll(episode_dice, 'return hour') / 8
                when demo.roll(episode_dice, 'returns soon') < 0.2
                    then 0.1 + demo.roll(episode_dice, 'return hour') / 3
                else greatest(1, round(demo.spread(episode_dice, 'return', 6, 1)))
                    + demo.roll(episode_dice, 'return hour') / 8
            end as days_after
        from demo.plan_conversation as conversation
        inner join demo.inbox_profile as profile on conversation.inbox_id = profile.id
        cross join generate_series(1, conversation.episodes) as episode
        cross join lateral (
            select demo.dice(conversation.dice, episode) as episode_dice
        ) as thrown
        where conversation.kind <> 'empty'

    ),

    dated as (

        select
            *,
            started_at + demo.seconds(86400 * sum(days_after) over later) as starts_at
        from spaced
        window later as (partition by conversation_id order by episode)

    ),

    drawn as (

        select
            dated.*,
            lead(dated.starts_at) over (
                partition by dated.conversation_id order by dated.episode
            ) as next_starts_at,
            path.path,
            intent.name as intent,
            intent.team_id,
            dated.starts_at >= settings.bad_week_starts_at
            and dated.starts_at < settings.bad_week_starts_at + interval '7 days'
                as in_bad_week,
            dated.starts_at < settings.history_starts_at
            + (settings.generated_until - settings.history_starts_at) * 0.35
                as is_early,
            intent.team_id + 4 * floor(
                6 * power(demo.roll(dated.dice, 'agent'), 1.4)
            )::integer as agent_id
        from dated
        cross join demo.settings
        inner join demo.path_odds as path
            on path.audience = case
                when dated.audience = 'site' and dated.episode > 1 then 'ai'
                when dated.audience = 'revived' and dated.episode > 1
                    then 'revived later'
                else dated.audience
            end
            and demo.roll(dated.episode_dice, 'path') >= path.from_roll
            and demo.roll(dated.episode_dice, 'path') < path.to_roll
        inner join demo.intent_odds as intent
            on demo.roll(dated.episode_dice, 'intent') >= intent.from_roll
            and demo.roll(dated.episode_dice, 'intent') < intent.to_roll

    )

    -- User 27 and team 5 were deleted since.
    select
        conversation_id,
        episode,
        episode_dice,
        starts_at,
        next_starts_at,
        case
            when not in_bad_week or demo.roll(episode_dice, 'overload') > 0.35 then path
            when path = 'handoff' then 'handoff_unanswered'
            when path in ('human', 'phone') then 'unanswered'
            else path
        end,
        intent,
        case
            when is_early and demo.roll(dice, 'former agent') < 0.05 then 27
            else agent_id
        end,
        case
            when is_early and demo.roll(dice, 'former team') < 0.04 then 5
            else team_id
        end,
        (0.5 + 1.5 * demo.roll(agent_id, 'slowness'))
        * unit_slowness
        * case when in_bad_week then 3 else 1 end
    from drawn;

    analyze demo.plan_episode;
$$;

-- When people work: units from 7 to 21 on weekdays, most on Saturdays from 8 to 14.
create function demo.next_staffed(moment timestamp, works_on_saturdays boolean)
returns timestamp
language sql immutable
return case
    when extract(dow from moment) = 0
        then date_trunc('day', moment) + interval '1 day 7 hours'
    when extract(dow from moment) = 6
        then case
            when not works_on_saturdays
                then date_trunc('day', moment) + interval '2 days 7 hours'
            when extract(hour from moment) < 8
                then date_trunc('day', moment) + interval '8 hours'
            when extract(hour from moment) < 14 then moment
            else date_trunc('day', moment) + interval '2 days 7 hours'
        end
    when extract(hour from moment) < 7
        then date_trunc('day', moment) + interval '7 hours'
    when extract(hour from moment) < 21 then moment
    when extract(dow from moment) = 5
        then case
            when works_on_saturdays
                then date_trunc('day', moment) + interval '1 day 8 hours'
            else date_trunc('day', moment) + interval '3 days 7 hours'
        end
    else date_trunc('day', moment) + interval '1 day 7 hours'
end;

-- Seconds inside an inbox's hours since some Monday long ago.
create function demo.open_seconds(
    local_time timestamp,
    weekday_open integer, weekday_close integer,
    saturday_open integer, saturday_close integer
) returns double precision
language sql immutable
as $$
    select
        weeks * (
            5 * (weekday_close - weekday_open) + saturday_close - saturday_open
        ) * 3600.0
        + least(days, 5) * (weekday_close - weekday_open) * 3600.0
        + case
            when days < 5
                then least(greatest(seconds - weekday_open * 3600, 0),
                    (weekday_close - weekday_open) * 3600)
            when days = 5
                then least(greatest(seconds - saturday_open * 3600, 0),
                    (saturday_close - saturday_open) * 3600)
            else (saturday_close - saturday_open) * 3600
        end
    from (
        select
            floor((epoch - 345600) / 604800) as weeks,
            floor((epoch - 345600) / 86400)
            - 7 * floor((epoch - 345600) / 604800) as days,
            epoch - 86400 * floor(epoch / 86400) as seconds
        from (select extract(epoch from local_time)::float8 as epoch) as clock
    ) as split
$$;

create function demo.plan_messages() returns void
language sql
as $$
    insert into demo.plan_message
    with

    stepped as (

        select
            episode.*,
            conversation.local_timezone,
            profile.saturday_close > profile.saturday_open as works_on_saturdays,
            step.position,
            demo.dice(episode.dice, step.position) as step_dice,
            step.speaker,
            step.part,
            step.topic,
            step.round,
            step.action,
            pace.median * case when pace.is_human then episode.slowness else 1 end
                as median,
            pace.sigma,
            pace.waits_for_opening
        from demo.plan_episode as episode
        cross join demo.settings
        inner join demo.plan_conversation as conversation using (conversation_id)
        inner join demo.inbox_profile as profile on conversation.inbox_id = profile.id
        inner join demo.step
            on episode.path = step.path
            and demo.roll(episode.dice, 'does ' || step.topic) < step.chance
        inner join demo.pace on step.pace = pace.name
        cross join lateral (
            select
                -- Who presses resolve does so each time.
                demo.roll(conversation.dice, 'does close') < profile.resolve_share
                    as closes,
                conversation.ai <> 'bot'
                and episode.starts_at >= settings.auto_resolve_starts_at
                and episode.starts_at < settings.auto_resolve_starts_at
                + interval '3 days'
                    as is_inactive,
                profile.provider is not distinct from 'whatsapp_cloud' as has_calls
        ) as its
        where conversation.kind <> 'second_id'
            and case step.only_when
                when 'bot' then conversation.ai = 'bot'
                when 'ai' then conversation.ai <> 'none'
                when 'calls' then has_calls
                when 'closes' then closes
                when 'csat' then closes and profile.has_csat
                when 'inactive' then is_inactive
                when 'left_open' then is_inactive and not closes
                when 'first' then episode.episode = 1
                when 'closed'
                    then profile.has_hours
                    and demo.next_staffed(
                        episode.starts_at at time zone 'UTC'
                        at time zone conversation.local_timezone,
                        profile.saturday_close > profile.saturday_open
                    ) > episode.starts_at at time zone 'UTC'
                    at time zone conversation.local_timezone
                else true
            end

    ),

    paced as (

        select
            *,
            starts_at + demo.seconds(
                sum(greatest(0.05, demo.spread(step_dice, 'gap', median, sigma)))
                    over so_far
            ) as paced_at
        from stepped
        window so_far as (partition by conversation_id, episode order by position)

    ),

    -- People mostly answer what came at night in the morning, on Mondays what came on
    -- Friday night where nobody works on Saturdays, and forget some for days.
    delayed as (

        select
            *,
            paced_at + sum(
                case
                    when not waits_for_opening then interval '0'
                    when demo.happens(step_dice, 'days late')
                        then demo.seconds(
                            86400 * (1.2 + 3 * demo.roll(step_dice, 'how late'))
                        )
                    when opens_at > local_time
                        and demo.roll(step_dice, 'night') < 0.85
                        then opens_at - local_time
                        + demo.seconds(demo.spread(step_dice, 'backlog', 1500, 0.9))
                    else interval '0'
                end
            ) over so_far as happens_at
        from paced
        cross join lateral (
            select paced_at at time zone 'UTC' at time zone local_timezone as local_time
        ) as clock
        cross join lateral (
            select demo.next_staffed(local_time, works_on_saturdays) as opens_at
        ) as door
        window so_far as (partition by conversation_id, episode order by position)

    )

    select
        conversation_id,
        episode,
        position,
        step_dice,
        happens_at,
        speaker,
        part,
        topic,
        round,
        action,
        agent_id,
        team_id,
        false,
        null
    from delayed
    where next_starts_at is null or happens_at < next_starts_at;

    analyze demo.plan_message;
$$;

-- WhatsApp refuses some of our messages: only its own channels report that.
create function demo.is_refused(
    channel_type text, speaker text, dice bigint
) returns boolean
language sql immutable parallel safe
return channel_type = 'Channel::Whatsapp'
and speaker in ('ai', 'human', 'template')
and demo.happens(dice, 'fails');

-- What comes on top of a talk: reactions, second attempts, double deliveries.
create function demo.plan_repetitions() returns void
language sql
as $$
    insert into demo.plan_message
    select
        message.conversation_id,
        message.episode,
        message.position,
        again.dice,
        again.happens_at,
        again.speaker,
        again.part,
        again.topic,
        again.round,
        null,
        message.agent_id,
        message.team_id,
        false,
        again.quoted_at
    from demo.plan_message as message
    inner join demo.plan_conversation as conversation using (conversation_id)
    inner join demo.plan_episode as episode using (conversation_id, episode)
    left join demo.integration using (inbox_id)
    cross join lateral (
        select
            demo.dice(message.dice, 1) as dice,
            message.happens_at
            + demo.seconds(demo.spread(message.dice, 'reacts after', 40, 1))
                as happens_at,
            'contact' as speaker,
            'reaction' as part,
            'reaction' as topic,
            floor(8 * demo.roll(message.dice, 'emoji'))::integer as round,
            message.happens_at as quoted_at
        where message.speaker in ('ai', 'human', 'phone', 'template')
            and integration.inbox_id is not null
            and demo.happens(message.dice, 'reaction')
        union all
        select
            demo.dice(message.dice, 2),
            message.happens_at
            + demo.seconds(demo.spread(message.dice, 'reacts after', 30, 1)),
            'human',
            'our_reaction',
            'reaction',
            floor(3 * demo.roll(message.dice, 'emoji'))::integer,
            message.happens_at
        where message.speaker = 'contact'
            and integration.inbox_id is not null
            and episode.path in (
                'handoff', 'handed_over', 'takeover', 'human', 'human_question',
                'human_promise', 'asks_for_person', 'group'
            )
            and demo.happens(message.dice, 'our reaction')
        union all
        select
            demo.dice(message.dice, 3),
            message.happens_at
            + demo.seconds(demo.spread(message.dice, 'writes again', 900, 1)),
            message.speaker,
            message.part,
            message.topic,
            message.round,
            null
        where demo.is_refused(
            conversation.channel_type, message.speaker, message.dice
        )
        and demo.happens(message.dice, 'sent again')
    ) as again
    where episode.next_starts_at is null
        or again.happens_at < episode.next_starts_at;

    -- Twice into the same conversation, a second later, or edited some time after.
    insert into demo.plan_message
    select
        message.conversation_id,
        message.episode,
        message.position,
        message.dice,
        message.happens_at + case
            when demo.happens(message.dice, 'edited') then interval '40 seconds'
            else interval '1 second'
        end,
        message.speaker,
        message.part,
        message.topic,
        message.round,
        null,
        message.agent_id,
        message.team_id,
        true,
        message.quoted_at
    from demo.plan_message as message
    inner join demo.plan_conversation as conversation using (conversation_id)
    where conversation.channel_type = 'Channel::Api'
        and message.speaker in ('contact', 'ai', 'human', 'phone')
        and message.part <> 'our_reaction'
        and demo.happens(message.dice, 'delivered twice');

    -- And into the conversation of the same person's second id.
    insert into demo.plan_message
    select
        twin.conversation_id,
        message.episode,
        message.position,
        message.dice,
        message.happens_at + interval '1 second',
        message.speaker,
        message.part,
        message.topic,
        message.round,
        null,
        message.agent_id,
        message.team_id,
        true,
        null
    from demo.plan_conversation as twin
    inner join demo.plan_message as message
        on twin.conversation_id - 1 = message.conversation_id
    where twin.kind = 'second_id'
        and message.speaker = 'contact'
        and message.part <> 'reaction'
        and message.episode = 1
        and not message.is_copy;
$$;

-- The first message of a customer after a resolve or a snooze reopens. Chatwoot writes
-- a line about it in API inboxes after a resolve, and none elsewhere.
create function demo.plan_reopenings() returns void
language sql
as $$
    with

    closings as (

        select
            *,
            count(*) filter (
                where action in ('resolve', 'bot_resolve', 'auto_resolve', 'snooze')
            ) over so_far as closing
        from demo.plan_message
        where conversation_id in (
            select conversation_id
            from demo.plan_message
            where action in ('resolve', 'bot_resolve', 'auto_resolve', 'snooze')
        )
        window so_far as (
            partition by conversation_id order by happens_at, episode, position
        )

    ),

    since_closing as (

        select
            *,
            first_value(action) over in_closing as closed_by,
            row_number() over (
                partition by conversation_id, closing, speaker = 'contact'
                order by happens_at, episode, position
            ) as nth
        from closings
        where closing > 0
        window in_closing as (
            partition by conversation_id, closing
            order by happens_at, episode, position
        )

    ),

    reopening as (

        select
            message.*,
            case
                when conversation.ai = 'bot' and message.closed_by <> 'snooze'
                    then 'reopen_pending'
                else 'reopen'
            end as reopens,
            conversation.channel_type = 'Channel::Api'
            and conversation.ai <> 'bot'
            and message.closed_by <> 'snooze'
                as leaves_line
        from since_closing as message
        inner join demo.plan_conversation as conversation using (conversation_id)
        where message.nth = 1 and message.speaker = 'contact'

    ),

    without_line as (

        update demo.plan_message
        set action = reopening.reopens
        from reopening
        where not reopening.leaves_line
            and plan_message.conversation_id = reopening.conversation_id
            and plan_message.happens_at = reopening.happens_at
            and plan_message.dice = reopening.dice

    )

    insert into demo.plan_message
    select
        conversation_id,
        episode,
        position,
        demo.dice(dice, 0),
        happens_at + interval '20 milliseconds',
        'activity',
        'activity_reopen',
        'reopen',
        0,
        reopens,
        agent_id,
        team_id,
        false,
        null
    from reopening
    where leaves_line;

    -- What is open already is opened by nobody: no line, no event.
    delete from demo.plan_message
    using (
        select
            conversation_id,
            dice,
            happens_at,
            lag(action) over (
                partition by conversation_id order by happens_at, episode, position
            ) as action_before
        from demo.plan_message
        where action in (
            'handoff', 'open', 'reopen', 'reopen_pending', 'resolve', 'bot_resolve',
            'auto_resolve', 'snooze'
        )
    ) as change
    where plan_message.conversation_id = change.conversation_id
        and plan_message.dice = change.dice
        and plan_message.happens_at = change.happens_at
        and plan_message.action in ('handoff', 'open')
        and change.action_before in ('handoff', 'open', 'reopen');

    analyze demo.plan_message;
$$;

create function demo.plan_timeline() returns void
language sql
as $$
    insert into demo.timeline
    with

    classified as (

        select
            message.*,
            conversation.started_at,
            conversation.kind,
            case
                when conversation.kind = 'blocked' then 1
                when conversation.ai = 'bot' then 2
                else 0
            end as first_status,
            message.speaker in ('human', 'phone', 'template')
            or (message.speaker = 'ai' and conversation.ai = 'user') as is_human_reply,
            message.speaker in ('human', 'template', 'note')
            or (message.speaker = 'ai' and conversation.ai = 'user') as is_user_message,
            message.action in ('resolve', 'bot_resolve', 'auto_resolve') is true
                as resolves,
            case
                when message.action in ('resolve', 'bot_resolve', 'auto_resolve') then 1
                when message.action in ('handoff', 'open', 'reopen') then 0
                when message.action = 'reopen_pending' then 2
                when message.action = 'snooze' then 3
            end as sets_status
        from demo.plan_message as message
        inner join demo.plan_conversation as conversation using (conversation_id)

    ),

    waiting as (

        select
            *,
            is_human_reply or resolves or speaker = 'ai' as stops_waiting,
            speaker = 'contact' or action = 'handoff' is true as starts_waiting
        from classified

    ),

    counted as (

        select
            *,
            count(*) filter (where is_human_reply) over so_far as human_replies,
            count(*) filter (where is_user_message) over so_far as user_messages,
            count(*) filter (where action = 'handoff') over so_far as handoffs,
            count(*) filter (where action = 'assign') over so_far as assigns,
            count(*) filter (where action in ('assign', 'assign_team')) over so_far
                as team_assigns,
            count(sets_status) over so_far as status_changes,
            coalesce(count(*) filter (where stops_waiting) over before, 0) as answers,
            min(happens_at) filter (where is_human_reply) over so_far as first_reply_at,
            max(happens_at) filter (where sets_status = 0) over so_far
                as last_opened_at,
            max(happens_at) filter (where resolves) over so_far as last_resolved_at,
            max(happens_at) filter (where resolves) over before as resolved_before_at
        from waiting
        window
            so_far as (
                partition by conversation_id order by happens_at, episode, position
            ),
            before as (
                partition by conversation_id order by happens_at, episode, position
                rows between unbounded preceding and 1 preceding
            )

    ),

    carried as (

        select
            *,
            case
                when status_changes > 0
                    then first_value(sets_status) over (
                        partition by conversation_id, status_changes
                        order by happens_at, episode, position
                    )
                else first_status
            end as status,
            case
                when assigns > 0
                    then first_value(agent_id) over since_assign
            end as assignee_id,
            case
                when team_assigns > 0
                    then first_value(team_id) over since_team_assign
            end as assigned_team_id,
            coalesce(
                case when answers = 0 and kind <> 'imported' then started_at end,
                min(happens_at) filter (where starts_waiting) over (
                    partition by conversation_id, answers
                    order by happens_at, episode, position
                )
            ) as waiting_since
        from counted
        window
            since_assign as (
                partition by conversation_id, assigns
                order by happens_at, episode, position
            ),
            since_team_assign as (
                partition by conversation_id, team_assigns
                order by happens_at, episode, position
            )

    )

    select
        conversation_id,
        episode,
        position,
        dice,
        happens_at,
        speaker,
        part,
        topic,
        round,
        action,
        agent_id,
        is_copy,
        quoted_at,
        is_human_reply,
        human_replies,
        user_messages,
        handoffs,
        first_reply_at,
        last_opened_at,
        last_resolved_at,
        resolved_before_at,
        waiting_since as waiting_before,
        case when not stops_waiting then waiting_since end as waiting_after,
        status,
        assignee_id,
        assigned_team_id
    from carried;

    analyze demo.timeline;
$$;

-- Three of five customers answer a survey, some a fortnight later, and some change it.
create function demo.plan_surveys() returns void
language sql
as $$
    insert into demo.plan_survey
    with

    answered as (

        select
            timeline.conversation_id,
            timeline.happens_at as asked_at,
            timeline.dice,
            timeline.happens_at + demo.seconds(
                case
                    when demo.roll(timeline.dice, 'answers late') < 0.08
                        then 1209600 * demo.roll(timeline.dice, 'day of answer')
                    else demo.spread(timeline.dice, 'answer', 1800, 1.5)
                end
            ) as answered_at,
            demo.roll(timeline.dice, 'rating')
            - case
                when episode.path = 'ai_confirmed' then 0
                when episode.path = 'silent_close' then 0.35
                else 0.04 * least(episode.slowness, 5)
            end as mood,
            timeline.assignee_id
        from demo.timeline
        inner join demo.plan_episode as episode using (conversation_id, episode)
        where timeline.speaker = 'survey'
            and demo.roll(timeline.dice, 'answers') < 0.6

    ),

    rated as (

        select
            *,
            case
                when mood < 0.08 then 1
                when mood < 0.14 then 2
                when mood < 0.24 then 3
                when mood < 0.50 then 4
                else 5
            end as first_rating,
            case
                when demo.roll(dice, 'changes') < 0.12
                    then least(
                        asked_at + interval '14 days',
                        answered_at
                        + demo.seconds(demo.spread(dice, 'change', 86400, 1.5))
                    )
            end as changed_at
        from answered

    )

    select
        conversation_id,
        asked_at,
        dice,
        answered_at,
        changed_at,
        first_rating,
        case
            when changed_at is null then first_rating
            when demo.roll(dice, 'regret') < 0.5 then greatest(1, first_rating - 2)
            else least(5, first_rating + 1)
        end,
        assignee_id
    from rated
$$;

create function demo.plan_events() returns void
language sql
as $$
    insert into demo.plan_event
    with

    marked as (

        select
            timeline.*,
            conversation.started_at,
            conversation.ai,
            coalesce(
                timeline.action in ('resolve', 'bot_resolve', 'auto_resolve'), false
            ) as resolves
        from demo.timeline
        inner join demo.plan_conversation as conversation using (conversation_id)
        -- What was copied into the database has raised no events.
        where conversation.kind <> 'imported'

    ),

    events as (

        select
            conversation_id,
            'conversation_resolved' as name,
            assignee_id as user_id,
            started_at as starts_at,
            happens_at as ends_at,
            false as is_first_opening,
            dice
        from marked
        where resolves
        union all
        -- Chatwoot's rule: a bot in the inbox and not one message of a user.
        select
            conversation_id,
            'conversation_bot_resolved',
            assignee_id,
            started_at,
            happens_at,
            false,
            dice
        from marked
        where resolves and ai = 'bot' and user_messages = 0
        union all
        select
            conversation_id,
            'conversation_bot_handoff',
            assignee_id,
            started_at,
            happens_at,
            false,
            dice
        from marked
        where action = 'handoff' and handoffs = 1
        union all
        select
            conversation_id,
            'conversation_opened',
            assignee_id,
            coalesce(resolved_before_at, started_at),
            happens_at,
            resolved_before_at is null,
            dice
        from marked
        where action in ('handoff', 'open', 'reopen')
        union all
        select
            conversation_id,
            'first_response',
            case
                when speaker = 'ai' then 26
                when speaker <> 'phone' then agent_id
            end,
            coalesce(
                last_opened_at,
                case when ai = 'bot' then last_resolved_at end,
                started_at
            ),
            happens_at,
            false,
            dice
        from marked
        where is_human_reply and human_replies = 1
        union all
        -- The assignee gets the reply time, whoever replied.
        select
            conversation_id,
            'reply_time',
            assignee_id,
            waiting_before,
            happens_at,
            false,
            dice
        from marked
        where is_human_reply and human_replies > 1 and waiting_before is not null

    )

    -- Background jobs write the events: seconds later, at times hours, at times twice.
    select
        event.conversation_id,
        event.name,
        event.user_id,
        event.starts_at,
        event.ends_at,
        case
            when event.is_first_opening then 0
            else extract(epoch from event.ends_at - event.starts_at)
        end,
        event.ends_at + demo.seconds(
            case
                when demo.roll(event.dice, 'late job') < 0.01
                    then demo.spread(event.dice, 'job', 5000, 0.4)
                else 0.2 + 3 * demo.roll(event.dice, 'job')
            end
        ) + interval '1 second' * (attempt - 1)
    from events as event
    cross join generate_series(
        1,
        case
            when event.name <> 'first_response'
                and event.name <> 'conversation_bot_handoff'
                and demo.roll(event.dice, 'twice ' || event.name) < 0.004
                then 2
            else 1
        end
    ) as attempt
$$;

create function demo.plan_labels() returns void
language sql
as $$
    insert into demo.plan_label
    with

    -- Those of which a line tells, and those that came with the API and left none.
    added as (

        select
            message.conversation_id,
            case
                when message.action = 'label' then intent.label
                else 'atendimento-humano'
            end as label,
            message.happens_at as added_at,
            episode.dice
        from demo.plan_message as message
        inner join demo.plan_episode as episode using (conversation_id, episode)
        inner join demo.intent on episode.intent = intent.name
        where message.action in ('label', 'handoff_label')
        union all
        select
            episode.conversation_id,
            chosen.label,
            episode.starts_at + demo.seconds(
                demo.spread(episode.dice, 'label', 600, 1)
            ),
            episode.dice
        from demo.plan_episode as episode
        inner join demo.plan_conversation as conversation using (conversation_id)
        cross join demo.settings
        inner join demo.intent on episode.intent = intent.name
        cross join lateral (
            values
            (intent.label, 0.5),
            ('retornar', 0.05),
            ('vip', 0.04),
            -- It is no longer in the account, but its taggings stayed.
            ('promo-antiga', case
                when episode.starts_at < settings.bad_week_starts_at then 0.02 else 0
            end),
            ('reclamacao', case when episode.slowness > 2.5 then 0.2 else 0.02 end)
        ) as chosen (label, chance)
        where conversation.kind not in (
            'group', 'status', 'test', 'imported', 'second_id'
        )
        and demo.roll(episode.dice, 'label ' || chosen.label) < chosen.chance

    )

    select
        conversation_id,
        label,
        min(added_at),
        case when demo.roll(min(dice), 'label twice') < 0.03 then 2 else 1 end
    from added
    group by conversation_id, label
$$;

-- Plans everything in demo.arrival.
create function demo.plan() returns void
language plpgsql
as $$
begin
    truncate
        demo.plan_conversation, demo.plan_episode, demo.plan_message, demo.timeline,
        demo.plan_survey, demo.plan_event, demo.plan_label;
    analyze demo.arrival;
    perform demo.plan_conversations();
    perform demo.plan_episodes();
    perform demo.plan_messages();
    perform demo.plan_repetitions();
    perform demo.plan_reopenings();
    perform demo.plan_timeline();
    perform demo.plan_surveys();
    perform demo.plan_events();
    perform demo.plan_labels();
end;
$$;
