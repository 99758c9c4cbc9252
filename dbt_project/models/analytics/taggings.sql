with

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

handoff_reasons as (

    select * from {{ source('configuration', 'handoff_reasons') }}

),

exploded as (

    select
        context.conversation_id,
        given.label,
        {{ moment('given.tagged_at') }} as tagged_at
    from context
    cross join
        lateral jsonb_to_recordset(context.taggings) as given (
            label text,
            tagged_at timestamp
        )

),

marked as (

    select
        *,
        label in (select handoff_reasons.label from handoff_reasons) as is_of_handoff
    from exploded

)

select * from marked
