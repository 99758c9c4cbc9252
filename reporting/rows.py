"""Rows of a list of conversations, in words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kpis.database import Row
from reporting import choices, formats
from reporting.texts import Language, say
from reporting.view import View

Write = Callable[[Row, View], object]


def local(row: Row, name: str, language: Language) -> str:
    """Write a moment in the time zone of its conversation."""
    moment: datetime | None = row[name]
    if moment is None:
        return formats.NO_VALUE
    zone = ZoneInfo(row["local_timezone"])
    return formats.full_moment(moment.replace(tzinfo=UTC).astimezone(zone), language)


def duration(seconds: float | None, language: Language) -> str:
    """Write a time that may not be known."""
    if seconds is None:
        return formats.NO_VALUE
    return formats.duration(seconds, language)


def agent_names(row: Row, view: View) -> str:
    """Name the people who wrote."""
    ids = row["agent_ids"] or ()
    return ", ".join(view.agents.get(agent, str(agent)) for agent in ids)


def outcome_name(outcome: str | None, language: Language) -> str:
    """Name an outcome; there is none outside of an episode."""
    if outcome is None:
        return formats.NO_VALUE
    key = "immature_outcome" if outcome == "immature" else outcome
    return say(language, key, or_else=outcome)


def channel(row: Row, view: View) -> str:
    """Name a channel and its inbox."""
    kind = choices.kind_name(str(row["channel_kind"]), view.language)
    return f"{kind} · {row['inbox_name']}"


def _messages(row: Row, _: View) -> str:
    counts = [
        row[name] for name in ("contact_messages", "ai_messages", "human_messages")
    ]
    if None in counts:
        return formats.NO_VALUE
    return " / ".join(map(str, counts))


def _time(name: str) -> Write:
    return lambda row, view: duration(row[name], view.language)


def _text(name: str) -> Write:
    return lambda row, _: row[name] or formats.NO_VALUE


WRITERS: dict[str, Write] = {
    "display_id": lambda row, _: f"#{row['display_id']}",
    "started": lambda row, view: local(row, "started_at", view.language),
    "outcome": lambda row, view: outcome_name(row["outcome"], view.language),
    "status": lambda row, view: say(
        view.language, f"status_{row['status']}", or_else=formats.NO_VALUE
    ),
    "contact": _text("contact_name"),
    "phone": _text("contact_phone"),
    "unit": _text("unit"),
    "channel": channel,
    "team": _text("team_name"),
    "agent": lambda row, view: agent_names(row, view) or formats.NO_VALUE,
    "messages_by_sender": _messages,
    "first_response": _time("first_response_seconds"),
    "human_response": _time("human_response_seconds"),
    "resolution": _time("resolution_seconds"),
    "waiting": _time("wait_seconds"),
    "rating": lambda row, _: str(row["csat_rating"] or formats.NO_VALUE),
    "labels": lambda row, _: ", ".join(row["labels"] or ()),
    "amount": lambda row, view: _amount(row["amount"], view.language),
}
LABELS = {
    "display_id": "conversation",
    "messages_by_sender": "messages_columns",
    "amount": "counted_as",
}


def _amount(amount: Any, language: Language) -> str:
    if amount is None:
        return formats.NO_VALUE
    is_whole = float(amount).is_integer()
    write = formats.count if is_whole else formats.rating
    return write(float(amount), language)
