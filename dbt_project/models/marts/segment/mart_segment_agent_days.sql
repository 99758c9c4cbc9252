{{ config(indexes=[{'columns': ['local_date']}]) }}
{%- set keys = [
    'local_date', 'agent_id', 'inbox_id', 'team_id', 'origin', 'resolver', 'hours_kind'
] %}
with

agent_episodes as (

    select *
    from {{ ref('mart_drilldown_agent_episodes') }}
    where local_date is not null

)

{{ added_up('agent_episodes', keys) }}
-- What is read together lies together.
order by local_date
