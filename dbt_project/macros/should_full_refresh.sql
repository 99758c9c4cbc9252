{# dbt's own, and the tables of which the loader has found that what makes their rows or
   columns has changed (operations/fingerprints.py). A plain dbt has none of these. #}
{% macro should_full_refresh() %}
    {%- set configured = config.get('full_refresh') -%}
    {%- if configured is none -%}
        {%- set configured = flags.FULL_REFRESH
            or model.name in env_var('MODELS_TO_REMAKE', '').split(',') -%}
    {%- endif -%}
    {{ return(configured) }}
{% endmacro %}
