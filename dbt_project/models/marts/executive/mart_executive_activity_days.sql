with

days as (

    select * from {{ ref('mart_drilldown_days') }}

)

select
    local_date,
    inbox_id,
    team_id,
    origin,
    resolver,
    hours_kind,

    sum(new_conversations)::bigint as new_conversations,
    sum(resolved_conversations)::bigint as resolved_conversations,
    sum(contact_messages)::bigint as contact_messages,
    sum(ai_messages)::bigint as ai_messages,
    sum(human_messages)::bigint as human_messages,
    sum(human_phone_messages)::bigint as human_phone_messages,
    sum(automation_messages)::bigint as automation_messages,
    sum(spoken_messages)::bigint as spoken_messages,
    sum(company_messages)::bigint as company_messages,
    sum(receipted_messages)::bigint as receipted_messages,
    sum(undelivered_messages)::bigint as undelivered_messages,
    sum(surveys_sent)::bigint as surveys_sent,
    sum(surveys_answered_in_time)::bigint as surveys_answered_in_time,
    sum(surveys_answered)::bigint as surveys_answered,
    sum(rating_sum)::bigint as rating_sum,
    sum(ratings_1)::bigint as ratings_1,
    sum(ratings_2)::bigint as ratings_2,
    sum(ratings_3)::bigint as ratings_3,
    sum(ratings_4)::bigint as ratings_4,
    sum(ratings_5)::bigint as ratings_5,
    sum(satisfied_ratings)::bigint as satisfied_ratings,
    sum(rating_balance)::bigint as rating_balance,
    sum(ratings_with_comment)::bigint as ratings_with_comment
from days
group by 1, 2, 3, 4, 5, 6
order by 1
