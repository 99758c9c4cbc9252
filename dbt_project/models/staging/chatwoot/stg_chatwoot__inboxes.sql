with

source as (

    select * from {{ source('chatwoot', 'inboxes') }}

),

chosen as (

    select
        inbox_id,
        account_id,
        inbox_name,
        channel_type,
        whatsapp_provider,
        timezone,
        has_working_hours,
        has_csat_survey,
        has_single_conversation,
        has_active_bot,
        working_hours
    from source

)

select * from chosen
