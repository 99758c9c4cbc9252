with

source as (

    select * from {{ source('chatwoot', 'conversation_context') }}

),

chosen as (

    select
        conversation_id,
        account_id,
        custom_attributes,
        additional_attributes,
        assignee_agent_bot_id,
        is_contact_blocked,
        contact_custom_attributes,
        group_type,
        campaign_title,
        labels,
        taggings,
        surveys_sent,
        csat_answers,
        reporting_events,
        slas
    from source

)

select * from chosen
