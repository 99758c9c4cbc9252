with

loads as (

    select * from {{ ref('stg_chatwoot__conversation_loads') }}

),

load_runs as (

    select * from {{ ref('stg_chatwoot__load_runs') }}

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
where
    loads.last_run_id is distinct from conversations.last_run_id
    -- A load that is running goes on while the models are built.
    and not exists (
        select load_runs.run_id
        from load_runs
        where
            load_runs.run_id = loads.last_run_id
            and load_runs.status = 'running'
    )
