{{ config(materialized='table') }}
with

episode_days as (

    select * from {{ ref('episode_days') }}

)

select
    inbox_id,
    min(local_date) as first_receipt_date,
    max(local_date) as last_receipt_date
from episode_days
where receipts > 0
group by 1
