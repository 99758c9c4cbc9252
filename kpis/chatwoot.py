"""Chatwoot's own numbers, by the definitions of its reports, and which KPI is near.

They are those of Chatwoot 4.16, over the rows and events that were replicated: events
of conversations that are deleted at Chatwoot, which its reports count on, are gone.
Its days are those of the business; an event is of the day on which it was recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from psycopg2 import sql

from kpis import filters as filtering
from kpis.database import Marts, Row
from kpis.filters import Filters
from kpis.periods import Days
from kpis.values import Value

VERSION = "4.16"

DAYS = "mart_executive_chatwoot_days"
BOT_DAYS = "mart_executive_chatwoot_bot_days"
# What Chatwoot's reports can be asked for, too.
DIMENSIONS = frozenset({"inboxes", "units", "channel_kinds", "teams"})

Unit = Literal["count", "seconds", "rate"]
Side = Literal["value", "numerator", "denominator"]


@dataclass(frozen=True)
class ChatwootNumber:
    """A number of Chatwoot's reports, and the side of a KPI that answers the same."""

    name: str
    unit: Unit
    kpi_id: str
    side: Side = "value"

    def ours(self, value: Value) -> float | None:
        """Take our number out of the KPI's value."""
        return {
            "value": value.value,
            "numerator": value.numerator,
            "denominator": value.denominator,
        }[self.side]


NUMBERS = (
    ChatwootNumber("conversations", "count", "conversations_new"),
    ChatwootNumber("incoming", "count", "message_balance", "denominator"),
    ChatwootNumber("outgoing", "count", "message_balance", "numerator"),
    ChatwootNumber("first_response", "seconds", "first_response_time"),
    ChatwootNumber("reply", "seconds", "reply_time"),
    ChatwootNumber("resolution", "seconds", "resolution_time"),
    ChatwootNumber("resolutions", "count", "conversations_resolved"),
    ChatwootNumber("bot_resolutions", "count", "ai_resolved_episodes_count"),
    ChatwootNumber("bot_handoffs", "count", "handoff_rate", "numerator"),
    ChatwootNumber("csat_score", "rate", "csat_avg"),
    ChatwootNumber("csat_response_rate", "rate", "csat_response_rate"),
)

# Its rate divides the answers that the filters keep by the surveys of all inboxes.
SUMS = """
select
    count(*) as rows_found,
    coalesce(sum(mart.new_conversations), 0) as conversations,
    coalesce(sum(mart.incoming_messages), 0) as incoming,
    coalesce(sum(mart.outgoing_messages), 0) as outgoing,
    sum(mart.first_response_{kind}times_seconds)
    / nullif(sum(mart.first_response_{kind}times), 0) as first_response,
    sum(mart.reply_{kind}times_seconds)
    / nullif(sum(mart.reply_{kind}times), 0) as reply,
    sum(mart.resolution_{kind}times_seconds)
    / nullif(sum(mart.resolution_{kind}times), 0) as resolution,
    coalesce(sum(mart.resolutions), 0) as resolutions,
    coalesce(
        sum(mart.satisfied_csat_answers) / nullif(sum(mart.csat_answers), 0), 0
    ) as csat_score,
    coalesce(
        sum(mart.csat_answers) / nullif(
            (
                select sum(every.csat_surveys)
                from marts.mart_executive_chatwoot_days as every
                where every.local_date between %(first)s and %(last)s
            ),
            0
        ),
        0
    ) as csat_response_rate
from marts.mart_executive_chatwoot_days as mart
where mart.local_date between %(first)s and %(last)s and {where}
"""

# A conversation that was handed over within the days counts as that alone, and once.
OF_BOTS = """
select
    coalesce(sum(bot_resolutions) filter (where bot_handoffs = 0), 0)
    as bot_resolutions,
    count(*) filter (where bot_handoffs > 0) as bot_handoffs
from (
    select
        sum(mart.bot_resolutions) as bot_resolutions,
        sum(mart.bot_handoffs) as bot_handoffs
    from marts.mart_executive_chatwoot_bot_days as mart
    where mart.local_date between %(first)s and %(last)s and {where}
    group by mart.conversation_id
) as conversations
"""


def known_to_chatwoot(filters: Filters) -> Filters:
    """Leave the filters that Chatwoot's reports have, too."""
    return replace(filters, **dict.fromkeys(filters.used - DIMENSIONS, ()))


def chatwoot_numbers(
    marts: Marts,
    days: Days,
    filters: Filters | None = None,
    in_business_hours: bool = False,
) -> Mapping[str, float | None]:
    """Compute Chatwoot's numbers over some days, by name; none where nothing happened.

    A mean without cases is None; rates are 0 then, as Chatwoot has them. In business
    hours, times of inboxes without any are 0, and in the mean, as there.

    Raises KeyError for a filter that Chatwoot does not have; DatabaseDownError,
    NoDataError.
    """
    filters = filters or Filters()
    if unknown := filters.used - DIMENSIONS:
        raise KeyError(f"Chatwoot has no filter {', '.join(sorted(unknown))}")
    bound = filters.bound() | {"first": days.first, "last": days.last}
    kind = sql.SQL("business_" if in_business_hours else "")
    with marts.session() as session:
        rows: dict[str, Row] = {}
        for mart, query in ((DAYS, SUMS), (BOT_DAYS, OF_BOTS)):
            (rows[mart],) = session.read(
                sql.SQL(query).format(kind=kind, where=filtering.where(mart, filters)),
                **bound,
            )
    found = rows[DAYS] | rows[BOT_DAYS]
    if not found["rows_found"]:
        return {}
    return {
        number.name: None if found[number.name] is None else float(found[number.name])
        for number in NUMBERS
    }
