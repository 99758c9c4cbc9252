-- Words are told apart and grouped by letters alone, so that no collation of the
-- server changes a term.
with

comments as (

    select * from {{ ref('mart_quality_comments') }}

),

stop_words as (

    select * from {{ source('configuration', 'stop_words') }}

),

lower_case as (

    select
        csat_response_id,
        lower(
            translate(
                normalize(comment_text),
                'ÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ',
                'áàâãäéèêëíìîïóòôõöúùûüçñ'
            )
        ) as comment_text
    from comments

),

-- Words, and the marks that end a clause; numbers, so telephones too, are neither.
tokens as (

    select
        lower_case.csat_response_id,
        token.position,
        token.match[1] as spelling,
        translate(
            token.match[1],
            'áàâãäéèêëíìîïóòôõöúùûüçñ',
            'aaaaaeeeeiiiiooooouuuucn'
        ) as term_key
    from lower_case
    cross join lateral regexp_matches(
        lower_case.comment_text, '[a-zà-öø-ÿ]+|[.,;:!?()\n]', 'g'
    ) with ordinality as token (match, position)

),

said as (

    select
        tokens.csat_response_id,
        tokens.position,
        tokens.spelling,
        tokens.term_key,
        coalesce(stop_words.is_negation, false) as is_negation,
        tokens.spelling !~ '[a-z]' as is_break
    from tokens
    left join stop_words on tokens.term_key = stop_words.word
    where stop_words.is_negation is not false

),

neighbours as (

    select
        said.*,
        lag(said.spelling) over in_comment as previous_spelling,
        lag(said.term_key) over in_comment as previous_term_key,
        coalesce(lag(said.is_negation) over in_comment, false) as is_negated,
        coalesce(lag(said.is_break) over in_comment, true) as begins_clause
    from said
    window in_comment as (partition by said.csat_response_id order by said.position)

),

-- "Não gostei" does not praise: a negated word counts as part of the pair only.
spelled_terms as (

    select
        csat_response_id,
        'word' as kind,
        term_key,
        spelling
    from neighbours
    where
        not is_break
        and not is_negation
        and not is_negated
        and length(term_key) > 1
    union all
    select
        csat_response_id,
        'bigram' as kind,
        previous_term_key || ' ' || term_key as term_key,
        previous_spelling || ' ' || spelling as spelling
    from neighbours
    where
        not is_break
        and not begins_clause
        and not is_negation

),

spellings as (

    select
        kind,
        term_key,
        spelling,
        row_number() over (
            partition by kind, term_key
            order by count(*) desc, spelling collate "C" desc
        ) as preference
    from spelled_terms
    group by 1, 2, 3

),

terms_of_comments as (

    select distinct
        csat_response_id,
        kind,
        term_key
    from spelled_terms

),

terms as (

    select
        ---------- ids
        comments.csat_response_id,
        comments.conversation_id,
        comments.episode_number,
        comments.inbox_id,
        comments.team_id,
        comments.agent_id,
        comments.agent_ids,

        ---------- text
        terms_of_comments.kind,
        terms_of_comments.term_key,
        spellings.spelling as term,
        comments.origin,
        comments.resolver,
        comments.hours_kind,
        comments.labels,
        comments.sentiment_side,

        ---------- numerics
        comments.rating,

        ---------- times
        comments.local_date
    from terms_of_comments
    inner join comments
        on terms_of_comments.csat_response_id = comments.csat_response_id
    inner join spellings
        on
            terms_of_comments.kind = spellings.kind
            and terms_of_comments.term_key = spellings.term_key
    where spellings.preference = 1

)

select * from terms
