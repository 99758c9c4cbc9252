with

source as (

    select * from {{ source('chatwoot', 'builds') }}

),

chosen as (

    select
        build_id,
        run_id,
        status,
        is_complete,
        models_built,
        failed,
        error,
        {{ in_utc('started_at') }} as started_at,
        {{ in_utc('finished_at') }} as finished_at
    from source

)

select * from chosen
