-- What is summed by day is what the drill-down lists: each component, and how many
-- durations are packed.
{%- set facts_of_sums = {
    'mart_executive_episode_days': 'mart_drilldown_episodes',
    'mart_executive_activity_days': 'mart_drilldown_days',
    'mart_executive_chatwoot_days': 'chatwoot_days',
    'mart_segment_agent_days': 'mart_drilldown_agent_episodes',
    'mart_temporal_episode_hours': 'mart_drilldown_episodes',
} -%}
{%- set keys = ['inbox_id', 'team_id', 'agent_id', 'local_hour', 'day_version'] -%}
{%- set nodes = graph.nodes.values() | list if execute else [] %}
with

amounts as (

    {%- for sums, facts in facts_of_sums.items() %}
        {%- set node = nodes | selectattr('name', 'equalto', sums) | first
            | default({'columns': {}}) %}
        {%- for relation in (sums, facts) %}
            select
                '{{ sums }}' as mart,
                '{{ relation }}' as relation,
                by_day.local_date,
                amounts.component,
                amounts.amount::numeric as amount
            from (
                select
                    {%- for column in node.columns.values()
                        if column.data_type not in ('date', 'text')
                        and column.name not in keys %}
                        sum({{ column.name }}) as {{ column.name }},
                    {%- endfor %}
                    local_date
                from {{ ref(relation) }}
                where local_date is not null
                group by local_date
            ) as by_day
            cross join
                lateral jsonb_each_text(to_jsonb(by_day) - 'local_date')
                    as amounts (component, amount)
            union all
        {%- endfor %}
    {%- endfor %}
    select
        'mart_operational_durations' as mart,
        'mart_operational_durations' as relation,
        local_date,
        metric as component,
        n as amount
    from {{ ref('mart_operational_durations') }}
    union all
    select
        'mart_operational_durations' as mart,
        'mart_drilldown_durations' as relation,
        local_date,
        metric as component,
        n as amount
    from {{ ref('mart_drilldown_durations') }}

),

compared as (

    select
        mart,
        component,
        local_date,
        sum(amount) filter (where relation = mart) as summed_amount,
        sum(amount) filter (where relation <> mart) as listed_amount
    from amounts
    group by mart, component, local_date

)

select *
from compared
where summed_amount is distinct from listed_amount
