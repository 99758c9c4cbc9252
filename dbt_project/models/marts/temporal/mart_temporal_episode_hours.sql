with

episodes as (

    select *
    from {{ ref('mart_drilldown_episodes') }}
    where local_date is not null

)

{{ added_up('episodes', keys=['local_date', 'local_hour', 'inbox_id']) }}
