-- The beginning and the going on: demo.generate() and demo.live().

-- Ids were given by hand; the sequences go on after them.
create function demo.finish() returns void
language plpgsql
as $$
declare
    table_name text;
begin
    foreach table_name in array array[
        'accounts', 'users', 'teams', 'inboxes', 'channel_whatsapp', 'channel_api',
        'channel_web_widgets', 'channel_email', 'agent_bots', 'contacts',
        'conversations', 'messages', 'calls'
    ] loop
        execute format(
            'select setval(%1$L, max(id)) from %2$I'
            ' having max(id) >= (select last_value from %1$s)',
            pg_get_serial_sequence(table_name, 'id'), table_name
        );
    end loop;
    update tags
    set taggings_count = (select count(*) from taggings where tag_id = tags.id);
    truncate
        demo.arrival, demo.plan_conversation, demo.plan_episode, demo.plan_message,
        demo.timeline, demo.plan_survey, demo.plan_event, demo.plan_label;
    analyze
        accounts, users, inboxes, teams, tags, working_hours, contacts, contact_inboxes,
        conversations, messages, attachments, taggings, csat_survey_responses,
        reporting_events, applied_slas, sla_events, calls, demo.unfinished;
end;
$$;

-- Each odd text stands somewhere, however small the demo.
create function demo.write_missing_odd_texts() returns void
language sql
as $$
    update messages
    set content = missing.odd_text, processed_message_content = missing.odd_text
    from (
        select odd_text, row_number() over () as place
        from unnest(demo.odd_texts()) as odd_text
        where odd_text not in (
            select content from messages where content = any(demo.odd_texts())
        )
    ) as missing
    inner join (
        select id, row_number() over (order by id desc) as place
        from (
            select id from messages
            where message_type = 0 and content_type = 0 and content ~ '^[A-Za-z ]{9,}'
                and id % 17 = 0
            order by id desc
            limit cardinality(demo.odd_texts())
        ) as latest
    ) as chosen using (place)
    where messages.id = chosen.id;
$$;

create function demo.generate(
    conversations integer,
    seed integer default 42,
    until timestamp default now() at time zone 'UTC'
) returns void
language plpgsql
set work_mem = '64MB'
set maintenance_work_mem = '256MB'
as $$
declare
    -- Filling tables without indexes takes half the time; one of them is needed here.
    dropped_indexes constant text [] := (
        select array_agg(indexdef) from pg_indexes
        where schemaname = current_schema()
            and tablename in ('messages', 'reporting_events')
            and indexdef not ilike '%unique%'
            and indexname <> 'index_messages_on_conversation_id'
    );
    batch constant integer := 20000;
    history_days constant integer := case
        when conversations <= 20000 then 120
        when conversations <= 200000 then 365
        else 730
    end;
    first_at constant timestamp := until - history_days * interval '1 day';
    index_definition text;
begin
    if exists (select from accounts) then
        raise exception 'this Chatwoot is not empty: demo.generate() fills new ones';
    end if;

    insert into demo.settings
    values (
        seed,
        first_at,
        until,
        until,
        date_trunc('week', until - interval '5 weeks') + interval '3 hours',
        until - interval '25 days',
        first_at + interval '20 days',
        0,
        conversations
    );
    update demo.settings
    set arrivals_per_busyness = conversations
        / (select sum(busyness) from demo.hours(first_at, until));
    perform demo.create_company();
    foreach index_definition in array dropped_indexes loop
        execute 'drop index ' || split_part(index_definition, ' ', 3);
    end loop;

    for first_id in 1..conversations by batch loop
        truncate demo.arrival;
        perform demo.arrive(
            first_id, least(first_id + batch - 1, conversations),
            1, conversations, first_at, until
        );
        perform demo.plan();
        perform demo.write('-infinity', until);
    end loop;
    foreach index_definition in array dropped_indexes loop
        execute index_definition;
    end loop;
    perform demo.write_missing_odd_texts();
    perform demo.finish();
end;
$$;

create function demo.delete_conversations(ids integer []) returns void
language sql
as $$
    delete from attachments
    where message_id in (select id from messages where conversation_id = any(ids));
    delete from calls where conversation_id = any(ids);
    delete from messages where conversation_id = any(ids);
    delete from csat_survey_responses where conversation_id = any(ids);
    delete from reporting_events where conversation_id = any(ids);
    delete from sla_events where conversation_id = any(ids);
    delete from applied_slas where conversation_id = any(ids);
    delete from taggings
    where taggable_type = 'Conversation' and taggable_id = any(ids);
    delete from demo.unfinished where conversation_id = any(ids);
    delete from conversations where id = any(ids);
$$;

-- What no plan foresees: a few rows are edited or deleted each time the demo lives on.
create function demo.meddle(since timestamp, moment timestamp) returns json
language plpgsql
as $$
declare
    dice constant bigint := (
        select demo.dice(seed, last_conversation_id) from demo.settings
    );
    changed_answers integer;
    status_changes integer;
    deleted_messages integer;
    removed_labels integer;
    renamed_contacts integer;
    deleted_contact integer;
    doomed integer [];
begin
    -- Deleting a contact takes its conversations along.
    select contacts.id into deleted_contact
    from contacts
    where exists (
        select from conversations
        where conversations.contact_id = contacts.id
            and conversations.created_at < moment - interval '7 days'
    )
    order by demo.roll(contacts.id, 'delete ' || dice)
    limit 1;
    delete from contacts where id = deleted_contact;
    delete from contact_inboxes where contact_id = deleted_contact;

    select array_agg(id) into doomed
    from (
        select id from conversations
        where contact_id = deleted_contact
        union
        (
            select id from conversations
            where created_at < moment - interval '7 days'
            order by demo.roll(id, 'delete ' || dice)
            limit 2
        )
    ) as conversation;
    perform demo.delete_conversations(doomed);

    update csat_survey_responses
    set
        rating = case when rating > 2 then rating - 1 else rating + 2 end,
        feedback_message = 'Pensando melhor, mudei minha nota.',
        updated_at = moment
    where id in (
        select id from csat_survey_responses
        where created_at > moment - interval '13 days'
        order by demo.roll(id, 'change ' || dice)
        limit 2
    );
    get diagnostics changed_answers = row_count;
    perform demo.carry_answers();

    update messages
    set status = reported.status, updated_at = moment
    from (
        select
            messages.id,
            demo.delivery_status(
                profile.channel_type, messages.id, messages.created_at, moment
            ) as status
        from messages
        inner join demo.inbox_profile as profile on messages.inbox_id = profile.id
        where messages.created_at > since - interval '3 days'
            and (messages.message_type = 1 or messages.content_type = 9)
            and not messages.private
            and messages.status <> 3
    ) as reported
    where messages.id = reported.id and messages.status <> reported.status;
    get diagnostics status_changes = row_count;

    with

    chosen as (

        select id
        from messages
        where created_at > moment - interval '4 days'
            and message_type in (0, 1)
            and content_type = 0
            and not private
            and content_attributes #>> '{}' not like '%"deleted"%'
        order by demo.roll(id, 'delete ' || dice)
        limit 3

    ),

    stripped as (

        delete from attachments
        where message_id in (select id from chosen)

    )

    update messages
    set
        content = 'Esta mensagem foi excluída',
        content_attributes = demo.rails_json('{"deleted": true}'),
        updated_at = moment
    where id in (select id from chosen);
    get diagnostics deleted_messages = row_count;

    with removed as (

        delete from taggings
        where id in (
            select id from taggings
            where taggable_type = 'Conversation' and context = 'labels'
            order by demo.roll(id, 'remove ' || dice)
            limit 2
        )
        returning id, taggable_id

    )

    update conversations
    set
        updated_at = moment,
        cached_label_list = (
            select string_agg(distinct tags.name, ', ' order by tags.name)
            from taggings
            inner join tags on taggings.tag_id = tags.id
            where taggings.taggable_type = 'Conversation'
                and taggings.context = 'labels'
                and taggings.taggable_id = conversations.id
                and taggings.id not in (select id from removed)
        )
    where id in (select taggable_id from removed);
    get diagnostics removed_labels = row_count;

    update contacts
    set name = demo.contact_name(demo.dice(dice, id)), updated_at = moment
    where id in (
        select id from contacts
        order by demo.roll(id, 'rename ' || dice)
        limit 2
    );
    get diagnostics renamed_contacts = row_count;

    return json_build_object(
        'message statuses changed', status_changes,
        'answers changed', changed_answers,
        'messages deleted', deleted_messages,
        'labels removed', removed_labels,
        'contacts renamed', renamed_contacts,
        'contacts deleted', case when deleted_contact is null then 0 else 1 end,
        'conversations deleted', coalesce(cardinality(doomed), 0)
    );
end;
$$;

-- Lives on from where the demo stopped, and says what happened. However little time
-- has passed, a few things happen.
create function demo.live(
    until timestamp default now() at time zone 'UTC'
) returns json
language plpgsql
as $$
declare
    since constant timestamp := (select lived_until from demo.settings);
    moment constant timestamp := greatest(until, since);
    last_message_id constant bigint := (select coalesce(max(id), 0) from messages);
    last_id constant integer := (
        select greatest(
            last_conversation_id,
            (select max(id) from conversations),
            (select max(id) from contacts)
        )
        from demo.settings
    );
    new_conversations constant integer := greatest(3, (
        select round(coalesce(sum(busyness), 0) * max(arrivals_per_busyness))
        from demo.settings
        left join demo.hours(since, moment) on true
    ));
    continued integer;
    what_else json;
begin
    truncate demo.arrival;
    insert into demo.arrival (conversation_id, dice, started_at, is_new)
    select
        conversation_id,
        dice,
        started_at,
        false
    from demo.unfinished
    where next_at <= moment
        and conversation_id in (select id from conversations);
    get diagnostics continued = row_count;

    perform demo.arrive(
        last_id + 1, last_id + new_conversations,
        last_id + 1, last_id + new_conversations,
        least(since, moment - interval '10 minutes'), moment
    );
    perform demo.plan();
    perform demo.write(since, moment);

    update demo.settings
    set lived_until = moment, last_conversation_id = last_id + new_conversations;
    what_else := demo.meddle(since, moment);
    perform demo.finish();

    return (
        select json_object_agg(what, how_many order by nth)
        from (
            values
            (1, 'new conversations', to_json(new_conversations)),
            (2, 'conversations continued', to_json(continued)),
            (3, 'new messages', to_json((
                select count(*) from messages where id > last_message_id
            )))
            union all
            select 4, key, value from json_each(what_else)
        ) as change (nth, what, how_many)
    );
end;
$$;
