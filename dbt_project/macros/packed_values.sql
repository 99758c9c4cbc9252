{#
    Values as the bytes of one, which PostgreSQL concatenates whatever the rows: of any of
    them together a percentile is as exact as of the values themselves.
#}
{% macro packed(value) -%}
    string_agg(float8send({{ value }}), ''::bytea order by {{ value }})
{%- endmacro %}

{# How many values were packed. #}
{% macro packed_count(packed_values) -%}
    (length({{ packed_values }}) / 8)
{%- endmacro %}

{# The value at a place, from 0, as the bytes that float8send makes of it. #}
{% macro packed_value(packed_values, place) -%}
    substring({{ packed_values }} from 8 * {{ place }} + 1 for 8)
{%- endmacro %}
