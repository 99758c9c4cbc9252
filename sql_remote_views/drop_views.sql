-- Removes everything that the numbered files make. Run it before an upgrade of
-- Chatwoot whose migrations change a column that a view reads, and deploy again after.
-- One statement, so that PostgreSQL names at once all that others have built on them.
drop view if exists
vw_teams,
vw_agents,
vw_inboxes,
vw_accounts,
vw_bots,
vw_captain_inboxes,
vw_contact_conversations,
vw_row_versions,
vw_conversation_changes,
vw_shown_values,
vw_sla_row_versions,
vw_conversation_sla_versions,
vw_conversation_context,
vw_conversation_slas,
vw_conversations_analytics_final,
vw_temporal_metrics,
vw_message_stats_complete,
vw_conversation_metrics_complete,
vw_csat_base,
vw_messages_compiled_complete,
vw_conversations_base_complete,
vw_messages_classified,
vw_shown_contacts,
vw_loaded_accounts,
vw_source_accounts;
