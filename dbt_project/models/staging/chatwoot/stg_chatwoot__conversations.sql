-- dlt stores some of the contract's types otherwise, such as text as character varying.
with

source as (

    select * from {{ source('chatwoot', 'conversations') }}

),

cast_back as (

    select {{ columns_as_declared() }}
    from source

)

select * from cast_back
