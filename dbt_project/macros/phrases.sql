{# A text as its words alone: lower case, no accents, single spaces between them. #}
{% macro words(text) -%}
    trim(regexp_replace(
        translate(
            lower({{ text }}),
            'áàâãäéèêëíìîïóòôõöúùûüçñ',
            'aaaaaeeeeiiiiooooouuuucn'
        ),
        '[^a-z0-9]+', ' ', 'g'
    ))
{%- endmacro %}

{# Whether words say thanks, or yes to what was said, and nothing else. #}
{% macro are_thanks(words) -%}
    (
        {{ words }} ~ '^(?:(?:{{ (var("thanks_words") + var("thanks_fillers")) | join("|") }})(?: |$))+$'
        and {{ words }} ~ '\m(?:{{ var("thanks_words") | join("|") }})\M'
    )
{%- endmacro %}

{# Whether a text is nothing but a sign of approval. #}
{% macro is_approving_sign(text) -%}
    ({{ text }} ~ '[👍👏🙏🙌🤝👌💪✅❤💚💙💜🧡🥰😍😊😉]' and {{ text }} !~ '[[:alnum:]?]')
{%- endmacro %}
