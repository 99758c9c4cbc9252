-- One row per contact: all that the other views show of one. They read it here and
-- nowhere else, for the fingerprint of a conversation (09) takes this row as it is: a
-- load would miss what is shown besides.
--
-- Where contacts have no such column (Chatwoot 3.0), the name means that of "missing":
-- a subquery, for a with clause would keep conditions from the index.
create or replace view vw_shown_contacts as
select
    contacts.id,
    contacts.name,
    contacts.email,
    contacts.phone_number,
    contacts.identifier,
    contacts.custom_attributes,
    contacts.is_blocked
from (select null as blocked) as missing -- noqa: ST05, ST11
inner join lateral ( -- noqa: ST05
    select
        id,
        name,
        email,
        phone_number,
        identifier,
        custom_attributes,
        blocked::text::boolean as is_blocked
    from contacts
) as contacts on true;
