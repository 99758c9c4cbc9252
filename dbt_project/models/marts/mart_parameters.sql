with

parameters as (

    select * from {{ source('configuration', 'parameters') }}

),

entries as (

    select * from {{ source('configuration', 'entries') }}

)

select
    parameters.parameter,
    parameters.unit,
    parameters.origin,
    cast(parameters.value as double precision) as value,
    cast(nullif(entries.our_value, '') as double precision) as our_value
from parameters
left join entries
    on
        parameters.parameter = entries.entry
        and entries.file = 'parameters'
where parameters.unit <> 'attribute'
