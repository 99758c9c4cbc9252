{#
    What a model's YAML declares, as SQL. Its contract must be enforced: dbt then holds
    the model to it, and operations/fingerprints.py sees a changed column. A unit test
    sees no columns: it overrides this one.
#}
{% macro declared_columns() %}
    {%- if execute and not (model.columns and model.config.contract.enforced) -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ' takes its columns from its YAML: enforce its contract'
        ) }}
    {%- endif -%}
    {{ return(model.columns.values() | list) }}
{% endmacro %}

{# Each column of the same name, in its type; times within what Python holds. #}
{% macro columns_as_declared() %}
    {%- for column in declared_columns() %}
        {%- if column.data_type in ('date', 'timestamp without time zone') %}
        {{ moment(column.name) }} as {{ column.name }}
        {%- else %}
        {{ column.name }}::{{ column.data_type }} as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
    {%- endfor %}
{% endmacro %}

{# The declared columns beside the keys, each the sum of the facts' column of that name:
   what a component is, the facts alone say. #}
{% macro added_up(facts, keys) %}
    select
        {%- for column in declared_columns() %}
        {%- if column.name in keys %}
        {{ column.name }}::{{ column.data_type }} as {{ column.name }}
        {%- else %}
        sum({{ column.name }})::{{ column.data_type }} as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ facts }}
    group by {{ keys | join(', ') }}
{% endmacro %}
