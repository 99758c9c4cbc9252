{# Every KPI names a mart and, as numerator and denominator, columns of it: one, or
   several with commas between them. The marts' contracts are enforced, so their YAML
   is true. #}
{% test has_components_that_exist(model) %}

{%- set marts = graph.nodes.values()
    | selectattr('resource_type', 'equalto', 'model')
    | selectattr('schema', 'equalto', 'marts') | list if execute else [] %}

with

columns (mart, column_name) as (

    select *
    from (values
        (null::text, null::text)
        {%- for mart in marts -%}
        {%- for column in mart.columns %},
        ('{{ mart.name }}', '{{ column }}')
        {%- endfor -%}
        {%- endfor %}
    ) as declared

),

components as (

    select
        kpis.kpi_id,
        kpis.mart,
        names.component
    from {{ model }} as kpis
    cross join lateral
        unnest(string_to_array(concat_ws(',', numerator, denominator, coverage_of), ','))
            as names (component)

)

select components.*
from components
left join columns
    on
        components.mart = columns.mart
        and components.component = columns.column_name
where columns.mart is null

{% endtest %}
