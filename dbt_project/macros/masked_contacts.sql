{# What is left of a contact for those who may not know who it is (docs/access.md). #}

{# Of a phone the country and the last four digits. #}
{% macro masked_phone(phone) -%}
    regexp_replace({{ phone }}, '^(\+?\d{0,2})\d*(\d{4})$', '\1 •• •••••-\2')
{%- endmacro %}

{# Of a name the first word, unless it is a phone or an e-mail address. #}
{% macro masked_name(name) -%}
    case
        when split_part(trim({{ name }}), ' ', 1) !~ '[0-9]{4}|@'
            then split_part(trim({{ name }}), ' ', 1)
    end
{%- endmacro %}
