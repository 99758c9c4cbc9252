{#
    Tables that are rebuilt by key: conversation, episode or day. A row stands for one
    `version` of its key, such as the run of the loader that read it; `current` has the
    versions that are there now. Before the build the rows of keys that left or changed
    go, and the build adds all that are missing, both in one transaction. Keys are
    compared rather than a watermark, so what an interrupted run left behind is mended by
    the next one.
#}
{% macro rebuilt_by_key(current, version, key='conversation_id') %}
    {{ config(
        materialized='incremental',
        pre_hook=[
            "{{ settings_of_a_build() }}",
            "{{ delete_outdated(ref('" ~ current ~ "'), '" ~ version ~ "', '" ~ key
            ~ "') }}",
        ],
        post_hook="{{ analyze_when_new() }}",
        **kwargs
    ) }}
{% endmacro %}

{# The rows of keys that left or changed go. #}
{% macro delete_outdated(current, version='last_run_id', key='conversation_id') %}
{%- if is_incremental() %}
delete from {{ this }} as built
where not exists (
    select from {{ current }} as present
    where
        present.{{ key }} = built.{{ key }}
        and present.{{ version }} = built.{{ version }}
)
{%- endif %}
{% endmacro %}

{# For the where clause: the key is not in the table yet. Name the column with its table:
   alone it would be the table's own. #}
{% macro is_not_built(column, key='conversation_id') -%}
    {%- if is_incremental() -%}
        not exists (
            select from {{ this }} as built
            where built.{{ key }} = {{ column }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
    The values that a query finds, where they are few; none where they are many or all.
    Written out in a model they reach every index, with the right expectation of how many
    there are; PostgreSQL would else read all before it leaves out most.
#}
{% macro few_values(query, most) %}
    {%- if execute and is_incremental() -%}
        {%- set rows = run_query(query ~ ' limit ' ~ (most + 1)).rows -%}
        {%- if rows | length <= most -%}
            {{ return(rows | map(attribute=0) | list) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{# The conversations that a query finds, where they are few. #}
{% macro few_conversations(query) %}
    {{ return(few_values(query, 20000)) }}
{% endmacro %}

{# Those whose version is not in the table. #}
{% macro few_outdated(current, version) %}
    {{ return(few_conversations(
        'select distinct present.conversation_id from ' ~ current
        ~ ' as present where not exists (select from ' ~ this ~ ' as built'
        ~ ' where built.conversation_id = present.conversation_id'
        ~ ' and built.' ~ version ~ ' = present.' ~ version ~ ')'
    )) }}
{% endmacro %}

{# The days of which an inbox has another version than in the table, where they are few. #}
{% macro few_outdated_days() %}
    {{ return(few_values(
        'select distinct present.local_date from ' ~ ref('episode_day_versions')
        ~ ' as present where not exists (select from ' ~ this ~ ' as built'
        ~ ' where built.day_version = present.day_version)',
        60
    )) }}
{% endmacro %}

{# For the where clause: one of the few, if they are. #}
{% macro is_one_of(column, few, data_type='integer') -%}
    {%- if few is none -%}
        true
    {%- else -%}
        {{ column }} = any('{ {{- few | join(",") -}} }'::{{ data_type }}[])
    {%- endif -%}
{%- endmacro %}

{# For the where clause: one of the few, if they are, and not in the table yet. #}
{% macro is_to_build(relation, few) -%}
    {{ is_one_of(relation ~ '.conversation_id', few) }}
        and {{ is_not_built(relation ~ '.conversation_id') }}
{%- endmacro %}

{# Statistics for the models that read a new table; later, autovacuum renews them. #}
{% macro analyze_when_new() -%}
    {%- if not is_incremental() -%} analyze {{ this }} {%- endif -%}
{%- endmacro %}

{#
    Room to sort and join in: PostgreSQL's 4 MB are meant for many small queries. And no
    loop in a loop: of what a chain of CTEs holds it expects next to nothing.
#}
{% macro settings_of_a_build() -%}
    set local work_mem = '256MB';
    set local enable_nestloop = off
{%- endmacro %}
