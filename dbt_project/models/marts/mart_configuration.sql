with

entries as (

    select * from {{ source('configuration', 'entries') }}

)

select * from entries
