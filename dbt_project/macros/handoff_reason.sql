{# The text of an attribute that says why: of a list its first, of an object the text
   that it names, else "outro". NULL where nothing is said. #}
{% macro reason_of(attributes, name) -%}
    {%- set value = attributes ~ " -> " ~ dbt.string_literal(name) -%}
    {%- set text = attributes ~ " ->> " ~ dbt.string_literal(name) -%}
    case jsonb_typeof({{ value }})
        when 'string' then nullif(trim({{ text }}), '')
        when 'number' then {{ text }}
        when 'array'
            then case
                when jsonb_typeof({{ value }} -> 0) = 'string'
                    then coalesce(nullif(trim({{ value }} ->> 0), ''), 'outro')
                else 'outro'
            end
        when 'object'
            then coalesce(
                nullif(trim(coalesce(
                    {{ value }} ->> 'text',
                    {{ value }} ->> 'label',
                    {{ value }} ->> 'name',
                    {{ value }} ->> 'reason',
                    {{ value }} ->> 'motivo',
                    {{ value }} ->> 'value'
                )), ''),
                'outro'
            )
        when 'boolean' then 'outro'
    end
{%- endmacro %}
