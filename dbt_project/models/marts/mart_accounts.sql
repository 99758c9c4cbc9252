with

accounts as (

    select * from {{ ref('stg_chatwoot__accounts') }}

),

named as (

    select
        account_id,
        coalesce(nullif(trim(account_name), ''), 'Conta ' || account_id)
            as account_name
    from accounts

)

-- Two companies may have the same name.
select
    account_id,
    case
        when count(*) over (partition by account_name) > 1
            then account_name || ' ' || account_id
        else account_name
    end as account_name
from named
