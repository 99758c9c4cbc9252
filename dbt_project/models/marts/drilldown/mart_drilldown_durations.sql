{{ config(materialized='view') }}
with

durations as (

    select * from {{ ref('durations') }}

)

select
    ---------- ids
    conversation_id,
    episode_number,
    episode_id,
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
    value,
    1 as n,

    ---------- times
    local_date
from durations
