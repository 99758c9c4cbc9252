-- The part of a Chatwoot 4.16.2 database that the analytics views read: real column
-- names, types, defaults and indexes. As in Chatwoot, ids point to rows without
-- foreign keys, times are UTC without time zone, and secrets lie beside the rest.
-- Left out: tables no view reads, and the trigram indexes of Chatwoot's own search.

create table schema_migrations (
    version varchar not null primary key
);

-- The newest migration of each release; the newest of all tells the running version.
insert into schema_migrations (version)
values
    ('20230801180936'), -- v3.0.0
    ('20240516003531'), -- v3.10.0
    ('20240923215335'), -- v3.14
    ('20241217041352'), -- v3.16.0
    ('20250315202035'), -- v4.0.4
    ('20250514045638'), -- v4.2.0
    ('20250714104358'), -- v4.4.0
    ('20250808123008'), -- v4.5.2
    ('20250916024703'), -- v4.6.0
    ('20251114173609'), -- v4.8.0
    ('20251119161025'), -- v4.9.2
    ('20260114201315'), -- v4.10.1
    ('20260320074636'), -- v4.12.1
    ('20260525093000'), -- v4.14.2
    ('20260611184600'), -- v4.15.1
    ('20260713184351'), -- v4.16.0
    ('20260718000000'); -- v4.16.2

---------- accounts and people

create table accounts (
    id serial primary key,
    name varchar not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    locale integer default 0,
    domain varchar(100),
    support_email varchar(100),
    feature_flags bigint not null default 0,
    auto_resolve_duration integer,
    limits jsonb default '{}',
    custom_attributes jsonb default '{}',
    status integer default 0,
    internal_attributes jsonb not null default '{}',
    settings jsonb default '{}',
    feature_flags_ext_1 bigint not null default 0
);

create index index_accounts_on_status on accounts (status);

create table users (
    id serial primary key,
    provider varchar not null default 'email',
    uid varchar not null default '',
    encrypted_password varchar not null default '',
    reset_password_token varchar,
    reset_password_sent_at timestamp,
    remember_created_at timestamp,
    sign_in_count integer not null default 0,
    current_sign_in_at timestamp,
    last_sign_in_at timestamp,
    current_sign_in_ip varchar,
    last_sign_in_ip varchar,
    confirmation_token varchar,
    confirmed_at timestamp,
    confirmation_sent_at timestamp,
    unconfirmed_email varchar,
    name varchar not null,
    display_name varchar,
    email varchar,
    tokens json,
    created_at timestamp not null,
    updated_at timestamp not null,
    pubsub_token varchar,
    availability integer default 0,
    ui_settings jsonb default '{}',
    custom_attributes jsonb default '{}',
    type varchar,
    message_signature text,
    otp_secret varchar,
    consumed_timestep integer,
    otp_required_for_login boolean not null default false,
    otp_backup_codes text
);

create index index_users_on_email on users (email);
create index index_users_on_otp_required_for_login on users (otp_required_for_login);
create unique index index_users_on_otp_secret on users (otp_secret);
create unique index index_users_on_pubsub_token on users (pubsub_token);
create unique index index_users_on_reset_password_token
on users (reset_password_token);
create unique index index_users_on_uid_and_provider on users (uid, provider);

create table account_users (
    id bigserial primary key,
    account_id bigint,
    user_id bigint,
    role integer default 0,
    inviter_id bigint,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    active_at timestamp,
    availability integer not null default 0,
    auto_offline boolean not null default true,
    custom_role_id bigint,
    agent_capacity_policy_id bigint
);

create unique index uniq_user_id_per_account_id on account_users (account_id, user_id);
create index index_account_users_on_account_id on account_users (account_id);
create index index_account_users_on_agent_capacity_policy_id
on account_users (agent_capacity_policy_id);
create index index_account_users_on_custom_role_id on account_users (custom_role_id);
create index index_account_users_on_user_id on account_users (user_id);

create table teams (
    id bigserial primary key,
    name varchar not null,
    description text,
    allow_auto_assign boolean default true,
    account_id bigint not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    icon varchar default '',
    icon_color varchar default ''
);

create index index_teams_on_account_id on teams (account_id);
create unique index index_teams_on_name_and_account_id on teams (name, account_id);

create table team_members (
    id bigserial primary key,
    team_id bigint not null,
    user_id bigint not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null
);

create unique index index_team_members_on_team_id_and_user_id
on team_members (team_id, user_id);
create index index_team_members_on_team_id on team_members (team_id);
create index index_team_members_on_user_id on team_members (user_id);

---------- inboxes and channels

create table inboxes (
    id serial primary key,
    channel_id integer not null,
    account_id integer not null,
    name varchar not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    channel_type varchar,
    enable_auto_assignment boolean default true,
    greeting_enabled boolean default false,
    greeting_message varchar,
    email_address varchar,
    working_hours_enabled boolean default false,
    out_of_office_message varchar,
    timezone varchar default 'UTC',
    enable_email_collect boolean default true,
    csat_survey_enabled boolean default false,
    allow_messages_after_resolved boolean default true,
    auto_assignment_config jsonb default '{}',
    lock_to_single_conversation boolean not null default false,
    portal_id bigint,
    sender_name_type integer not null default 0,
    business_name varchar,
    csat_config jsonb not null default '{}'
);

create index index_inboxes_on_account_id on inboxes (account_id);
create index index_inboxes_on_channel_id_and_channel_type
on inboxes (channel_id, channel_type);
create index index_inboxes_on_portal_id on inboxes (portal_id);

create table channel_whatsapp (
    id bigserial primary key,
    account_id integer not null,
    phone_number varchar not null,
    provider varchar default 'default',
    provider_config jsonb default '{}',
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    message_templates jsonb default '{}',
    message_templates_last_updated timestamp,
    phone_number_health jsonb not null default '{}',
    phone_number_health_checked_at timestamp(6),
    phone_number_health_error varchar(500),
    business_management_token text
);

create unique index index_channel_whatsapp_on_phone_number
on channel_whatsapp (phone_number);

create table channel_api (
    id bigserial primary key,
    account_id integer not null,
    webhook_url varchar,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    identifier varchar,
    hmac_token varchar,
    hmac_mandatory boolean default false,
    additional_attributes jsonb default '{}',
    secret varchar
);

create unique index index_channel_api_on_hmac_token on channel_api (hmac_token);
create unique index index_channel_api_on_identifier on channel_api (identifier);

create table channel_web_widgets (
    id serial primary key,
    website_url varchar,
    account_id integer,
    created_at timestamp not null,
    updated_at timestamp not null,
    website_token varchar,
    widget_color varchar default '#1f93ff',
    welcome_title varchar,
    welcome_tagline varchar,
    feature_flags integer not null default 7,
    reply_time integer default 0,
    hmac_token varchar,
    pre_chat_form_enabled boolean default false,
    pre_chat_form_options jsonb default '{}',
    hmac_mandatory boolean default false,
    continuity_via_email boolean not null default true,
    allowed_domains text default ''
);

create unique index index_channel_web_widgets_on_hmac_token
on channel_web_widgets (hmac_token);
create unique index index_channel_web_widgets_on_website_token
on channel_web_widgets (website_token);

create table channel_email (
    id bigserial primary key,
    account_id integer not null,
    email varchar not null,
    forward_to_email varchar not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    imap_enabled boolean default false,
    imap_address varchar default '',
    imap_port integer default 0,
    imap_login varchar default '',
    imap_password varchar default '',
    imap_enable_ssl boolean default true,
    smtp_enabled boolean default false,
    smtp_address varchar default '',
    smtp_port integer default 0,
    smtp_login varchar default '',
    smtp_password varchar default '',
    smtp_domain varchar default '',
    smtp_enable_starttls_auto boolean default true,
    smtp_authentication varchar default 'login',
    smtp_openssl_verify_mode varchar default 'none',
    smtp_enable_ssl_tls boolean default false,
    provider_config jsonb default '{}',
    provider varchar,
    verified_for_sending boolean not null default false
);

create unique index index_channel_email_on_email on channel_email (email);
create unique index index_channel_email_on_forward_to_email
on channel_email (forward_to_email);

create table working_hours (
    id bigserial primary key,
    inbox_id bigint,
    account_id bigint,
    day_of_week integer not null,
    closed_all_day boolean default false,
    open_hour integer,
    open_minutes integer,
    close_hour integer,
    close_minutes integer,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    open_all_day boolean default false
);

create index index_working_hours_on_account_id on working_hours (account_id);
create index index_working_hours_on_inbox_id on working_hours (inbox_id);

create table agent_bots (
    id bigserial primary key,
    name varchar,
    description varchar,
    outgoing_url varchar,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    account_id bigint,
    bot_type integer default 0,
    bot_config jsonb default '{}',
    secret varchar
);

create index index_agent_bots_on_account_id on agent_bots (account_id);

create table agent_bot_inboxes (
    id bigserial primary key,
    inbox_id integer,
    agent_bot_id integer,
    status integer default 0,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    account_id integer
);

---------- contacts

create table contacts (
    id serial primary key,
    name varchar default '',
    email varchar,
    phone_number varchar,
    account_id integer not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    additional_attributes jsonb default '{}',
    identifier varchar,
    custom_attributes jsonb default '{}',
    last_activity_at timestamp,
    contact_type integer default 0,
    middle_name varchar default '',
    last_name varchar default '',
    location varchar default '',
    country_code varchar default '',
    blocked boolean not null default false,
    company_id bigint
);

create index index_contacts_on_account_id on contacts (account_id);
create index index_contacts_on_account_id_and_contact_type
on contacts (account_id, contact_type);
create index index_contacts_on_account_id_and_last_activity_at
on contacts (account_id, last_activity_at desc nulls last);
create index index_contacts_on_blocked on contacts (blocked);
create index index_contacts_on_company_id on contacts (company_id);
create index index_contacts_on_lower_email_account_id
on contacts (lower(email), account_id);
create index index_contacts_on_nonempty_fields
on contacts (account_id, email, phone_number, identifier)
where email <> '' or phone_number <> '' or identifier <> '';
create index index_contacts_on_phone_number_and_account_id
on contacts (phone_number, account_id);
create index index_resolved_contact_account_id on contacts (account_id)
where email <> '' or phone_number <> '' or identifier <> '';
create unique index uniq_email_per_account_contact on contacts (email, account_id);
create unique index uniq_identifier_per_account_contact
on contacts (identifier, account_id);

create table contact_inboxes (
    id bigserial primary key,
    contact_id bigint,
    inbox_id bigint,
    source_id text not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    hmac_verified boolean default false,
    pubsub_token varchar
);

create index index_contact_inboxes_on_contact_id on contact_inboxes (contact_id);
create index index_contact_inboxes_on_inbox_id on contact_inboxes (inbox_id);
create unique index index_contact_inboxes_on_inbox_id_and_source_id
on contact_inboxes (inbox_id, source_id);
create unique index index_contact_inboxes_on_pubsub_token
on contact_inboxes (pubsub_token);
create index index_contact_inboxes_on_source_id on contact_inboxes (source_id);

---------- conversations and messages

create table conversations (
    id serial primary key,
    account_id integer not null,
    inbox_id integer not null,
    status integer not null default 0,
    assignee_id integer,
    created_at timestamp not null,
    updated_at timestamp not null,
    contact_id bigint,
    display_id integer not null,
    contact_last_seen_at timestamp,
    agent_last_seen_at timestamp,
    additional_attributes jsonb default '{}',
    contact_inbox_id bigint,
    uuid uuid not null default gen_random_uuid(),
    identifier varchar,
    last_activity_at timestamp not null default current_timestamp,
    team_id bigint,
    campaign_id bigint,
    snoozed_until timestamp,
    custom_attributes jsonb default '{}',
    assignee_last_seen_at timestamp,
    first_reply_created_at timestamp,
    priority integer,
    sla_policy_id bigint,
    waiting_since timestamp(6),
    cached_label_list text,
    assignee_agent_bot_id bigint
);

create index conv_acid_inbid_stat_asgnid_idx
on conversations (account_id, inbox_id, status, assignee_id);
create index index_conversations_on_account_id on conversations (account_id);
create unique index index_conversations_on_account_id_and_display_id
on conversations (account_id, display_id);
create index index_conversations_on_assignee_id_and_account_id
on conversations (assignee_id, account_id);
create index index_conversations_on_campaign_id on conversations (campaign_id);
create index index_conversations_on_contact_id on conversations (contact_id);
create index index_conversations_on_contact_inbox_id
on conversations (contact_inbox_id);
create index index_conversations_on_first_reply_created_at
on conversations (first_reply_created_at);
create index index_conversations_on_id_and_account_id on conversations (account_id, id);
create index index_conversations_on_inbox_id on conversations (inbox_id);
create index index_conversations_on_priority on conversations (priority);
create index index_conversations_on_status_and_account_id
on conversations (status, account_id);
create index index_conversations_on_status_and_priority
on conversations (status, priority);
create index index_conversations_on_team_id on conversations (team_id);
create unique index index_conversations_on_uuid on conversations (uuid);
create index index_conversations_on_waiting_since on conversations (waiting_since);

-- content_attributes is json, and Rails writes JSON text into it as one JSON string.
create table messages (
    id serial primary key,
    content text,
    account_id integer not null,
    inbox_id integer not null,
    conversation_id integer not null,
    message_type integer not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    private boolean not null default false,
    status integer default 0,
    source_id text,
    content_type integer not null default 0,
    content_attributes json default '{}',
    sender_type varchar,
    sender_id bigint,
    external_source_ids jsonb default '{}',
    additional_attributes jsonb default '{}',
    processed_message_content text,
    sentiment jsonb default '{}'
);

create index idx_messages_account_content_created
on messages (account_id, content_type, created_at);
create index index_messages_on_account_created_type
on messages (account_id, created_at, message_type);
create index index_messages_on_account_id on messages (account_id);
create index index_messages_on_account_id_and_inbox_id
on messages (account_id, inbox_id);
create index index_messages_on_additional_attributes_campaign_id
on messages using gin ((additional_attributes -> 'campaign_id'));
create index index_messages_on_conversation_account_type_created
on messages (conversation_id, account_id, message_type, created_at);
create index index_messages_on_conversation_id on messages (conversation_id);
create index index_messages_on_created_at on messages (created_at);
create index index_messages_on_inbox_id on messages (inbox_id);
create index index_messages_on_sender_type_and_sender_id
on messages (sender_type, sender_id);
create index index_messages_on_sender_and_created_at
on messages (sender_type, sender_id, created_at);
create index index_messages_on_source_id on messages (source_id);

create table attachments (
    id serial primary key,
    file_type integer default 0,
    external_url varchar,
    coordinates_lat double precision default 0.0,
    coordinates_long double precision default 0.0,
    message_id integer not null,
    account_id integer not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    fallback_title varchar,
    extension varchar,
    meta jsonb default '{}'
);

create index index_attachments_on_account_id on attachments (account_id);
create index index_attachments_on_message_id on attachments (message_id);

---------- labels

create table labels (
    id bigserial primary key,
    title varchar,
    description text,
    color varchar not null default '#1f93ff',
    show_on_sidebar boolean,
    account_id bigint,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null
);

create index index_labels_on_account_id on labels (account_id);
create unique index index_labels_on_title_and_account_id on labels (title, account_id);

create table tags (
    id serial primary key,
    name varchar,
    taggings_count integer default 0
);

create unique index index_tags_on_name on tags (name);

create table taggings (
    id serial primary key,
    tag_id integer,
    taggable_type varchar,
    taggable_id integer,
    tagger_type varchar,
    tagger_id integer,
    context varchar(128),
    created_at timestamp
);

create index index_taggings_on_context on taggings (context);
create index index_taggings_on_tag_id on taggings (tag_id);
create index index_taggings_on_taggable_id on taggings (taggable_id);
create index index_taggings_on_taggable_id_and_taggable_type_and_context
on taggings (taggable_id, taggable_type, context);
create index index_taggings_on_taggable_type on taggings (taggable_type);
create index index_taggings_on_tagger_id on taggings (tagger_id);
create index index_taggings_on_tagger_id_and_tagger_type
on taggings (tagger_id, tagger_type);
create unique index taggings_idx
on taggings (tag_id, taggable_id, taggable_type, context, tagger_id, tagger_type);
create index taggings_idy on taggings (taggable_id, taggable_type, tagger_id, context);

---------- calls, surveys, events, service levels

create table calls (
    id bigserial primary key,
    account_id bigint not null,
    inbox_id bigint not null,
    conversation_id bigint not null,
    contact_id bigint not null,
    message_id bigint,
    accepted_by_agent_id bigint,
    provider_call_id varchar not null,
    provider integer not null default 0,
    direction integer not null,
    status varchar not null default 'ringing',
    started_at timestamp(6),
    duration_seconds integer,
    end_reason varchar,
    meta jsonb default '{}',
    transcript text,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null
);

create index index_calls_on_account_id_and_contact_id
on calls (account_id, contact_id);
create index index_calls_on_account_id_and_conversation_id
on calls (account_id, conversation_id);
create index index_calls_on_account_id_and_created_at on calls (account_id, created_at);
create index index_calls_on_message_id on calls (message_id);
create unique index index_calls_on_provider_and_provider_call_id
on calls (provider, provider_call_id);

create table csat_survey_responses (
    id bigserial primary key,
    account_id bigint not null,
    conversation_id bigint not null,
    message_id bigint not null,
    rating integer not null,
    feedback_message text,
    contact_id bigint not null,
    assigned_agent_id bigint,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    csat_review_notes text,
    review_notes_updated_at timestamp(6),
    review_notes_updated_by_id bigint
);

create index index_csat_survey_responses_on_account_id
on csat_survey_responses (account_id);
create index index_csat_survey_responses_on_assigned_agent_id
on csat_survey_responses (assigned_agent_id);
create index index_csat_survey_responses_on_contact_id
on csat_survey_responses (contact_id);
create index index_csat_survey_responses_on_conversation_id
on csat_survey_responses (conversation_id);
create unique index index_csat_survey_responses_on_message_id
on csat_survey_responses (message_id);

create table reporting_events (
    id bigserial primary key,
    name varchar,
    value double precision,
    account_id integer,
    inbox_id integer,
    user_id integer,
    conversation_id integer,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    value_in_business_hours double precision,
    event_start_time timestamp,
    event_end_time timestamp
);

create index index_reporting_events_on_account_id on reporting_events (account_id);
create index index_reporting_events_on_conversation_id
on reporting_events (conversation_id);
create index index_reporting_events_on_created_at on reporting_events (created_at);
create index index_reporting_events_on_inbox_id on reporting_events (inbox_id);
create index index_reporting_events_on_name on reporting_events (name);
create index index_reporting_events_on_user_id on reporting_events (user_id);
create index reporting_events__account_id__name__created_at
on reporting_events (account_id, name, created_at);
create index reporting_events__account_id__name__inbox_id__created_at
on reporting_events (account_id, name, inbox_id, created_at);

create table sla_policies (
    id bigserial primary key,
    name varchar not null,
    first_response_time_threshold double precision,
    next_response_time_threshold double precision,
    only_during_business_hours boolean default false,
    account_id bigint not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    description varchar,
    resolution_time_threshold double precision
);

create index index_sla_policies_on_account_id on sla_policies (account_id);

create table applied_slas (
    id bigserial primary key,
    account_id bigint not null,
    sla_policy_id bigint not null,
    conversation_id bigint not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    sla_status integer default 0
);

create index index_applied_slas_on_account_id on applied_slas (account_id);
create unique index index_applied_slas_on_account_sla_policy_conversation
on applied_slas (account_id, sla_policy_id, conversation_id);
create index index_applied_slas_on_conversation_id on applied_slas (conversation_id);
create index index_applied_slas_on_sla_policy_id on applied_slas (sla_policy_id);

create table sla_events (
    id bigserial primary key,
    applied_sla_id bigint not null,
    conversation_id bigint not null,
    account_id bigint not null,
    sla_policy_id bigint not null,
    inbox_id bigint not null,
    event_type integer,
    meta jsonb default '{}',
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null
);

create index index_sla_events_on_account_id on sla_events (account_id);
create index index_sla_events_on_applied_sla_id on sla_events (applied_sla_id);
create index index_sla_events_on_conversation_id on sla_events (conversation_id);
create index index_sla_events_on_inbox_id on sla_events (inbox_id);
create index index_sla_events_on_sla_policy_id on sla_events (sla_policy_id);

---------- campaigns, automation, custom attributes

create table campaigns (
    id bigserial primary key,
    display_id integer not null,
    title varchar not null,
    description text,
    message text not null,
    sender_id integer,
    enabled boolean default true,
    account_id bigint not null,
    inbox_id bigint not null,
    trigger_rules jsonb default '{}',
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    campaign_type integer not null default 0,
    campaign_status integer not null default 0,
    audience jsonb default '[]',
    scheduled_at timestamp,
    trigger_only_during_business_hours boolean default false,
    template_params jsonb
);

create index index_campaigns_on_account_id on campaigns (account_id);
create index index_campaigns_on_campaign_status on campaigns (campaign_status);
create index index_campaigns_on_campaign_type on campaigns (campaign_type);
create index index_campaigns_on_inbox_id on campaigns (inbox_id);
create index index_campaigns_on_scheduled_at on campaigns (scheduled_at);

create table automation_rules (
    id bigserial primary key,
    account_id bigint not null,
    name varchar not null,
    description text,
    event_name varchar not null,
    conditions jsonb not null default '"{}"',
    actions jsonb not null default '"{}"',
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    active boolean not null default true
);

create index index_automation_rules_on_account_id on automation_rules (account_id);

create table custom_attribute_definitions (
    id bigserial primary key,
    attribute_display_name varchar,
    attribute_key varchar,
    attribute_display_type integer default 0,
    default_value integer,
    attribute_model integer default 0,
    account_id bigint,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null,
    attribute_description text,
    attribute_values jsonb default '[]',
    regex_pattern varchar,
    regex_cue varchar
);

create unique index attribute_key_model_index
on custom_attribute_definitions (attribute_key, attribute_model, account_id);
create index index_custom_attribute_definitions_on_account_id
on custom_attribute_definitions (account_id);

---------- the numbers people see count per account

create function accounts_after_insert_row_tr() returns trigger
language plpgsql as $$
begin
    execute format('create sequence if not exists conv_dpid_seq_%s', new.id);
    execute format('create sequence if not exists camp_dpid_seq_%s', new.id);
    return null;
end;
$$;

create trigger accounts_after_insert_row_tr
after insert on accounts
for each row execute function accounts_after_insert_row_tr();

create function conversations_before_insert_row_tr() returns trigger
language plpgsql as $$
begin
    new.display_id := nextval('conv_dpid_seq_' || new.account_id);
    return new;
end;
$$;

create trigger conversations_before_insert_row_tr
before insert on conversations
for each row execute function conversations_before_insert_row_tr();

create function campaigns_before_insert_row_tr() returns trigger
language plpgsql as $$
begin
    new.display_id := nextval('camp_dpid_seq_' || new.account_id);
    return new;
end;
$$;

create trigger campaigns_before_insert_row_tr
before insert on campaigns
for each row execute function campaigns_before_insert_row_tr();
