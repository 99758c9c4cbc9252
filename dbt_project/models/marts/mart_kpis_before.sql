with

kpis_before as (

    select * from {{ ref('stg_chatwoot__kpis_before') }}

),

kpi_changes as (

    select * from {{ ref('kpi_changes') }}

),

explained as (

    select
        kpis_before.kpi_id,
        kpi_changes.why_pt,
        kpi_changes.why_en,
        kpis_before.release,
        kpis_before.value,
        kpis_before.local_month,
        kpis_before.local_as_of
    from kpis_before
    left join kpi_changes on kpis_before.kpi_id = kpi_changes.kpi_id

)

select * from explained
