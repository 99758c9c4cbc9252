with

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

episodes as (

    select * from {{ ref('episodes') }}

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

answers as (

    select
        context.conversation_id,
        answer.csat_response_id,
        answer.message_id,
        answer.rating,
        answer.feedback,
        answer.answered_at
    from context
    cross join
        lateral jsonb_to_recordset(context.csat_answers) as answer (
            csat_response_id bigint,
            message_id bigint,
            rating integer,
            feedback text,
            answered_at timestamp
        )
    where
        answer.feedback ~ '\S'
        and not exists (
            select from ignored
            where ignored.conversation_id = context.conversation_id
        )

),

surveys as (

    select
        context.conversation_id,
        survey.message_id,
        survey.sent_at
    from context
    cross join
        lateral jsonb_to_recordset(context.surveys_sent) as survey (
            message_id bigint,
            sent_at timestamp
        )

),

-- An answer is about what came before its survey, however late it was given.
comments as (

    select
        answers.*,
        coalesce(surveys.sent_at, answers.answered_at) as asked_at
    from answers
    left join surveys
        on
            answers.conversation_id = surveys.conversation_id
            and answers.message_id = surveys.message_id

),

episodes_asked_about as (

    select distinct on (comments.csat_response_id)
        comments.csat_response_id,
        episodes.episode_number,
        episodes.team_id,
        episodes.last_human_agent_id,
        episodes.origin,
        episodes.resolver,
        episodes.hours_kind,
        episodes.agent_ids,
        episodes.labels
    from comments
    inner join episodes
        on
            comments.conversation_id = episodes.conversation_id
            and comments.asked_at >= episodes.started_at
    order by
        comments.csat_response_id asc,
        episodes.episode_number desc

),

placed as (

    select
        ---------- ids
        comments.csat_response_id,
        comments.conversation_id::integer as conversation_id,
        coalesce(asked_about.episode_number, 0)::integer as episode_number,
        conversations.inbox_id::integer as inbox_id,
        asked_about.team_id::bigint as team_id,
        asked_about.last_human_agent_id::bigint as agent_id,
        asked_about.agent_ids::bigint[] as agent_ids,

        ---------- text
        asked_about.origin,
        asked_about.resolver,
        asked_about.hours_kind,
        asked_about.labels::text[] as labels,
        case
            when comments.rating >= 4 then 'positive'
            when comments.rating <= 2 then 'negative'
            else 'neutral'
        end as sentiment_side,
        trim(e' \t\r\n' from comments.feedback) as comment_text,

        ---------- numerics
        comments.rating,

        ---------- times
        ({{ local_time('comments.answered_at', 'conversations.local_timezone') }})::date
            as local_date,
        comments.answered_at
    from comments
    inner join conversations
        on comments.conversation_id = conversations.conversation_id
    left join episodes_asked_about as asked_about
        on comments.csat_response_id = asked_about.csat_response_id

)

select * from placed
