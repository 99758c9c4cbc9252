"""The rows behind a number: what a KPI counts, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg2 import sql

from kpis import filters as filtering
from kpis import marks
from kpis.catalogue import catalogue
from kpis.database import Marts, Row
from kpis.filters import Filters
from kpis.kinds import kind_of
from kpis.kinds.base import Side
from kpis.marks import Mark
from kpis.periods import Days
from kpis.reader import QUEUE, column

Order = Literal["newest", "oldest", "largest", "worst_rating", "longest_wait"]

ORDERS: dict[Order, str] = {
    "newest": "local_date desc nulls last",
    "oldest": "local_date",
    "largest": "amount desc",
    "worst_rating": "csat_rating nulls last",
    # Those first whom WhatsApp still lets us answer, and who have waited longest; then
    # the newest.
    "longest_wait": (
        "(reply_window_ends_at > as_of) desc nulls last,"
        " case when reply_window_ends_at > as_of then waiting_since end nulls last,"
        " waiting_since desc nulls last"
    ),
}
# What else has to be read to put all rows in order.
ORDERED_BY: dict[Order, str] = {
    "worst_rating": """
    left join marts.mart_drilldown_episodes as episodes
        on
            counted.conversation_id = episodes.conversation_id
            and counted.episode_number = episodes.episode_number
    """,
    "longest_wait": """
    left join marts.mart_operational_queue as queue
        on counted.conversation_id = queue.conversation_id
    """,
}
# Rows that these leave alike are alike in all that is shown.
TIES = "conversation_id desc, episode_number desc, local_date desc, amount desc"
RATINGS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Listing:
    """A page of the rows that a number counts, and the number itself.

    `total` adds up what the KPI adds up over all rows: its numerator, or its
    denominator. `row_count` is how many rows that takes.
    """

    total: float
    row_count: int
    rows: list[Row]


def listing(
    marts: Marts,
    kpi_id: str,
    days: Days,
    filters: Filters | None = None,
    side: Side = "numerator",
    order: Order = "newest",
    limit: int = 50,
    offset: int = 0,
    mark: Mark | None = None,
) -> Listing:
    """List what a KPI counts over some days, a row for each time it counts.

    Each row has conversation_id, episode_number, local_date and amount, and what
    mart_drilldown_conversations and mart_drilldown_episodes say of them; contacts are
    masked unless the marts show them. `mark` keeps what one mark of a chart stands for.
    Raises KeyError for an unknown KPI, one that counts nothing, such as a forecast, or
    a mark that its rows do not know; DatabaseDownError, NoDataError.
    """
    filters, mark = filters or Filters(), mark or Mark()
    with marts.session() as session:
        kpi = catalogue(session)[kpi_id]
        rows = kind_of(kpi).rows(kpi, side)
        amount = column(mark.parts[-1]) if mark.parts else rows.amount
        bound = filters.bound() | {"first": days.first, "last": days.last}
        bound |= mark.bound()
        within = sql.SQL("mart.local_date between %(first)s and %(last)s")
        if rows.facts == QUEUE:
            within = sql.SQL("true")
        day = "as_of::date" if rows.facts == QUEUE else "local_date"
        counted = sql.SQL(
            "select mart.conversation_id, mart.episode_number,"
            " mart.{day} as local_date, {amount} as amount,"
            " {key} as counted_key"
            " from marts.{mart} as mart"
            " where {within} and {condition} and {where} and {marked}"
        ).format(
            marked=marks.where(rows.facts, mark),
            day=sql.SQL(day),
            amount=amount,
            key=sql.SQL("null") if rows.key is None else rows.key,
            mart=sql.Identifier(rows.facts),
            within=within,
            condition=rows.condition,
            where=filtering.where(rows.facts, filters),
        )
        total = "count(distinct counted_key)" if rows.key is not None else "sum(amount)"
        (summary,) = session.read(
            sql.SQL(
                "select coalesce({total}, 0)::double precision as total,"
                " count(*) as row_count from ({counted}) as counted"
            ).format(total=sql.SQL(total), counted=counted),
            **bound,
        )
        page = session.read(
            sql.SQL(PAGE).format(
                counted=counted,
                conversations=sql.SQL(CONVERSATIONS_OF_PAGE),
                ordered_by=sql.SQL(ORDERED_BY.get(order, "")),
                order=sql.SQL(f"{ORDERS[order]}, {TIES}"),
            ),
            **bound,
            limit=limit,
            offset=offset,
        )
    return Listing(summary["total"], summary["row_count"], page)


# Only the rows of the page are looked up, and each by an index: the offsets keep
# PostgreSQL from joining all there are.
CONVERSATIONS_OF_PAGE = """
cross join lateral (
    select *
    from marts.mart_drilldown_conversations as found
    where page.conversation_id = found.conversation_id
    offset 0
) as conversations
"""
PAGE = """
with

page as (

    select counted.*
    from ({counted}) as counted
    {ordered_by}
    order by {order}
    limit %(limit)s offset %(offset)s

)

select
    page.conversation_id,
    page.episode_number,
    page.local_date,
    page.amount::double precision as amount,
    conversations.display_id,
    conversations.account_id,
    conversations.status,
    conversations.contact_name,
    conversations.contact_phone,
    conversations.inbox_name,
    conversations.unit,
    conversations.channel_kind,
    conversations.team_name,
    conversations.labels,
    episodes.origin,
    episodes.outcome,
    episodes.resolver,
    episodes.closed_by,
    episodes.agent_ids,
    episodes.contact_messages,
    episodes.ai_messages,
    episodes.human_messages + episodes.human_phone_messages as human_messages,
    episodes.first_response_seconds,
    episodes.human_response_seconds,
    episodes.resolution_seconds,
    episodes.messages_before_handoff,
    episodes.csat_rating,
    episodes.has_comment,
    episodes.is_reopened,
    episodes.started_at,
    episodes.last_message_at,
    queue.wait_seconds,
    conversations.local_timezone
from page
{conversations}
left join lateral (
    select *
    from marts.mart_drilldown_episodes as found
    where
        page.conversation_id = found.conversation_id
        and page.episode_number = found.episode_number
    offset 0
) as episodes on true
left join marts.mart_operational_queue as queue
    on page.conversation_id = queue.conversation_id
order by {order}
"""


@dataclass(frozen=True)
class Conversation:
    """What is known about a conversation, and its episodes."""

    facts: Row
    episodes: list[Row]


@dataclass(frozen=True)
class Timeline:
    """The last messages of a conversation, in order, and how many it has in all."""

    message_count: int
    messages: list[Row]


CONVERSATION = """
select
    conversation_id, account_id, display_id, status, priority_label, ignored_reason,
    inbox_name, unit, channel_kind, team_name, assignee_name, contact_name,
    contact_phone, labels, local_timezone, created_at, last_activity_at
from marts.mart_drilldown_conversations
where conversation_id = %(conversation_id)s
"""
EPISODES = """
select
    episode_number, origin, outcome, resolver, closed_by, handoff_reason, agent_ids,
    contact_messages, ai_messages, human_messages, human_phone_messages,
    messages_before_handoff, first_response_seconds, human_response_seconds,
    time_to_handoff_seconds, resolution_seconds, csat_rating, is_reopened, started_at,
    handoff_at, closed_at
from marts.mart_drilldown_episodes
where conversation_id = %(conversation_id)s
order by episode_number
"""
MESSAGES = """
select
    message_id, episode_number, sender_class, agent_name, content_type, message_text,
    reply_seconds, is_deleted, is_delivered, is_reaction, is_copy, sent_at,
    local_sent_at,
    count(*) over () as message_count
from marts.mart_drilldown_messages
where conversation_id = %(conversation_id)s and sender_class <> 'note'
order by sent_at desc, message_id desc
limit %(limit)s
"""


def conversation(marts: Marts, conversation_id: int) -> Conversation | None:
    """Return a conversation and its episodes, the oldest first; None if there is none.

    Raises DatabaseDownError, NoDataError.
    """
    with marts.session() as session:
        found = session.read(CONVERSATION, conversation_id=conversation_id)
        if not found:
            return None
        episodes = session.read(EPISODES, conversation_id=conversation_id)
    return Conversation(found[0], episodes)


def messages(marts: Marts, conversation_id: int, limit: int = 200) -> Timeline:
    """Return the last messages of a conversation; internal notes are left out.

    Raises DatabaseDownError, NoDataError.
    """
    rows = marts.read(MESSAGES, conversation_id=conversation_id, limit=limit)
    count = rows[0]["message_count"] if rows else 0
    return Timeline(count, rows[::-1])


@dataclass(frozen=True)
class Comments:
    """What customers wrote with their ratings, and how many comments there are."""

    total: int
    rows: list[Row]


COMMENTS = """
with

page as (

    select
        mart.*,
        count(*) over () as total
    from marts.mart_quality_comments as mart
    where
        mart.local_date between %(first)s and %(last)s
        and mart.rating = any(%(ratings)s)
        and (
            %(term)s is null
            or exists (
                select
                from marts.mart_quality_comment_terms as terms
                where
                    mart.csat_response_id = terms.csat_response_id
                    and terms.term = %(term)s
            )
        )
        and {where}
    order by mart.answered_at desc, mart.csat_response_id desc
    limit %(limit)s

)

select
    page.conversation_id,
    page.episode_number,
    page.rating,
    page.comment_text,
    page.local_date,
    conversations.display_id,
    conversations.unit,
    page.total
from page
{conversations}
order by page.answered_at desc, page.csat_response_id desc
"""


def comments(
    marts: Marts,
    days: Days,
    filters: Filters | None = None,
    ratings: Sequence[int] = RATINGS,
    limit: int = 50,
    term: str | None = None,
) -> Comments:
    """List the comments answered over some days, the newest first.

    `ratings` keeps those with one of these ratings, `term` those that hold a term of
    the KPIs of terms. Raises DatabaseDownError, NoDataError.
    """
    filters = filters or Filters()
    rows = marts.read(
        sql.SQL(COMMENTS).format(
            conversations=sql.SQL(CONVERSATIONS_OF_PAGE),
            where=filtering.where("mart_quality_comments", filters),
        ),
        first=days.first,
        last=days.last,
        ratings=list(ratings),
        term=term,
        limit=limit,
        **filters.bound(),
    )
    return Comments(rows[0]["total"] if rows else 0, rows)
