{#
    What a model's YAML declares, as SQL. Its contract has to be enforced: dbt then holds
    the model to it, and operations/fingerprints.py sees a changed column.
#}

{# Each column of the same name, in its type; times within what Python holds. #}
{% macro columns_as_declared() %}
    {%- for column in model.columns.values() %}
        {%- if column.data_type in ('date', 'timestamp without time zone') %}
        {{ moment(column.name) }} as {{ column.name }}
        {%- else %}
        {{ column.name }}::{{ column.data_type }} as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
    {%- endfor %}
{% endmacro %}

{# What is declared beside the keys, summed up by them. A component is so defined in the
   facts alone. #}
{% macro added_up(facts, keys) %}
    select
        {%- for column in model.columns.values() %}
        {%- set value = column.name if column.name in keys else 'sum(' ~ column.name ~ ')' %}
        {{ value }}::{{ column.data_type }} as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ facts }}
    group by {{ keys | join(', ') }}
{% endmacro %}
