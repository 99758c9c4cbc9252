{{ config(materialized='view') }}
with

episode_days as (

    select * from {{ ref('episode_days') }}

),

inbox_receipts as (

    select * from {{ ref('inbox_receipts') }}

),

-- Many inboxes never hear whether a message arrived.
days as (

    select
        episode_days.*,
        coalesce(
            episode_days.local_date
            between inbox_receipts.first_receipt_date
            and inbox_receipts.last_receipt_date,
            false
        ) as has_receipts
    from episode_days
    left join inbox_receipts on episode_days.inbox_id = inbox_receipts.inbox_id

)

select
    ---------- ids
    conversation_id,
    episode_number,
    episode_id,
    contact_key,
    -- A number is sorted, and so counted, in half the time of a text.
    case when contact_messages > 0 then hashtextextended(contact_key, 0) end
        as inbound_contact_key,
    case when resolved_conversations > 0 then conversation_id end
        as resolved_conversation_id,
    inbox_id,
    team_id,
    agent_ids,

    ---------- text
    origin,
    resolver,
    hours_kind,
    labels,

    ---------- components
    new_conversations,
    resolved_conversations,
    contact_messages,
    ai_messages,
    human_messages,
    human_phone_messages,
    automation_messages,
    contact_messages + ai_messages + human_messages + human_phone_messages
        as spoken_messages,
    ai_messages + human_messages + human_phone_messages as company_messages,
    has_receipts::integer * sent_messages as receipted_messages,
    has_receipts::integer * undelivered_messages as undelivered_messages,
    surveys_sent,
    surveys_answered_in_time,
    (rating is not null)::integer as surveys_answered,
    coalesce(rating, 0) as rating_sum,
    coalesce(rating = 1, false)::integer as ratings_1,
    coalesce(rating = 2, false)::integer as ratings_2,
    coalesce(rating = 3, false)::integer as ratings_3,
    coalesce(rating = 4, false)::integer as ratings_4,
    coalesce(rating = 5, false)::integer as ratings_5,
    coalesce(rating >= 4, false)::integer as satisfied_ratings,
    case when rating >= 4 then 1 when rating <= 2 then -1 else 0 end as rating_balance,
    ratings_with_comment,

    ---------- times
    local_date
from days
