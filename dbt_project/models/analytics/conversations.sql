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
        conversations.*,
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
