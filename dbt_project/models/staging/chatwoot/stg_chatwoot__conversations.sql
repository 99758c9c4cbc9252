with

source as (

    select * from {{ source('chatwoot', 'conversations') }}

),

cast_back as (

    select
        ---------- identity and state
        conversation_id,
        display_id,
        conversation_uuid::uuid as conversation_uuid,
        account_id,
        status,
        priority,
        {{ moment('snoozed_until') }} as snoozed_until,
        assignee_id,
        team_id,
        campaign_id,
        contact_id,
        inbox_id,
        {{ moment('conversation_created_at') }} as conversation_created_at,
        {{ moment('conversation_updated_at') }} as conversation_updated_at,
        {{ moment('last_activity_at') }} as last_activity_at,
        {{ moment('first_reply_created_at') }} as first_reply_created_at,
        {{ moment('waiting_since') }} as waiting_since,
        {{ moment('contact_last_seen_at') }} as contact_last_seen_at,
        {{ moment('agent_last_seen_at') }} as agent_last_seen_at,

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
        {{ moment('mc_first_message_at') }} as mc_first_message_at,
        {{ moment('mc_last_message_at') }} as mc_last_message_at,

        ---------- satisfaction
        csat_response_id,
        csat_rating,
        csat_feedback::text as csat_feedback,
        {{ moment('csat_created_at') }} as csat_created_at,
        csat_nps_category::text as csat_nps_category,
        csat_sentiment_category::text as csat_sentiment_category,
        has_written_feedback,
        has_detailed_feedback,
        has_csat,

        ---------- times and flags
        first_response_time_seconds,
        first_response_time_minutes::numeric(12, 1) as first_response_time_minutes,
        resolution_time_seconds,
        is_assigned,
        has_team,
        is_resolved,
        is_open,
        is_pending,
        has_contact,
        is_waiting,
        has_priority,
        is_high_priority,
        is_from_campaign,
        is_fast_response,
        is_slow_response,
        is_fast_resolution,
        contact_has_seen,
        agent_has_seen,
        priority_score,
        priority_label::text as priority_label,
        status_label_pt::text as status_label_pt,

        ---------- message statistics
        user_messages_count,
        contact_messages_count,
        private_notes_count,
        first_message_text::text as first_message_text,
        last_message_text::text as last_message_text,
        first_message_sender_type,
        last_message_sender_type,
        conversation_duration_seconds,
        avg_time_between_messages_seconds::numeric(12, 1)
            as avg_time_between_messages_seconds,
        avg_message_length,
        max_message_length,
        has_user_messages,
        has_contact_messages,
        has_private_notes,
        has_contact_reply,
        is_short_conversation,
        is_long_conversation,
        user_message_ratio::numeric(5, 2) as user_message_ratio,
        contact_message_ratio::numeric(5, 2) as contact_message_ratio,
        has_human_intervention,
        is_bot_resolved,

        ---------- business-local time of creation
        {{ moment('conversation_date') }} as conversation_date,
        conversation_year,
        conversation_month,
        conversation_day,
        conversation_day_of_week,
        conversation_hour,
        conversation_minute,
        conversation_week_of_year,
        conversation_quarter,
        conversation_day_name::text as conversation_day_name,
        conversation_month_name::text as conversation_month_name,
        conversation_period::text as conversation_period,
        is_weekday,
        is_weekend,
        is_business_hours,
        is_night_time,
        conversation_date_formatted::text as conversation_date_formatted,
        conversation_datetime_formatted::text as conversation_datetime_formatted,
        conversation_year_month::text as conversation_year_month,
        conversation_year_week::text as conversation_year_week
    from source

)

select * from cast_back
