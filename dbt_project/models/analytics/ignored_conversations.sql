-- A table, for it is asked for every model that counts, and few rows are in it.
{{ config(materialized='table', indexes=[{'columns': ['conversation_id']}]) }}
with

conversations as (

    select * from {{ ref('conversations') }}

),

context as (

    select * from {{ ref('stg_chatwoot__conversation_context') }}

),

ignored_contacts as (

    select
        nullif({{ digits_of_person('phone') }}, '') as phone_digits,
        nullif(lower(trim(identifier)), '') as identifier,
        nullif(lower(trim(label)), '') as ignored_label
    from {{ source('configuration', 'ignored_contacts') }}

),

-- Where integrations write whose chat it is. Attributes are only taken apart where they
-- hold such an id at all.
described as (

    select
        conversations.conversation_id,
        conversations.inbox_id,
        conversations.team_id,
        conversations.last_activity_at,
        lower(trim(conversations.contact_identifier)) as identifier,
        {{ digits_of_person('conversations.contact_phone') }} as phone_digits,
        context.labels,
        array[
            context.group_type,
            context.custom_attributes ->> 'group_type',
            context.additional_attributes ->> 'group_type',
            context.contact_custom_attributes ->> 'group_type'
        ] as group_types,
        array[
            trim(conversations.contact_identifier),
            trim(conversations.contact_name)
        ] || array(
            select trim(attributes.value)
            from (
                values
                (context.contact_custom_attributes),
                (context.custom_attributes),
                (context.additional_attributes)
            ) as given (attributes)
            cross join
                lateral jsonb_each_text(
                    case
                        when jsonb_typeof(given.attributes) = 'object'
                            then given.attributes
                    end
                ) as attributes (key, value)
            where
                given.attributes::text ~* '@(g\.us|broadcast|newsletter)'
                and attributes.key ~* '(jid|chat_?id)$'
        ) as chat_ids
    from conversations
    inner join context on conversations.conversation_id = context.conversation_id

),

reasoned as (

    select
        described.conversation_id,
        described.inbox_id,
        described.team_id,
        described.last_activity_at,
        case
            when
                exists (
                    select 1
                    from unnest(described.group_types) as kinds (kind)
                    where
                        lower(trim(kinds.kind))
                        not in ('', '0', 'false', 'individual')
                )
                or exists (
                    select 1
                    from unnest(described.chat_ids) as ids (id)
                    where {{ is_id_of_group('ids.id') }}
                )
                then 'group'
            when
                exists (
                    select 1
                    from unnest(described.chat_ids) as ids (id)
                    where {{ is_id_of_broadcast('ids.id') }}
                )
                then 'broadcast'
            when
                exists (
                    select 1
                    from ignored_contacts
                    where
                        ignored_contacts.phone_digits = described.phone_digits
                        or ignored_contacts.identifier = described.identifier
                )
                then 'contact'
            when
                exists (
                    select 1
                    from jsonb_array_elements_text(described.labels) as titles (label)
                    inner join ignored_contacts
                        on lower(titles.label) = ignored_contacts.ignored_label
                )
                then 'label'
        end as ignored_reason
    from described

)

select * from reasoned
where ignored_reason is not null
