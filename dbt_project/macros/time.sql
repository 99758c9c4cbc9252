{# Time: stored in UTC without time zone, shown in business-local time. #}

{# The moment of the query, in UTC. #}
{% macro now_utc() -%}
    now() at time zone 'UTC'
{%- endmacro %}

{# A timestamp, or infinity for those that PostgreSQL holds and Python does not: before
   Christ, or from the year 10000 on. With room for zones and windows of days. #}
{% macro moment(timestamp) -%}
    case
        when {{ timestamp }} < '0002-01-01' then '-infinity'
        when {{ timestamp }} >= '9999-01-01' then 'infinity'
        else {{ timestamp }}
    end
{%- endmacro %}

{# A timestamp with time zone, in UTC without one. #}
{% macro in_utc(moment) -%}
    {{ moment }} at time zone 'UTC'
{%- endmacro %}

{# A UTC timestamp as the clock on the wall of a zone shows it. #}
{% macro local_time(utc, zone) -%}
    {{ utc }} at time zone 'UTC' at time zone {{ zone }}
{%- endmacro %}

{# The zone of the business, as a literal. #}
{% macro business_timezone() -%}
    {{ dbt.string_literal(env_var('BUSINESS_TIMEZONE', 'America/Sao_Paulo')) }}
{%- endmacro %}

{# The seconds from one timestamp to another; NULL where one is infinite. #}
{% macro seconds_between(start, end) -%}
    case
        when isfinite({{ start }}) and isfinite({{ end }})
            then extract(epoch from {{ end }} - {{ start }})
    end
{%- endmacro %}

{# Seconds as an integer, which holds 68 years; NULL for more, as in the remote views. #}
{% macro whole_seconds(seconds) -%}
    case
        when abs({{ seconds }}) < 2147483648 then floor({{ seconds }})::integer
    end
{%- endmacro %}

{# The first day of the calendar, as a literal. #}
{% macro calendar_start() -%}
    date {{ dbt.string_literal(var('calendar_starts_on')) }}
{%- endmacro %}

{# The days from one date to another, both included; one row each. #}
{% macro days_between(first, last) -%}
    generate_series({{ first }}, {{ last }}, interval '1 day')::date
{%- endmacro %}

{# The place of a local moment's weekday in the arrays of inbox_hours. #}
{% macro weekday_place(local_moment) -%}
    [1 + extract(dow from {{ local_moment }})::integer]
{%- endmacro %}

{# Whether an inbox with working hours, a row of inbox_hours, works at a local moment. #}
{% macro is_working_at(hours, local_moment) -%}
    (
        extract(epoch from {{ local_moment }}::time)
        >= {{ hours }}.opens_at_seconds{{ weekday_place(local_moment) }}
        and extract(epoch from {{ local_moment }}::time)
        < {{ hours }}.closes_at_seconds{{ weekday_place(local_moment) }}
    )
{%- endmacro %}

{# Working seconds of an inbox from a distant Sunday to a local moment. #}
{% macro working_seconds_until(hours, local_moment) -%}
    (
        ({{ local_moment }}::date - date '1970-01-04') / 7
        * {{ hours }}.open_seconds_of_week::bigint
        + {{ hours }}.open_seconds_before{{ weekday_place(local_moment) }}
        + least(
            greatest(
                extract(epoch from {{ local_moment }}::time)
                - {{ hours }}.opens_at_seconds{{ weekday_place(local_moment) }},
                0
            ),
            {{ hours }}.closes_at_seconds{{ weekday_place(local_moment) }}
            - {{ hours }}.opens_at_seconds{{ weekday_place(local_moment) }}
        )
    )
{%- endmacro %}

{# Working seconds of an inbox between two local moments, which the same clock shows. #}
{% macro working_seconds_between(hours, first, last) -%}
    (
        {{ working_seconds_until(hours, last) }}
        - {{ working_seconds_until(hours, first) }}
    )::double precision
{%- endmacro %}
