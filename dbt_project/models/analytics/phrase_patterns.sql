{{ config(materialized='ephemeral') }}
{#- "Carlos | Consultor AllpFit", as a line of its own. Chatwoot itself writes "--"
   above an agent's signature. -#}
{% set name_and_role = "[^|.?!:\\n]{2,40} [|] [^.?!:\\n]{2,60}" %}
{% set laughter = "k+|rs|(?:ha|he|hi|rs|ka|hua)+h?" %}

with recursive

phrases as (

    select * from {{ source('configuration', 'phrases') }}

),

-- Words as texts are when they are compared with them.
plain_phrases as (

    select
        list,
        {{ plain('words') }} as phrase
    from phrases
    where list not like '%\_sign'

),

-- How words are spelled in a hurry, of each its other spellings.
spellings as (

    select
        split_part(phrase, ' ', 1) as form,
        split_part(phrase, ' ', 2) as other_forms
    from plain_phrases
    where list = 'spelling'

),

-- A phrase that may begin in two ways is two phrases.
variants as (

    select * from plain_phrases

    union all

    select
        variants.list,
        regexp_replace(variants.phrase, '^(\S+)[?] ', beginnings.beginning)
            as phrase
    from variants
    cross join (values ('\1 '), ('')) as beginnings (beginning)
    where variants.phrase ~ '^\S+[?] '

),

written_tokens as (

    select
        variants.list,
        variants.phrase,
        tokens.position,
        tokens.token
    from variants
    cross join
        lateral string_to_table(variants.phrase, ' ')
        with ordinality as tokens (token, position)
    where variants.phrase !~ '^\S+[?] '

),

tokens as (

    select
        written_tokens.list,
        written_tokens.phrase,
        written_tokens.position,
        string_agg(
            forms.form || coalesce('/' || spellings.other_forms, ''),
            '/'
            order by forms.place
        )
        || case when written_tokens.token like '%?' then '?' else '' end as token
    from written_tokens
    cross join
        lateral string_to_table(rtrim(written_tokens.token, '?'), '/')
        with ordinality as forms (form, place)
    left join spellings on forms.form = spellings.form
    group by
        written_tokens.list,
        written_tokens.phrase,
        written_tokens.position,
        written_tokens.token

),

-- Forms that begin alike are one pattern: PostgreSQL searches by each letter of it.
forms as (

    select
        tokens.list,
        tokens.phrase,
        tokens.position,
        tokens.token,
        forms.form,
        regexp_replace(forms.form, '[aeiou][^aeiou]*$', '') as stem
    from tokens
    cross join lateral string_to_table(rtrim(tokens.token, '?'), '/') as forms (form)

),

stems as (

    select
        list,
        phrase,
        position,
        token,
        stem || '(?:'
        || string_agg(replace(substr(form, length(stem) + 1), '*', '[a-z]*'), '|')
        || ')' as pattern
    from forms
    group by list, phrase, position, token, stem

),

-- a/b: one of them; a?: may be left out; a*: how it begins; *: any words between.
compiled as (

    select
        list,
        phrase,
        position,
        case
            when token = '*' then '(?:[^.?]* )?'
            else
                '(?:' || string_agg(pattern, '|') || ') '
        end as pattern,
        token like '%?' as may_be_left_out
    from stems
    group by list, phrase, position, token

),

spelled as (

    select
        list,
        phrase,
        string_agg(
            case when may_be_left_out then '(?:' || pattern || ')?' else pattern end,
            ''
            order by position
        ) as pattern
    from compiled
    group by list, phrase

),

listed as (

    select
        list,
        '(?:' || string_agg(pattern, '|') || ')' as pattern
    from spelled
    group by list

),

-- Of each phrase the two words that say most, in all their forms: a text without one of
-- each need not be searched for the phrase, and words are found faster than patterns.
telling as (

    select
        list,
        phrase,
        token,
        row_number() over (
            partition by list, phrase
            order by
                (
                    select min(length(forms.form))
                    from string_to_table(tokens.token, '/') as forms (form)
                ) desc,
                length(token) asc,
                position asc
        ) as place
    from tokens
    where token not like '%?' and token not like '%*%'

),

-- A phrase with one such word has no other.
told_phrases as (

    select
        spelled.list,
        max(telling.token) filter (where telling.place = 1) as words,
        coalesce(
            max(telling.token) filter (where telling.place = 2),
            max(telling.token) filter (where telling.place = 1)
        ) as more_words
    from spelled
    left join telling
        on spelled.list = telling.list and spelled.phrase = telling.phrase
    group by spelled.list, spelled.phrase

),

-- Each first word with the second ones that it is found with.
pairs as (

    select
        told_phrases.list,
        firsts.word as first_word,
        jsonb_object_agg(seconds.word, '') as second_words
    from told_phrases
    cross join lateral string_to_table(told_phrases.words, '/') as firsts (word)
    cross join lateral string_to_table(told_phrases.more_words, '/') as seconds (word)
    group by told_phrases.list, firsts.word

),

-- None of a list where some phrase has no such word.
told as (

    select
        pairs.list,
        jsonb_object_agg(pairs.first_word, pairs.second_words) as words
    from pairs
    where
        not exists (
            select from told_phrases
            where told_phrases.list = pairs.list and told_phrases.words is null
        )
    group by pairs.list

),

hints as (

    select
        -- noqa: disable=LT02
        {% for list in telling_lists().split() -%}
            (array_agg(words) filter (where list = '{{ list }}'))[1]
                as {{ list }}_words{{ "," if not loop.last }}
        {% endfor %}
    from told
    -- noqa: enable=LT02

),

-- The words that a text of a customer's which is nothing but thanks is made of, and how
-- those begin that have no end.
courtesy_words as (

    select
        jsonb_object_agg(forms.form, '') filter (where forms.form not like '%*')
            as courtesy_words,
        -- noqa: disable=LT02
        jsonb_object_agg(forms.form, '') filter (
            where tokens.phrase = tokens.token and forms.form not like '%*'
        ) as courtesies_and_fillers_of_a_word,
        jsonb_object_agg(forms.form, '') filter (
            where
                tokens.phrase = tokens.token and forms.form not like '%*'
                and tokens.list in ('thanks', 'courtesy')
        ) as courtesies_of_a_word,
        '^(?:'
        || string_agg(distinct replace(forms.form, '*', '[a-z]*'), '|')
            filter (where forms.form like '%*')
        || '|{{ laughter }})$' as other_courtesy_words
        -- noqa: enable=LT02
    from tokens
    cross join lateral string_to_table(rtrim(tokens.token, '?'), '/') as forms (form)
    where
        tokens.list in (
            'thanks', 'courtesy', 'courtesy_filler', 'name', 'form_of_address'
        )

),

-- How a greeting begins.
greeting_words as (

    select jsonb_object_agg(forms.form, '') || '{"e": ""}' as greeting_words
    from tokens
    cross join lateral string_to_table(tokens.token, '/') as forms (form)
    where
        tokens.position = 1
        and tokens.list in (
            'greeting', 'greeting_phrase', 'presentation', 'opening_offer'
        )

),

signs as (

    select
        string_agg(words, '') filter (where list = 'approving_sign') as approving,
        string_agg(words, '') filter (where list = 'laughing_sign') as laughing,
        '[' || string_agg(words, '') filter (where list = 'doubting_sign') || ']'
            as doubting
    from phrases

),

lists as (

    select
        -- noqa: disable=LT02
        {% for list in phrase_lists().split() -%}
            max(pattern) filter (where list = '{{ list }}')
                as {{ list }}{{ "," if not loop.last }}
        {% endfor %}
    from listed
    -- noqa: enable=LT02

),

-- What sentences are made of. A text has a space before each word, and a point or a
-- question mark, with spaces, after each sentence.
parts as (

    select
        *,
        '(?:' || thanks || '|' || courtesy
        || '|(?:{{ laughter }}) )' as any_courtesy,
        '(?:' || courtesy_filler || '|' || name || '|' || form_of_address || ')'
            as any_filler,
        '(?:' || not_name || '|' || answer_verb || '|' || answer_word || ')' as no_name,
        '(?:(?!' || answer_verb || ')[a-z]+ )' as no_answer,
        '(?:(?!' || answer_verb || '|' || answer_word || ')[a-z]+ )' as polite_word,
        '(?:' || recipient || '|' || professional || ')' as anybody,
        '(?:' || article || '{0,3}(?:[a-z]+ )?' || article || '{0,2})' as articles
    from lists

),

names as (

    select
        *,
        '(?:(?!' || no_name || ')[a-z]+ )' as unknown_name,
        '(?:' || anybody || '|' || recipient_place || ')' as somewhere
    from parts

),

sentences as (

    select
        *,
        '(?:' || greeting || '+(?:' || title || '?' || unknown_name
        || '|(?:meu |minha )?' || form_of_address || '){0,3})' as hello,
        '(?:' || greeting_phrase || '(?:[a-z]+ ){0,6})' as wellbeing,
        '(?:(?:e )?(?:' || presentation || no_answer || '{0,12}|' || opening_offer
        || no_answer || '{0,6}|' || no_answer || '{1,5}' || speaking || '))'
            as introduction,
        '(?:(?:' || closing_filler || unknown_name || '{0,2})+'
        || '(?:[.?] |(?=' || closing_sentence || '|' || closing_wish || '))|'
        || closing_sentence || polite_word || '{0,10}[.?] |'
        || closing_wish || '(?:' || wish_word || '*' || unknown_name || '{0,2}){0,3}'
        || wish_word || '*[.?] )' as pleasantry
    from names

),

patterns as (

    select
        ---------- around a text
        E'^\\s*(?:[*]{1,2}[^*\n:]{1,40}:[*]{1,2}|[*]{1,2}[^*\n:]{1,40}[*]{1,2}:)\\s*'
        || E'|[^a-z0-9\n]*\\m' || replace(edited, ' ', '\s?') || '[^a-z0-9]*'
            as name_prefix,
        E'(?:\\s*\n\\s*(?:[^a-z0-9\n]{0,4}_[^_\n]+_|[*_-]*\\m'
        || replace(signature, ' ', E'\\M')
        || E'[^?]{0,160}|\n?[*_-]*' || replace(signature_name, ' ', E'\\M')
        || E'[^.?!:\n]{0,60}(?:\n[^?\n]{0,60})?|(?:-{2,}|[-–—_]+ *\n)\\s*'
        || '[a-z.]+(?: (?:d[aeo]s? )?[a-z.]+){0,2} *'
        || E'(?:\n[^?\n]{0,60}){0,4}|{{ name_and_role }}))+\\s*$' as signature,
        E'\n[^a-z0-9]*(?:_|--|[-–—] *\n|\\m' || replace(signature, ' ', '') || '|\m'
        || replace(signature_name, ' ', '') || E'|{{ name_and_role }}\\s*$)'
            as signature_start,
        E'(?<=\\S)\\s*\n[^[:alnum:]\n]*[A-ZÀ-Ü][[:alpha:]]*'
        || E'(?: (?:d[aeo]s? |e |& )?[A-ZÀ-Ü][[:alpha:]]*){0,4}[^[:alnum:]?]*$'
            as names_line,
        E'(?:\n\\s*[-•·▪🔹✅*]\\s[^\n]*)+$' as bullets,
        E'\\S*(?:://|www[.])\\S+|\\m[a-z][a-z0-9-]*(?:[.][a-z0-9-]+)+/\\S*' as link,

        ---------- the customer's
        '^ (?:' || any_courtesy || '|' || any_filler || ')+$' as courtesy_and_filler,
        ' ' || any_courtesy as courtesy,
        '^ (?:(?:' || any_courtesy || '|' || any_filler || ')*(?:[.] |' || praise
        || '(?:[a-z]+ ){0,5}[.] ))+$' as courtesy_or_praise,
        '^ (?:(?:' || any_courtesy || '|' || any_filler || ')*(?:[.] |(?:' || praise
        || '|' || beside_thanks || ')(?:[a-z]+ ){0,12}[.] ))+$' as thanks_and_more,
        ' ' || praise as praise,
        ' ' || thanks as thanks,
        '^' || no_name || '$' as no_name,
        -- But "era o que eu queria saber": what was wanted is had.
        ' (?:' || request || '|' || wanted || '(?<! que (?:eu )?' || wanted
        || ')(?!(?:de |so |muito |aqui )*agradecer )|' || negated_after || 'nao (?:'
        || thanks || '|$))' as request,
        '^ ' || greeting || '(?:' || greeting || '|' || greeting_phrase || '|' || name
        || '|' || form_of_address || ')*$' as bare_greeting,
        '^ ' || day_greeting || '(?:' || day_greeting || '|' || name || '|'
        || form_of_address || ')*$' as day_greeting,
        '^ ' || no || '(?:' || no || '|' || politeness || ')*$' as bare_no,
        '^ ' || yes || '(?:' || yes || '|' || politeness || ')*$' as bare_yes,
        '^ (?:nota |dou |de |eh? )*(?:[0-9]|10|dez|zero|cinco)(?: (?:de )?(?:5|10))? '
        || '(?:estrela[a-z]* )?(?:' || any_courtesy || '|' || any_filler || ')*$'
            as rating,
        '^ (?:nota |dou |de |eh? )*(?:[0-3]|zero|uma?|dois|duas|tres) '
        || '(?:estrela[a-z]* )?(?:de (?:5|10) )?$' as low_rating,
        '^ (?:' || mere_ok || '|' || any_filler || ')+$' as mere_ok,
        ' ' || put_off as put_off,
        '^ ' || person_alone || politeness || '*$| ' || person_request
            as person_request,
        ' ' || no_person_request as no_person_request,
        '(?<!nao|nem|nunca|ainda) ' || solved || '(?!nao $)' as solved,
        '^(?!.* ' || negated_after || 'nao (?:' || thanks || '|$)) (?:' || any_courtesy
        || '|' || any_filler || ')*' || solved_alone
        || '(?:' || any_courtesy || '|' || any_filler || ')*$' as solved_alone,

        ---------- ours
        '^ (?:' || greeting || '+e [ao] ' || name || '(?:d[aeo] (?:[a-z]+ ){1,4})?|'
        || hello || '|' || introduction || '|' || wellbeing || '(?=[?]))'
        || '(?:[.?] )?(?:(?:' || hello || '|' || introduction || '|' || wellbeing
        || ')(?:[.?] )?)*$' as greeting,
        '^ (?:' || pleasantry || '|' || hello || '[.?] )*(?:(?:[a-z]+ ){0,5}'
        || closing_offer || '(?:[a-z]+ ){0,12}[.?] (?:' || pleasantry || ')*)+$'
            as closing_offer,
        '^ (?:' || pleasantry || ')+$' as pleasantry,
        ' ' || rating_request || '(?!nao )' as rating_request,
        '^ (?:' || hello || ')?(?:' || greeting_phrase || '|' || presentation
        || no_answer || '{0,8}' || greeting_phrase || '[?] $)' as wellbeing,
        ' (?:' || closing_offer || '|'
        || opening_offer || '|' || rating_request || ')' as offer,
        '(?:^ |[.?] )(?:' || hello || '|' || data_request_opener || unknown_name
        || '{0,2})*' || data_request as data_request,
        ' ' || how_to as how_to,
        '^ (?:' || hello || '|' || data_request_opener || ')*' || question_word
        || '(?:[a-z0-9]+ ){1,9}[.] $' as question_without_mark,
        '(?:^ |[.?] )(?:' || hello || '|' || data_request_opener || ')*'
        || '(?:' || question_word || '|' || data_request || ')[^.?]*[?] '
        || question_hint || '[^.?]*[.] $'
            as question_and_hint,
        '^ (?:' || hello || '|' || data_request_opener || ')*(?:o |a |seu |sua )?'
        || asked_datum || '(?:[a-z0-9]+ ){0,6}[.] $' as form_field,
        ' ' || question_word as question_word,
        ' ' || asked_datum as asked_datum,
        ' ' || offered_act as offered_act,
        E'(?:\\m' || replace(menu_word, ' ', E'\\M') || E'[^\n]*|[?][^\n]*)\n\\s*'
        || E'(?:[^\na-z0-9]{0,4}(?:[0-9]{1,2} [a-z]|(?:[0-9]{1,2}|[a-h]) ?'
        || E'[^a-z0-9\n ])[^\n]*'
        || E'(?:\n\\s*|$)){2}'
            as menu,
        ' ' || menu_word || '(?:o |a |com )*(?:[0-9]|[a-d]) (?:para|pra|p|se|to|for) '
            as menu_on_one_line,
        ' (?:' || transfer
        || '|' || handing_over || '(?:[^.?]* )?' || toward || articles || somewhere
        || '|' || handing_over || handed_over || '{0,3}' || toward
        || '(?:[ao] )?(?:' || name || '|el[ae]s? )'
        || '|' || alerting || articles || anybody
        || '|' || anybody || '(?:[^.?]* )?' || contacting
        || ')|^ ' || handed_to || articles || somewhere as hands_over,
        ' (?:' || handing_over || handed_over || '{0,3}' || toward || '|' || alerting
        || ')' || article || '{0,2}' || title || '?(?!' || no_name || ')([a-z]{3,}) '
            as handing_to_word,
        ' (?:' || article || '|' || title || ')+(?!' || no_name
        || ')([a-z]{3,}) (?:[a-z]+ ){0,3}' || contacting as word_contacting,
        ' ' || no_transfer || '|(?<! ' || question_tag || ')[?] $' as no_transfer,
        ' (?:' || promise_to_return || '|' || promise_alone || '(?:' || politeness
        || ')*[.] $)' as promise_to_return,
        '^ (?:' || hello || '|' || closing_filler || ')*' || wait_a_moment
        || '(?:' || politeness || '|' || unknown_name || ')*[.] $' as wait_a_moment
    from sentences

),

completed as (

    select
        patterns.*,

        ---------- words without which none of a pattern is found
        {% for list in telling_lists().split() -%}
            hints.{{ list }}_words,
        {% endfor %}
        courtesy_words.courtesy_words,
        courtesy_words.courtesies_and_fillers_of_a_word,
        courtesy_words.courtesies_of_a_word,
        courtesy_words.other_courtesy_words,
        greeting_words.greeting_words,
        ---------- signs
        signs.approving as approving_signs,
        signs.approving || signs.laughing as courtesy_signs,
        signs.doubting as doubting_signs
    from patterns
    cross join hints
    cross join courtesy_words
    cross join greeting_words
    cross join signs

)

select * from completed
