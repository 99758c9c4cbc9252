-- Indexes: the keys, what people filter and search by in conversas_analytics, and what
-- they sort by.
{{
    config(
        materialized='incremental',
        pre_hook="{{ delete_outdated(ref('stg_chatwoot__conversation_loads')) }}",
        post_hook='{{ analyze_when_new() }}',
        indexes=[
            {'columns': ['id'], 'unique': true},
            {'columns': ['conversation_id'], 'unique': true},
            {'columns': ['display_id']},
            {'columns': ['contact_id']},
            {'columns': ['contact_phone']},
            {'columns': ['inbox_id']},
            {'columns': ['assignee_id']},
            {'columns': ['team_id']},
            {'columns': ['status']},
            {'columns': ['csat_rating']},
            {'columns': ['first_response_time_seconds']},
            {'columns': ['conversation_date']},
            {'columns': ['conversation_created_at']},
            {'columns': ['conversation_updated_at']},
            {'columns': ['last_activity_at']},
            {'columns': ['etl_updated_at']},
        ],
    )
}}
with

conversations as (

    select * from {{ ref('stg_chatwoot__conversations') }}

),

loads as (

    select * from {{ ref('stg_chatwoot__conversation_loads') }}

),

-- Any other name would stop every query that asks for its time.
known_zones as (

    select name from pg_timezone_names

),

to_build as (

    select
        conversations.conversation_id::bigint as id,

        ---------- identity and state
        conversations.conversation_id,
        conversations.display_id,
        conversations.conversation_uuid,
        conversations.account_id,
        conversations.status,
        conversations.priority,
        conversations.snoozed_until,
        conversations.assignee_id,
        conversations.team_id,
        conversations.campaign_id,
        conversations.contact_id,
        conversations.inbox_id,
        conversations.conversation_created_at,
        conversations.conversation_updated_at,
        conversations.last_activity_at,
        conversations.first_reply_created_at,
        conversations.waiting_since,
        conversations.contact_last_seen_at,
        conversations.agent_last_seen_at,

        ---------- who and where
        conversations.contact_name,
        conversations.contact_email,
        conversations.contact_phone,
        conversations.contact_identifier,
        conversations.inbox_name,
        conversations.inbox_channel_type,
        conversations.inbox_timezone,
        conversations.assignee_name,
        conversations.assignee_email,
        conversations.team_name,
        conversations.account_name,

        ---------- messages
        conversations.message_compiled,
        conversations.client_sender_id,
        conversations.client_phone,
        conversations.t_messages,
        conversations.total_messages_public,
        conversations.total_messages_private,
        conversations.mc_first_message_at,
        conversations.mc_last_message_at,

        ---------- satisfaction
        conversations.csat_response_id,
        conversations.csat_rating,
        conversations.csat_feedback,
        conversations.csat_created_at,
        conversations.csat_nps_category,
        conversations.csat_sentiment_category,
        conversations.has_written_feedback,
        conversations.has_detailed_feedback,
        conversations.has_csat,

        ---------- times and flags
        conversations.first_response_time_seconds,
        conversations.first_response_time_minutes,
        conversations.resolution_time_seconds,
        conversations.is_assigned,
        conversations.has_team,
        conversations.is_resolved,
        conversations.is_open,
        conversations.is_pending,
        conversations.has_contact,
        conversations.is_waiting,
        conversations.has_priority,
        conversations.is_high_priority,
        conversations.is_from_campaign,
        conversations.is_fast_response,
        conversations.is_slow_response,
        conversations.is_fast_resolution,
        conversations.contact_has_seen,
        conversations.agent_has_seen,
        conversations.priority_score,
        conversations.priority_label,
        conversations.status_label_pt,

        ---------- message statistics
        conversations.user_messages_count,
        conversations.contact_messages_count,
        conversations.private_notes_count,
        conversations.first_message_text,
        conversations.last_message_text,
        conversations.first_message_sender_type,
        conversations.last_message_sender_type,
        conversations.conversation_duration_seconds,
        conversations.avg_time_between_messages_seconds,
        conversations.avg_message_length,
        conversations.max_message_length,
        conversations.has_user_messages,
        conversations.has_contact_messages,
        conversations.has_private_notes,
        conversations.has_contact_reply,
        conversations.is_short_conversation,
        conversations.is_long_conversation,
        conversations.user_message_ratio,
        conversations.contact_message_ratio,
        conversations.has_human_intervention,
        conversations.is_bot_resolved,

        ---------- business-local time of creation
        conversations.conversation_date,
        conversations.conversation_year,
        conversations.conversation_month,
        conversations.conversation_day,
        conversations.conversation_day_of_week,
        conversations.conversation_hour,
        conversations.conversation_minute,
        conversations.conversation_week_of_year,
        conversations.conversation_quarter,
        conversations.conversation_day_name,
        conversations.conversation_month_name,
        conversations.conversation_period,
        conversations.is_weekday,
        conversations.is_weekend,
        conversations.is_business_hours,
        conversations.is_night_time,
        conversations.conversation_date_formatted,
        conversations.conversation_datetime_formatted,
        conversations.conversation_year_month,
        conversations.conversation_year_week,

        ---------- load
        case
            when
                conversations.inbox_timezone <> 'UTC'
                and conversations.inbox_timezone in (
                    select known_zones.name from known_zones
                )
                then conversations.inbox_timezone
            else {{ business_timezone() }}
        end::text as local_timezone,
        loads.first_loaded_at as etl_inserted_at,
        loads.last_loaded_at as etl_updated_at,
        loads.last_run_id
    from conversations
    inner join loads on conversations.conversation_id = loads.conversation_id
    where {{ is_not_built('loads.conversation_id') }}

)

select * from to_build
