-- Fractions that are added up are exact decimals: sums of binary ones differ in their
-- last digit with the order of the rows.
{{ config(materialized='view') }}
with

episodes as (

    select * from {{ ref('episodes') }}

),

-- What the rates are made of: an old enough demand.
flagged as (

    select
        *,
        has_demand and is_matured as is_judged,
        contact_messages + ai_messages + human_messages + human_phone_messages
            as spoken_messages,
        has_demand and is_matured and is_return_window_over and resolver <> 'none'
            as is_resolution_judged
    from episodes

)

select
    ---------- ids
    conversation_id,
    episode_number,
    episode_id,
    contact_key,
    inbox_id,
    team_id,
    last_human_agent_id,
    resolved_by_agent_id,
    agent_ids,

    ---------- text
    origin,
    outcome,
    resolver,
    closed_by,
    first_response_class,
    handoff_signal,
    handoff_reason,
    hours_kind,
    ignored_reason,
    labels,

    ---------- numerics
    contact_messages,
    ai_messages,
    human_messages,
    human_phone_messages,
    automation_messages,
    undelivered_messages,
    messages_before_handoff,
    first_response_seconds,
    human_response_seconds,
    time_to_handoff_seconds,
    resolution_seconds,
    csat_rating,
    sentiment,

    ---------- components
    (ignored_reason is null)::integer as episodes,
    has_demand::integer as inbound_episodes,
    is_judged::integer as matured_episodes,
    (has_demand and not is_matured)::integer as immature_episodes,
    (outcome = 'outbound_no_reply' and ignored_reason is null)::integer
        as outbound_no_reply_episodes,
    (is_judged and has_ai)::integer as ai_episodes,
    (is_judged and resolver = 'ai')::integer as ai_resolved_episodes,
    (is_judged and outcome = 'ai_resolved_confirmed')::integer
        as ai_resolved_confirmed_episodes,
    (is_judged and outcome = 'ai_resolved_assumed')::integer
        as ai_resolved_assumed_episodes,
    (is_judged and outcome = 'ai_abandoned')::integer as ai_abandoned_episodes,
    (is_judged and has_ai and not has_human)::integer as ai_contained_episodes,
    (is_judged and has_handoff)::integer as handed_off_episodes,
    (is_judged and has_ai and has_handoff)::integer as ai_handed_off_episodes,
    (is_judged and has_handoff and handoff_reason is null)::integer
        as handoffs_without_reason,
    (is_judged and has_human)::integer as human_episodes,
    (is_judged and resolver = 'human')::integer as human_resolved_episodes,
    (is_judged and resolver = 'ai_human')::integer as ai_human_resolved_episodes,
    (is_judged and resolver <> 'none')::integer as resolved_episodes,
    (is_judged and not stopped_at_our_question)::integer as resolvable_episodes,
    (is_judged and stopped_at_our_question)::integer
        as stopped_at_our_question_episodes,
    (is_judged and has_takeover)::integer as takeover_episodes,
    (is_judged and has_takeover and not is_takeover_of_waiting)::integer
        as takeovers_of_nobody_waiting,
    (is_judged and is_wait_outside_hours)::integer as human_waits_outside_hours,
    (is_judged and outcome = 'unanswered')::integer as unanswered_episodes,
    (is_judged and outcome = 'waiting_us')::integer as waiting_us_episodes,
    (is_judged and outcome = 'waiting_customer')::integer as waiting_customer_episodes,
    is_resolution_judged::integer as resolved_episodes_7d_old,
    (is_resolution_judged and has_returned)::integer as returned_episodes_7d,
    (is_resolution_judged and not has_returned)::integer
        as first_contact_resolved_episodes,
    (
        is_judged
        and not stopped_at_our_question
        and is_start_window_over
        and (resolver = 'none' or is_return_window_over)
    )::integer as matured_episodes_7d_old,
    (is_resolution_judged and resolver = 'ai')::integer as ai_resolved_episodes_7d_old,
    (is_resolution_judged and resolver = 'ai' and not has_returned)::integer
        as ai_durable_episodes,
    is_judged::integer as episodes_to_answer,
    (
        is_judged
        and coalesce(
            first_response_seconds <= {{ parameter('response_target_seconds') }}, false
        )
    )::integer as episodes_answered_in_target,
    (is_judged and hours_kind = 'after_hours')::integer as after_hours_episodes,
    (
        is_judged
        and hours_kind = 'after_hours'
        and coalesce(
            first_response_seconds <= {{ parameter('response_target_seconds') }}, false
        )
    )::integer as after_hours_episodes_in_target,
    is_judged::integer * spoken_messages as spoken_messages,
    (is_judged and has_ai)::integer * ai_messages as ai_messages_in_ai_episodes,
    (is_judged and resolver = 'ai')::integer * ai_messages
        as ai_messages_in_ai_resolved_episodes,
    (
        (is_judged and resolver = 'ai')::integer * ai_messages
        * {{ parameter('minutes_per_reply') }}::numeric / 60
    )::numeric(38, 12) as ai_hours_saved,
    (
        (is_judged and has_ai)::integer
        * {{ parameter('cost_per_ai_episode_brl') or 0 }}::numeric
    )::numeric(38, 12) as ai_cost_brl,
    (is_judged and ai_messages > {{ parameter('long_ai_episode_replies') }})::integer
        as long_ai_episodes,
    (is_judged::integer * coalesce(sentiment, 0))::numeric(38, 12) as sentiment_sum,
    (is_judged and sentiment is not null)::integer as sentiment_episodes,
    (
        (is_judged and csat_rating is not null)::integer * coalesce(sentiment, 0)
    )::numeric(38, 12) as rated_sentiment_sum,
    (is_judged and csat_rating is not null and sentiment is not null)::integer
        as rated_sentiment_episodes,

    ---------- booleans
    has_demand,
    is_matured,
    is_closed,
    has_ai,
    has_human,
    has_handoff,
    has_takeover,
    stopped_at_our_question,
    is_reopened,
    has_returned,
    csat_comment is not null as has_comment,

    ---------- times
    local_date,
    local_hour,
    started_at,
    first_response_at,
    handoff_at,
    closed_at,
    last_message_at
from flagged
