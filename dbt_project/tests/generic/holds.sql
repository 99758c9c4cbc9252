{# Every condition, given by name, is true for every row. #}
{% test holds(model, conditions) %}

select
    broken.condition,
    checked.*
from {{ model }} as checked
cross join
    lateral (
        values
        {%- for name, condition in conditions.items() %}
            ('{{ name }}', ({{ condition }})){{ ',' if not loop.last }}
        {%- endfor %}
    ) as broken (condition, is_held)
where broken.is_held is not true

{% endtest %}
