{#
    Buckets of a histogram of durations that stays mergeable under any filter: bucket 0
    is below one second, and each later one ends a tenth later than it starts, so that a
    percentile read from it is off by a few percent at most.
#}
{% macro duration_bucket(seconds) -%}
    case
        when {{ seconds }} < 1 then 0
        else
            1 + floor(
                ln({{ seconds }}::double precision) / ln(1.1::double precision)
            )::integer
    end
{%- endmacro %}

{# The duration a bucket starts from; the next bucket's is where it ends. #}
{% macro bucket_from_seconds(bucket) -%}
    case
        when {{ bucket }} = 0 then 0
        else power(1.1::double precision, {{ bucket }} - 1)
    end
{%- endmacro %}
