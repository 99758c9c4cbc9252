{# Brazil's area codes. #}
{% macro brazilian_areas() -%}
    1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9]
{%- endmacro %}

{#
    The digits of a phone as one person has them: a Brazilian mobile with the ninth digit
    in front, which some integrations leave out. Landlines begin with 2 to 5.
#}
{% macro digits_of_person(phone) -%}
    {%- set digits = "regexp_replace(" ~ phone ~ ", '\\D', '', 'g')" -%}
    regexp_replace(
        {{ digits }},
        '^(55(?:{{ brazilian_areas() }}))([6-9][0-9]{7})$',
        '\19\2'
    )
{%- endmacro %}

{# Whether an id of WhatsApp is of a group, or of a list of recipients or a status. #}
{% macro is_id_of_group(id) -%}
    {{ id }} ~* '@g\.us$'
{%- endmacro %}

{% macro is_id_of_broadcast(id) -%}
    {{ id }} ~* '@(broadcast|newsletter)$'
{%- endmacro %}
