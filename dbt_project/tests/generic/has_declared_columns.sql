{#
    The relation has exactly the columns that its YAML declares, in the types that it
    declares. A source has them in the types that dlt makes of them, and may have more:
    dlt keeps a column that the view has lost.
#}
{% test has_declared_columns(model) %}

{%- set types_of_dlt = {
    'json': 'jsonb',
    'numeric': 'numeric(38,9)',
    'text': 'character varying',
    'uuid': 'character varying',
} -%}
{%- set nodes = (
    graph.sources.values() | list + graph.nodes.values() | list if execute else []
) -%}
{%- set node = nodes
    | selectattr('relation_name', 'equalto', model | string) | first
    | default({'columns': {}}) -%}
{%- set is_source = node.resource_type == 'source' -%}
{%- set stored_as = types_of_dlt if is_source else {} %}

with

declared (column_name, data_type) as (

    values
    {%- for column in node.columns.values() %}
        (
            '{{ column.name }}',
            '{{ stored_as.get(column.data_type, column.data_type) }}'
        ){{ ',' if not loop.last }}
    {%- endfor %}

),

actual as (

    select
        attname::text as column_name,
        format_type(atttypid, atttypmod) as data_type
    from pg_attribute
    where
        attrelid = '{{ model }}'::regclass
        and attnum > 0
        and not attisdropped
        and attname not like '\_dlt\_%'

)

select
    coalesce(declared.column_name, actual.column_name) as column_name,
    declared.data_type as declared_type,
    actual.data_type as actual_type
from declared
{{ 'left' if is_source else 'full' }} join actual
    on declared.column_name = actual.column_name
where declared.data_type is distinct from actual.data_type

{% endtest %}
