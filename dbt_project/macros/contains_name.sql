{# Whether an activity line says that it was done by somebody of this name. #}
{% macro is_done_by(line, name) -%}
    lower({{ line }}) ~ '\m(?:por|by) '
    and starts_with(
        regexp_replace(lower({{ line }}), '^.*?\m(?:por|by) ', ''),
        lower(trim({{ name }}))
    )
    and trim({{ name }}) <> ''
{%- endmacro %}
