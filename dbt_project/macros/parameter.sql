{# A parameter of the configuration (models/staging/configuration): a number, the key of
   an attribute, or none where it is not known. It is written into the SQL as it is when
   dbt compiles, so that PostgreSQL plans with it. #}
{% macro parameter(name) -%}
    {%- if not execute -%} {{ return(0) }} {%- endif -%}
    {%- set found = run_query(
        "select value, unit from configuration.parameters where parameter = '" ~ name ~ "'"
    ).rows -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error("the configuration has no parameter " ~ name) }}
    {%- endif -%}
    {%- set value, unit = found[0] -%}
    {%- if value is none or unit == 'attribute' -%} {{ return(value) }} {%- endif -%}
    {{ return(fromjson(value)) }}
{%- endmacro %}
