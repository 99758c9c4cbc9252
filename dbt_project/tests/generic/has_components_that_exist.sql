{# Every KPI names a mart, a numerator and, if it is a ratio and only then, a
   denominator that exist. The marts' contracts are enforced, so their YAML is true. #}
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

)

select kpis.*
from {{ model }} as kpis
left join columns as numerators
    on kpis.mart = numerators.mart and kpis.numerator = numerators.column_name
left join columns as denominators
    on kpis.mart = denominators.mart and kpis.denominator = denominators.column_name
where
    numerators.mart is null
    or (kpis.kind = 'ratio') <> (kpis.denominator is not null)
    or kpis.denominator is not null and denominators.mart is null

{% endtest %}
