-- The gym chain: its inboxes, people, teams and customers.

create table demo.settings (
    seed bigint not null,
    history_starts_at timestamp not null,
    generated_until timestamp not null,
    lived_until timestamp not null,
    bad_week_starts_at timestamp not null,
    upgraded_at timestamp not null, -- to 4.16, whose activities carry their status
    auto_resolve_starts_at timestamp not null, -- tried for three days, then never
    arrivals_per_busyness double precision not null,
    last_conversation_id integer not null
);

create table demo.inbox_profile (
    id integer primary key,
    name text not null,
    channel_type text not null,
    provider text,
    timezone text not null,
    share numeric not null, -- of all conversations
    audience text not null, -- which paths its conversations take
    ai text not null, -- 'bot' answers as AgentBot, 'user' with a user's token
    has_csat boolean not null,
    csat_by_template boolean not null,
    is_single_thread boolean not null,
    has_hours boolean not null,
    weekday_open integer not null,
    weekday_close integer not null,
    saturday_open integer not null, -- closed on Saturdays if equal to the close
    saturday_close integer not null,
    resolve_share double precision not null, -- of the episodes that people could close
    slowness double precision not null, -- of its people, beside those of other units
    name_above text, -- whose messages carry a name: 'people', or 'all' with the AI
    signature text -- how the signature below a person's message begins
);

-- 'UTC' is Chatwoot's default and means that nobody set the time zone. Inbox 13 was
-- deleted: its conversations are still there. Nobody presses resolve but where a survey
-- waits for it, and there seldom: 93 % of conversations are never resolved.
insert into demo.inbox_profile
values
    (
        1, 'AllpFit Centro', 'Channel::Whatsapp', 'whatsapp_cloud', 'America/Sao_Paulo',
        0.13, 'ai', 'bot', true, false, false, true, 0, 24, 8, 18,
        0.18, 1.0, null, null
    ),
    (
        2, 'AllpFit Jardins', 'Channel::Whatsapp', 'whatsapp_cloud',
        'America/Sao_Paulo',
        0.11, 'ai', 'bot', true, true, false, true, 6, 22, 8, 14,
        0.18, 0.7, null, null
    ),
    (
        3, 'AllpFit Moema', 'Channel::Api', null, 'UTC',
        0.12, 'ai', 'user', false, false, false, true, 6, 22, 8, 14,
        0.002, 1.5, 'people', null
    ),
    (
        4, 'AllpFit Tatuapé', 'Channel::Api', null, 'UTC',
        0.10, 'ai', 'user', false, false, false, false, 9, 17, 0, 0,
        0.002, 1.0, 'all', null
    ),
    (
        5, 'AllpFit Santana', 'Channel::Whatsapp', 'default', 'America/Sao_Paulo',
        0.09, 'ai', 'bot', true, false, false, true, 6, 22, 8, 14,
        0.18, 0.8, null, null
    ),
    (
        6, 'AllpFit Campinas', 'Channel::Whatsapp', 'baileys', 'America/Sao_Paulo',
        0.09, 'ai', 'bot', false, false, false, true, 9, 17, 0, 0,
        0.002, 2.2, null, null
    ),
    (
        7, 'AllpFit Santos', 'Channel::Api', null, 'America/Sao_Paulo',
        0.08, 'phone', 'bot', false, false, false, true, 6, 22, 8, 12,
        0.002, 1.0, null, null
    ),
    (
        8, 'AllpFit Manaus', 'Channel::Whatsapp', 'whatsapp_cloud', 'America/Manaus',
        0.08, 'ai', 'bot', true, false, false, true, 6, 22, 8, 14,
        0.18, 0.9, null, 'Atenciosamente,'
    ),
    (
        9, 'AllpFit Osasco', 'Channel::Api', null, 'UTC',
        0.05, 'ai', 'user', false, false, true, false, 9, 17, 0, 0,
        0.002, 1.3, null, null
    ),
    (
        10, 'AllpFit Guarulhos', 'Channel::Whatsapp', 'whatsapp_cloud', 'UTC',
        0.07, 'human', 'none', false, false, false, true, 9, 17, 0, 0,
        0.002, 1.8, null, null
    ),
    (
        11, 'Site AllpFit', 'Channel::WebWidget', null, 'America/Sao_Paulo',
        0.06, 'site', 'bot', true, false, false, false, 9, 17, 0, 0,
        0.18, 1.0, null, null
    ),
    (
        12, 'Ouvidoria (e-mail)', 'Channel::Email', null, 'UTC',
        0.02, 'email', 'none', false, false, false, false, 9, 17, 0, 0,
        0.002, 1.0, null, '--'
    ),
    (
        13, 'AllpFit Vila Madalena', 'Channel::Api', null, 'UTC',
        0.00, 'human', 'none', false, false, false, false, 9, 17, 0, 0,
        0.002, 1.0, null, null
    );

create table demo.intent (
    name text primary key,
    team_id integer not null,
    label text not null,
    price integer not null,
    share numeric not null,
    handoff_reason text not null
);

insert into demo.intent (name, team_id, label, price, share, handoff_reason)
values
    ('planos', 2, 'lead-quente', 119, 0.18, 'Negociação'),
    ('aula_experimental', 2, 'aula-experimental', 0, 0.11, 'Agendamento'),
    ('horarios', 1, 'duvida', 0, 0.12, 'Fora do escopo'),
    ('cancelamento', 4, 'cancelamento', 109, 0.11, 'Cancelamento'),
    ('trancamento', 4, 'trancamento', 109, 0.06, 'Cancelamento'),
    ('boleto', 3, 'financeiro', 129, 0.13, 'Cobrança'),
    ('cobranca', 3, 'reclamacao', 89, 0.06, 'Cobrança'),
    ('catraca', 1, 'acesso', 0, 0.06, 'Acesso'),
    ('app', 1, 'app', 0, 0.05, 'Acesso'),
    ('personal', 2, 'personal', 480, 0.04, 'Negociação'),
    ('avaliacao', 1, 'avaliacao-fisica', 60, 0.04, 'Agendamento'),
    ('aulas', 1, 'duvida', 0, 0.04, 'Agendamento');

-- Inboxes that an unofficial integration fills. It stores emoji reactions, groups and
-- repeated messages, which WhatsApp's own interface does not give.
create view demo.integration as
select
    id as inbox_id,
    row_number() over (order by id) as nth,
    count(*) over () as inboxes
from demo.inbox_profile
where (channel_type = 'Channel::Api' or provider = 'baileys')
    and share > 0
    and not is_single_thread;

-- Shares as the ranges of a roll.
create view demo.inbox_odds as
select
    id,
    sum(share) over (order by id) - share as from_roll,
    sum(share) over (order by id) as to_roll
from demo.inbox_profile
where share > 0;

create view demo.intent_odds as
select
    *,
    sum(share) over (order by name) - share as from_roll,
    sum(share) over (order by name) as to_roll
from demo.intent;

-- First and last names as they come from WhatsApp: some are missing, some are odd.
create function demo.contact_name(dice bigint) returns text
language sql immutable
as $$
    select case
        when demo.roll(dice, 'odd name') < 0.02 then null
        when demo.roll(dice, 'odd name') < 0.04 then ''
        when demo.roll(dice, 'odd name') < 0.06
            then demo.pick(dice, 'oddity', array[
                '   ', '🏋️‍♀️🔥', '~Jujuh💕', '=1+1', '@SUM(A1:A9)',
                '<script>alert(1)</script>',
                'D''Ávila "Guga"', E'Ana\tPaula', E'João\nPedro', '\N', 'null', 'أحمد',
                U&'Lu\200Bcas', U&'\202EotreboR', '-', '.',
                'Mãe da Bia; Unid. 2, turma B'
            ])
        else demo.pick(dice, 'first name', array[
            'Ana', 'Beatriz', 'Bruno', 'Caio', 'Camila', 'Carla', 'Carlos', 'Cláudia',
            'Daniel', 'Débora', 'Diego', 'Eduarda', 'Elaine', 'Fábio', 'Felipe',
            'Fernanda', 'Gabriel', 'Gabriela', 'Guilherme', 'Gustavo', 'Helena', 'Igor',
            'Isabela', 'João', 'Jéssica', 'Juliana', 'Larissa', 'Leandro', 'Letícia',
            'Lucas', 'Luciana', 'Luiz', 'Marcelo', 'Marcos', 'Mariana', 'Mateus',
            'Natália', 'Otávio', 'Patrícia', 'Paulo', 'Priscila', 'Rafael', 'Renata',
            'Ricardo', 'Roberta', 'Rodrigo', 'Sabrina', 'Sérgio', 'Simone', 'Tatiane',
            'Thiago', 'Vanessa', 'Vinícius', 'Vitória', 'Wagner', 'Yasmin'
        ])
        || case
            when demo.roll(dice, 'has last name') < 0.75
                then ' ' || demo.pick(dice, 'last name', array[
                    'Almeida', 'Alves', 'Araújo', 'Barbosa', 'Barros', 'Batista',
                    'Cardoso', 'Carvalho', 'Castro', 'Cavalcanti', 'Costa', 'Dias',
                    'Duarte', 'Fernandes', 'Ferreira', 'Freitas', 'Gomes', 'Gonçalves',
                    'Lima', 'Lopes', 'Machado', 'Martins', 'Melo', 'Mendes', 'Monteiro',
                    'Moraes', 'Moreira', 'Nascimento', 'Nunes', 'Oliveira', 'Pereira',
                    'Pinto', 'Ramos', 'Ribeiro', 'Rocha', 'Rodrigues', 'Santos',
                    'Silva', 'Soares', 'Souza', 'Teixeira', 'Vieira'
                ])
            else ''
        end
    end
$$;

-- No Brazilian mobile number begins with 90 after the area code: nobody can be called.
-- Two of 120 numbers are one person, with and without the ninth digit; they have to
-- look real, so they lie in a block of zeros.
create function demo.phone(identity integer) returns text
language sql immutable
return case identity % 120
    when 47
        then '+55' || (array['11', '12', '13', '19', '92'])[1 + identity % 5]
        || '96000' || lpad((identity / 120 % 10000)::text, 4, '0')
    when 60
        then '+55' || (array['11', '12', '13', '19', '92'])[1 + (identity - 13) % 5]
        || '6000' || lpad((identity / 120 % 10000)::text, 4, '0')
    else '+55'
        || (array['11', '12', '13', '19', '92'])[1 + identity % 5]
        || '90'
        || lpad((identity::bigint * 7368787 % 10000000)::text, 7, '0')
end;

create function demo.create_company() returns void
language sql
as $$
    insert into accounts (
        id, name, created_at, updated_at, locale, domain, support_email,
        settings
    )
    select
        1,
        'AllpFit Academias',
        history_starts_at - interval '400 days',
        history_starts_at - interval '40 days',
        16, -- pt_BR
        'allpfit.example',
        'contato@allpfit.example',
        '{"auto_resolve_after": null, "auto_resolve_ignore_waiting": false}'::jsonb
    from demo.settings;

    -- 25 people and, the last one, an AI that writes with its user's token. Agent 5 was
    -- called Edson Lima until the upgrade; agent 19's name begins that of agent 12.
    insert into users (
        id, uid, encrypted_password, sign_in_count, confirmed_at, name, display_name,
        email, tokens, created_at, updated_at, pubsub_token, otp_secret
    )
    select
        person.id,
        mailbox || '@allpfit.example',
        '$2a$11$' || md5('password ' || person.id),
        12 * person.id::integer,
        history_starts_at - interval '300 days',
        person.name,
        case when person.id % 3 = 0 then split_part(person.name, ' ', 1) end,
        mailbox || '@allpfit.example',
        json_build_object('client', json_build_object(
            'token', '$2a$10$' || md5('token ' || person.id), 'expiry', 1900000000
        )),
        history_starts_at - interval '300 days',
        history_starts_at - interval '30 days',
        md5('pubsub ' || person.id),
        md5('otp ' || person.id)
    from demo.settings
    cross join unnest(array[
        'Aline Prado', 'Bruna Sampaio', 'César Nogueira', 'Daiane Furtado',
        'Edson Pacheco', 'Flávia Tavares', 'Gilberto Rangel', 'Hugo Bittencourt',
        'Ingrid Salles', 'Jonas Amorim', 'Kelly Viana', 'Sandra Leal Braga',
        'Michele Couto', 'Nelson Guedes', 'Olívia Peixoto', 'Pedro Xavier',
        'Quitéria Lobo', 'Rogério Paiva', 'Sandra Leal', 'Túlio Mesquita',
        'Úrsula Campos', 'Valéria Pires', 'William Serra', 'Zélia Fontes',
        'Marina Albuquerque', 'Assistente AllpFit'
    ]) with ordinality as person (name, id)
    cross join lateral (
        select
            case
                when person.id = 26 then 'assistente.ia'
                else translate(
                    lower(replace(person.name, ' ', '.')),
                    'áâãçéêíóôõúü',
                    'aaaceeiooouu'
                )
            end as mailbox
    ) as address;

    -- Agent 24 left the account, so only the user's row is still there.
    insert into account_users (
        account_id, user_id, role, created_at, updated_at, active_at, availability
    )
    select
        1,
        id,
        case when id = 25 then 1 else 0 end,
        created_at,
        updated_at,
        demo.settings.generated_until - id * interval '7 minutes',
        id % 3
    from users
    cross join demo.settings
    where id <> 24;

    insert into teams (id, name, description, account_id, created_at, updated_at)
    select
        team.id,
        team.name,
        team.description,
        1,
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days'
    from demo.settings
    cross join (
        values
        (1, 'Recepção', 'Horários, acesso e agendamentos'),
        (2, 'Vendas', 'Matrículas e planos'),
        (3, 'Financeiro', 'Mensalidades e cobranças'),
        (4, 'Retenção', null)
    ) as team (id, name, description);

    -- The n-th agent works in the team that demo.plan_episodes() expects.
    insert into team_members (team_id, user_id, created_at, updated_at)
    select
        1 + (users.id - 1) % 4,
        users.id,
        users.created_at,
        users.created_at
    from users
    where users.id <= 24;

    insert into channel_whatsapp (
        id, account_id, phone_number, provider, provider_config, created_at,
        updated_at, business_management_token
    )
    select
        profile.id,
        1,
        '+55119000000' || lpad(profile.id::text, 2, '0'),
        profile.provider,
        jsonb_build_object('api_key', md5('api key ' || profile.id)),
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days',
        md5('business ' || profile.id)
    from demo.inbox_profile as profile
    cross join demo.settings
    where profile.channel_type = 'Channel::Whatsapp';

    insert into channel_api (
        id, account_id, webhook_url, created_at, updated_at, identifier, hmac_token,
        secret
    )
    select
        profile.id,
        1,
        'https://evolution.allpfit.example/webhook/' || profile.id,
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days',
        md5('identifier ' || profile.id),
        md5('hmac ' || profile.id),
        md5('secret ' || profile.id)
    from demo.inbox_profile as profile
    cross join demo.settings
    where profile.channel_type = 'Channel::Api';

    insert into channel_web_widgets (
        id, website_url, account_id, created_at, updated_at, website_token,
        welcome_title, hmac_token
    )
    select
        11,
        'https://www.allpfit.example',
        1,
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days',
        md5('website'),
        'Fale com a AllpFit',
        md5('widget')
    from demo.settings;

    insert into channel_email (
        id, account_id, email, forward_to_email, created_at, updated_at, imap_enabled,
        imap_login, imap_password, smtp_login, smtp_password
    )
    select
        12,
        1,
        'ouvidoria@allpfit.example',
        'ouvidoria-1@chatwoot.example',
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days',
        true,
        'ouvidoria',
        md5('imap'),
        'ouvidoria',
        md5('smtp')
    from demo.settings;

    insert into inboxes (
        id, channel_id, account_id, name, created_at, updated_at, channel_type,
        greeting_enabled, greeting_message, working_hours_enabled,
        out_of_office_message, timezone, csat_survey_enabled,
        lock_to_single_conversation, csat_config
    )
    select
        profile.id,
        profile.id,
        1,
        profile.name,
        history_starts_at - interval '300 days',
        history_starts_at - interval '60 days',
        profile.channel_type,
        profile.audience = 'human',
        case when profile.audience = 'human' then 'Bem-vindo! Já vamos te atender.' end,
        profile.has_hours,
        case when profile.has_hours then 'Estamos fora do horário.' end,
        profile.timezone,
        profile.has_csat,
        profile.is_single_thread,
        case
            when profile.csat_by_template
                then '{"template": {"name": "pesquisa", "language": "pt_BR"}}'
            else '{}'
        end::jsonb
    from demo.inbox_profile as profile
    cross join demo.settings
    where profile.id <> 13;

    insert into working_hours (
        inbox_id, account_id, day_of_week, closed_all_day, open_hour, open_minutes,
        close_hour, close_minutes, created_at, updated_at, open_all_day
    )
    select
        profile.id,
        1,
        day_of_week,
        hours.opens = hours.closes,
        case when hours.is_partial then hours.opens end,
        case when hours.is_partial then 0 end,
        case when hours.is_partial then hours.closes end,
        case when hours.is_partial then 0 end,
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days',
        hours.closes - hours.opens = 24
    from demo.inbox_profile as profile
    cross join demo.settings
    cross join generate_series(0, 6) as day_of_week
    cross join lateral (
        select
            opens,
            closes,
            closes > opens and closes - opens < 24 as is_partial
        from (
            select
                case day_of_week
                    when 0 then 0
                    when 6 then profile.saturday_open
                    else profile.weekday_open
                end as opens,
                case day_of_week
                    when 0 then 0
                    when 6 then profile.saturday_close
                    else profile.weekday_close
                end as closes
        ) as day
    ) as hours
    where profile.id <> 13;

    insert into agent_bots (
        id, name, description, outgoing_url, created_at, updated_at, account_id, secret
    )
    select
        1,
        'Assistente AllpFit',
        'Primeiro atendimento com IA',
        'https://ia.allpfit.example/webhook',
        history_starts_at - interval '300 days',
        history_starts_at - interval '20 days',
        1,
        md5('bot')
    from demo.settings;

    -- Inbox 10 had the bot once; it is switched off.
    insert into agent_bot_inboxes (
        inbox_id, agent_bot_id, status, created_at, updated_at, account_id
    )
    select
        id,
        1,
        case when ai = 'bot' then 0 else 1 end,
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days',
        1
    from demo.inbox_profile
    cross join demo.settings
    where ai = 'bot' or id = 10;

    insert into labels (title, description, color, account_id, created_at, updated_at)
    select
        label.title,
        case when label.nth % 2 = 0 then 'Assunto da conversa' end,
        '#' || left(md5(label.title), 6),
        1,
        history_starts_at - interval '300 days',
        history_starts_at - interval '300 days'
    from demo.settings
    cross join (
        select
            title,
            row_number() over (order by title) as nth
        from (
            select label as title from demo.intent
            union
            values ('retornar'), ('vip'), ('atendimento-humano')
        ) as title
    ) as label;

    insert into tags (name)
    select title from labels
    union all
    values ('promo-antiga'), ('aluno-black')
    order by 1;

    insert into campaigns (
        title, message, sender_id, account_id, inbox_id, trigger_rules, created_at,
        updated_at, campaign_type, campaign_status, scheduled_at
    )
    select
        campaign.title,
        'Matrículas abertas!',
        case when campaign.type = 0 then 25 end,
        1,
        campaign.inbox_id,
        case when campaign.type = 0 then '{"url": "https://www.allpfit.example/planos"}'
            else '{}'
        end::jsonb,
        history_starts_at,
        history_starts_at,
        campaign.type,
        campaign.type,
        case when campaign.type = 1 then history_starts_at + interval '40 days' end
    from demo.settings
    cross join (
        values
        (1, 'Matrícula sem taxa', 11, 0),
        (2, 'Aula experimental', 11, 0),
        (3, 'Volta às aulas', 1, 1)
    ) as campaign (nth, title, inbox_id, type)
    order by campaign.nth;

    insert into automation_rules (
        account_id, name, event_name, conditions, actions, created_at, updated_at
    )
    select
        1,
        rule.name,
        rule.event_name,
        '[]',
        '[{"action_name": "send_message"}]',
        history_starts_at,
        history_starts_at
    from demo.settings
    cross join (
        values
        (1, 'Avisar que entrou na fila', 'conversation_opened'),
        (2, 'Prazo de resposta', 'conversation_updated')
    ) as rule (nth, name, event_name)
    order by rule.nth;

    insert into custom_attribute_definitions (
        attribute_display_name, attribute_key, attribute_display_type, attribute_model,
        account_id, created_at, updated_at, attribute_values
    )
    select
        attribute.display_name,
        attribute.key,
        attribute.display_type,
        attribute.model,
        1,
        history_starts_at,
        history_starts_at,
        attribute.choices::jsonb
    from demo.settings
    cross join (
        values
        ('Plano', 'plano', 6, 0, '["Mensal", "Anual", "Black"]'),
        ('Valor da proposta', 'valor_proposta', 2, 0, '[]'),
        ('Visita agendada', 'visita_em', 5, 0, '[]'),
        ('Motivo da transferência', 'motivo_transferencia', 0, 0, '[]'),
        ('Já é aluno', 'aluno', 7, 1, '[]')
    ) as attribute (display_name, key, display_type, model, choices)
    order by attribute.key;

    insert into sla_policies (
        name, first_response_time_threshold, next_response_time_threshold,
        only_during_business_hours, account_id, created_at, updated_at, description,
        resolution_time_threshold
    )
    select
        'Vendas em 5 minutos',
        300,
        1800,
        false,
        1,
        history_starts_at,
        history_starts_at,
        'Leads não podem esperar',
        86400
    from demo.settings;
$$;
