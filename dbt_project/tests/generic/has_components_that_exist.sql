{# Every KPI names a mart and, as numerator and denominator, columns of it: one, or
   several with commas between them. Its cases are counted: what stands for them holds no
   fractions. A quantile counts the rows that have a value. The marts' contracts are
   enforced, so their YAML is true. #}
{% test has_components_that_exist(model) %}

{%- set marts = graph.nodes.values()
    | selectattr('resource_type', 'equalto', 'model')
    | selectattr('schema', 'equalto', 'marts') | list if execute else [] %}

with

columns (mart, column_name, data_type) as (

    select *
    from (values
        (null::text, null::text, null::text)
        {%- for mart in marts -%}
        {%- for column in mart.columns.values() %},
        ('{{ mart.name }}', '{{ column.name }}', '{{ column.data_type }}')
        {%- endfor -%}
        {%- endfor %}
    ) as declared

),

components as (

    select
        kpis.kpi_id,
        kpis.mart,
        names.component,
        names.component = any(
            string_to_array(
                coalesce(kpis.counted_by, kpis.denominator, kpis.numerator), ','
            )
        )
        and kpis.kind <> 'snapshot_quantile' as counts_cases
    from {{ model }} as kpis
    cross join lateral
        unnest(
            string_to_array(
                concat_ws(',', numerator, denominator, coverage_of, counted_by), ','
            )
        ) as names (component)

)

select components.*
from components
left join columns
    on
        components.mart = columns.mart
        and components.component = columns.column_name
where
    columns.mart is null
    or (
        components.counts_cases
        and (
            columns.data_type like 'numeric%'
            or columns.data_type in ('double precision', 'real')
        )
    )

{% endtest %}
