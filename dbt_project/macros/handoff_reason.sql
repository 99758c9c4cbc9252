{# The text of an attribute that says why: of a list its first, of an object the text
   that it names, else its only text, of JSON in a text the first text in it. "outro"
   where there is none, and NULL where nothing is said. #}
{% macro reason_of(attributes, name) -%}
    {%- set value = attributes ~ " -> " ~ dbt.string_literal(name) -%}
    (
        select
            case jsonb_typeof(given.said)
                when 'null' then null
                when 'number' then given.said #>> '{}'
                when 'string'
                    then case
                        when trim(given.said #>> '{}') = '' and not given.is_listed
                            then null
                        when given.said #>> '{}' ~ '^\s*[\[{]'
                            then coalesce(
                                substring(
                                    given.said #>> '{}' from '"([^"\\]+)"\s*[],}]'
                                ),
                                'outro'
                            )
                        else coalesce(nullif(trim(given.said #>> '{}'), ''), 'outro')
                    end
                when 'object'
                    then coalesce(
                        nullif(trim(coalesce(
                            given.said ->> 'text',
                            given.said ->> 'label',
                            given.said ->> 'name',
                            given.said ->> 'reason',
                            given.said ->> 'motivo',
                            given.said ->> 'value',
                            (
                                select min(pairs.value #>> '{}')
                                from jsonb_each(given.said) as pairs
                                where jsonb_typeof(pairs.value) = 'string'
                                having count(*) = 1
                            )
                        )), ''),
                        'outro'
                    )
                else 'outro'
            end
        from (
            select
                jsonb_typeof({{ value }}) = 'array' as is_listed,
                case jsonb_typeof({{ value }})
                    when 'array' then coalesce({{ value }} -> 0, '[]')
                    else {{ value }}
                end as said
        ) as given
        where given.said is not null
    )
{%- endmacro %}
