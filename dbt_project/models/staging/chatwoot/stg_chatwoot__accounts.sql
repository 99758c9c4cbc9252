with

source as (

    select * from {{ source('chatwoot', 'accounts') }}

),

chosen as (

    select
        account_id,
        account_name,
        bot_names
    from source

)

select * from chosen
