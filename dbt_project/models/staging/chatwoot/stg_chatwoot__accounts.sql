with

source as (

    select * from {{ source('chatwoot', 'accounts') }}

),

chosen as (

    select
        account_id,
        account_name
    from source

)

select * from chosen
