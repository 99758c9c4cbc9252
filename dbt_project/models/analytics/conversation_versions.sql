with

conversations as (

    select * from {{ ref('conversations') }}

),

inboxes as (

    select * from {{ ref('stg_chatwoot__inboxes') }}

),

-- Of a message that came twice, what holds of it hangs on the others.
repeated as (

    select
        conversation_id,
        sum(hashtextextended(repeated::text, 0)) as repetitions
    from {{ ref('repeated_messages') }} as repeated
    group by 1

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

-- A contact is of one account; a phone may be in several.
keyed as (

    select
        conversation_id,
        account_id,
        inbox_id,
        last_run_id,
        {{ digits_of_person('contact_phone') }} as phone_digits,
        coalesce(
            'contact:' || contact_id, 'conversation:' || conversation_id
        ) as own_key
    from conversations

),

versions as (

    select
        keyed.conversation_id,
        case
            when length(keyed.phone_digits) >= 8
                then keyed.account_id || ':+' || keyed.phone_digits
            else keyed.own_key
        end as contact_key,
        hashtextextended(
            concat_ws(
                '|',
                keyed.last_run_id,
                inboxes.has_working_hours,
                inboxes.working_hours,
                repeated.repetitions,
                'ignored ' || ignored.ignored_reason
            ),
            0
        ) as built_from
    from keyed
    left join inboxes on keyed.inbox_id = inboxes.inbox_id
    left join repeated on keyed.conversation_id = repeated.conversation_id
    left join ignored on keyed.conversation_id = ignored.conversation_id

)

select * from versions
