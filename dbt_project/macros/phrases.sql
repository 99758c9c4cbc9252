{# The lists of the seed phrases that patterns are made of (models/analytics/
   phrase_patterns.sql); those of single signs are not among them. #}
{% macro phrase_lists() -%}
    thanks courtesy praise beside_thanks courtesy_filler name request greeting day_greeting greeting_phrase
    presentation opening_offer not_name closing_offer closing_filler closing_sentence
    rating_request question_word question_hint question_tag data_request data_request_opener how_to
    asked_datum menu_word handing_over alerting recipient recipient_place professional
    article toward contacting transfer no_transfer promise_to_return person_request
    no_person_request no yes politeness signature signature_name edited
{%- endmacro %}

{# A text as plain letters: lower case, no accents, a letter that is repeated once. Word
   lists are made so too, so that what becomes of "carro" does not matter. #}
{% macro plain(text) -%}
    {%- set accents = "áàâãäéèêëíìîïóòôõöúùûüçñ" -%}
    {%- set letters = "aaaaaeeeeiiiiooooouuuucn" -%}
    {%- set made = namespace(
        sql="translate(lower(" ~ text ~ "), '" ~ accents ~ "', '" ~ letters ~ "')"
    ) -%}
    {%- for letter in "aeiouhkrslmnty" -%}
        {%- for length in (4, 2, 2) -%}
            {%- set made.sql =
                "replace(" ~ made.sql ~ ", '" ~ letter * length ~ "', '" ~ letter ~ "')"
            -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ made.sql }}
{%- endmacro %}

{# A plain text as sentences of words: a space around each word, and ". " or "? " after
   each sentence. Emoji and line ends end sentences too. #}
{% macro sentences(text) -%}
    {%- set spaced = ',:()[]{}"*_~/\\|#%&@$+=<>•·–—\u00a0\u200b\ufe0f\u20e3-' ~ "`´’" -%}
    {%- set made = namespace(
        sql="translate(" ~ text ~ ", E'!;…\\n\\r' || '" ~ spaced ~ "', '.....' || '"
            ~ " " * spaced | length ~ "')"
    ) -%}
    {%- set made.sql = "regexp_replace(" ~ made.sql ~ ", '[^a-z0-9.? ]+', '.', 'g')" -%}
    {%- for title in ("sr", "sra", "dr", "dra", "prof", "av") -%}
        {%- set made.sql = "replace(" ~ made.sql ~ ", ' " ~ title ~ ".', ' " ~ title ~ "')" -%}
    {%- endfor -%}
    {%- set made.sql = "replace(replace(" ~ made.sql ~ ", '.', ' . '), '?', ' ? ') || ' . '" -%}
    {%- for found, instead in [
        ("   ", " "), ("  ", " "), ("  ", " "), ("  ", " "),
        (". . . . ", ". "), (". . ", ". "), (". . ", ". "), (". ? ", "? "),
        ("? . ", "? "), ("? ? ", "? "), ("? ? ", "? "),
    ] -%}
        {%- set made.sql =
            "replace(" ~ made.sql ~ ", '" ~ found ~ "', '" ~ instead ~ "')" -%}
    {%- endfor -%}
    ' ' || ltrim({{ made.sql }}, ' .')
{%- endmacro %}

{# Whether a text says what a pattern of the model phrase_patterns finds. #}
{% macro says(text, pattern) -%}
    {{ text }} ~ (select phrase_patterns.{{ pattern }} from phrase_patterns)
{%- endmacro %}

{# A text without what a pattern of the model phrase_patterns finds. #}
{% macro without(text, pattern) -%}
    regexp_replace(
        {{ text }},
        (select phrase_patterns.{{ pattern }} from phrase_patterns),
        '',
        'g'
    )
{%- endmacro %}

{# Whether a text is nothing but signs of a list, with their colours and spaces. #}
{% macro is_only(text, signs) -%}
    translate(
        {{ text }},
        (select phrase_patterns.{{ signs }} from phrase_patterns)
        || E' !.\n\ufe0f\u200d🏻🏼🏽🏾🏿',
        ''
    ) = ''
{%- endmacro %}

{# What a text says, as the query of a lateral join: one row. The model that uses it
   imports phrase_patterns.

   Each step is made once: the offsets keep PostgreSQL from writing one into the next. #}
{% macro what_is_said(text, is_ours) -%}
    with

    given as (

        select
            {{ text }} as given_text,
            {{ is_ours }} as is_ours,
            {{ plain(text) }} as plain_text,
            strpos({{ text }}, '?') > 0 as has_mark,
            octet_length({{ text }}) > length({{ text }}) as has_signs
        where trim({{ text }}, E' \n\r\t') <> ''

    ),

    unnamed as (

        select
            given.*,
            case
                when left(ltrim(plain_text), 1) = '*' or strpos(plain_text, 'editad') > 0
                    then {{ without('plain_text', 'name_prefix') }}
                else plain_text
            end as unnamed_text
        from given
        offset 0

    ),

    unsigned as (

        select
            unnamed.*,
            case
                when strpos(unnamed_text, E'\n') = 0 then unnamed_text
                when not is_ours then {{ without('unnamed_text', 'signature') }}
                else {{ without(without('unnamed_text', 'signature'), 'bullets') }}
            end as unsigned_text
        from unnamed
        offset 0

    ),

    trimmed as (

        select
            unsigned.*,
            case
                when strpos(unsigned_text, '/') > 0 or strpos(unsigned_text, 'w.') > 0
                    then {{ without('unsigned_text', 'link') }}
                else unsigned_text
            end as trimmed_text
        from unsigned
        offset 0

    ),

    sentences as (

        select
            trimmed.*,
            {{ sentences('trimmed_text') }} as said
        from trimmed
        offset 0

    ),

    parts as (

        select
            sentences.*,
            ' ' || ltrim(replace(translate(said, '.?', ''), '  ', ' ')) as words,
            coalesce(substring(said, '(?:^|[.?])( [^.?]*[.?] )$'), said)
                as last_sentence,
            coalesce(substring(said, '(?:^|[.?])( [^.?]*[.?] [^.?]*[.?] )$'), said)
                as last_sentences
        from sentences
        offset 0

    ),

    ours as (

        select
            parts.*,
            {{ says('said', 'recipient_or_transfer') }}
            and {{ says('said', 'transfer') }} as is_transfer,
            {{ says('said', 'rating_request') }} as is_rating_request,
            {{ says('last_sentence', 'offer') }} as is_last_an_offer,
            right(said, 2) = '? ' or has_mark and {{ says('said', 'question_and_hint') }}
                as has_last_mark,
            {{ says('last_sentences', 'data_request') }}
            and not {{ says('last_sentences', 'how_to') }} as is_data_request,
            right(rtrim(given_text), 1) not in ('.', '!')
            and {{ says('last_sentence', 'question_without_mark') }}
                as is_without_mark,
            strpos(plain_text, E'\n') > 0 and {{ says('plain_text', 'menu') }}
            or {{ says('said', 'menu_on_one_line') }} as is_menu
        from parts
        where is_ours
        offset 0

    ),

    classes_of_ours as (

        select
            ours.*,
            case
                when is_transfer then 'transfer'
                when is_menu then 'question'
                when is_rating_request then 'closing_offer'
                when
                    (has_last_mark or is_data_request) and not is_last_an_offer
                    then 'question'
                when length(said) > 400 then 'answer'
                when {{ says('said', 'closing_offer') }} then 'closing_offer'
                when said !~ '[0-9]' and {{ says('said', 'greeting') }} then 'greeting'
                when is_without_mark and not is_last_an_offer then 'question'
                when {{ says('said', 'pleasantry') }} then 'closing_offer'
                else 'answer'
            end as text_class
        from ours
        offset 0

    ),

    customers as (

        select
            parts.*,
            {{ sentences("replace(trimmed_text, ',', '.')") }} as clauses,
            length(words) <= 60 and {{ says('words', 'bare_greeting') }}
                as is_bare_greeting,
            has_signs and {{ is_only('given_text', 'courtesy_signs') }} as is_courtesy_sign,
            has_signs and {{ is_only('given_text', 'approving_signs') }} as is_approving,
            {{ says('given_text', 'doubting_signs') }} as has_doubt
        from parts
        where not is_ours
        offset 0

    )

    select
        text_class,
        case
            when text_class <> 'question' then null
            when is_menu then 'menu'
            when {{ says('last_sentence', 'asked_datum') }} then 'data'
            when not has_last_mark then 'data'
            when
                strpos(last_sentence, ' ou ') > 0
                or {{ says('last_sentence', 'question_word') }}
                then 'open'
            else 'yes_no'
        end as question_kind,
        {{ says('said', 'promise_to_return') }} as promises_return,
        is_rating_request as asks_rating,
        false as is_bare_greeting,
        false as is_day_greeting,
        false as is_bare_no,
        false as is_bare_yes,
        false as is_rating,
        false as is_approving,
        false as asks_for_person
    from classes_of_ours
    union all
    select
        case
            when has_mark or has_doubt or is_bare_greeting then 'request'
            when is_courtesy_sign then 'courtesy'
            when length(words) > 120 then 'request'
            when {{ says('words', 'request') }} then 'request'
            when {{ says('words', 'courtesy') }} then 'courtesy'
            when
                {{ says('words', 'praise') }}
                and {{ says('clauses', 'courtesy_or_praise') }}
                then 'courtesy'
            when
                {{ says('words', 'thanks') }}
                and {{ says('clauses', 'thanks_and_more') }}
                then 'courtesy'
            when
                {{ says('words', 'thanks_and_name') }}
                and given_text ~ '[[:alnum:],] +[A-ZÀ-Ü][a-zà-ü]+[^[:alnum:]]*$'
                then 'courtesy'
            else 'request'
        end as text_class,
        null as question_kind,
        false as promises_return,
        false as asks_rating,
        is_bare_greeting,
        is_bare_greeting and {{ says('words', 'day_greeting') }} as is_day_greeting,
        length(words) <= 60 and {{ says('words', 'bare_no') }} as is_bare_no,
        length(words) <= 60 and {{ says('words', 'bare_yes') }} as is_bare_yes,
        given_text ~ '^[⭐🌟★\s]+$' or length(words) <= 30 and {{ says('words', 'rating') }}
            as is_rating,
        is_approving,
        length(words) <= 200 and {{ says('words', 'person_request') }}
        and not {{ says('words', 'no_person_request') }} as asks_for_person
    from customers
{%- endmacro %}
