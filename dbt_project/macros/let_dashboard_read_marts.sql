{#
    Lets the dashboard's role, if there is one, read everything in marts: what stands
    there now, and at once whatever is built anew. Nothing is granted elsewhere.
#}
{% macro let_dashboard_read_marts() %}
{%- set role = env_var('DASHBOARD_DB_USER', 'allpfit_dashboard') %}
do $grant$
begin
    if
        to_regnamespace('marts') is not null
        and exists (
            select from pg_roles where rolname = {{ dbt.string_literal(role) }}
        )
    then
        grant usage on schema marts to {{ adapter.quote(role) }};
        grant select on all tables in schema marts to {{ adapter.quote(role) }};
        alter default privileges in schema marts
        grant select on tables to {{ adapter.quote(role) }};
    end if;
end
$grant$
{% endmacro %}
