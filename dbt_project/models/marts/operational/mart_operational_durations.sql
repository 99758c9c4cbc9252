{{
    rebuilt_by_key(
        'episode_day_versions', 'day_version', 'day_version',
        indexes=[{'columns': ['metric', 'local_date']}, {'columns': ['local_date']}],
    )
}}
{%- set few = few_outdated_days() %}
with

day_versions as (

    select versions.*
    from {{ ref('episode_day_versions') }} as versions
    where {{ is_not_built('versions.day_version', 'day_version') }}

),

durations as (

    select
        durations.*,
        day_versions.day_version
    from {{ ref('durations') }} as durations
    inner join day_versions
        on
            durations.local_date = day_versions.local_date
            and durations.inbox_id = day_versions.inbox_id
    where {{ is_one_of('durations.local_date', few, 'date') }}

)

select
    ---------- ids
    inbox_id,
    team_id,
    agent_id,
    agent_ids,

    ---------- text
    metric,
    responder_class,
    origin,
    resolver,
    hours_kind,
    labels,

    ---------- numerics
    count(*)::integer as n,
    {{ packed('value') }} as packed_values,
    day_version,

    ---------- times
    local_date
from durations
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14
-- What is read together lies together: by metric and local_date.
order by 5, 14
