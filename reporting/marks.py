"""What of a KPI a mark of a chart counts, in words and as a link says it."""

from dataclasses import fields

from kpis import Days, Mark
from kpis.marks import MOST_HANDOFF_MESSAGES
from reporting import choices, formats, rows
from reporting.texts import say
from reporting.view import Link, View

KEY = "so"  # of the link: "name:value", as often as it takes
NAMES = {
    "outcomes": "desfecho",
    "weekdays": "semana",
    "hours": "hora",
    "seconds": "segundos",
    "handoff_messages": "mensagens",
    "reasons": "motivo",
    "ratings": "nota",
    "last_agents": "ultimo",
    "steps": "passo",
    "parts": "parte",
    "is_without_holidays": "feriados",
}
NUMBERS = {"weekdays", "hours", "handoff_messages", "ratings", "last_agents"}
WITHOUT = "sem"


def link_to(
    view: View,
    kpi_id: str,
    mark: Mark | None = None,
    days: Days | None = None,
    **others: str,
) -> Link:
    """Return the link of the list of a mark, over other days if they are given."""
    link = view.linked(kpi=kpi_id, **others)
    if mark is not None and mark.used:
        link[KEY] = said(mark)
    if days is not None:
        link |= choices.of_days(days)
        link.pop("hoje", None)
    return link


def said(mark: Mark) -> list[str]:
    """Write a mark as a link says it."""
    found = []
    for field in fields(mark):
        value = getattr(mark, field.name)
        values = (WITHOUT,) if value is True else value or ()
        found += [f"{NAMES[field.name]}:{item}" for item in values]
    return found


def read(link: list[str]) -> Mark:
    """Read a mark from a link; what it may not say is left out."""
    found: dict[str, list[str]] = {}
    for text in link:
        name, _, value = text.partition(":")
        found.setdefault(name, []).append(value)
    kept: dict[str, object] = {}
    for field, name in NAMES.items():
        values = found.get(name, [])
        if field == "is_without_holidays":
            kept[field] = values == [WITHOUT]
        elif field in NUMBERS:
            kept[field] = tuple(int(v) for v in values if v.isascii() and _is_small(v))
        elif field == "seconds":
            kept[field] = _span(values)
        else:
            kept[field] = tuple(values)
    return Mark(**kept)  # type: ignore[arg-type]


def describe(mark: Mark, view: View) -> list[str]:
    """Name each thing that a mark keeps."""
    language = view.language
    agents = view.agents
    parts = [rows.outcome_name(outcome, language) for outcome in mark.outcomes]
    parts += [formats.weekday_name(day, language) for day in mark.weekdays]
    parts += [formats.hour_of_day(hour) for hour in mark.hours]
    if mark.seconds:
        low, high = mark.seconds
        parts.append(formats.span(low, high, language))
    parts += [
        say(
            language,
            "mark_last_messages" if n >= MOST_HANDOFF_MESSAGES else "mark_messages",
            count=n,
        )
        for n in mark.handoff_messages
    ]
    parts += [reason or say(language, "no_reason") for reason in mark.reasons]
    parts += [say(language, f"stars_{rating}", or_else="") for rating in mark.ratings]
    parts += [
        say(language, "mark_last_agent", name=agents.get(agent, f"#{agent}"))
        if agent
        else say(language, "mark_nobody")
        for agent in mark.last_agents
    ]
    parts += [say(language, f"mark_{step}", or_else=step) for step in mark.steps]
    parts += [say(language, f"mark_{part}", or_else=part) for part in mark.parts]
    if mark.is_without_holidays:
        parts.append(say(language, "mark_without_holidays"))
    return [part for part in parts if part]


def _is_small(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def _span(values: list[str]) -> tuple[float, ...]:
    try:
        low, high = map(float, values)
    except ValueError:
        return ()
    return (low, high) if 0 <= low < high < 10**9 else ()
