with

days as (

    select * from {{ ref('chatwoot_days') }}

)

{{ added_up('days', keys=['local_date', 'inbox_id', 'team_id']) }}
order by local_date
