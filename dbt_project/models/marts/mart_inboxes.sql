with

inboxes as (

    select * from {{ ref('stg_chatwoot__inboxes') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

accounts as (

    select * from {{ ref('mart_accounts') }}

),

inbox_map as (

    select * from {{ source('configuration', 'inbox_map') }}

),

-- A deleted inbox leaves its conversations behind.
inbox_ids as (

    select
        inbox_id,
        account_id
    from inboxes
    union
    select
        inbox_id,
        account_id
    from conversations

),

named as (

    select
        inbox_ids.inbox_id,
        inbox_ids.account_id,
        inboxes.channel_type,
        case
            when inboxes.inbox_id is null
                then 'Caixa removida ' || inbox_ids.inbox_id
            else coalesce(
                nullif(trim(inboxes.inbox_name), ''),
                'Caixa sem nome ' || inbox_ids.inbox_id
            )
        end as inbox_name
    from inbox_ids
    left join inboxes on inbox_ids.inbox_id = inboxes.inbox_id

),

placed as (

    select
        named.inbox_id,
        named.account_id::bigint as account_id,
        named.inbox_name,
        coalesce(by_id.unit, by_name.unit, named.inbox_name) as unit,
        coalesce(
            by_id.channel_kind,
            by_name.channel_kind,
            case named.channel_type
                when 'Channel::Whatsapp' then 'whatsapp'
                when 'Channel::WebWidget' then 'web'
                when 'Channel::Email' then 'email'
                when 'Channel::Instagram' then 'instagram'
                when 'Channel::FacebookPage' then 'facebook'
                when 'Channel::Telegram' then 'telegram'
                when 'Channel::Sms' then 'sms'
                else 'other'
            end
        ) as channel_kind
    from named
    left join inbox_map as by_id on named.inbox_id::text = by_id.inbox
    left join inbox_map as by_name on named.inbox_name = by_name.inbox

),

-- A unit is of one account, and a unit of another may have its name.
shared_names as (

    select unit
    from placed
    group by 1
    having count(distinct account_id) > 1

)

select
    placed.inbox_id,
    placed.account_id,
    accounts.account_name,
    placed.inbox_name,
    case
        when shared_names.unit is not null and accounts.account_name is not null
            then placed.unit || ' (' || accounts.account_name || ')'
        else placed.unit
    end as unit,
    placed.channel_kind
from placed
left join accounts on placed.account_id = accounts.account_id
left join shared_names on placed.unit = shared_names.unit
