with

loads as (

    select * from {{ ref('stg_chatwoot__conversation_loads') }}

),

conversations as (

    select * from {{ ref('conversations') }}

)

select
    coalesce(loads.conversation_id, conversations.conversation_id) as conversation_id,
    loads.last_run_id as loaded_by,
    conversations.last_run_id as built_from
from loads
full join conversations on loads.conversation_id = conversations.conversation_id
where loads.last_run_id is distinct from conversations.last_run_id
