-- Which accounts there are, and which of them the session may read.
--
-- The session setting allpfit.account_ids ('{1,77}') names them; unset means all. Every
-- row that other views read of conversations, messages, contacts and so on is of one of
-- these: it names its account itself, as Chatwoot writes it.
--
-- Accounts are found by steps along the index on conversations (account_id), for the
-- account of a conversation may be gone.
create or replace view vw_source_accounts as
with recursive

owners as (

    select min(conversations.account_id)::bigint as account_id
    from conversations
    union all
    select
        (
            select min(conversations.account_id)::bigint
            from conversations
            where conversations.account_id > owners.account_id
        ) as account_id
    from owners
    where owners.account_id is not null

),

ids as (

    select id::bigint as account_id
    from accounts
    union
    select account_id
    from owners
    where account_id is not null

)

select
    ids.account_id,
    accounts.name as account_name,
    exists(
        select 1
        from conversations
        where conversations.account_id = ids.account_id
    ) as has_conversations,
    (
        select count(*)
        from conversations
        where conversations.account_id = ids.account_id
    ) as conversations
from ids
left join accounts on ids.account_id = accounts.id;

create or replace view vw_loaded_accounts as
select
    given.account_ids,
    not exists (
        select 1
        from vw_source_accounts
        where vw_source_accounts.account_id <> all(given.account_ids)
    ) as are_all
from (
    select
        coalesce(
            nullif(current_setting('allpfit.account_ids', true), '')::bigint[],
            array(select vw_source_accounts.account_id from vw_source_accounts)
        ) as account_ids
    from (values (true)) as once (is_row)
    offset 0
) as given;
