-- A table: to count takes longer than a page.
{{ config(materialized='table') }}
with

conversations as (

    select * from {{ ref('conversations') }}

),

messages as (

    select * from {{ ref('messages') }}

),

counted as (

    select
        (select count(*) from conversations) as conversations,
        (select count(*) from messages) as messages

)

select * from counted
