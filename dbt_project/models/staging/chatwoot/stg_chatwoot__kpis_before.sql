with

source as (

    select * from {{ source('chatwoot', 'kpis_before') }}

),

chosen as (

    select
        ---------- ids
        kpi_id,

        ---------- text
        release,

        ---------- numerics
        value,

        ---------- times
        local_month,
        local_as_of
    from source

)

select * from chosen
