-- One row per conversation that was rated: the latest answer, for a conversation can
-- hold several.
create or replace view vw_csat_base as
with

latest_answers as (

    select distinct on (conversation_id)
        conversation_id,
        id as csat_response_id,
        rating as csat_rating,
        feedback_message as csat_feedback,
        created_at::timestamp as csat_created_at
    from csat_survey_responses
    where
        account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
    order by conversation_id asc, created_at desc, id desc

)

select
    *,
    case
        when csat_rating = 5 then 'Promotor'
        when csat_rating = 4 then 'Neutro'
        when csat_rating between 1 and 3 then 'Detrator'
    end as csat_nps_category,
    case
        when csat_rating in (4, 5) then 'Positivo'
        when csat_rating = 3 then 'Neutro'
        when csat_rating in (1, 2) then 'Negativo'
    end as csat_sentiment_category,
    coalesce(csat_feedback ~ '\S', false) as has_written_feedback,
    coalesce(
        length(btrim(csat_feedback, e' \t\r\n')) > 50, false
    ) as has_detailed_feedback
from latest_answers;
