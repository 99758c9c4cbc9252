{%- set keys = [
    'local_date', 'inbox_id', 'team_id', 'origin', 'resolver', 'hours_kind'
] %}
with

days as (

    select * from {{ ref('mart_drilldown_days') }}

)

{{ added_up('days', keys) }}
order by local_date
