with

kpi_catalog as (

    select * from {{ source('configuration', 'kpi_catalog') }}

)

select * from kpi_catalog
