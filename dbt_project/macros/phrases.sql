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

{# Whether two texts, as their words, share at least half of those of the shorter. #}
{% macro shares_most_words(words, others) -%}
    (
        select count(distinct shared.word) * 2
        from unnest(string_to_array({{ words }}, ' ')) as shared (word)
        where shared.word = any(string_to_array({{ others }}, ' '))
    ) >= least(
        cardinality(string_to_array({{ words }}, ' ')),
        cardinality(string_to_array({{ others }}, ' '))
    )
{%- endmacro %}

{# stub, replaced by the word lists #}
{% macro meaning_of(text, is_ours) -%}
    select
        case when {{ text }} is null then null
            when {{ is_ours }} then case
                when {{ text }} ~* 'transferir|recepção|atendente|chamar a equipe' then 'transfer'
                when {{ text }} ~* 'digite|informe seu' or {{ text }} ~ '\?[^[:alnum:]]*(Atenciosamente.*)?$' and {{ text }} !~* 'posso ajudar|algo mais' then 'question'
                when {{ text }} ~* 'algo mais|mais alguma|me chama' then 'closing_offer'
                when {{ text }} ~* '^\W*(bia:\W*)?(oi|ol[áa]|bom dia)' and length({{ text }}) < 90 and {{ text }} !~ '[0-9]' then 'greeting'
                else 'answer' end
            when {{ text }} !~ '\?' and ({{ are_thanks(words(text)) }} or {{ is_approving_sign(text) }} or {{ text }} ~* 'obrigad|tá bom') then 'courtesy'
            else 'request' end as text_class,
        case when {{ text }} ~* 'digite' then 'menu' when {{ text }} ~* 'informe seu' then 'data' when {{ text }} ~ '\?' then 'yes_no' end as question_kind,
        coalesce({{ text }} ~* 'te aviso|retorno', false) as promises_return,
        false as asks_rating, false as is_bare_greeting, false as is_day_greeting,
        coalesce({{ text }} ~* '^não\W*$', false) as is_bare_no,
        coalesce({{ text }} ~ '^\d$', false) as is_rating,
        coalesce({{ is_approving_sign(text) }}, false) as is_approving,
        coalesce(not {{ is_ours }} and {{ text }} ~* 'falar com (uma pessoa|atendente)|atendente', false) as asks_for_person,
        coalesce(not {{ is_ours }} and {{ text }} ~* 'já resolvi|resolvido', false) as says_solved
    offset 0
{%- endmacro %}

{# Whether a text begins with a no. #}
{% macro declines(text) -%}
    coalesce({{ text }} ~* '^\W*n[aã]o\M', false)
{%- endmacro %}
