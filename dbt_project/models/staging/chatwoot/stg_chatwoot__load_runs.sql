with

source as (

    select * from {{ source('chatwoot', 'load_runs') }}

),

chosen as (

    select
        run_id,
        status,
        mode,
        error,
        rows_read,
        rows_new,
        rows_changed,
        rows_deleted,
        bytes_read,
        seconds,
        source_seconds,
        nullif(array_to_string(new_accounts, ', '), '') as new_accounts,
        {{ in_utc('started_at') }} as started_at,
        {{ in_utc('finished_at') }} as finished_at,
        {{ in_utc('snapshot_at') }} as snapshot_at
    from source

)

select * from chosen
