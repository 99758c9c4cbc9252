{{ rebuilt_by_key('episode_day_versions', 'day_version', 'day_version') }}
{%- set few = few_outdated_days() %}
{%- set keys = [
    'local_date', 'inbox_id', 'team_id', 'origin', 'resolver', 'hours_kind',
    'day_version',
] %}
with

day_versions as (

    select versions.*
    from {{ ref('episode_day_versions') }} as versions
    where {{ is_not_built('versions.day_version', 'day_version') }}

),

episodes as (

    select
        episodes.*,
        day_versions.day_version
    from {{ ref('mart_drilldown_episodes') }} as episodes
    inner join day_versions
        on
            episodes.local_date = day_versions.local_date
            and episodes.inbox_id = day_versions.inbox_id
    where {{ is_one_of('episodes.local_date', few, 'date') }}

)

{{ added_up('episodes', keys) }}
order by local_date
