{{
    config(
        materialized='incremental',
        pre_hook=[
            "{{ settings_of_a_build() }}",
            "{{ delete_outdated(
                ref('episode_day_versions'), 'day_version', 'day_version'
            ) }}",
        ],
        post_hook='{{ analyze_when_new() }}',
    )
}}
{%- set few = few_outdated_days() %}
with

day_versions as (

    select versions.*
    from {{ ref('episode_day_versions') }} as versions
    where {{ is_not_built('versions.day_version', 'day_version') }}

),

episodes as (

    select
        episodes.*,
        day_versions.day_version
    from {{ ref('mart_drilldown_episodes') }} as episodes
    inner join day_versions
        on
            episodes.local_date = day_versions.local_date
            and episodes.inbox_id = day_versions.inbox_id
    where {{ is_one_of('episodes.local_date', few, 'date') }}

),

added_up as (

    select
        local_date,
        inbox_id,
        team_id,
        origin,
        resolver,
        hours_kind,
        day_version,

        sum(episodes)::bigint as episodes,
        sum(inbound_episodes)::bigint as inbound_episodes,
        sum(matured_episodes)::bigint as matured_episodes,
        sum(immature_episodes)::bigint as immature_episodes,
        sum(outbound_no_reply_episodes)::bigint as outbound_no_reply_episodes,
        sum(ai_episodes)::bigint as ai_episodes,
        sum(ai_resolved_episodes)::bigint as ai_resolved_episodes,
        sum(ai_resolved_confirmed_episodes)::bigint as ai_resolved_confirmed_episodes,
        sum(ai_resolved_assumed_episodes)::bigint as ai_resolved_assumed_episodes,
        sum(ai_abandoned_episodes)::bigint as ai_abandoned_episodes,
        sum(ai_contained_episodes)::bigint as ai_contained_episodes,
        sum(handed_off_episodes)::bigint as handed_off_episodes,
        sum(ai_handed_off_episodes)::bigint as ai_handed_off_episodes,
        sum(handoffs_without_reason)::bigint as handoffs_without_reason,
        sum(human_episodes)::bigint as human_episodes,
        sum(human_resolved_episodes)::bigint as human_resolved_episodes,
        sum(ai_human_resolved_episodes)::bigint as ai_human_resolved_episodes,
        sum(resolved_episodes)::bigint as resolved_episodes,
        sum(resolvable_episodes)::bigint as resolvable_episodes,
        sum(stopped_at_our_question_episodes)::bigint
            as stopped_at_our_question_episodes,
        sum(takeover_episodes)::bigint as takeover_episodes,
        sum(takeovers_of_nobody_waiting)::bigint as takeovers_of_nobody_waiting,
        sum(human_waits_outside_hours)::bigint as human_waits_outside_hours,
        sum(unanswered_episodes)::bigint as unanswered_episodes,
        sum(waiting_us_episodes)::bigint as waiting_us_episodes,
        sum(waiting_customer_episodes)::bigint as waiting_customer_episodes,
        sum(resolved_episodes_7d_old)::bigint as resolved_episodes_7d_old,
        sum(returned_episodes_7d)::bigint as returned_episodes_7d,
        sum(first_contact_resolved_episodes)::bigint as first_contact_resolved_episodes,
        sum(matured_episodes_7d_old)::bigint as matured_episodes_7d_old,
        sum(ai_resolved_episodes_7d_old)::bigint as ai_resolved_episodes_7d_old,
        sum(ai_durable_episodes)::bigint as ai_durable_episodes,
        sum(episodes_to_answer)::bigint as episodes_to_answer,
        sum(episodes_answered_in_target)::bigint as episodes_answered_in_target,
        sum(after_hours_episodes)::bigint as after_hours_episodes,
        sum(after_hours_episodes_in_target)::bigint as after_hours_episodes_in_target,
        sum(spoken_messages)::bigint as spoken_messages,
        sum(ai_messages_in_ai_episodes)::bigint as ai_messages_in_ai_episodes,
        sum(ai_messages_in_ai_resolved_episodes)::bigint
            as ai_messages_in_ai_resolved_episodes,
        sum(ai_hours_saved)::numeric(38, 12) as ai_hours_saved,
        sum(ai_cost_brl)::numeric(38, 12) as ai_cost_brl,
        sum(long_ai_episodes)::bigint as long_ai_episodes,
        sum(sentiment_sum)::numeric(38, 12) as sentiment_sum,
        sum(sentiment_episodes)::bigint as sentiment_episodes
    from episodes
    group by 1, 2, 3, 4, 5, 6, 7

)

select *
from added_up
order by 1
