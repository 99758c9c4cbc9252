-- A row of the list names a contact in one of three ways, a phone by all of its digits.
with

ignored_contacts as (

    select * from {{ ref('ignored_contacts') }}

)

select *
from ignored_contacts
where
    num_nonnulls(
        nullif(trim(phone), ''), nullif(trim(identifier), ''), nullif(trim(label), '')
    ) <> 1
    or length(regexp_replace(phone, '\D', '', 'g')) < 5
