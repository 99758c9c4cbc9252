"""Conversas: which ones they are, and what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from kpis import Conversation, Listing, Value, kind_of
from kpis.database import Row
from kpis.kinds.base import Side
from kpis.listing import Order
from reporting import formats
from reporting.kpi_words import show_label, show_value
from reporting.rows import WRITERS
from reporting.texts import Language, say
from reporting.view import View

DEFAULT_KPI = "episodes_total"
LONG_WAIT_SECONDS = 300
COLUMNS = (
    "display_id", "started", "outcome", "status", "contact", "phone", "unit", "channel",
    "team", "agent", "messages_by_sender", "first_response", "human_response",
    "resolution", "waiting", "rating", "labels", "amount",
)  # fmt: skip
SIDES: dict[str, Side] = {"numerador": "numerator", "denominador": "denominator"}
ORDERS: tuple[Order, ...] = get_args(Order)


# The name and the text of each thing known.
Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """Which list a link asks for."""

    kpi_id: str
    side: Side
    order: Order
    page: int


def asked(said: Mapping[str, str], view: View) -> Asked:
    """Return what a link asks for; what it may not say falls back."""
    kpi = view.catalogue.get(said.get("kpi", ""))
    kpi_id = kpi.kpi_id if kpi and kind_of(kpi).has_list else DEFAULT_KPI
    side = SIDES.get(said.get("lado", ""), "numerator")
    if not has_base(view, kpi_id):
        side = "numerator"
    order = next((name for name in ORDERS if name == said.get("ordem")), ORDERS[0])
    page = said.get("pagina", "1")
    is_page = page.isdecimal() and 0 < int(page) < 10**6
    return Asked(kpi_id, side, order, int(page) if is_page else 1)


def has_base(view: View, kpi_id: str) -> bool:
    """Whether a KPI counts one thing out of another, so that it has two lists."""
    return view.catalogue[kpi_id].denominator is not None


def list_title(
    value: Value, listing: Listing, language: Language, is_part: bool = False
) -> str:
    """Say how much the rows count, of which KPI, and its value if they are all."""
    is_whole = listing.total.is_integer()
    count = (formats.count if is_whole else formats.rating)(listing.total, language)
    label = show_label(value.kpi, language)
    title = say(language, "list_title", count=count, label=label)
    shown = show_value(value.kpi, value.value, language)
    if value.value is not None and shown != count and not is_part:
        title += f" ({shown})"
    if listing.row_count != listing.total:
        rows = formats.count(listing.row_count, language)
        one = listing.row_count == 1
        title += " · " + say(language, "one_row" if one else "list_rows", rows=rows)
    return title


# ------------------------------------------------------------------ one conversation


def facts(found: Conversation, view: View) -> Facts:
    """Return what is known of a conversation."""
    language, row = view.language, found.facts
    names = ("status", "contact", "phone", "unit", "channel", "team", "labels")
    known = [(say(language, name), str(WRITERS[name](row, view))) for name in names]
    if row["ignored_reason"]:
        reason = say(language, f"ignored_{row['ignored_reason']}")
        known.append((say(language, "ignored_short"), reason))
    return known


def facts_of_episode(episode: Row, found: Conversation, view: View) -> Facts:
    """Return what is known of an episode."""
    language = view.language
    row = episode | {"local_timezone": found.facts["local_timezone"]}

    def written(*names: str) -> Facts:
        return [(say(language, name), str(WRITERS[name](row, view))) for name in names]

    messages = say(
        language,
        "messages_by",
        contact=episode["contact_messages"],
        ai=episode["ai_messages"],
        human=episode["human_messages"] + episode["human_phone_messages"],
    )
    closed_by = str(episode["closed_by"])
    known = [
        *written("started", "agent"),
        (say(language, "messages"), messages),
        *written("first_response", "human_response", "resolution"),
        (
            say(language, "closed_by"),
            say(language, f"closed_by_{closed_by}", or_else=closed_by),
        ),
    ]
    if episode["handoff_reason"]:
        known.append((say(language, "handoff_reason"), episode["handoff_reason"]))
    if episode["csat_rating"]:
        known.append((say(language, "rating"), str(episode["csat_rating"])))
    return known


def handoff_line(episode: Row, language: Language) -> str:
    """Say that the AI handed over, and after how long."""
    seconds = episode["time_to_handoff_seconds"]
    if seconds is None:
        return say(language, "handoff_line_plain")
    return say(language, "handoff_line", time=formats.duration(seconds, language))


def wait_line(key: str, seconds: float | None, language: Language) -> str | None:
    """Say how long somebody waited, where that was long."""
    if seconds is None or seconds <= LONG_WAIT_SECONDS:
        return None
    return say(language, key, time=formats.duration(seconds, language))


def sender_name(message: Row, language: Language) -> str:
    """Name who wrote a message."""
    sender = message["sender_class"]
    name: str | None = message["agent_name"] if sender == "human" else None
    return name or say(language, f"sender_{sender}")
