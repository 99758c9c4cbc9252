{{
    rebuilt_by_key(
        'episode_speech', 'built_from',
        indexes=[
            {'columns': ['conversation_id', 'episode_number'], 'unique': true},
        ],
    )
}}
{%- set few = few_outdated(ref('episode_speech'), 'built_from') %}
with

speech as (

    select speech.*
    from {{ ref('episode_speech') }} as speech
    where {{ is_to_build('speech', few) }}

),

context as (

    select context.*
    from {{ ref('stg_chatwoot__conversation_context') }} as context
    where {{ is_to_build('context', few) }}

),

surveys as (

    select
        context.conversation_id,
        sent.message_id,
        {{ moment('sent.sent_at') }} as sent_at
    from context
    cross join
        lateral jsonb_to_recordset(context.surveys_sent) as sent (
            message_id bigint,
            sent_at timestamp
        )
    where context.surveys_sent <> '[]'

),

answers as (

    select
        context.conversation_id,
        given.csat_response_id,
        given.rating,
        given.feedback,
        {{ moment('given.answered_at') }} as answered_at,
        surveys.sent_at
    from context
    cross join
        lateral jsonb_to_recordset(context.csat_answers) as given (
            csat_response_id bigint,
            message_id bigint,
            rating integer,
            feedback text,
            answered_at timestamp
        )
    left join surveys
        on
            context.conversation_id = surveys.conversation_id
            and given.message_id = surveys.message_id
    where context.csat_answers <> '[]'

),

-- A survey belongs to the episode that it was sent after, one before all to the first.
survey_episodes as (

    select
        surveys.conversation_id,
        surveys.sent_at,
        coalesce(max(speech.episode_number), 1) as episode_number
    from surveys
    left join speech
        on
            surveys.conversation_id = speech.conversation_id
            and surveys.sent_at >= speech.started_at
    group by surveys.conversation_id, surveys.message_id, surveys.sent_at

),

first_surveys as (

    select
        conversation_id,
        episode_number,
        min(sent_at) as survey_sent_at
    from survey_episodes
    group by conversation_id, episode_number

),

answer_episodes as (

    select
        answers.conversation_id,
        answers.csat_response_id,
        answers.rating,
        answers.feedback,
        answers.answered_at,
        coalesce(max(speech.episode_number), 1) as episode_number
    from answers
    left join speech
        on
            answers.conversation_id = speech.conversation_id
            and coalesce(answers.sent_at, answers.answered_at) >= speech.started_at
    group by
        answers.conversation_id,
        answers.csat_response_id,
        answers.rating,
        answers.feedback,
        answers.answered_at

),

last_answers as (

    select distinct on (conversation_id, episode_number)
        conversation_id,
        episode_number,
        rating,
        nullif(trim(feedback), '') as feedback,
        answered_at
    from answer_episodes
    order by
        conversation_id asc,
        episode_number asc,
        answered_at desc,
        csat_response_id desc

),

joined as (

    select
        speech.conversation_id,
        speech.episode_number,
        speech.built_from,
        first_surveys.survey_sent_at,
        last_answers.rating as csat_rating,
        last_answers.feedback as csat_comment,
        last_answers.answered_at as csat_answered_at
    from speech
    left join first_surveys
        on
            speech.conversation_id = first_surveys.conversation_id
            and speech.episode_number = first_surveys.episode_number
    left join last_answers
        on
            speech.conversation_id = last_answers.conversation_id
            and speech.episode_number = last_answers.episode_number

)

select * from joined
