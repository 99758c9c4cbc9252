-- One row per contact: all that the other views show of one. They read it here and
-- nowhere else, for the fingerprint of a conversation (09) takes this row as it is: a
-- load would miss what is shown besides.
--
-- Where contacts have no such column (blocked in Chatwoot 3.0, group_type outside of
-- forks), the name means that of "missing": a subquery, for a with clause would keep
-- conditions from the index.
create or replace view vw_shown_contacts as
select
    contacts.id,
    contacts.name,
    contacts.email,
    contacts.phone_number,
    contacts.identifier,
    contacts.custom_attributes,
    contacts.group_type,
    contacts.is_blocked
from (
    select
        null as blocked,
        null as group_type
) as missing -- noqa: ST05, ST11
inner join lateral ( -- noqa: ST05
    select
        id,
        name,
        email,
        phone_number,
        identifier,
        custom_attributes,
        coalesce(
            nullif(group_type::text, '0'), additional_attributes ->> 'group_type'
        ) as group_type,
        blocked::text::boolean as is_blocked
    from contacts
    where
        account_id = any((
            select loaded.account_ids from vw_loaded_accounts as loaded
        )::bigint[])
) as contacts on true;
