with

source as (

    select * from {{ source('chatwoot', 'teams') }}

),

chosen as (

    select
        team_id,
        account_id,
        team_name
    from source

)

select * from chosen
