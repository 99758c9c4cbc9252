with

agents as (

    select * from {{ ref('agents') }}

),

accounts as (

    select * from {{ ref('stg_chatwoot__accounts') }}

),

names as (

    select
        lower(trim(agent_name)) as lower_name,
        is_ai
    from agents
    union all
    select
        lower(trim(bots.bot_name)) as lower_name,
        true as is_ai
    from accounts
    cross join lateral jsonb_array_elements_text(accounts.bot_names) as bots (bot_name)

),

-- A name is an AI's only where no person has it.
told_apart as (

    select
        lower_name,
        bool_and(is_ai) as is_ai
    from names
    where lower_name <> ''
    group by 1

)

select * from told_apart
