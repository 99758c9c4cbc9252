-- Removes everything that the numbered files make. Run it before an upgrade of
-- Chatwoot whose migrations change a column that a view reads, and deploy again after.
drop view if exists vw_teams;
drop view if exists vw_agents;
drop view if exists vw_inboxes;
drop view if exists vw_accounts;
drop view if exists vw_bots;
drop view if exists vw_captain_inboxes;
drop view if exists vw_contact_conversations;
drop view if exists vw_row_versions;
drop view if exists vw_conversation_changes;
drop view if exists vw_shown_values;
drop view if exists vw_sla_row_versions;
drop view if exists vw_conversation_sla_versions;
drop view if exists vw_conversation_context;
drop view if exists vw_conversation_slas;
drop view if exists vw_conversations_analytics_final;
drop view if exists vw_temporal_metrics;
drop view if exists vw_message_stats_complete;
drop view if exists vw_conversation_metrics_complete;
drop view if exists vw_csat_base;
drop view if exists vw_messages_compiled_complete;
drop view if exists vw_conversations_base_complete;
drop view if exists vw_messages_classified;
drop view if exists vw_shown_contacts;
drop view if exists vw_loaded_accounts;
drop view if exists vw_source_accounts;
