{# The lists of the seed phrases that patterns are made of (models/analytics/
   phrase_patterns.sql); those of single signs are not among them. #}
{% macro phrase_lists() -%}
    spelling thanks courtesy praise beside_thanks courtesy_filler name form_of_address
    request wanted negated_after title
    greeting day_greeting greeting_phrase presentation speaking opening_offer
    not_name answer_verb answer_word
    closing_offer closing_filler closing_sentence closing_wish wish_word
    rating_request question_word question_hint data_request data_request_opener how_to
    asked_datum menu_word offered_act
    handing_over handed_over handed_to alerting recipient recipient_place professional
    article toward contacting transfer no_transfer question_tag
    promise_to_return promise_alone wait_a_moment person_request person_alone no_person_request
    solved solved_alone mere_ok put_off no yes politeness
    signature signature_name edited
{%- endmacro %}

{# Those whose phrases are searched only where their words are. #}
{% macro telling_lists() -%}
    closing_offer opening_offer rating_request data_request
    promise_to_return promise_alone wait_a_moment
    handing_over handed_to alerting contacting recipient professional recipient_place name transfer
    person_request person_alone solved solved_alone put_off praise beside_thanks
    request wanted negated_after question_hint
{%- endmacro %}

{# A text as plain letters: lower case, no accents, a letter that is repeated once. Word
   lists are made so too, so that what becomes of "carro" does not matter. #}
{% macro plain(text) -%}
    {{ once_each(translated("lower(" ~ text ~ ")", accented(), unaccented())) }}
{%- endmacro %}

{# What is common stands first: `translate` tries one sign after the other. #}
{% macro translated(text, signs, instead) -%}
    {%- set common = " aeosrindmtuclp" -%}
    translate({{ text }}, E'{{ common }}{{ signs }}', '{{ common }}{{ instead }}')
{%- endmacro %}

{% macro accented() -%} áàâãäéèêëíìîïóòôõöúùûüçñ {%- endmacro %}
{% macro unaccented() -%} aaaaaeeeeiiiiooooouuuucn {%- endmacro %}

{# Without a reference to what was matched PostgreSQL searches three times as fast; it
   knows nine of them. #}
{% macro once_each(text) -%}
    regexp_replace(
        regexp_replace(
            {{ text }},
            '(a)a+|(e)e+|(i)i+|(o)o+|(u)u+|(r)r+|(s)s+',
            '\1\2\3\4\5\6\7',
            'g'
        ),
        '(h)h+|(k)k+|(m)m+|(y)y+',
        '\1\2\3\4',
        'g'
    )
{%- endmacro %}

{# A lower-case text as sentences of words: a space around each word, and ". " or "? "
   after each sentence. Emoji and line ends end sentences too. #}
{% macro sentences(text) -%}
    {%- set spaced = ',:()[]{}"*_~/\\|#%&@$+=<>•·–—\u00a0\u200b\ufe0f\u20e3-' ~ "`´’" -%}
    {%- set made = namespace(
        sql=once_each(translated(
            text,
            accented() ~ "!;…\\n\\r" ~ spaced | replace("\\", "\\\\"),
            unaccented() ~ "....." ~ " " * spaced | length
        ))
    ) -%}
    {%- set made.sql = "regexp_replace(" ~ made.sql ~ ", '[^a-z0-9? ]+', '.', 'g')" -%}
    {%- set made.sql = "regexp_replace(" ~ made.sql ~ ", '( [sd]ra?)[.]', '\\1', 'g')" -%}
    {%- set made.sql = "replace(replace(" ~ made.sql ~ ", '.', ' . '), '?', ' ? ')" -%}
    {#- An array without its empty words takes many spaces for one. -#}
    {%- set made.sql = "array_to_string(string_to_array(" ~ made.sql ~ " || ' .', ' ', ''), ' ') || ' '" -%}
    {%- for found, instead in [
        (". . . ", ". "), (". . ", ". "), (". ? ", "? "), ("? . ", "? "), ("? ? ", "? "),
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

{# Whether a text, as an array of its words, may say something of a list: words are
   found in a hundredth of the time. -#}
{% macro may_say(words, list) -%}
    (
        (select phrase_patterns.{{ list }}_words from phrase_patterns) is null
        or jsonb_exists_any(
            (select phrase_patterns.{{ list }}_words from phrase_patterns), {{ words }}
        )
        and exists (
            select
            from unnest({{ words }}) as unnested (word)
            where
                jsonb_exists_any(
                    (select phrase_patterns.{{ list }}_words from phrase_patterns)
                    -> word,
                    {{ words }}
                )
        )
    )
{%- endmacro %}

{# Whether the word that a pattern finds in a sentence begins with a capital letter in the
   text, and not as its first word: a name. Not by a pattern: PostgreSQL keeps 32 of them
   compiled, and each name would be another. #}
{% macro names(sentence, pattern) -%}
    coalesce(
        strpos(
            translate(
                given_text,
                '{{ accented() | upper }}{{ accented() }}',
                '{{ unaccented() | upper }}{{ unaccented() }}'
            ),
            ' ' || initcap(
                substring(
                    {{ sentence }},
                    (select phrase_patterns.{{ pattern }} from phrase_patterns)
                )
            )
        ) > 0,
        false
    )
{%- endmacro %}

{# Whether each word of a text, as an array, is one of those that thanks are made of. #}
{% macro are_courtesy_words(words, which="courtesy_words") -%}
    not exists (
        select
        from unnest({{ words }}) as unnested (word)
        where
            word <> ''
            and not jsonb_exists(
                (select phrase_patterns.{{ which }} from phrase_patterns), word
            )
            and word !~ (
                select phrase_patterns.other_courtesy_words from phrase_patterns
            )
    )
{%- endmacro %}

{# Whether a text, as an array of its words, has one of those of a list of words. #}
{% macro has_any(words, these) -%}
    jsonb_exists_any(
        (select phrase_patterns.{{ these }} from phrase_patterns), {{ words }}
    )
{%- endmacro %}

{# A text without what a pattern of the model phrase_patterns finds. #}
{% macro without(text, pattern, instead='') -%}
    regexp_replace(
        {{ text }},
        (select phrase_patterns.{{ pattern }} from phrase_patterns),
        '{{ instead }}',
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

{# The text that all rules read, as CTEs of a lateral query. Each step is made once: the
   offsets keep PostgreSQL from writing one into the next. -#}
{% macro normalised(text, is_ours) -%}
    given as (

        select
            {{ text }} as given_text,
            {% if is_ours -%}
            -- A last line of names alone is a signature.
            lower(
                case
                    when strpos({{ text }}, E'\n') > 0
                        then {{ without(text, 'names_line') }}
                    else {{ text }}
                end
            ) as lower_text
            {%- else -%}
            lower({{ text }}) as lower_text
            {%- endif %}
        where trim({{ text }}, E' \n\r\t') <> ''

    ),

    -- Most texts have nothing around them, and need not be searched for it.
    plainly as (

        select
            given.*,
            case
                when
                    strpos(lower_text, E'\n') > 0
                    or strpos(lower_text, '/') > 0
                    or strpos(lower_text, 'w.') > 0
                    or strpos(lower_text, '*') > 0
                    or strpos(lower_text, 'edita') > 0
                    then {{ plain('lower_text') }}
            end as plain_text
        from given
        offset 0

    ),

    unnamed as (

        select
            plainly.*,
            case
                when left(ltrim(plain_text), 1) = '*' or strpos(plain_text, 'editad') > 0
                    then {{ without('plain_text', 'name_prefix') }}
                else plain_text
            end as unnamed_text
        from plainly
        offset 0

    ),

    unsigned as (

        select
            unnamed.*,
            case
                when {{ says('unnamed_text', 'signature_start') }}
                    then {{ without('unnamed_text', 'signature') }}
                else unnamed_text
            end as unsigned_text
        from unnamed
        offset 0

    ),

    {% if is_ours -%}
    unlisted as (

        select
            unsigned.*,
            case
                when strpos(unsigned_text, E'\n') > 0
                    then {{ without('unsigned_text', 'bullets') }}
                else unsigned_text
            end as unlisted_text
        from unsigned
        offset 0

    ),
    {%- else -%}
    unlisted as (

        select
            unsigned.*,
            unsigned_text as unlisted_text
        from unsigned

    ),
    {%- endif %}

    trimmed as (

        select
            unlisted.*,
            case
                when unlisted_text is null then lower_text
                when strpos(unlisted_text, '/') > 0 or strpos(unlisted_text, 'w.') > 0
                    then {{ without('unlisted_text', 'link') }}
                else unlisted_text
            end as trimmed_text
        from unlisted
        offset 0

    ),

    spoken as (

        select
            trimmed.*,
            {{ sentences('trimmed_text') }} as said
        from trimmed
        offset 0

    )
{%- endmacro %}

{# What the AI or a person of ours says: the query of a lateral join, with one row, or
   none for an empty text. The model that uses it imports phrase_patterns. -#}
{% macro what_we_say(text) -%}
    with

    {{ normalised(text, true) }},

    ends as (

        select
            spoken.*,
            {{ each_sentence('said') }} as sentences,
            given_text ~ '[[:alpha:],.] [A-ZÀ-Ü]' as has_capital,
            translate(said, '0123456789', '') <> said as has_digits,
            string_to_array(said, ' ') as words
        from spoken
        offset 0

    ),

    ends_apart as (

        select
            ends.*,
            sentences[cardinality(sentences)] as last_sentence,
            replace(
                array_to_string(sentences[cardinality(sentences) - 1:], ''), '  ', ' '
            ) as last_sentences
        from ends
        offset 0

    ),

    last_ends as (

        select
            ends_apart.*,
            string_to_array(last_sentences, ' ') as last_words
        from ends_apart
        offset 0

    ),

    -- The sentence that hands over, if one does; NULL otherwise.
    acts as (

        select
            last_ends.*,
            right(said, 2) = '? ' and {{ says('last_sentence', 'wellbeing') }}
            or {{ may_offer('last_words') }}
            and {{ may_offer("string_to_array(last_sentence, ' ')") }}
            and {{ says('last_sentence', 'offer') }}
                as is_last_an_offer,
            {{ may_say('words', 'rating_request') }}
            and {{ says('said', 'rating_request') }} as asks_rating,
            right(said, 2) = '? '
            or strpos(said, '?') > 0
            and {{ may_say('last_words', 'question_hint') }}
            and {{ says('said', 'question_and_hint') }}
                as has_last_mark,
            has_digits and {{ says('said', 'menu_on_one_line') }}
            or strpos(plain_text, E'\n') > 0 and {{ says('plain_text', 'menu') }}
                as is_menu,
            case
                when {{ may_hand_over('words') }}
                    then
                        (
                            select unnested.sentence
                            from unnest(sentences) as unnested (sentence)
                            where
                                {{ may_hand_over("string_to_array(sentence, ' ')") }}
                                and (
                                    {{ says('sentence', 'hands_over') }}
                                    or {{ names('sentence', 'handing_to_word') }}
                                    or {{ names('sentence', 'word_contacting') }}
                                )
                            limit 1
                        )
            end as handing_sentence
        from last_ends
        offset 0

    ),

    classes as (

        select
            acts.*,
            case
                when
                    handing_sentence is not null
                    and not {{ says('handing_sentence', 'no_transfer') }}
                    then 'transfer'
                when is_menu then 'question'
                when asks_rating then 'closing_offer'
                when has_last_mark and not is_last_an_offer then 'question'
                when
                    not has_last_mark and not is_last_an_offer
                    and {{ may_say('last_words', 'data_request') }}
                    and {{ says('last_sentences', 'data_request') }}
                    and not {{ says('last_sentences', 'how_to') }}
                    then 'question'
                when length(said) > 400 then 'answer'
                when
                    not has_digits
                    and {{ may_say('words', 'closing_offer') }}
                    and (
                        is_last_an_offer or {{ says('last_sentence', 'pleasantry') }}
                    )
                    and {{ says('said', 'closing_offer') }}
                    then 'closing_offer'
                when
                    length(said) <= 240 and not has_digits
                    and {{ has_any('words[2:2]', 'greeting_words') }}
                    and {{ says('said', 'greeting') }}
                    then 'greeting'
                when
                    not is_last_an_offer
                    and right(rtrim(given_text), 1) not in ('.', '!')
                    and {{ says('last_sentence', 'question_without_mark') }}
                    then 'question'
                when
                    right(rtrim(given_text), 1) = ':'
                    and {{ says('last_sentence', 'form_field') }}
                    then 'question'
                when {{ says('said', 'pleasantry') }} then 'closing_offer'
                else 'answer'
            end as text_class
        from acts
        offset 0

    )

    select
        text_class,
        case
            when text_class <> 'question' then null
            when is_menu then 'menu'
            when
                not has_last_mark
                or {{ says('last_sentence', 'asked_datum') }}
                and not {{ says('last_sentence', 'offered_act') }}
                then 'data'
            when
                strpos(last_sentence, ' ou ') > 0
                or {{ says('last_sentence', 'question_word') }}
                then 'open'
            else 'yes_no'
        end as question_kind,
        (
            {{ may_say('last_words', 'promise_to_return') }}
            or {{ may_say('last_words', 'promise_alone') }}
        )
        and {{ says('last_sentences', 'promise_to_return') }}
        or {{ may_say('last_words', 'wait_a_moment') }}
        and {{ says('last_sentence', 'wait_a_moment') }}
            as promises_return,
        asks_rating,
        is_last_an_offer as ends_with_offer
    from classes
{%- endmacro %}

{# What the customer says: the query of a lateral join, with one row, or none for an
   empty text. The model that uses it imports phrase_patterns. -#}
{% macro what_the_customer_says(text) -%}
    with

    {{ normalised(text, false) }},

    worded as (

        select
            spoken.*,
            ' ' || ltrim(replace(translate(said, '.?', ''), '  ', ' ')) as words,
            strpos(given_text, '?') > 0 as has_mark,
            octet_length(given_text) > length(given_text) as has_signs
        from spoken
        offset 0

    ),

    listed as (

        select
            worded.*,
            string_to_array(words, ' ') as word_list,
            {{ says('words', 'thanks') }} as has_thanks
        from worded
        offset 0

    ),

    signs as (

        select
            listed.*,
            length(words) <= 60
            and {{ has_any('word_list[2:2]', 'greeting_words') }}
            and {{ says('words', 'bare_greeting') }} as is_bare_greeting,
            has_signs and {{ is_only('given_text', 'courtesy_signs') }}
                as is_courtesy_sign,
            has_signs and {{ is_only('given_text', 'approving_signs') }} as is_approving,
            has_signs and given_text ~ '^\s*(?:[⭐🌟★]\ufe0f?\s*){4,}$' as is_many_stars,
            has_signs and {{ says('given_text', 'doubting_signs') }} as has_doubt,
            not has_mark
            and length(words) <= 80
            and (
                {{ may_say('word_list', 'solved') }}
                and {{ says('words', 'solved') }}
                and not {{ says(without('words', 'solved', ' '), 'request') }}
                or {{ may_say('word_list', 'solved_alone') }}
                and {{ says('words', 'solved_alone') }}
            ) as says_solved,
            {{ are_courtesy_words('word_list') }} as are_courtesy_words
        from listed
        offset 0

    )

    select
        case
            when has_mark or has_doubt or is_bare_greeting then 'request'
            when is_courtesy_sign or is_many_stars then 'courtesy'
            when length(words) > 120 then 'request'
            when says_solved then 'courtesy'
            -- Most texts have no word of thanks, and need not be searched for more.
            when
                not are_courtesy_words and not has_thanks
                and not {{ may_say('word_list', 'praise') }}
                then 'request'
            when
                (
                    {{ may_say('word_list', 'request') }}
                    or {{ may_say('word_list', 'wanted') }}
                    or {{ may_say('word_list', 'negated_after') }}
                )
                and {{ says('words', 'request') }}
                then 'request'
            when
                are_courtesy_words
                and (
                    (has_thanks or {{ has_any('word_list', 'courtesies_of_a_word') }})
                    and {{ are_courtesy_words(
                        'word_list', 'courtesies_and_fillers_of_a_word'
                    ) }}
                    or {{ says('words', 'courtesy_and_filler') }}
                    and (has_thanks or {{ says('words', 'courtesy') }})
                )
                then 'courtesy'
            when
                has_thanks
                and (
                    given_text ~ '[[:alnum:],] +[A-ZÀ-Ü][a-zà-ü]+[^[:alnum:]]*$'
                    and not {{ says(
                        "word_list[cardinality(word_list) - 1] || ' '", 'no_name'
                    ) }}
                    and {{ are_courtesy_words('trim_array(word_list, 2)') }}
                    and {{ says(
                        "array_to_string(trim_array(word_list, 2), ' ') || ' '",
                        'courtesy_and_filler'
                    ) }}
                    or (
                        {{ may_say('word_list', 'praise') }}
                        or {{ may_say('word_list', 'beside_thanks') }}
                    )
                    and {{ says(clauses(), 'thanks_and_more') }}
                )
                then 'courtesy'
            when
                {{ may_say('word_list', 'praise') }}
                and {{ says('words', 'praise') }}
                and {{ says(clauses(), 'courtesy_or_praise') }}
                then 'courtesy'
            else 'request'
        end as text_class,
        is_bare_greeting,
        is_bare_greeting and {{ says('words', 'day_greeting') }} as is_day_greeting,
        length(words) <= 60 and {{ says('words', 'bare_no') }} as is_bare_no,
        length(words) <= 60 and {{ says('words', 'bare_yes') }} as is_bare_yes,
        length(words) <= 60
        and (
            given_text ~ '^[⭐🌟★\ufe0f\s]+$' or {{ says('words', 'rating') }}
        ) as is_rating,
        is_approving,
        length(words) <= 200
        and (
            {{ may_say('word_list', 'person_request') }}
            or {{ may_say('word_list', 'person_alone') }}
        )
        and {{ says('words', 'person_request') }}
        and not {{ says('words', 'no_person_request') }} as asks_for_person,
        says_solved,
        -- "ok" ends no handoff; a bad mark and "vou pensar" confirm nothing.
        are_courtesy_words and not has_thanks and {{ says('words', 'mere_ok') }}
            as is_mere_ok,
        length(words) <= 60
        and (
            given_text ~ '^\s*(?:[⭐🌟★]\ufe0f?\s*){1,3}$'
            or {{ says('words', 'low_rating') }}
            or not has_thanks
            and {{ may_say('word_list', 'put_off') }}
            and {{ says('words', 'put_off') }}
        ) as confirms_nothing
    from signs
{%- endmacro %}

{# The customer's text with a point for each comma: a phrase ends there. #}
{% macro clauses() -%}
    ({{ sentences("replace(trimmed_text, ',', '.')") }})
{%- endmacro %}

{# Whether a text, as an array of its words, may offer something at its end. #}
{% macro may_offer(words) -%}
    (
        {{ may_say(words, 'closing_offer') }}
        or {{ may_say(words, 'opening_offer') }}
        or {{ may_say(words, 'rating_request') }}
    )
{%- endmacro %}

{# Whether a text, as an array of its words, may name somebody of ours. #}
{% macro may_hand_over(words) -%}
    (
        {{ may_say(words, 'transfer') }}
        or {{ may_say(words, 'handed_to') }}
        or (
            {{ may_say(words, 'handing_over') }}
            or {{ may_say(words, 'alerting') }}
            or {{ may_say(words, 'contacting') }}
        )
        and {{ may_name_somebody(words) }}
    )
{%- endmacro %}

{# Also who is named by a capital letter. #}
{% macro may_name_somebody(words) -%}
    (
        {{ may_say(words, 'recipient') }}
        or {{ may_say(words, 'professional') }}
        or {{ may_say(words, 'recipient_place') }}
        or {{ may_say(words, 'name') }}
        or has_capital
    )
{%- endmacro %}

{# The sentences of a text, as an array. #}
{% macro each_sentence(said) -%}
    string_to_array(
        rtrim(replace(replace({{ said }}, '. ', '. | '), '? ', '? | '), '| ') || ' ', '|'
    )
{%- endmacro %}

{# Whether two texts, as words, share at least half of those of the shorter. #}
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

{# Whether a text begins with a no. #}
{% macro declines(text) -%}
    coalesce({{ text }} ~* '^\W*n[aã]o\M', false)
{%- endmacro %}
