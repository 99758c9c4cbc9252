-- Turns a database made by schema.sql, empty or filled, into the shape of Chatwoot
-- 3.0.0: what later releases added goes, what they renamed gets its old name back.

delete from schema_migrations
where version > '20230801180936';

---------- tables that came later

drop table calls; -- v4.13.0
drop table sla_events; -- v3.8.0
drop table applied_slas; -- v3.6.0

---------- columns that came later

alter table accounts
drop column feature_flags_ext_1, -- v4.16.0
drop column settings, -- v4.2.0
drop column internal_attributes, -- v4.0.4
alter column feature_flags type integer; -- v3.3.0

alter table users
drop column otp_backup_codes, -- v4.8.0
drop column otp_required_for_login,
drop column consumed_timestep,
drop column otp_secret;

alter table account_users
drop column agent_capacity_policy_id, -- v4.5.0
drop column custom_role_id; -- v3.13.0

alter table teams
drop column icon_color, -- v4.16.0
drop column icon;

alter table inboxes
drop column csat_config; -- v4.2.0

alter table channel_whatsapp
drop column business_management_token,
drop column phone_number_health_error,
drop column phone_number_health_checked_at,
drop column phone_number_health;

alter table channel_api
drop column secret;

alter table channel_web_widgets
drop column allowed_domains;

alter table channel_email
drop column verified_for_sending;

alter table agent_bots
drop column secret; -- v4.13.0

alter table contacts
drop column company_id, -- v4.7.0
drop column blocked, -- v3.7.0
drop column country_code, -- v3.6.0
drop column location,
drop column last_name,
drop column middle_name,
drop column contact_type;

alter table conversations
drop column assignee_agent_bot_id, -- v4.8.0
drop column cached_label_list; -- v3.4.0

alter table attachments
drop column meta; -- v4.0.2

alter table csat_survey_responses
drop column review_notes_updated_by_id, -- v4.10.0
drop column review_notes_updated_at,
drop column csat_review_notes;

alter table campaigns
drop column template_params; -- v4.4.0

---------- columns with another type or name

alter table messages
alter column private drop not null, -- v3.2.0
alter column source_id type varchar; -- v4.9.0

alter table contact_inboxes
alter column source_id type varchar; -- v4.8.0

alter table sla_policies -- v3.6.0
drop column next_response_time_threshold,
drop column description;
alter table sla_policies rename first_response_time_threshold to frt_threshold;
alter table sla_policies rename resolution_time_threshold to rt_threshold;

---------- indexes

drop index index_messages_on_sender_and_created_at; -- v4.16.0
drop index idx_messages_account_content_created; -- v4.4.0
drop index index_messages_on_account_created_type; -- v3.9.0
drop index reporting_events__account_id__name__inbox_id__created_at; -- v4.11.0
drop index index_contacts_on_account_id_and_last_activity_at; -- v3.9.0

create index index_conversations_on_last_activity_at
on conversations (last_activity_at); -- until v3.9.0
