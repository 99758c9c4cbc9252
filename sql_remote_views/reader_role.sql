-- The role that the loader uses: it reads the views and nothing else, and no setting
-- of its own can change that. Run by a role that may create roles, after the views;
-- then give it a password: \password allpfit_reader
do $role$
begin
    if not exists (select 1 from pg_roles where rolname = 'allpfit_reader') then
        create role allpfit_reader login;
    end if;
    execute format(
        'grant connect on database %I to allpfit_reader', current_database()
    );
    execute format('grant usage on schema %I to allpfit_reader', current_schema());
end
$role$;

alter role allpfit_reader set default_transaction_read_only = on;
alter role allpfit_reader set lock_timeout = '5s';
alter role allpfit_reader set statement_timeout = '15min';
alter role allpfit_reader set idle_in_transaction_session_timeout = '15min';
alter role allpfit_reader connection limit 4;

grant select on
vw_conversations_analytics_final,
vw_conversation_context,
vw_conversation_changes,
vw_row_versions,
vw_contact_conversations,
vw_shown_values,
vw_source_accounts,
vw_accounts,
vw_inboxes,
vw_agents,
vw_teams
to allpfit_reader;
