with

days as (

    select * from {{ ref('chatwoot_days') }}

)

select
    local_date,
    inbox_id::integer as inbox_id,
    team_id::bigint as team_id,

    sum(new_conversations)::bigint as new_conversations,
    sum(incoming_messages)::bigint as incoming_messages,
    sum(outgoing_messages)::bigint as outgoing_messages,
    sum(first_response_times)::bigint as first_response_times,
    sum(first_response_times_seconds)::numeric(38, 12) as first_response_times_seconds,
    sum(first_response_business_times)::bigint as first_response_business_times,
    sum(first_response_business_times_seconds)::numeric(38, 12)
        as first_response_business_times_seconds,
    sum(resolution_times)::bigint as resolution_times,
    sum(resolution_times_seconds)::numeric(38, 12) as resolution_times_seconds,
    sum(resolution_business_times)::bigint as resolution_business_times,
    sum(resolution_business_times_seconds)::numeric(38, 12)
        as resolution_business_times_seconds,
    sum(reply_times)::bigint as reply_times,
    sum(reply_times_seconds)::numeric(38, 12) as reply_times_seconds,
    sum(reply_business_times)::bigint as reply_business_times,
    sum(reply_business_times_seconds)::numeric(38, 12) as reply_business_times_seconds,
    sum(resolutions)::bigint as resolutions,
    sum(csat_surveys)::bigint as csat_surveys,
    sum(csat_answers)::bigint as csat_answers,
    sum(satisfied_csat_answers)::bigint as satisfied_csat_answers
from days
group by 1, 2, 3
order by 1
