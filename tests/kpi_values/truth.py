"""Each KPI once more, from episodes, messages and events, apart from the marts.

`RULES` says what a KPI counts and divides; `Truth` holds the rows, keeps those of the
filters and days that are asked for, and adds them up.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from kpi_values.built import COST_PER_AI_EPISODE, FUNNEL, Built
from kpis import Days, Filters, Period

# The defaults of the parameters, as the pages about the KPIs print them.
MINUTES_PER_REPLY = 2.0
TARGET_SECONDS = 300
WEEK = timedelta(days=7)
RESOLVED = {
    "ai_resolved_confirmed": "ai", "ai_resolved_assumed": "ai",
    "human_resolved": "human", "ai_human_resolved": "ai_human",
}  # fmt: skip
NO_EPISODE: dict[str, Any] = {
    "resolver": "none", "origin": "none", "hours_kind": "not_configured",
    "agent_ids": [], "labels": [],
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One thing that happened: its day, what filters may ask of it, and its columns."""

    day: date
    where: dict[str, frozenset[object]]
    of: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.of[name]
        except KeyError as error:
            raise AttributeError(name) from error


Amount = Callable[[Row], Any]


def kept(rows: Iterable[Row], filters: Filters) -> list[Row]:
    """Return the rows that every filter in use keeps."""
    asked = {
        field.name: frozenset(chosen)
        for field in fields(filters)
        if (chosen := getattr(filters, field.name))
    }
    return [row for row in rows if all(row.where[name] & asked[name] for name in asked)]


def within(rows: Iterable[Row], days: Days | None) -> list[Row]:
    """Return the rows of some days."""
    if days is None:
        return []
    return [row for row in rows if days.first <= row.day <= days.last]


# ------------------------------------------------------------------ what a KPI is


@dataclass(frozen=True)
class Total:
    """The sum of an amount: of things, which are its cases, or of what they amount to.

    In the second case `counted` says which things these are.
    """

    table: str
    amount: Amount
    counted: Amount | None = None


@dataclass(frozen=True)
class Ratio:
    """The sum of an amount, divided by that of another."""

    table: str
    amount: Amount
    by: Amount


@dataclass(frozen=True)
class Distinct:
    """How many different keys there are; None is no key."""

    table: str
    key: Amount


@dataclass(frozen=True)
class DistinctRatio:
    """Different keys, divided by different other keys."""

    table: str
    key: Amount
    by: Amount


@dataclass(frozen=True)
class PerDistinct:
    """The sum of an amount, divided by the different keys that have any of it."""

    table: str
    amount: Amount
    by: Amount


@dataclass(frozen=True)
class Quantile:
    """The value that a share of all values does not exceed."""

    table: str
    value: Amount
    share: float = 0.5


@dataclass(frozen=True)
class Shares:
    """What part of a total each amount is."""

    table: str
    amounts: tuple[Amount, ...]


Rule = Total | Ratio | Distinct | DistinctRatio | PerDistinct | Quantile | Shares


def judged(e: Row) -> bool:
    return bool(e.has_demand and e.is_matured)


def solved(e: Row) -> bool:
    return judged(e) and e.outcome in RESOLVED


def by_ai(e: Row) -> bool:
    return judged(e) and RESOLVED.get(e.outcome) == "ai"


def with_ai(e: Row) -> bool:
    return judged(e) and e.ai_messages > 0


def is_old(e: Row) -> bool:
    return e.closed_at is not None and e.closed_at + WEEK <= e.as_of


def is_known(e: Row) -> bool:
    """Whether it is old enough to know that a customer did not come back."""
    return (
        resolvable(e)
        and e.started_at + WEEK <= e.as_of
        and (not solved(e) or is_old(e))
    )


def stopped(e: Row) -> bool:
    return judged(e) and bool(e.stopped_at_our_question)


def resolvable(e: Row) -> bool:
    return judged(e) and not stopped(e)


def takeover(e: Row) -> bool:
    return judged(e) and bool(e.has_takeover)


def handed_off(e: Row) -> bool:
    return judged(e) and e.handoff_at is not None


def in_target(e: Row) -> bool:
    seconds = e.first_response_seconds
    return judged(e) and seconds is not None and seconds <= TARGET_SECONDS


def after_hours(e: Row) -> bool:
    return judged(e) and e.hours_kind == "after_hours"


def spoken(e: Row) -> int:
    return int(
        e.contact_messages + e.ai_messages + e.human_messages + e.human_phone_messages
    )


def judged_wait_seconds(wait: dict[str, object]) -> object:
    """Working time where the inbox has hours; none for a wait wholly outside them."""
    working = wait["human_wait_working_seconds"]
    if working is None:
        return wait["human_wait_seconds"]
    return working if working or not wait["human_wait_seconds"] else None


def demand_only(column: str) -> Amount:
    return lambda e: e.of[column] if e.has_demand else None


def is_lead(e: Row) -> bool:
    return bool(e.stages)


def of_lead(condition: Amount) -> Amount:
    return lambda e: e.contact_key if e.has_demand and condition(e) else None


LEAD = of_lead(is_lead)
VISIT = of_lead(lambda e: e.stages & {"visit", "conversion"})
CONVERSION = of_lead(lambda e: "conversion" in e.stages)
CONTACT = of_lead(lambda e: True)
RATING = Ratio("answers", lambda a: a.rating, lambda a: 1)
FIRST_RESPONSE = Quantile("episodes", demand_only("first_response_seconds"))
RESOLUTION = Quantile("episodes", lambda e: e.resolution_seconds if solved(e) else None)
HUMAN_RESPONSE = Quantile("waits", lambda w: w.wait_seconds)
DEMANDS = Total("episodes", lambda e: e.has_demand)
AUTOMATION = Ratio("episodes", by_ai, judged)
RESOLUTION_RATE = Ratio("episodes", solved, resolvable)

RULES: dict[str, Rule] = {
    "conversations_new": Total("created", lambda c: 1),
    "episodes_total": DEMANDS,
    "conversations_active": Total(
        "queue",
        lambda q: (
            q.status in (0, 2)
            and q.last_spoken_at is not None
            and q.last_spoken_at > q.as_of - timedelta(hours=24)
        ),
    ),
    "conversations_resolved": Distinct("resolutions", lambda r: r.conversation_id),
    "contacts_unique": Distinct(
        "messages", lambda m: m.contact_key if m.sender_class == "contact" else None
    ),
    "first_response_time": FIRST_RESPONSE,
    "resolution_time": RESOLUTION,
    "resolution_rate": RESOLUTION_RATE,
    "csat_avg": RATING,
    "csat_response_rate": Ratio(
        "surveys",
        lambda s: s.answered_at is not None and s.answered_at <= s.sent_at + WEEK,
        lambda s: 1,
    ),
    "sentiment_avg": Ratio(
        "episodes",
        lambda e: e.sentiment or 0 if judged(e) else 0,
        lambda e: judged(e) and e.sentiment is not None,
    ),
    "ai_automation_rate": AUTOMATION,
    "human_intervention_rate": Ratio(
        "episodes",
        lambda e: judged(e) and e.humans_before_close > 0,
        judged,
    ),
    "escalation_rate": Ratio("episodes", handed_off, judged),
    "ai_hours_saved": Total(
        "episodes", lambda e: by_ai(e) * e.ai_messages * MINUTES_PER_REPLY / 60, by_ai
    ),
    "queue_waiting": Total("queue", lambda q: q.wait_seconds is not None),
    "queue_wait_time": Quantile("queue", lambda q: q.wait_seconds, 1),
    "queue_unassigned": Total(
        "queue",
        lambda q: q.wait_seconds is not None and q.assignee_id is None,
    ),
    "queue_ai_silent": Total("queue", lambda q: q.is_ai_silent),
    "queue_forgotten": Total("queue", lambda q: q.forgotten_days > 0),
    "queue_newly_forgotten": Total("queue", lambda q: 0 < q.forgotten_days < 7),
    "messages_total": Total("messages", lambda m: 1),
    "messages_per_episode": Ratio(
        "episodes", lambda e: spoken(e) if judged(e) else 0, judged
    ),
    "message_balance": Ratio(
        "messages",
        lambda m: m.sender_class != "contact",
        lambda m: m.sender_class == "contact",
    ),
    "episodes_per_agent": PerDistinct(
        "agent_episodes", lambda e: e.has_demand, lambda e: e.agent_id
    ),
    "reply_time": Quantile("replies", lambda r: r.seconds if r.is_human else None),
    "fcr_rate": Ratio(
        "episodes",
        lambda e: solved(e) and is_old(e) and not e.has_returned,
        is_known,
    ),
    "human_response_time": HUMAN_RESPONSE,
    "human_waits_outside_hours": Total(
        "episodes", lambda e: judged(e) and e.is_wait_outside_hours
    ),
    "stopped_at_our_question_rate": Ratio("episodes", stopped, judged),
    "undelivered_rate": Ratio("sent", lambda m: m.is_failed, lambda m: 1),
    "takeovers": Total("episodes", takeover),
    "takeovers_nobody_waiting_rate": Ratio(
        "episodes",
        lambda e: takeover(e) and not e.is_takeover_of_waiting,
        takeover,
    ),
    "sla_first_response_rate": Ratio("episodes", in_target, judged),
    "after_hours_coverage": Ratio(
        "episodes", lambda e: after_hours(e) and in_target(e), after_hours
    ),
    "csat_distribution": Shares(
        "answers",
        (
            lambda a: a.rating == 1,
            lambda a: a.rating == 2,
            lambda a: a.rating == 3,
            lambda a: a.rating == 4,
            lambda a: a.rating == 5,
        ),
    ),
    "csat_net": Ratio(
        "answers", lambda a: (a.rating >= 4) - (a.rating <= 2), lambda a: 1
    ),
    "sentiment_by_rating": Ratio(
        "episodes",
        lambda e: e.sentiment or 0 if judged(e) and e.csat_rating else 0,
        lambda e: judged(e) and e.sentiment is not None and e.csat_rating is not None,
    ),
    "feedback_written_rate": Ratio(
        "answers", lambda a: bool((a.feedback or "").strip()), lambda a: 1
    ),
    "ai_resolved_episodes_count": Total("episodes", by_ai),
    "handoff_rate": Ratio("episodes", lambda e: with_ai(e) and handed_off(e), with_ai),
    "resolution_time_by_resolver": RESOLUTION,
    "reopened_rate": Ratio(
        "episodes",
        lambda e: solved(e) and is_old(e) and e.has_returned,
        lambda e: solved(e) and is_old(e),
    ),
    "channel_episodes": DEMANDS,
    "channel_first_response_time": FIRST_RESPONSE,
    "channel_resolution_rate": RESOLUTION_RATE,
    "channel_csat": RATING,
    "channel_ai_automation_rate": AUTOMATION,
    # An episode of two agents is one episode: the whole is not the sum.
    "agent_episodes": Distinct(
        "agent_episodes", lambda e: e.episode_id if e.has_demand else None
    ),
    "agent_csat": Ratio(
        "agent_episodes",
        lambda e: e.csat_rating or 0 if e.agent_id == e.last_agent_id else 0,
        lambda e: e.csat_rating is not None and e.agent_id == e.last_agent_id,
    ),
    "agent_reply_time": Quantile(
        "replies", lambda r: r.working_seconds if r.is_human else None
    ),
    "agent_resolution_rate": Ratio(
        "agent_episodes",
        lambda e: (
            solved(e)
            and RESOLVED[e.outcome] != "ai"
            and e.agent_id == e.last_agent_id_before_close
        ),
        resolvable,
    ),
    "team_episodes": DEMANDS,
    "team_csat": RATING,
    "team_response_time": HUMAN_RESPONSE,
    "ai_involvement_rate": Ratio("episodes", with_ai, judged),
    "ai_resolution_rate": Ratio("episodes", by_ai, with_ai),
    "containment_rate": Ratio(
        "episodes", lambda e: with_ai(e) and not e.humans_before_close, with_ai
    ),
    "ai_abandoned_rate": Ratio(
        "episodes", lambda e: judged(e) and e.outcome == "ai_abandoned", with_ai
    ),
    "ai_durable_resolution_rate": Ratio(
        "episodes",
        lambda e: by_ai(e) and is_old(e) and not e.has_returned,
        lambda e: by_ai(e) and is_old(e),
    ),
    "time_to_handoff": Quantile("episodes", demand_only("time_to_handoff_seconds")),
    "handoff_reason_mix": Ratio(
        "episodes",
        lambda e: handed_off(e) and e.stated_reason is None,
        handed_off,
    ),
    "csat_ai_vs_human": RATING,
    "ai_first_response_time": Quantile(
        "episodes", demand_only("ai_first_response_seconds"), 0.95
    ),
    "ai_depth": Ratio(
        "episodes", lambda e: e.ai_messages if with_ai(e) else 0, with_ai
    ),
    "unanswered_rate": Ratio(
        "episodes", lambda e: judged(e) and e.outcome == "unanswered", judged
    ),
    "cost_per_ai_resolution": Ratio(
        "episodes", lambda e: with_ai(e) * COST_PER_AI_EPISODE, by_ai
    ),
    "leads_unique": Distinct("episodes", LEAD),
    "lead_rate": DistinctRatio("episodes", LEAD, CONTACT),
    "visits_scheduled": Distinct("episodes", VISIT),
    "visit_rate": DistinctRatio("episodes", VISIT, LEAD),
    "crm_conversions": Distinct("episodes", CONVERSION),
    "crm_conversion_rate": DistinctRatio("episodes", CONVERSION, LEAD),
    "leads_unanswered": Distinct(
        "episodes",
        of_lead(lambda e: is_lead(e) and e.outcome in ("unanswered", "waiting_us")),
    ),
}


# ------------------------------------------------------------------ adding it up


@dataclass(frozen=True)
class Found:
    """What some days of a KPI amount to."""

    value: float | None
    numerator: float | None
    denominator: float | None
    cases: int
    exact: tuple[float, ...] = ()


def found(rule: Rule, rows: Sequence[Row]) -> Found:
    """Apply a rule to rows."""
    match rule:
        case Total(_, amount, counted):
            total = float(sum(amount(row) for row in rows))
            if counted is not None:
                return Found(total, total, None, sum(map(bool, map(counted, rows))))
            return Found(total, total, None, whole_number(total))
        case Ratio(_, amount, by):
            total = float(sum(amount(row) for row in rows))
            divisor = float(sum(by(row) for row in rows))
        case Distinct(_, key):
            total = float(len(keys(rows, key)))
            return Found(total, total, None, whole_number(total))
        case DistinctRatio(_, key, by):
            total, divisor = float(len(keys(rows, key))), float(len(keys(rows, by)))
        case PerDistinct(_, amount, by):
            total = float(sum(amount(row) for row in rows))
            divisor = float(len(keys([row for row in rows if amount(row)], by)))
        case Quantile(_, value, share):
            sorted_values = sorted(
                float(v) for row in rows if (v := value(row)) is not None and v >= 0
            )
            return Found(
                quantile(sorted_values, share),
                float(len(sorted_values)),
                None,
                len(sorted_values),
                tuple(sorted_values),
            )
        case Shares(_, amounts):
            counts = tuple(float(sum(map(amount, rows))) for amount in amounts)
            return Found(None, sum(counts), None, whole_number(sum(counts)), counts)
    value_of_all = total / divisor if divisor else None
    return Found(value_of_all, total, divisor, whole_number(divisor))


def whole_number(count: float) -> int:
    """Return a count: what has fractions counts no cases."""
    assert count.is_integer()
    return int(count)


def keys(rows: Iterable[Row], key: Amount) -> set[object]:
    return {key(row) for row in rows} - {None}


def quantile(sorted_values: Sequence[float], share: float) -> float | None:
    """The value at a share of the way along the values, or between two of them."""
    if not sorted_values:
        return None
    place = share * (len(sorted_values) - 1)
    low, high = sorted_values[math.floor(place)], sorted_values[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


# ------------------------------------------------------------------ the rows

EPISODES = """
select
    episodes.*,
    last_load.as_of,
    coalesce(context.is_contact_blocked, false) as is_blocked,
    context.custom_attributes,
    coalesce(
        nullif(trim(context.custom_attributes ->> 'motivo_transferencia'), ''),
        (
            select min(reason) from configuration.handoff_reasons
            where label = any(episodes.labels)
        )
    ) as stated_reason
from analytics.episodes
cross join analytics.last_load
inner join staging.stg_chatwoot__conversation_context as context
    using (conversation_id)
"""
MESSAGES = """
select
    conversation_id, episode_number, message_number, sender_class, sender_id, sent_at,
    agent_id, local_date, is_request, reply_working_seconds, human_wait_seconds,
    human_wait_working_seconds
from analytics.messages
where is_spoken and episode_number is not null
order by conversation_id, sent_at, message_number
"""
# Ours to customers, without outreach, in inboxes between their first receipt and their
# last.
SENT = """
select
    conversation_id, coalesce(episode_number, 1) as episode_number, local_date,
    delivery_status = 'failed' as is_failed
from analytics.messages
inner join (
    select
        inbox_id,
        min(local_date) as first_receipt_date,
        max(local_date) as last_receipt_date
    from analytics.messages
    where
        delivery_status in ('delivered', 'read', 'failed')
        and sender_class in ('ai', 'human', 'human_phone')
        and not is_template and not is_copy and isfinite(sent_at)
    group by 1
) as receipts using (inbox_id)
where
    sender_class in ('ai', 'human', 'human_phone')
    and not is_template and not is_copy and isfinite(sent_at)
    and local_date between first_receipt_date and last_receipt_date
"""
CONVERSATIONS = """
select
    conversation_id, inbox_id, coalesce(team_id, 0) as team_id, status, assignee_id,
    conversation_date as local_date, local_timezone,
    coalesce(context.is_contact_blocked, false) as is_blocked,
    conversation_id in (
        select conversation_id from analytics.ignored_conversations
    ) as is_ignored
from analytics.conversations
inner join staging.stg_chatwoot__conversation_context as context
    using (conversation_id)
"""
RESOLUTIONS = """
select conversation_id, occurred_at, local_date
from analytics.reporting_events
where event_name = 'conversation_resolved'
"""
SURVEYS = """
select conversation_id, sent.*
from staging.stg_chatwoot__conversation_context
cross join lateral jsonb_to_recordset(surveys_sent)
    as sent (message_id bigint, sent_at timestamp)
"""
ANSWERS = """
select conversation_id, given.*
from staging.stg_chatwoot__conversation_context
cross join lateral jsonb_to_recordset(csat_answers) as given (
    csat_response_id bigint, message_id bigint, rating integer, feedback text,
    answered_at timestamp
)
order by answered_at, csat_response_id
"""
LOCAL_DATE = "select (%s at time zone 'UTC' at time zone %s)::date as day"


class Truth:
    """All rows, by what they are."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.inboxes = {
            row["inbox_id"]: row
            for row in built.rows("select * from marts.mart_inboxes")
        }
        self.conversations = {
            cast(int, row["conversation_id"]): row for row in built.rows(CONVERSATIONS)
        }
        self.episodes: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        for row in built.rows(EPISODES + "order by conversation_id, episode_number"):
            number = cast(int, row["episode_number"])
            self.episodes[cast(int, row["conversation_id"])][number] = row
        self.spoken: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
        for row in built.rows(MESSAGES):
            of = cast(int, row["conversation_id"]), cast(int, row["episode_number"])
            self.spoken[of].append(row)
        ((as_of,),) = built.warehouse.query("select as_of from analytics.last_load")
        month = cast(datetime, as_of) - timedelta(days=30)
        self.inboxes_with_ai = {
            row["inbox_id"]
            for row in built.rows(
                "select inbox_id from staging.stg_chatwoot__inboxes"
                " where has_active_bot"
            )
        } | {
            episode["inbox_id"]
            for numbered in self.episodes.values()
            for episode in numbered.values()
            if episode["has_ai"] and episode["last_message_at"] > month
        }
        self._add_episodes()
        self._add_messages()
        self._add_conversations()
        self._add_surveys()
        self._add_queue()

    def at(self, conversation_id: int, moment: datetime) -> dict[str, Any]:
        """Return the episode that a moment falls in: the first, if before all."""
        numbered = self.episodes.get(conversation_id, {})
        begun = [n for n, e in numbered.items() if e["started_at"] <= moment]
        return numbered.get(max(begun, default=1), NO_EPISODE)

    def add(
        self,
        table: str,
        day: object,
        conversation_id: int,
        episode: dict[str, Any],
        columns: dict[str, Any] | None = None,
        agents: Iterable[object] | None = None,
    ) -> None:
        conversation = self.conversations[conversation_id]
        if day is None or conversation["is_ignored"]:
            return
        inbox = self.inboxes[conversation["inbox_id"]]
        where = {
            "inboxes": [conversation["inbox_id"]],
            "units": [inbox["unit"]],
            "channel_kinds": [inbox["channel_kind"]],
            "accounts": [inbox["account_name"]],
            "teams": [conversation["team_id"]],
            "agents": episode["agent_ids"] if agents is None else agents,
            "labels": episode["labels"],
            "resolvers": [episode["resolver"]],
        }
        self.tables[table].append(
            Row(
                cast(date, day),
                {name: frozenset(some) for name, some in where.items()},
                {**episode, "conversation_id": conversation_id, **(columns or {})},
            )
        )

    def _add_episodes(self) -> None:
        for conversation_id, numbered in self.episodes.items():
            for number, episode in numbered.items():
                messages = self.spoken[conversation_id, number]
                closed_at = episode["closed_at"] or datetime.max
                people = [
                    m
                    for m in messages
                    if m["sender_class"] == "human_phone"
                    or m["sender_class"] == "human"
                    or m["agent_id"] is not None
                ]
                agents = [m for m in people if m["agent_id"] is not None]
                before = [m for m in people if m["sent_at"] <= closed_at]
                mapped = {
                    stage
                    for source, name, value, stage in FUNNEL
                    if (source == "label" and name in episode["labels"])
                    or (
                        source == "custom_attribute"
                        and (stated := episode["custom_attributes"].get(name))
                        and value in (None, stated)
                    )
                }
                columns: dict[str, Any] = {
                    "humans_before_close": len(before),
                    "stages": mapped,
                    "last_agent_id": agents[-1]["agent_id"] if agents else None,
                    "last_agent_id_before_close": next(
                        (
                            m["agent_id"]
                            for m in reversed(before)
                            if m["agent_id"] is not None
                        ),
                        None,
                    ),
                }
                day = episode["local_date"]
                self.add("episodes", day, conversation_id, episode, columns)
                for agent in {m["agent_id"] for m in agents}:
                    with_agent = {**columns, "agent_id": agent}
                    self.add(
                        "agent_episodes",
                        day,
                        conversation_id,
                        episode,
                        with_agent,
                        [agent],
                    )

    def _add_messages(self) -> None:
        for (conversation_id, number), messages in self.spoken.items():
            episode = self.episodes[conversation_id][number]
            asked_at = None
            for message in messages:
                self.add(
                    "messages", message["local_date"], conversation_id, episode, message
                )
                if message["human_wait_seconds"] is not None and episode["has_demand"]:
                    wait = {"wait_seconds": judged_wait_seconds(message)}
                    self.add(
                        "waits", episode["local_date"], conversation_id, episode, wait
                    )
                if message["sender_class"] == "contact":
                    # A call that somebody took asks and is answered at once.
                    if message["agent_id"] is not None:
                        asked_at = None
                    elif asked_at is None and message["is_request"]:
                        asked_at = message["sent_at"]
                elif asked_at is not None and episode["has_demand"]:
                    reply = {
                        "seconds": (message["sent_at"] - asked_at).total_seconds(),
                        "working_seconds": message["reply_working_seconds"],
                        "is_human": message["sender_class"] != "ai",
                        "agent_id": message["agent_id"],
                    }
                    known = message["agent_id"] is not None
                    self.add(
                        "replies",
                        message["local_date"],
                        conversation_id,
                        episode,
                        reply,
                        [message["agent_id"]] if known else [],
                    )
                    asked_at = None
        for message in self.built.rows(SENT):
            conversation_id = cast(int, message["conversation_id"])
            numbered = self.episodes.get(conversation_id, {})
            self.add(
                "sent",
                message["local_date"],
                conversation_id,
                numbered.get(cast(int, message["episode_number"]), NO_EPISODE),
                message,
            )

    def _add_conversations(self) -> None:
        for conversation_id, conversation in self.conversations.items():
            first = self.episodes[conversation_id].get(1, NO_EPISODE)
            self.add("created", conversation["local_date"], conversation_id, first)
            for episode in self.episodes[conversation_id].values():
                # Also those that Chatwoot shows as resolved without an event.
                if episode["closed_by"] not in (None, "silence"):
                    self.add(
                        "resolutions",
                        episode["closed_local_date"],
                        conversation_id,
                        episode,
                    )
        for event in self.built.rows(RESOLUTIONS):
            conversation_id = cast(int, event["conversation_id"])
            episode = self.at(conversation_id, cast(datetime, event["occurred_at"]))
            self.add("resolutions", event["local_date"], conversation_id, episode)

    def _add_surveys(self) -> None:
        answered = {row["message_id"]: row for row in self.built.rows(ANSWERS)}
        assert len(answered) > 30
        sent: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
        for survey in self.built.rows(SURVEYS):
            conversation_id = cast(int, survey["conversation_id"])
            episode = self.at(conversation_id, cast(datetime, survey["sent_at"]))
            survey["episode"] = episode
            survey["answer"] = answered.get(survey["message_id"])
            sent[conversation_id, episode.get("episode_number", 0)].append(survey)
        for (conversation_id, _), surveys in sent.items():
            episode = surveys[0]["episode"]
            first = min(surveys, key=lambda survey: survey["sent_at"])
            answers = [s["answer"] for s in surveys if s["answer"] is not None]
            in_time = min((a["answered_at"] for a in answers), default=None)
            zone = self.conversations[conversation_id]["local_timezone"]
            self.add(
                "surveys",
                self._day(first["sent_at"], zone),
                conversation_id,
                episode,
                {"sent_at": first["sent_at"], "answered_at": in_time},
            )
            if answers:
                last = max(answers, key=lambda answer: answer["answered_at"])
                day = self._day(last["answered_at"], zone)
                self.add("answers", day, conversation_id, episode, last)

    def _day(self, moment: object, zone: object) -> object:
        return self.built.rows(LOCAL_DATE, moment, zone)[0]["day"]

    def _add_queue(self) -> None:
        ((as_of,),) = self.built.warehouse.query(
            "select as_of from analytics.last_load"
        )
        for conversation_id, conversation in self.conversations.items():
            if conversation["is_blocked"]:
                continue
            numbered = self.episodes.get(conversation_id, {})
            asked = [n for n, e in numbered.items() if e["first_contact_at"]]
            number = max(asked or numbered, default=None)
            last = NO_EPISODE if number is None else numbered[number]
            messages = [
                message
                for each in sorted(numbered)
                for message in self.spoken[conversation_id, each]
            ]
            is_snoozed = conversation["status"] == 3
            is_held_by_ai = (
                conversation["inbox_id"] in self.inboxes_with_ai
                and not last.get("has_open_handoff")
                and not last.get("has_human")
            )
            since, last_at = last.get("waiting_since"), last.get("last_waited_for_at")
            waited = (as_of - since).total_seconds() if since else 0
            forgotten = (as_of - last_at).total_seconds() if last_at else 0
            # Resolved without an answer: until we write again, for 14 days at most.
            if conversation["status"] == 1 and not (
                since and number == max(numbered) and forgotten < 14 * 86400
            ):
                continue
            is_waiting = bool(not is_snoozed and last_at and forgotten < 7 * 86400)
            columns = {
                "status": conversation["status"],
                "assignee_id": conversation["assignee_id"],
                "as_of": as_of,
                "last_spoken_at": messages[-1]["sent_at"] if messages else None,
                "is_ai_silent": is_waiting and is_held_by_ai and waited > 600,
                "forgotten_days": (
                    0
                    if is_waiting or is_snoozed or not last_at
                    else max(forgotten / 86400 - 7, 1e-9)
                ),
                "wait_seconds": (waited if is_waiting and not is_held_by_ai else None),
            }
            self.add("queue", date.max, conversation_id, last, columns)

    # -------------------------------------------------------------- asking

    def rows(self, table: str, filters: Filters, days: Days | None) -> list[Row]:
        """Return the rows of a table that filters and days keep."""
        rows = kept(self.tables[table], filters)
        return rows if table == "queue" else within(rows, days)

    def of(self, kpi_id: str, days: Days | None, filters: Filters) -> Found:
        """Return what a KPI of the rules is."""
        rule = RULES[kpi_id]
        result = found(rule, self.rows(rule.table, filters, days))
        if kpi_id == "agent_csat" and filters.agents and result.cases:
            # Ten more ratings like the mean of all agents.
            team = self.of(kpi_id, days, replace(filters, agents=()))
            total = (result.numerator or 0.0) + 10 * (team.value or 0.0)
            return replace(result, value=total / (result.cases + 10))
        if kpi_id == "sentiment_avg":
            episodes = self.rows(rule.table, filters, days)
            if result.cases < sum(map(judged, episodes)) / 2:
                return replace(result, value=None)
        return result


def last_days(period: Period) -> date:
    """Return the last day that is over."""
    return (period.complete or period.shown).last


def coefficient_of_variation(loads: Sequence[float]) -> float | None:
    if len(loads) < 2:
        return None
    return statistics.pstdev(loads) / statistics.fmean(loads)
