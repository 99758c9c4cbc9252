-- Thin on purpose: with plain columns passed through, a filter on the view becomes a
-- filter on the table, and finds its index.
{{ config(materialized='view') }}
with

conversations as (

    select * from {{ ref('conversations') }}

),

clocks as (

    select
        conversations.*,
        {{ now_utc() }} as now_utc,
        ({{ local_time(now_utc(), 'local_timezone') }})::date as local_today,
        {{ seconds_between('waiting_since', now_utc()) }} as waiting_time_seconds
    from conversations

),

at_query_time as (

    select
        id,

        ---------- identity and state
        conversation_id,
        display_id,
        conversation_uuid,
        account_id,
        status,
        priority,
        snoozed_until,
        assignee_id,
        team_id,
        campaign_id,
        contact_id,
        inbox_id,
        conversation_created_at,
        conversation_updated_at,
        last_activity_at,
        first_reply_created_at,
        waiting_since,
        contact_last_seen_at,
        agent_last_seen_at,

        ---------- who and where
        contact_name,
        contact_email,
        contact_phone,
        contact_identifier,
        inbox_name,
        inbox_channel_type,
        inbox_timezone,
        assignee_name,
        assignee_email,
        team_name,
        account_name,

        ---------- messages
        message_compiled,
        client_sender_id,
        client_phone,
        t_messages,
        total_messages_public,
        total_messages_private,
        mc_first_message_at,
        mc_last_message_at,

        ---------- satisfaction
        csat_response_id,
        csat_rating,
        csat_feedback,
        csat_created_at,
        csat_nps_category,
        csat_sentiment_category,
        has_written_feedback,
        has_detailed_feedback,
        has_csat,

        ---------- times and flags
        first_response_time_seconds,
        first_response_time_minutes,
        resolution_time_seconds,
        {{ whole_seconds('waiting_time_seconds') }} as waiting_time_seconds,
        is_assigned,
        has_team,
        is_resolved,
        is_open,
        is_pending,
        status = 3 or coalesce(snoozed_until > now_utc, false) as is_snoozed,
        has_contact,
        is_waiting,
        has_priority,
        is_high_priority,
        is_from_campaign,
        is_fast_response,
        is_slow_response,
        is_fast_resolution,
        coalesce(waiting_time_seconds > 3600, false) as is_waiting_long,
        contact_has_seen,
        agent_has_seen,
        priority_score,
        priority_label,
        status_label_pt,

        ---------- message statistics
        user_messages_count,
        contact_messages_count,
        private_notes_count,
        first_message_text,
        last_message_text,
        first_message_sender_type,
        last_message_sender_type,
        conversation_duration_seconds,
        avg_time_between_messages_seconds,
        avg_message_length,
        max_message_length,
        has_user_messages,
        has_contact_messages,
        has_private_notes,
        has_contact_reply,
        is_short_conversation,
        is_long_conversation,
        user_message_ratio,
        contact_message_ratio,
        has_human_intervention,
        is_bot_resolved,

        ---------- business-local time of creation
        conversation_date,
        conversation_year,
        conversation_month,
        conversation_day,
        conversation_day_of_week,
        conversation_hour,
        conversation_minute,
        conversation_week_of_year,
        conversation_quarter,
        conversation_day_name,
        conversation_month_name,
        conversation_period,
        is_weekday,
        is_weekend,
        is_business_hours,
        is_night_time,
        local_today - conversation_date as days_since_creation,
        conversation_date = local_today as is_today,
        conversation_date = local_today - 1 as is_yesterday,
        date_trunc('week', conversation_date)
        = date_trunc('week', local_today) as is_this_week,
        date_trunc('month', conversation_date)
        = date_trunc('month', local_today) as is_this_month,
        date_trunc('year', conversation_date)
        = date_trunc('year', local_today) as is_this_year,
        conversation_date_formatted,
        conversation_datetime_formatted,
        conversation_year_month,
        conversation_year_week,

        ---------- load
        etl_inserted_at,
        etl_updated_at
    from clocks

)

select * from at_query_time
