{# How Chatwoot's activity lines begin or read, in Portuguese and English. Source:
   config/locales of chatwoot/chatwoot, key conversations.activity. #}
{% macro line_of(activity) -%}
    {{ return({
        'assigned_himself': 'atribuiu a si mesm[oa] es[st]a conversa|self-assigned this',
        'assigned': '^(?:atribu[ií]d[oa] a|assigned to) ',
        'opened': '\\m(?:foi reaberta|was reopened) (?:por|by) ',
        'labelled': ' (?:adicionou|added) ',
        'marked': '\\m(?:marcada|marked)\\M',
        'snoozed': '\\m(?:adiada|snoozed)\\M',
        'resolved': '\\m(?:resolvida|resolved)\\M',
        'inactivity': '\\m(?:inatividade|inactivity)\\M',
        'automation': '\\m(?:automação|automation)\\M',
    }[activity]) }}
{%- endmacro %}

{# Who did what a line says, in lower case: what follows the last "por" or "by". #}
{% macro doer_of(line) -%}
    lower(trim(regexp_replace(
        regexp_replace({{ line }}, '^.* (?:por|by) ', '', 'i'), '(?: via .*|\.)$', '', 'i'
    )))
{%- endmacro %}

{# Whether an activity line says that it was done by somebody of this name. #}
{% macro is_done_by(line, name) -%}
    lower({{ line }}) ~ '\m(?:por|by) '
    and starts_with(
        regexp_replace(lower({{ line }}), '^.*?\m(?:por|by) ', ''),
        lower(trim({{ name }}))
    )
    and trim({{ name }}) <> ''
{%- endmacro %}
