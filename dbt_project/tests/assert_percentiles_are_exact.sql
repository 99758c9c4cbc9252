-- Percentiles are read from the packed times. They are those of the facts, to the last
-- digit, where the packed times are the facts' own: each of them, as often, in the rows
-- that the filters find. The last 90 days are enough to see it.
{%- set cuts = [
    'metric', 'responder_class', 'local_date', 'inbox_id', 'team_id', 'agent_id',
    'agent_ids', 'resolver', 'origin', 'hours_kind', 'labels',
] | join(', ') %}
with

last_load as (

    select * from {{ ref('last_load') }}

),

rows_of_times as (

    select times.*
    from {{ ref('mart_operational_durations') }} as times
    where times.local_date > (select last_load.as_of::date - 90 from last_load)

),

facts as (

    select durations.*
    from {{ ref('mart_drilldown_durations') }} as durations
    where durations.local_date > (select last_load.as_of::date - 90 from last_load)

),

unpacked as (

    select
        rows_of_times.*,
        {{ packed_value('rows_of_times.packed_values', 'places.place') }} as bytes
    from rows_of_times
    cross join
        lateral generate_series(
            0, {{ packed_count('rows_of_times.packed_values') }} - 1
        ) as places (place)

),

both_sides as (

    select
        {{ cuts }},
        bytes,
        1 as read_times,
        0 as true_times
    from unpacked
    union all
    select
        {{ cuts }},
        float8send(value) as bytes,
        0 as read_times,
        1 as true_times
    from facts

)

select
    {{ cuts }},
    bytes,
    sum(read_times) as read_times,
    sum(true_times) as true_times
from both_sides
group by {{ cuts }}, bytes
having sum(read_times) <> sum(true_times)
