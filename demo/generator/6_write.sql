-- Writes a slice of the plan into Chatwoot's tables.
-- A moment of the plan is written if it lies in the slice (since, until]; for a new
-- conversation the slice has no beginning.

-- Sent, delivered or read: what the status of a message that was not refused is at a
-- moment. WhatsApp reports it, a website says what was read, others say nothing.
create function demo.delivery_status(
    channel_type text, message_id bigint, sent_at timestamp, moment timestamp
) returns integer
language sql immutable
return case
    when channel_type not in ('Channel::Whatsapp', 'Channel::WebWidget') then 0
    when demo.roll(message_id, 'is read') < 0.8
        and sent_at + demo.seconds(demo.spread(message_id, 'read after', 500, 1.6))
        <= moment
        then 2
    when channel_type = 'Channel::WebWidget' then 0
    when demo.roll(message_id, 'is delivered') < 0.97
        and sent_at + interval '3 seconds' <= moment
        then 1
    else 0
end;

-- What WhatsApp calls a message: the same for each of its deliveries.
create function demo.message_source_id(channel_type text, dice bigint) returns text
language sql immutable
return case channel_type
    when 'Channel::Whatsapp' then 'wamid.' || md5('message ' || dice)
    when 'Channel::Api' then 'WAID:' || upper(md5('message ' || dice))
end;

-- The chain's own phone, with which it tries its flows.
create function demo.test_phone() returns text
language sql immutable
return '+5511900000000';

-- How integrations name a group.
create function demo.group_id(conversation_id integer) returns text
language sql immutable
return '1203630' || lpad(conversation_id::text, 11, '0') || '@g.us';

-- Rails stores JSON text as one JSON string; a row without a value keeps {}.
create function demo.rails_json(value json) returns json
language sql immutable
return coalesce(to_json(value::text), '{}'::json);

create function demo.source_id(
    kind text, channel_type text, inbox_id integer, identity integer
) returns text
language sql immutable
return case channel_type
    when 'Channel::Whatsapp'
        then case
            when kind = 'group' then demo.group_id(identity)
            when kind = 'status' then 'status@broadcast'
            when kind = 'test' then substr(demo.test_phone(), 2)
            else substr(demo.phone(identity), 2)
        end
    when 'Channel::Email' then 'cliente' || identity || '@example.com'
    else md5('source ' || inbox_id || ' ' || identity)::uuid::text
end;

create function demo.feedback(dice bigint, rating integer) returns text
language sql stable
as $$
    select case
        -- Who is unhappy says why.
        when rating > 2 and demo.roll(dice, 'comments') > 0.4 then null
        when demo.roll(dice, 'comments') < 0.02 then demo.odd_text(dice)
        else demo.pick(dice, 'comment', texts)
    end
    from demo.phrase_book
    where part = case when rating >= 4 then 'feedback_good' else 'feedback_bad' end
$$;

-- The message of a survey carries the answer as well.
create function demo.answer(rating integer, comment text) returns json
language sql immutable
return json_build_object('submitted_values', json_build_object(
    'csat_survey_response',
    json_build_object('rating', rating, 'feedback_message', comment)
));

-- The last message of each planned conversation and the state it left behind.
create function demo.states(until timestamp) returns setof demo.timeline
language sql stable
as $$
    select distinct on (conversation_id) *
    from demo.timeline
    where happens_at <= until
    order by conversation_id, happens_at desc, episode desc, position desc
$$;

-- What the message of a call from a customer says about it.
create function demo.call(
    call_id bigint,
    call_sid text,
    is_taken boolean,
    agent_id integer,
    agent_name text,
    dice bigint
) returns json
language sql immutable
return json_build_object('data', json_strip_nulls(json_build_object(
    'call_id', call_id,
    'call_sid', call_sid,
    'call_source', 'whatsapp',
    'call_direction', 'inbound',
    'status', case when is_taken then 'completed' else 'no-answer' end,
    'accepted_by', case
        when is_taken then json_build_object('id', agent_id, 'name', agent_name)
    end,
    'duration_seconds', case
        when is_taken then round(demo.spread(dice, 'duration', 150, 0.8))
    end
)));

create function demo.write_contacts() returns void
language sql
as $$
    -- Each conversation's number brings a contact; some were deleted or merged since.
    insert into contacts (
        id, name, email, phone_number, account_id, created_at, updated_at,
        additional_attributes, identifier, custom_attributes, last_activity_at,
        contact_type, country_code, blocked
    )
    select
        conversation.conversation_id,
        case conversation.kind
            when 'group' then demo.pick(thrown.dice, 'group', array[
                'Professores AllpFit (GROUP)', 'Corrida de sábado 🏃 (GROUP)',
                'Recepção e limpeza (GROUP)'
            ])
            when 'status' then 'status'
            when 'test' then 'Teste TI'
            else demo.contact_name(thrown.dice)
        end,
        case
            when conversation.kind in ('group', 'status', 'test') then null
            when conversation.channel_type = 'Channel::Email'
                or demo.roll(thrown.dice, 'has e-mail') < 0.2
                then 'cliente' || conversation.conversation_id || '@example.com'
        end,
        case
            when conversation.kind in ('group', 'status', 'second_id') then null
            when conversation.kind = 'test' then demo.test_phone()
            when conversation.channel_type in ('Channel::Whatsapp', 'Channel::Api')
                or demo.roll(thrown.dice, 'has phone') < 0.5
                then demo.phone(conversation.conversation_id)
        end,
        1,
        conversation.started_at,
        conversation.started_at
        + demo.seconds(demo.roll(thrown.dice, 'edited') * 0.5),
        case
            when conversation.channel_type = 'Channel::WebWidget'
                then '{"created_at_ip": "192.0.2.10", "city": "São Paulo"}'
            else '{}'
        end::jsonb,
        case
            when conversation.kind = 'group'
                then demo.group_id(conversation.conversation_id)
            when conversation.kind = 'status' then 'status@broadcast'
            when conversation.kind = 'second_id'
                then 2000000000000 + conversation.conversation_id || '@lid'
            when conversation.kind <> 'test'
                and conversation.channel_type = 'Channel::Api'
                then substr(demo.phone(conversation.conversation_id), 2)
                || '@s.whatsapp.net'
        end,
        case
            when demo.roll(thrown.dice, 'is member') < 0.4 then '{"aluno": true}'
            when demo.roll(thrown.dice, 'is member') < 0.5 then '{"aluno": false}'
            else '{}'
        end::jsonb,
        conversation.started_at,
        1,
        case when demo.roll(thrown.dice, 'country') < 0.7 then 'BR' else '' end,
        conversation.kind = 'blocked'
    from demo.plan_conversation as conversation
    cross join lateral (
        select demo.dice(conversation.dice, -1) as dice
    ) as thrown
    where conversation.is_new
        and conversation.kind <> 'merged'
        and (conversation.kind <> 'test' or conversation.conversation_id = 20)
        and demo.roll(thrown.dice, 'contact deleted') > 0.004
    order by conversation.conversation_id;

    insert into contact_inboxes (
        contact_id, inbox_id, source_id, created_at, updated_at, pubsub_token
    )
    select
        contact_id,
        inbox_id,
        source_id,
        started_at,
        started_at,
        md5(inbox_id || ' ' || source_id)
    from (
        select distinct on (inbox_id, identity)
            *,
            demo.source_id(kind, channel_type, inbox_id, identity) as source_id
        from demo.plan_conversation
        where is_new
        order by inbox_id, identity, conversation_id
    ) as first_contact
    order by conversation_id
    on conflict (inbox_id, source_id) do nothing;
$$;

create function demo.write_conversations(until timestamp) returns void
language sql
as $$
    update conversations
    set
        status = states.status,
        assignee_id = states.assignee_id,
        team_id = states.team_id,
        first_reply_created_at = states.first_reply_at,
        waiting_since = states.waiting_after,
        last_activity_at = states.happens_at,
        updated_at = greatest(conversations.updated_at, states.happens_at),
        snoozed_until = case
            when states.status = 3 then states.happens_at + interval '3 days'
        end,
        cached_label_list = (
            select string_agg(distinct tags.name, ', ' order by tags.name)
            from taggings
            inner join tags on taggings.tag_id = tags.id
            where taggings.taggable_type = 'Conversation'
                and taggings.context = 'labels'
                and taggings.taggable_id = conversations.id
        )
    from demo.states(until) as states
    inner join demo.plan_conversation as conversation using (conversation_id)
    where conversations.id = states.conversation_id and not conversation.is_new;

    insert into conversations (
        id, account_id, inbox_id, status, assignee_id, created_at, updated_at,
        contact_id, contact_last_seen_at, agent_last_seen_at, additional_attributes,
        contact_inbox_id, uuid, identifier, last_activity_at, team_id, campaign_id,
        snoozed_until, custom_attributes, assignee_last_seen_at,
        first_reply_created_at, priority, sla_policy_id, waiting_since,
        cached_label_list, assignee_agent_bot_id
    )
    with

    label_lists as (

        select
            conversation_id,
            string_agg(label, ', ' order by label) as labels
        from demo.plan_label
        where added_at <= until
        group by conversation_id

    ),

    first_episodes as (

        select * from demo.plan_episode
        where episode = 1

    )

    select
        conversation.conversation_id,
        1,
        conversation.inbox_id,
        coalesce(
            states.status,
            case
                when conversation.kind = 'blocked' then 1
                when conversation.ai = 'bot' then 2
                else 0
            end
        ),
        states.assignee_id,
        conversation.started_at,
        greatest(states.happens_at, conversation.started_at)
        + demo.seconds(0.01 * demo.roll(thrown.dice, 'save')),
        case
            when demo.roll(thrown.dice, 'no contact') > 0.002
                then conversation.contact_id
        end,
        case when conversation.audience = 'site' then states.happens_at end,
        states.first_reply_at + demo.seconds(60 * demo.roll(thrown.dice, 'seen')),
        case
            when demo.roll(thrown.dice, 'no attributes') < 0.02 then null
            when conversation.audience = 'site'
                then jsonb_build_object(
                    'browser', '{"browser_name": "Chrome"}'::jsonb,
                    'referer', 'https://www.allpfit.example/planos?utm_source=meta',
                    'initiated_at', jsonb_build_object(
                        'timestamp', date_trunc('minute', conversation.started_at)
                    ),
                    'browser_language', 'pt'
                )
            when conversation.audience = 'email'
                then jsonb_build_object(
                    'source', 'email', 'mail_subject', 'Reclamação: ' || episode.intent
                )
            else '{}'::jsonb
        end,
        contact_inbox.id,
        md5('conversation ' || conversation.conversation_id || thrown.dice)::uuid,
        null,
        coalesce(states.happens_at, conversation.started_at),
        states.team_id,
        case
            when episode.path = 'campaign' then 1
            when episode.path = 'campaign_silent' then 2
        end,
        case when states.status = 3 then states.happens_at + interval '3 days' end,
        case
            when demo.roll(thrown.dice, 'custom') < 0.6 then '{}'::jsonb
            when demo.roll(thrown.dice, 'custom') < 0.75
                then jsonb_build_object(
                    'plano', demo.pick(
                        thrown.dice, 'plan', array['Mensal', 'Anual', 'Black']
                    )
                )
            when demo.roll(thrown.dice, 'custom') < 0.9
                then jsonb_build_object(
                    'valor_proposta', round(
                        (89 + 60 * demo.roll(thrown.dice, 'offer'))::numeric, 2
                    ),
                    'visita_em', (conversation.started_at + interval '2 days')::date
                )
            -- Keys and shapes that no definition knows come from other systems.
            else jsonb_build_object(
                'Origem do lead', demo.odd_text(thrown.dice),
                'aceita_contato', demo.roll(thrown.dice, 'accepts') < 0.5,
                'unidades', '["Centro", "Moema"]'::jsonb,
                'indicado_por', null
            )
        end || case
            when episode.path in ('handoff', 'handoff_unanswered', 'handed_over')
                and demo.happens(thrown.dice, 'says reason')
                then jsonb_build_object('motivo_transferencia', case
                    when demo.happens(thrown.dice, 'reason is object')
                        then jsonb_build_object(
                            'motivo', intent.handoff_reason, 'confianca', 0.9
                        )
                    when demo.happens(thrown.dice, 'reason is list')
                        then jsonb_build_array(intent.handoff_reason)
                    else to_jsonb(intent.handoff_reason)
                end)
            else '{}'::jsonb
        end,
        case when states.assignee_id is not null then states.first_reply_at end,
        case when conversation.kind <> 'imported' then states.first_reply_at end,
        case
            when demo.roll(thrown.dice, 'priority') < 0.10
                then floor(demo.roll(thrown.dice, 'level') * 4)::integer
        end,
        case
            when episode.intent in ('planos', 'aula_experimental')
                and demo.roll(thrown.dice, 'has sla') < 0.25
                then 1
        end,
        case
            when conversation.kind = 'imported' then null
            when states.conversation_id is not null then states.waiting_after
            else conversation.started_at
        end,
        label_lists.labels,
        -- Written since 4.16.2 only; a person who takes over replaces the bot.
        case
            when conversation.ai = 'bot'
                and states.assignee_id is null
                and conversation.started_at > settings.upgraded_at
                then 1
        end
    from demo.plan_conversation as conversation
    cross join demo.settings
    left join demo.states(until) as states using (conversation_id)
    left join first_episodes as episode using (conversation_id)
    left join demo.intent on episode.intent = intent.name
    left join label_lists using (conversation_id)
    left join contact_inboxes as contact_inbox
        on conversation.inbox_id = contact_inbox.inbox_id
        and contact_inbox.source_id = demo.source_id(
            conversation.kind,
            conversation.channel_type,
            conversation.inbox_id,
            conversation.identity
        )
    cross join lateral (
        select demo.dice(conversation.dice, -2) as dice
    ) as thrown
    where conversation.is_new and conversation.kind <> 'deleted'
    order by conversation.conversation_id;
$$;

create function demo.write_messages(since timestamp, until timestamp) returns void
language sql
as $$
    insert into messages (
        id, content, account_id, inbox_id, conversation_id, message_type, created_at,
        updated_at, private, status, source_id, content_type, content_attributes,
        sender_type, sender_id, additional_attributes, processed_message_content
    )
    with

    due as (

        select
            timeline.*,
            conversation.inbox_id,
            conversation.contact_id,
            conversation.ai,
            conversation.audience,
            conversation.identity,
            conversation.kind,
            profile.name as unit,
            profile.name_above,
            profile.signature,
            conversation.channel_type,
            profile.csat_by_template,
            intent.price,
            intent.label,
            episode.intent,
            episode.path,
            episode.dice as episode_dice,
            (select coalesce(max(id), 0) from messages)
            + row_number() over (
                order by
                    timeline.happens_at,
                    timeline.conversation_id,
                    timeline.episode,
                    timeline.position
            ) as id,
            (select coalesce(max(id), 0) from calls)
            + count(*) filter (where timeline.part in ('call_taken', 'call_missed'))
                over (
                    order by
                        timeline.happens_at,
                        timeline.conversation_id,
                        timeline.episode,
                        timeline.position
                ) as call_id
        from demo.timeline
        inner join demo.plan_conversation as conversation using (conversation_id)
        inner join demo.plan_episode as episode using (conversation_id, episode)
        inner join demo.inbox_profile as profile on conversation.inbox_id = profile.id
        inner join demo.intent on episode.intent = intent.name
        where timeline.happens_at <= until
            and (timeline.happens_at > since or conversation.is_new)
            and conversation.kind <> 'deleted'

    ),

    worded as (

        select
            due.*,
            -- A colleague lends a hand now and then.
            case
                when due.speaker = 'human' and demo.roll(due.dice, 'colleague') < 0.1
                    then 1 + due.agent_id % 25
                else due.agent_id
            end as writer_id,
            phrase.texts[
                1 + (
                    floor(
                        demo.roll(due.episode_dice, due.topic)
                        * cardinality(phrase.texts)
                    )::integer + due.round
                ) % cardinality(phrase.texts)
            ] as words,
            due.part in ('call_taken', 'call_missed') as is_call,
            demo.roll(due.dice, 'deleted') < 0.004
            and due.speaker in ('contact', 'human', 'phone', 'ai')
            and due.part not in ('call_taken', 'call_missed')
                as is_deleted,
            due.part in ('customer_thanks', 'customer_ok')
            and due.channel_type <> 'Channel::Email'
            and demo.happens(due.dice, 'sticker')
                as is_sticker,
            due.part not in ('reaction', 'our_reaction', 'call_taken', 'call_missed')
            and (
                due.speaker = 'contact'
                and due.channel_type <> 'Channel::Email'
                and demo.roll(due.dice, 'media') < 0.04
                or due.speaker in ('human', 'phone')
                and demo.roll(due.dice, 'media') < 0.02
            ) as is_file,
            due.part <> 'our_reaction'
            and demo.is_refused(due.channel_type, due.speaker, due.dice) as is_refused,
            coalesce(quoted.id, case
                when due.quoted_at is not null
                    then (
                        select max(messages.id)
                        from messages
                        where messages.conversation_id = due.conversation_id
                            and messages.created_at = due.quoted_at
                    )
            end) as quoted_id,
            quoted.dice as quoted_dice,
            case
                when survey.changed_at <= until then survey.rating
                else survey.first_rating
            end as rating,
            case
                when survey.answered_at <= until then survey.answered_at
            end as answered_at
        from due
        inner join demo.phrase
            on due.intent = phrase.intent and due.part = phrase.part
        left join demo.plan_survey as survey
            on due.speaker = 'survey'
            and due.conversation_id = survey.conversation_id
            and due.happens_at = survey.asked_at
        left join due as quoted
            on due.conversation_id = quoted.conversation_id
            and due.quoted_at = quoted.happens_at
            and quoted.quoted_at is null
            and quoted.speaker <> 'activity'

    ),

    filled as (

        select
            worded.*,
            case
                when position('{' in words) = 0 then words
                else replace(replace(replace(replace(replace(replace(replace(replace(
                    replace(
                    words,
                    '{agent_name}', case
                        when users.id = 5 and happens_at < settings.upgraded_at
                            then 'Edson Lima'
                        else coalesce(users.name, 'Usuário removido')
                    end),
                    '{contact}', coalesce(
                        nullif(split_part(trim(contacts.name), ' ', 1), ''), 'aluno(a)'
                    )),
                    '{agent}', coalesce(split_part(users.name, ' ', 1), 'a equipe')),
                    '{unit}', unit),
                    '{price}', (
                        price + 10 * floor(6 * demo.roll(episode_dice, 'price'))
                    )::text || ',90'),
                    '{hour}', demo.pick(episode_dice, 'hour', array[
                        '7h', '8h30', '12h', '17h30', '18h', '19h', '20h30'
                    ])),
                    '{day}', demo.pick(episode_dice, 'day', array[
                        'segunda', 'terça', 'quarta', 'quinta', 'sexta'
                    ])),
                    '{team}', coalesce(teams.name, 'equipe')),
                    '{label}', label)
            end as text,
            users.name as agent_name
        from worded
        left join contacts on worded.contact_id = contacts.id
        cross join demo.settings
        left join users on worded.agent_id = users.id
        left join teams on worded.team_id = teams.id

    ),

    -- Some integrations write the name above each message, some people sign below.
    signed as (

        select
            filled.*,
            case
                when speaker = 'human' and name_above is not null
                    then '*' || split_part(writers.name, ' ', 1) || E':*\n'
                when speaker = 'ai' and name_above = 'all' then E'*Bia:*\n'
                else ''
            end
            || text
            || case
                when speaker = 'human' and signature is not null
                    then E'\n\n' || signature || E'\n'
                    || split_part(writers.name, ' ', 1) || ' - ' || unit
                else ''
            end as signed_text
        from filled
        left join users as writers on filled.writer_id = writers.id

    )

    select
        id,
        case
            when is_deleted then 'Esta mensagem foi excluída'
            when is_sticker or is_file then null
            when part in ('reaction', 'our_reaction') or is_call then text
            when is_copy and demo.happens(dice, 'edited')
                then E'\n\n`Mensagem editada:`\n\n' || signed_text
            when speaker <> 'contact' then signed_text
            when audience = 'email' and demo.roll(dice, 'huge') < 0.02
                then left(repeat(text || E' \r\n> ', 10000), 150000)
            when demo.roll(dice, 'odd') < 0.006 then demo.odd_text(dice)
            when demo.roll(dice, 'odd') < 0.012 then text || ' ' || demo.odd_text(dice)
            when demo.roll(dice, 'in lower case') < 0.3 then lower(text)
            else text
        end,
        1,
        inbox_id,
        conversation_id,
        case
            when speaker = 'contact' then 0
            when speaker = 'activity' then 2
            when speaker in ('greeting', 'out_of_office') then 3
            when speaker = 'survey' and not csat_by_template then 3
            else 1
        end,
        happens_at,
        least(until, case
            when is_deleted then happens_at + interval '90 seconds'
            when answered_at is not null then answered_at
            when speaker in ('contact', 'activity', 'note') then happens_at
            else happens_at + interval '2 seconds'
        end),
        speaker = 'note',
        case
            when speaker in ('contact', 'activity', 'note', 'greeting', 'out_of_office')
                then 0
            when is_refused then 3
            else demo.delivery_status(channel_type, id, happens_at, until)
        end,
        case
            when speaker in ('activity', 'greeting', 'out_of_office') then null
            when speaker = 'note'
                and not (audience = 'phone' and demo.happens(dice, 'note from phone'))
                then null
            else demo.message_source_id(channel_type, dice)
        end,
        case
            when is_deleted then 0
            when speaker = 'survey' then 9
            when speaker = 'contact' and channel_type = 'Channel::Email' then 8
            when is_sticker or is_file and demo.roll(dice, 'sticker file') < 0.1 then 11
            when is_call then 12
            when part = 'ai_select' then 4
            else 0
        end,
        demo.rails_json(case
            when is_deleted then json_build_object('deleted', true)
            when answered_at is not null
                then demo.answer(rating, demo.feedback(dice, rating))
            when is_refused
                then json_build_object('external_error', demo.pick(
                    dice, 'error', array[
                        '131047: Re-engagement message',
                        '131026: Message undeliverable',
                        '131049: This message was not delivered to maintain healthy '
                        'ecosystem engagement.'
                    ]
                ))
            when part in ('reaction', 'our_reaction')
                then json_build_object(
                    'is_reaction', true,
                    'in_reply_to', quoted_id,
                    'in_reply_to_external_id',
                    demo.message_source_id(channel_type, quoted_dice)
                )
            when is_call
                then demo.call(
                    call_id,
                    demo.message_source_id(channel_type, dice),
                    part = 'call_taken',
                    agent_id,
                    agent_name,
                    dice
                )
            when part = 'ai_select'
                then '{"items": [
                    {"title": "Quero me matricular", "value": "matricula"},
                    {"title": "Já sou aluno", "value": "aluno"},
                    {"title": "Falar com a equipe", "value": "equipe"}
                ]}'::json
            when speaker = 'automation'
                then json_build_object(
                    'automation_rule_id', 1 + floor(2 * demo.roll(dice, 'rule'))
                )
            when speaker = 'phone' then json_build_object('external_echo', true)
            when speaker = 'activity'
                and action not in (
                    'assign', 'assign_team', 'label', 'handoff_label', 'priority'
                )
                and happens_at > (select upgraded_at from demo.settings)
                then json_build_object('activity', json_build_object(
                    'type', 'status_changed',
                    'status',
                    (array['open', 'resolved', 'pending', 'snoozed'])[status + 1]
                ))
            when speaker = 'contact' and channel_type = 'Channel::Email'
                then json_build_object('email', json_build_object(
                    'subject', 'Reclamação: ' || intent,
                    'text_content', replace(
                        json_build_object('full', text || ' @@')::text, '@@',
                        case
                            when demo.roll(dice, 'nul') < 0.15 then '\u0000'
                            else ''
                        end
                    )::json
                ))
            when speaker = 'contact' and demo.roll(dice, 'quotes') < 0.04
                then json_build_object(
                    'in_reply_to_external_id', 'wamid.' || md5('quoted ' || id)
                )
            when speaker = 'contact' and channel_type = 'Channel::Api'
                then json_build_object(
                    'external_created_at', floor(extract(epoch from happens_at))
                )
        end),
        case
            when speaker = 'contact' then 'Contact'
            when speaker = 'ai' and ai = 'bot' then 'AgentBot'
            when speaker in ('ai', 'human', 'note', 'template') then 'User'
            when speaker = 'campaign' and demo.roll(dice, 'by a person') < 0.5
                then 'User'
        end,
        case
            when speaker = 'contact' then contact_id
            when speaker = 'ai' and ai = 'bot' then 1
            when speaker = 'ai' then 26
            when speaker in ('human', 'note', 'template') then writer_id
            when speaker = 'campaign' and demo.roll(dice, 'by a person') < 0.5 then 25
        end,
        case
            when speaker = 'template'
                then jsonb_build_object('template_params', jsonb_build_object(
                    'name', intent || '_v2',
                    'category', 'MARKETING',
                    'language', 'pt_BR',
                    'processed_params', '{"1": "aluno"}'::jsonb
                ))
            when speaker = 'survey' and csat_by_template
                then '{"template_params": {"name": "pesquisa_atendimento"}}'::jsonb
            when speaker = 'campaign'
                then jsonb_build_object(
                    'campaign_id', case when path = 'campaign' then 1 else 2 end
                )
            else '{}'::jsonb
        end,
        null
    from signed
    order by id;
$$;

create function demo.write_attachments(after_id bigint) returns void
language sql
as $$
    insert into attachments (
        file_type, external_url, message_id, account_id, created_at, updated_at,
        fallback_title, extension, meta
    )
    select
        kind.file_type,
        null,
        messages.id,
        messages.account_id,
        messages.created_at,
        messages.created_at,
        null,
        kind.extension,
        case
            when kind.file_type = 1 then '{"transcribed_text": ""}'
            else '{}'
        end::jsonb
    from messages
    cross join lateral (
        select
            file_type,
            (array['jpg', 'ogg', 'mp4', 'pdf'])[file_type + 1] as extension
        from (
            select
                case
                    when messages.content_type = 11 then 0
                    else floor(4 * demo.roll(messages.id, 'file'))::integer
                end as file_type
        ) as file
    ) as kind
    where messages.id > after_id and messages.content is null
    order by messages.id
$$;

create function demo.write_calls(after_id bigint) returns void
language sql
as $$
    insert into calls (
        id, account_id, inbox_id, conversation_id, contact_id, message_id,
        accepted_by_agent_id, provider_call_id, provider, direction, status,
        started_at, duration_seconds, created_at, updated_at
    )
    select
        (call ->> 'call_id')::bigint,
        messages.account_id,
        messages.inbox_id,
        messages.conversation_id,
        messages.sender_id,
        messages.id,
        (call -> 'accepted_by' ->> 'id')::bigint,
        messages.source_id,
        1, -- WhatsApp
        0, -- incoming
        replace(call ->> 'status', '-', '_'),
        case
            when call -> 'accepted_by' is not null
                then messages.created_at + interval '8 seconds'
        end,
        (call ->> 'duration_seconds')::integer,
        messages.created_at,
        messages.created_at
    from messages
    cross join lateral (
        select (messages.content_attributes #>> '{}')::json -> 'data' as call
    ) as told
    where messages.id > after_id and messages.content_type = 12
    order by messages.id
$$;

-- Brings the messages of surveys up to date with the answers.
create function demo.carry_answers() returns void
language sql
as $$
    update messages
    set
        content_attributes = demo.rails_json(answer),
        updated_at = greatest(messages.updated_at, csat.updated_at)
    from csat_survey_responses as csat
    cross join lateral (
        select demo.answer(csat.rating, csat.feedback_message) as answer
    ) as given
    where messages.id = csat.message_id
        and messages.content_attributes::text <> demo.rails_json(answer)::text
$$;

create function demo.write_surveys(since timestamp, until timestamp) returns void
language sql
as $$
    -- Merging contacts destroyed the answers of one: they survive in the message only.
    insert into csat_survey_responses (
        account_id, conversation_id, message_id, rating, feedback_message, contact_id,
        assigned_agent_id, created_at, updated_at, csat_review_notes,
        review_notes_updated_at, review_notes_updated_by_id
    )
    select
        1,
        survey.conversation_id,
        messages.id,
        answer.rating,
        demo.feedback(survey.dice, answer.rating),
        conversation.contact_id,
        survey.assignee_id,
        survey.answered_at,
        answer.updated_at,
        review.note,
        case
            when review.note is not null then survey.answered_at + interval '1 hour'
        end,
        case when review.note is not null then 25 end
    from demo.plan_survey as survey
    inner join demo.plan_conversation as conversation using (conversation_id)
    inner join messages
        on survey.conversation_id = messages.conversation_id
        and survey.asked_at = messages.created_at
        and messages.content_type = 9
    cross join lateral (
        select
            case
                when survey.changed_at <= until then survey.rating
                else survey.first_rating
            end as rating,
            case
                when survey.changed_at <= until then survey.changed_at
                else survey.answered_at
            end as updated_at
    ) as answer
    cross join lateral (
        select
            case
                when survey.first_rating <= 2
                    and demo.roll(survey.dice, 'reviewed') < 0.3
                    and survey.answered_at + interval '1 hour' <= until
                    then 'Gerente ligou para o cliente.'
            end as note
    ) as review
    where conversation.kind not in ('merged', 'deleted')
        and survey.answered_at <= until
        and (survey.answered_at > since or conversation.is_new)
    order by survey.answered_at, survey.conversation_id
    on conflict (message_id) do nothing;

    update csat_survey_responses
    set
        rating = survey.rating,
        feedback_message = demo.feedback(survey.dice, survey.rating),
        updated_at = survey.changed_at
    from demo.plan_survey as survey
    where csat_survey_responses.conversation_id = survey.conversation_id
        and csat_survey_responses.created_at = survey.answered_at
        and survey.changed_at > since
        and survey.changed_at <= until
        and csat_survey_responses.updated_at < survey.changed_at;

    select demo.carry_answers();
$$;

create function demo.write_events(since timestamp, until timestamp) returns void
language sql
as $$
    -- Events of conversations that were deleted before 4.2.0 have stayed behind.
    insert into reporting_events (
        name, value, account_id, inbox_id, user_id, conversation_id, created_at,
        updated_at, value_in_business_hours, event_start_time, event_end_time
    )
    select
        event.name,
        event.seconds,
        1,
        conversation.inbox_id,
        event.user_id,
        case
            when conversation.kind = 'deleted'
                and demo.roll(conversation.dice, 'lost id') < 0.3
                then null
            else event.conversation_id
        end,
        event.written_at,
        event.written_at,
        case
            when event.seconds = 0 or not profile.has_hours then 0
            else demo.open_seconds(
                event.ends_at at time zone 'UTC' at time zone local_timezone,
                profile.weekday_open, profile.weekday_close,
                profile.saturday_open, profile.saturday_close
            ) - demo.open_seconds(
                event.starts_at at time zone 'UTC' at time zone local_timezone,
                profile.weekday_open, profile.weekday_close,
                profile.saturday_open, profile.saturday_close
            )
        end,
        event.starts_at,
        event.ends_at
    from demo.plan_event as event
    inner join demo.plan_conversation as conversation using (conversation_id)
    inner join demo.inbox_profile as profile on conversation.inbox_id = profile.id
    where event.written_at <= until
        and (event.written_at > since or conversation.is_new)
    order by event.written_at, event.conversation_id, event.name
$$;

create function demo.write_labels(since timestamp, until timestamp) returns void
language sql
as $$
    insert into taggings (
        tag_id, taggable_type, taggable_id, context, created_at
    )
    select
        tags.id,
        marked.taggable_type,
        marked.taggable_id,
        marked.context,
        marked.added_at
    from (
        -- NULL taggers let the unique index pass the same label twice.
        select
            'Conversation' as taggable_type,
            label.conversation_id as taggable_id,
            'labels' as context,
            label.label,
            label.added_at
        from demo.plan_label as label
        inner join demo.plan_conversation as conversation using (conversation_id)
        cross join generate_series(1, label.copies)
        where conversation.kind <> 'deleted'
            and label.added_at <= until
            and (label.added_at > since or conversation.is_new)
        union all
        -- Contacts have labels as well, and their ids look like those of conversations.
        select
            'Contact',
            contact_id,
            'labels',
            'aluno-black',
            started_at
        from demo.plan_conversation
        where is_new and demo.roll(dice, 'contact label') < 0.05
        union all
        select
            'Conversation',
            conversation_id,
            'topics',
            'promo-antiga',
            started_at
        from demo.plan_conversation
        where is_new and demo.roll(dice, 'topic') < 0.004 and kind <> 'deleted'
    ) as marked
    inner join tags on marked.label = tags.name
    order by marked.added_at, marked.taggable_id, tags.id
$$;

create function demo.write_slas(until timestamp) returns void
language sql
as $$
    insert into applied_slas (
        account_id, sla_policy_id, conversation_id, created_at, updated_at, sla_status
    )
    select
        account_id,
        sla_policy_id,
        id,
        created_at,
        created_at,
        0
    from conversations
    where sla_policy_id is not null
        and id in (select conversation_id from demo.plan_conversation)
    order by id
    on conflict (account_id, sla_policy_id, conversation_id) do nothing;

    insert into sla_events (
        applied_sla_id, conversation_id, account_id, sla_policy_id, inbox_id,
        event_type, created_at, updated_at
    )
    select
        sla.id,
        conversations.id,
        1,
        policy.id,
        conversations.inbox_id,
        missed.event_type,
        missed.due_at,
        missed.due_at
    from applied_slas as sla
    inner join conversations on sla.conversation_id = conversations.id
    inner join sla_policies as policy on sla.sla_policy_id = policy.id
    cross join lateral (
        values
        (
            0,
            conversations.created_at
            + demo.seconds(policy.first_response_time_threshold),
            conversations.first_reply_created_at
        ),
        (
            2,
            conversations.created_at + demo.seconds(policy.resolution_time_threshold),
            case when conversations.status = 1 then conversations.last_activity_at end
        )
    ) as missed (event_type, due_at, happened_at)
    where conversations.id in (select conversation_id from demo.plan_conversation)
        and missed.due_at < least(until, coalesce(missed.happened_at, until))
        and not exists (
            select 1
            from sla_events
            where sla_events.applied_sla_id = sla.id
                and sla_events.event_type = missed.event_type
        )
    order by missed.due_at, conversations.id;

    update applied_slas
    set sla_status = result.status, updated_at = result.updated_at
    from (
        select
            sla.id,
            case
                when conversations.status = 1 and count(sla_events.id) = 0 then 1
                when conversations.status = 1 then 2
                when count(sla_events.id) > 0 then 3
                else 0
            end as status,
            greatest(
                sla.created_at,
                max(sla_events.created_at),
                case
                    when conversations.status = 1 then conversations.last_activity_at
                end
            ) as updated_at
        from applied_slas as sla
        inner join conversations on sla.conversation_id = conversations.id
        left join sla_events on sla.id = sla_events.applied_sla_id
        where conversations.id in (select conversation_id from demo.plan_conversation)
        group by sla.id, conversations.id
    ) as result
    where applied_slas.id = result.id
        and applied_slas.sla_status is distinct from result.status;
$$;

-- Remembers what is still to come in the planned conversations.
create function demo.write_unfinished(until timestamp) returns void
language sql
as $$
    delete from demo.unfinished
    where conversation_id in (select conversation_id from demo.plan_conversation);

    insert into demo.unfinished (conversation_id, dice, started_at, next_at)
    select
        conversation.conversation_id,
        conversation.dice,
        conversation.started_at,
        min(coming.comes_at)
    from demo.plan_conversation as conversation
    inner join (
        select conversation_id, happens_at as comes_at from demo.timeline
        union all
        select conversation_id, answered_at from demo.plan_survey
        union all
        select conversation_id, changed_at from demo.plan_survey
        union all
        select conversation_id, written_at from demo.plan_event
        union all
        select conversation_id, added_at from demo.plan_label
    ) as coming using (conversation_id)
    where coming.comes_at > until and conversation.kind <> 'deleted'
    group by conversation.conversation_id;
$$;

create function demo.write(since timestamp, until timestamp) returns void
language plpgsql
as $$
declare
    last_message_id bigint := (select coalesce(max(id), 0) from messages);
begin
    perform demo.write_contacts();
    perform demo.write_messages(since, until);
    perform demo.write_attachments(last_message_id);
    perform demo.write_calls(last_message_id);
    perform demo.write_surveys(since, until);
    perform demo.write_events(since, until);
    perform demo.write_labels(since, until);
    perform demo.write_conversations(until);
    perform demo.write_slas(until);
    perform demo.write_unfinished(until);
end;
$$;
