{{
    config(
        materialized='table',
        indexes=[
            {'columns': ['message_id'], 'unique': true},
            {'columns': ['conversation_id']},
        ],
    )
}}
with

sources as (

    select * from {{ ref('message_sources') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

repeated_keys as (

    select
        inbox_id,
        source_key
    from sources
    group by 1, 2
    having count(*) > 1

),

repeated as (

    select sources.*
    from sources
    inner join repeated_keys
        on
            sources.inbox_id = repeated_keys.inbox_id
            and sources.source_key = repeated_keys.source_key

),

texts as (

    select
        compiled.message_id,
        compiled.text,
        trim(regexp_replace(
            {{ plain("coalesce(compiled.text, '')") }}, '[^a-z0-9]+', ' ', 'g'
        )) as words
    from conversations
    cross join
        lateral jsonb_to_recordset(conversations.message_compiled) as compiled (
            message_id bigint,
            text text,
            deleted boolean
        )
    where
        conversations.conversation_id in (
            select repeated.conversation_id from repeated
        )

),

-- The first that did not fail is the message, the others its copies.
in_order as (

    select
        repeated.*,
        texts.text,
        texts.words,
        first_value(repeated.message_id) over same_id as original_id,
        first_value(repeated.conversation_id) over same_id as original_conversation_id,
        first_value(repeated.sent_at) over same_id as original_sent_at,
        first_value(texts.words) over same_id as original_words
    from repeated
    inner join texts on repeated.message_id = texts.message_id
    window same_id as (
        partition by repeated.inbox_id, repeated.source_key
        order by repeated.is_failed, repeated.sent_at, repeated.message_id
        rows between unbounded preceding and unbounded following
    )

),

-- An edit comes as a copy with another text, in its own conversation: within a quarter
-- of an hour, which is as long as WhatsApp lets one edit, or with most of the words.
compared as (

    select
        *,
        words = original_words
        or conversation_id = original_conversation_id
        and (
            sent_at <= original_sent_at + interval '15 minutes'
            or {{ shares_most_words('words', 'original_words') }}
        ) as is_related
    from in_order

),

-- Where ids stand over texts that have nothing in common, they are no ids.
trusted_inboxes as (

    select inbox_id
    from compared
    group by 1
    having
        count(distinct source_key) filter (where not is_related) * 5
        <= count(distinct source_key)

),

latest as (

    select
        *,
        first_value(text) over (
            partition by inbox_id, source_key, conversation_id
            order by sent_at desc, message_id desc
        ) as latest_text
    from compared
    where is_related

),

marked as (

    select
        message_id,
        conversation_id,
        inbox_id,
        original_id,
        inbox_id in (select trusted_inboxes.inbox_id from trusted_inboxes)
            as is_trusted_inbox,
        message_id <> original_id as is_repetition,
        latest_text
    from latest

)

select
    message_id,
    conversation_id,
    inbox_id,
    original_id,
    case when is_trusted_inbox and not is_repetition then latest_text end
        as latest_text,
    is_trusted_inbox,
    is_trusted_inbox and is_repetition as is_copy
from marked
