{#
    Tables that are rebuilt by conversation. A row stands for what run `last_run_id`
    read; `current` has the conversations that are there now. Before the build the rows
    of conversations that left or were read again go, and the build adds all that are
    missing, both in one transaction. Keys are compared rather than a watermark, so
    what an interrupted run left behind is mended by the next one.
#}
{% macro delete_outdated(current) %}
{%- if is_incremental() %}
delete from {{ this }} as built
where not exists (
    select from {{ current }} as present
    where
        present.conversation_id = built.conversation_id
        and present.last_run_id = built.last_run_id
)
{%- endif %}
{% endmacro %}

{# For the where clause: the conversation is not in the table yet. #}
{% macro is_not_built(conversation_id) -%}
    {%- if is_incremental() -%}
        not exists (
            select from {{ this }} as built
            where built.conversation_id = {{ conversation_id }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Statistics for the models that read a new table; later, autovacuum renews them. #}
{% macro analyze_when_new() -%}
    {%- if not is_incremental() -%} analyze {{ this }} {%- endif -%}
{%- endmacro %}
