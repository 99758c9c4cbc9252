with

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

)

select
    titles.label,
    count(*) as conversations
from context
cross join lateral jsonb_array_elements_text(context.labels) as titles (label)
group by 1
