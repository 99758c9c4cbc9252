"""What a sound load cannot show, but numbers suffer from: found in the warehouse.

A hint is no fault of the load: it names what looks wrong in what was loaded, and what
to do. Each is one query of built tables that gives a row for each line to show, and
none for a healthy Chatwoot. The source is not asked.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from psycopg2 import errors

from ground.database import PgCursor, one_row
from ground.settings import Settings

# What happens now is what can be mended; older rows stay as they are.
RECENT_DAYS = 60
# Outgoing messages change with each campaign: a month, as the KPI shows it.
UNDELIVERED_DAYS = 30

# By chance one late reply in six falls within 10 minutes after some whole hour. A third
# of all episodes at the same one is no chance, unless they are few.
REPLIED_WITHIN_SECONDS = 600
# Chatwoot makes a conversation when the first message comes: seconds before it.
BEGUN_WITHIN_SECONDS = 120
# Where ids show that the question came first, the lag need not be near a whole hour; it
# must be more than clocks drift.
DRIFT_SECONDS = 1800
MOVED_AT_LEAST = 10
MOVED_SHARE = 1 / 3

# Long texts ask for something. What one or two customers write is theirs alone.
SHORT_WORDS = 4
FREQUENT_TIMES = 5
FREQUENT_CONTACTS = 3
WORDS_SHOWN = 8

# Seven same digits in a row are no number that somebody was given; shorter than eight
# digits is no number at all.
SAME_DIGITS = 7
PHONE_DIGITS = 8
# A group: three people sign, in most of at least ten messages. A customer may paste a
# form with bold headings, but not in most of his messages.
GROUP_SENDERS = 3
GROUP_MESSAGES = 10
CONTACTS_SHOWN = 8

# WhatsApp loses 1-3 %, and of few messages chance makes more than 5 % fail. What is 2.5
# standard deviations beyond 3 % is no chance.
UNDELIVERED_SHARE = 0.05
USUAL_SHARE = 0.03
BEYOND_CHANCE = 2.5
SENT_AT_LEAST = 20

# Now and then somebody answers at night; a fifth is a shift.
OUTSIDE_SHARE = 0.2
OUTSIDE_AT_LEAST = 20

# One may be a test of the integration.
NOTES_AT_LEAST = 5


@dataclass(frozen=True)
class Hint:
    """A query, and how each of its rows is told; both name the columns in braces."""

    query: str
    what: str
    remedy: str
    values: dict[str, object] = field(default_factory=dict)


# A person may be quick, or work at night; who is quick at all hours is none.
QUICK_AT_ALL_HOURS = Hint(
    """
    with replies as (
        select
            sender_id,
            reply_seconds,
            extract(hour from local_sent_at) as local_hour
        from analytics.messages
        where
            sender_class = 'human'
            and reply_seconds is not null
            and sent_at > (select as_of - interval '60 days' from analytics.last_load)
    ),

    quick as (
        select concat_ws(' ', replies.sender_id, max(agents.agent_name)) as who
        from replies
        left join staging.stg_chatwoot__agents as agents
            on replies.sender_id = agents.user_id
        where replies.sender_id is not null
        group by replies.sender_id
        having
            count(*) >= 30
            and percentile_cont(0.5) within group (order by replies.reply_seconds) < 20
            and (
                count(distinct replies.local_hour) >= 20
                or avg((replies.local_hour < 6)::integer) >= 0.3
            )
        order by replies.sender_id
    )

    select string_agg(who, ', ') as users
    from quick
    having count(*) > 0
    """,
    "users {users} reply within seconds at all hours",
    "if they are AIs, list them in config/ai_users.csv",
)

# Where one side's times are moved, our answers stand whole hours before or after their
# questions; where both are, the first message stands so to its conversation's start.
# Ids tell in which order messages came, whatever their times say.
MOVED_TIMES = Hint(
    """
    with recent as (
        select messages.*
        from analytics.messages as messages
        where
            messages.local_date >= (
                select as_of::date - %(days)s::integer from analytics.last_load
            )
            and isfinite(messages.sent_at)
            and not messages.is_copy
            and not messages.is_private
    ),

    both_sides as (
        select
            inbox_id,
            min(sent_at) filter (where sender_class = 'contact') as asked_at,
            min(sent_at) filter (where sender_class <> 'contact') as answered_at,
            min(message_id) filter (where sender_class = 'contact') as asked_id,
            min(message_id) filter (where sender_class <> 'contact') as answered_id
        from recent
        where is_spoken
        group by inbox_id, conversation_id, episode_number
    ),

    answers as (
        select
            inbox_id,
            extract(epoch from answered_at - asked_at) as seconds,
            asked_id < answered_id
            and answered_at < asked_at - %(drift)s * interval '1 second'
                as is_before_its_question
        from both_sides
        where asked_at is not null and answered_at is not null
    ),

    beginnings as (
        select distinct on (recent.conversation_id)
            recent.inbox_id,
            extract(
                epoch from recent.sent_at - conversations.conversation_created_at
            ) as seconds
        from recent
        inner join analytics.conversations as conversations
            on recent.conversation_id = conversations.conversation_id
        where
            recent.message_type in ('incoming', 'outgoing')
            and isfinite(conversations.conversation_created_at)
            and conversations.conversation_created_at > (
                select as_of - %(days)s * interval '1 day' from analytics.last_load
            )
        order by recent.conversation_id, recent.message_id
    ),

    lags as (
        select
            inbox_id,
            'our answers stand {hours} their questions' as evidence,
            case
                when
                    (seconds + 60) - floor((seconds + 60) / 3600) * 3600
                    <= %(replied_within)s + 60
                    or is_before_its_question
                    then floor((seconds + 60) / 3600)
                else 0
            end as hours
        from answers
        union all
        select
            inbox_id,
            'messages stand {hours} the start of their conversation' as evidence,
            case
                when abs(seconds - round(seconds / 3600) * 3600) <= %(begun_within)s
                    then round(seconds / 3600)
                else 0
            end as hours
        from beginnings
    ),

    counted as (
        select
            inbox_id,
            evidence,
            hours,
            count(*) as moved,
            sum(count(*)) over (partition by inbox_id, evidence) as looked_at
        from lags
        group by inbox_id, evidence, hours
    ),

    -- One line for each inbox: the clearest sign.
    moved as (
        select distinct on (inbox_id) *
        from counted
        where
            hours <> 0
            and moved >= %(at_least)s
            and moved >= looked_at * %(share)s
        order by inbox_id, moved / looked_at desc, evidence
    )

    select
        inboxes.inbox_id,
        inboxes.inbox_name,
        replace(
            moved.evidence,
            '{hours}',
            abs(moved.hours)
            || case when moved.hours < 0 then ' h before' else ' h after' end
        ) as evidence,
        moved.moved,
        moved.looked_at
    from moved
    inner join staging.stg_chatwoot__inboxes as inboxes
        on moved.inbox_id = inboxes.inbox_id
    order by inboxes.inbox_id
    """,
    "inbox {inbox_id} {inbox_name}: {evidence} in {moved} of {looked_at}",
    "its integration writes times of another zone: have it send UTC; until then no time"
    " of this inbox is right",
    {
        "days": RECENT_DAYS,
        "replied_within": REPLIED_WITHIN_SECONDS,
        "begun_within": BEGUN_WITHIN_SECONDS,
        "drift": DRIFT_SECONDS,
        "at_least": MOVED_AT_LEAST,
        "share": MOVED_SHARE,
    },
)


def _plain(text: str) -> str:
    """Return SQL for a text in small letters, no accents, no letter twice in a row."""
    accents, letters = "áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn"
    return (
        f"regexp_replace(translate(lower({text}), '{accents}', '{letters}'),"
        r" '([a-z])\1+', '\1', 'g')"
    )


# What a customer wrote last, after our answer, and nobody answered. To a question it
# would be the answer, and a first word is a request whatever it says. Digits and names
# are not shown: those of agents, the contact's, what has a capital within a text.
UNKNOWN_LAST_WORDS = Hint(
    rf"""
    with speech as (
        select messages.*
        from analytics.messages as messages
        where
            messages.is_spoken
            and messages.local_date >= (
                select as_of::date - %(days)s::integer from analytics.last_load
            )
            and isfinite(messages.sent_at)
    ),

    -- One pass over the speech: a join of its ends is planned as if they were few.
    turns as (
        select
            conversation_id,
            max(contact_id) as contact_id,
            max(sent_at) as last_sent_at,
            max(message_number) as last_number,
            max(message_number) filter (
                where
                    sender_class = 'contact'
                    and speech_act = 'request'
                    and coalesce(content_type, 'text') = 'text'
            ) as last_request_number,
            (
                max(array[message_number, (speech_act = 'question')::integer])
                filter (where sender_class <> 'contact')
            )[2] as is_after_question,
            (array_agg(message_text order by message_number desc))[1] as last_text
        from speech
        group by conversation_id, episode_number
    ),

    endings as materialized (
        select
            conversation_id,
            contact_id,
            regexp_split_to_array(trim(last_text), '\s+') as given_words
        from turns
        where
            last_number = last_request_number
            and is_after_question = 0
            and last_sent_at
            < (select as_of - interval '1 day' from analytics.last_load)
    ),

    short as (
        select
            endings.contact_id,
            endings.given_words,
            conversations.contact_name
        from endings
        inner join analytics.conversations as conversations
            on endings.conversation_id = conversations.conversation_id
        where cardinality(endings.given_words) <= %(short)s
    ),

    names as (
        select distinct lower(words.word) as name
        from staging.stg_chatwoot__agents as agents
        cross join lateral
            regexp_split_to_table(agents.agent_name, '\W+') as words (word)
        where length(words.word) > 1
    ),

    -- "plain" as the word lists are: no accents, letters that are repeated once.
    masked as (
        select
            short.contact_id,
            shown.text,
            ' ' || btrim(
                regexp_replace(
                    {_plain("array_to_string(short.given_words, ' ')")},
                    '[^a-z0-9]+',
                    ' ',
                    'g'
                )
            ) || ' ' as words
        from short
        cross join lateral (
            select
                string_agg(
                    case
                        when bare.word <> '' and (
                            bare.word in (select names.name from names)
                            or bare.word = any(
                                regexp_split_to_array(
                                    lower(coalesce(short.contact_name, '')), '\W+'
                                )
                            )
                            or words.position > 1
                            and words.word ~ '^\W*[[:upper:]][[:lower:]]'
                        ) then '…'
                        else
                            btrim(
                                regexp_replace(lower(words.word), '\d', '0', 'g'),
                                '.,!;'
                            )
                    end,
                    ' ' order by words.position
                ) as text
            from unnest(short.given_words) with ordinality as words (word, position)
            cross join lateral (
                select regexp_replace(lower(words.word), '^\W+|\W+$', '', 'g') as word
            ) as bare
        ) as shown
    ),

    frequent as (
        select
            text,
            min(words) as words,
            count(*) as times
        from masked
        group by text
        having
            count(*) >= %(times)s
            and count(distinct contact_id) >= %(contacts)s
    ),

    -- The phrases of requests, greetings, yes and no: a/b is one of them, a? may
    -- be left out, a* is how a word begins, * is any words.
    tokens as (
        select
            phrases.list,
            phrases.words as phrase,
            tokens.position,
            case
                when tokens.token = '*' then '(?:[a-z0-9]+ )*'
                when tokens.token like '%%?'
                    then
                        '(?:(?:' || replace(rtrim(tokens.token, '?'), '/', '|')
                        || ') )?'
                else
                    '(?:' || replace(replace(tokens.token, '/', '|'), '*', '[a-z]*')
                    || ') '
            end as pattern
        from configuration.phrases as phrases
        cross join lateral
            string_to_table({_plain("phrases.words")}, ' ')
            with ordinality as tokens (token, position)
        where
            exists (select from frequent)
            and phrases.list in (
                'request',
                'person_request',
                'person_alone',
                'greeting',
                'greeting_phrase',
                'yes',
                'no',
                'politeness'
            )
    ),

    patterns as (
        select
            list in ('request', 'person_request') as is_anywhere,
            string_agg(pattern, '' order by position) as pattern
        from tokens
        group by list, phrase
    ),

    known as (
        select
            ' (?:' || string_agg(pattern, '|') filter (where is_anywhere) || ')'
                as anywhere,
            '^ (?:' || string_agg(pattern, '|') filter (where not is_anywhere) || ')+$'
                as alone
        from patterns
    ),

    -- Numbers and addresses are data; a question or a known word is understood.
    unknown as (
        select frequent.*
        from frequent
        cross join known
        where
            frequent.text !~ '[?@]|://|^[\W\d]*\d[\W\d]*$'
            and frequent.text !~ '^[…\s]*$'
            and (frequent.words ~ known.anywhere) is not true
            and (frequent.words ~ known.alone) is not true
        order by frequent.times desc, frequent.text
        limit %(shown)s
    )

    select
        string_agg('"' || text || '" ' || times || 'x', ', ' order by times desc, text)
            as texts
    from unknown
    having count(*) > 0
    """,
    "customers' last words after our answer that no rule knows: {texts}",
    "they count as requests that wait: open some in Conversas, and report those that"
    " are thanks or goodbyes, so that the word lists learn them",
    {
        "days": RECENT_DAYS,
        "short": SHORT_WORDS,
        "times": FREQUENT_TIMES,
        "contacts": FREQUENT_CONTACTS,
        "shown": WORDS_SHOWN,
    },
)

# Those that are ignored already are not named again.
NOT_CUSTOMERS = Hint(
    r"""
    with active as (
        select conversations.*
        from analytics.conversations as conversations
        where
            conversations.contact_id is not null
            and conversations.last_activity_at > (
                select as_of - %(days)s * interval '1 day' from analytics.last_load
            )
            and not exists (
                select from analytics.ignored_conversations as ignored
                where conversations.conversation_id = ignored.conversation_id
            )
    ),

    contacts as (
        select
            contact_id,
            max(contact_name) as contact_name,
            max(contact_identifier) as contact_identifier,
            regexp_replace(max(contact_phone), '\D', '', 'g') as digits
        from active
        group by contact_id
    ),

    signed as (
        select
            active.contact_id,
            substring(
                messages.message_text from '^\s*[*]{1,2}([^*\n]{1,80}?):?[*]{1,2}'
            ) as signature,
            messages.sender_id
        from active
        inner join analytics.messages as messages
            on active.conversation_id = messages.conversation_id
        where
            messages.sender_class = 'contact'
            and messages.local_date >= (
                select as_of::date - %(days)s::integer from analytics.last_load
            )
    ),

    groups as (
        select contact_id
        from signed
        group by contact_id
        having
            count(*) >= %(messages)s
            and (
                count(distinct signature) >= %(senders)s
                and count(signature) * 2 > count(*)
                or count(distinct sender_id) >= %(senders)s
            )
    ),

    reasoned as (
        select
            contacts.contact_id,
            case
                when
                    contacts.contact_identifier ~* '@(g\.us|newsletter)$'
                    or contacts.contact_name ~* '@g\.us$'
                    or contacts.contact_name ~* '^\W*(grupo|group)\M'
                    then 'group by its name'
                when groups.contact_id is not null then 'group: many senders'
                when
                    contacts.contact_identifier ~* '@broadcast$'
                    or contacts.contact_name ~* '^\W*status\W*$|@broadcast$'
                    or contacts.contact_name ~* 'evolution ?api|^\W*whatsapp\W*$'
                    then 'status contact'
                when contacts.contact_name ~* '^\W*(teste?s?|contato de teste)\M'
                    then 'test by its name'
                when
                    contacts.digits ~ ('(\d)\1{' || %(same)s - 1 || '}')
                    or contacts.digits ~ '12345678|^123456$'
                    or length(contacts.digits) between 1 and %(phone)s - 1
                    then 'number of a test'
            end as reason
        from contacts
        left join groups on contacts.contact_id = groups.contact_id
    ),

    listed as (
        select
            contact_id,
            reason,
            row_number() over (order by contact_id) as place,
            count(*) over () as candidates
        from reasoned
        where reason is not null
    )

    select
        string_agg(
            contact_id || ' (' || reason || ')', ', ' order by contact_id
        ) filter (where place <= %(shown)s)
        || case
            when max(candidates) > %(shown)s
                then ' and ' || max(candidates) - %(shown)s || ' more'
            else ''
        end as contacts
    from listed
    having count(*) > 0
    """,
    "contacts that may be no customers: {contacts}",
    "they make demands and waits: look at them in Chatwoot (/contacts/id); what is no"
    " customer belongs on the list ignored_contacts",
    {
        "days": RECENT_DAYS,
        "senders": GROUP_SENDERS,
        "messages": GROUP_MESSAGES,
        "same": SAME_DIGITS,
        "phone": PHONE_DIGITS,
        "shown": CONTACTS_SHOWN,
    },
)

# As the KPI undelivered_rate counts.
UNDELIVERED = Hint(
    """
    select
        inboxes.inbox_id,
        inboxes.inbox_name,
        sum(days.undelivered_messages) as undelivered,
        sum(days.sent_messages) as sent,
        round(100.0 * sum(days.undelivered_messages) / sum(days.sent_messages), 1)
            as percent
    from analytics.episode_days as days
    inner join staging.stg_chatwoot__inboxes as inboxes
        on days.inbox_id = inboxes.inbox_id
    where
        days.local_date > (
            select as_of::date - %(days)s::integer from analytics.last_load
        )
    group by inboxes.inbox_id, inboxes.inbox_name
    having
        sum(days.receipts) > 0
        and sum(days.sent_messages) >= %(at_least)s
        and sum(days.undelivered_messages) > sum(days.sent_messages) * %(share)s
        and sum(days.undelivered_messages) - sum(days.sent_messages) * %(usual)s
        > %(chance)s * sqrt(sum(days.sent_messages) * %(usual)s * (1 - %(usual)s))
    order by inboxes.inbox_id
    """,
    "inbox {inbox_id} {inbox_name}: {percent} % undelivered ({undelivered} of {sent} in"
    " 30 days)",
    "the reason stands at the messages in Chatwoot (red mark): quality or block of the"
    " number at Meta, a token that has ended, or answers after WhatsApp's 24 hours",
    {
        "days": UNDELIVERED_DAYS,
        "share": UNDELIVERED_SHARE,
        "usual": USUAL_SHARE,
        "chance": BEYOND_CHANCE,
        "at_least": SENT_AT_LEAST,
    },
)

# Monday to Friday from 9 to 17 is what Chatwoot gives a new inbox.
DEFAULT_HOURS = Hint(
    """
    with inboxes as (
        select
            inboxes.inbox_id,
            inboxes.inbox_name
        from staging.stg_chatwoot__inboxes as inboxes
        cross join lateral jsonb_to_recordset(inboxes.working_hours) as hours (
            day_of_week integer,
            is_closed boolean,
            is_open_all_day boolean,
            opens_at_minute integer,
            closes_at_minute integer
        )
        where inboxes.has_working_hours
        group by inboxes.inbox_id, inboxes.inbox_name
        having
            count(distinct hours.day_of_week) = 7
            and bool_and(
                case
                    when hours.day_of_week in (0, 6)
                        then coalesce(hours.is_closed, false)
                    else
                        not coalesce(hours.is_closed, false)
                        and not coalesce(hours.is_open_all_day, false)
                        and hours.opens_at_minute = 9 * 60
                        and hours.closes_at_minute = 17 * 60
                end
            )
    ),

    written as (
        select
            inboxes.inbox_id,
            inboxes.inbox_name,
            extract(isodow from messages.local_sent_at) > 5
            or extract(hour from messages.local_sent_at) not between 9 and 16
                as is_outside
        from inboxes
        inner join analytics.messages as messages
            on inboxes.inbox_id = messages.inbox_id
        where
            messages.is_spoken
            and messages.sender_class in ('human', 'human_phone')
            and isfinite(messages.sent_at)
            and messages.local_date >= (
                select as_of::date - %(days)s::integer from analytics.last_load
            )
    )

    select
        inbox_id,
        inbox_name,
        round(100.0 * count(*) filter (where is_outside) / count(*)) as percent
    from written
    group by inbox_id, inbox_name
    having
        count(*) filter (where is_outside) >= %(at_least)s
        and count(*) filter (where is_outside) >= count(*) * %(share)s
    order by inbox_id
    """,
    "inbox {inbox_id} {inbox_name}: hours are Chatwoot's default (Mon-Fri 9-17), though"
    " {percent} % of people's messages are outside them",
    "set the inbox's business hours and time zone in Chatwoot: waits by working hours"
    " leave out what is outside",
    {
        "days": RECENT_DAYS,
        "share": OUTSIDE_SHARE,
        "at_least": OUTSIDE_AT_LEAST,
    },
)

REPEATED_IDS = Hint(
    """
    select
        inboxes.inbox_id,
        inboxes.inbox_name,
        count(distinct repeated.original_id) as ids
    from analytics.repeated_messages as repeated
    inner join staging.stg_chatwoot__inboxes as inboxes
        on repeated.inbox_id = inboxes.inbox_id
    where not repeated.is_trusted_inbox
    group by inboxes.inbox_id, inboxes.inbox_name
    order by inboxes.inbox_id
    """,
    "inbox {inbox_id} {inbox_name}: one source_id stands over unrelated texts"
    " ({ids} ids)",
    "its integration must write WhatsApp's own id into source_id, or none; until then a"
    " message that comes twice counts twice there",
)

# Notes are not sent, so Chatwoot gives them no id of WhatsApp.
SENT_NOTES = Hint(
    """
    select
        inboxes.inbox_id,
        inboxes.inbox_name,
        count(*) as notes
    from analytics.conversations as conversations
    inner join staging.stg_chatwoot__inboxes as inboxes
        on conversations.inbox_id = inboxes.inbox_id
    cross join lateral jsonb_to_recordset(conversations.message_compiled) as compiled (
        private boolean,
        message_type integer,
        source_id text,
        sent_at timestamp
    )
    where
        conversations.total_messages_private > 0
        and conversations.last_activity_at > (
            select as_of - %(days)s * interval '1 day' from analytics.last_load
        )
        and compiled.private
        and compiled.message_type <> 2
        and compiled.source_id <> ''
        and compiled.sent_at > (
            select as_of - %(days)s * interval '1 day' from analytics.last_load
        )
    group by inboxes.inbox_id, inboxes.inbox_name
    having count(*) >= %(at_least)s
    order by inboxes.inbox_id
    """,
    "inbox {inbox_id} {inbox_name}: {notes} private notes have a WhatsApp id",
    "its integration seems to write replies from the phone as notes, which cannot be"
    " told from real notes and answer nobody here: have it write them as messages",
    {"days": RECENT_DAYS, "at_least": NOTES_AT_LEAST},
)

HINTS = (
    QUICK_AT_ALL_HOURS,
    MOVED_TIMES,
    UNDELIVERED,
    REPEATED_IDS,
    SENT_NOTES,
    DEFAULT_HOURS,
    NOT_CUSTOMERS,
    UNKNOWN_LAST_WORDS,
)


def found(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what looks wrong and what to do; what is not built gives nothing."""
    with closing(settings.warehouse.connect()) as connection:
        connection.set_session(readonly=True, autocommit=True)
        with connection.cursor() as cursor:
            if one_row(cursor, "select to_regclass('analytics.messages')") == (None,):
                return  # never built, which is said already
            waiting = 0
            for hint in HINTS:
                try:
                    yield from _told(hint, cursor)
                except (errors.UndefinedTable, errors.UndefinedColumn):
                    waiting += 1
            if waiting:
                yield f"{waiting} hints need tables of a complete build", "make run"


def _told(hint: Hint, cursor: PgCursor) -> Iterator[tuple[str, str]]:
    cursor.execute(hint.query, hint.values or None)
    names = [column.name for column in cursor.description or ()]
    for row in cursor.fetchall():
        columns = dict(zip(names, row, strict=True))
        yield hint.what.format(**columns), hint.remedy
