with

inboxes as (

    select * from {{ ref('stg_chatwoot__inboxes') }}

),

inbox_hours as (

    select * from {{ ref('inbox_hours') }}

),

episodes as (

    select * from {{ ref('episodes') }}

),

inbox_receipts as (

    select * from {{ ref('inbox_receipts') }}

),

funnel_map as (

    select * from {{ source('configuration', 'funnel_map') }}

),

features (feature, is_configured) as (

    select
        'ai'::text as feature,
        exists (
            select 1
            from episodes
            where has_ai
        )
        or exists (
            select 1
            from inboxes
            where has_active_bot
        ) as is_configured
    union all
    select
        'csat',
        exists (
            select 1
            from inboxes
            where has_csat_survey
        )
        or exists (
            select 1
            from episodes
            where survey_sent_at is not null
        )
    union all
    select
        'sentiment',
        (
            select count(sentiment) > 0
            from episodes
        )
    union all
    select
        'working_hours',
        (select count(*) > 0 from inbox_hours)
    union all
    select
        'handoff_reason',
        (
            select count(handoff_reason) > 0
            from episodes
        )
    union all
    select
        'receipts',
        (select count(*) > 0 from inbox_receipts)
    union all
    select
        'ai_cost',
        {{ 'false' if parameter('cost_per_ai_episode_brl') is none else 'true' }}
    union all
    select
        'funnel',
        (select count(*) > 0 from funnel_map)

)

select * from features
