"""Operação: where it jams."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpis import Days, Histogram, Kpi, Value
from reporting import choices, formats
from reporting.texts import Language, say
from reporting.view import View

# As of the last load, whatever the period.
LIVE = (
    "queue_waiting", "queue_wait_time", "queue_unassigned", "conversations_active",
)  # fmt: skip
FIRST = (
    "human_response_time", "sla_first_response_rate", "reply_time", "fcr_rate",
    "after_hours_coverage", "messages_total", "messages_per_episode",
    "message_balance", "episodes_per_agent",
)  # fmt: skip
# Where the bars of times start and end, in seconds: each is a third wider than the one
# before, and the last ends after all of time that a moment can have.
EDGES_OF_BARS = (0.0, *(1.1 ** (3 * n + 2) for n in range(95)))
SENDERS = (
    "ai_messages", "human_messages", "contact_messages", "human_phone_messages",
)  # fmt: skip
ACTIVITY = "mart_executive_activity_days"
EPISODE_HOURS = "mart_temporal_episode_hours"
FACTS = "mart_drilldown_episodes"
CHANNEL_WAIT = "channel_first_response_time"
ANSWERED_IN_TIME = "sla_first_response_rate"
REPLY_TIME = "reply_time"
HOURS = range(24)
HOURS_KINDS = {"working": 1, "after_hours": -1}


def snapshots(view: View) -> list[str]:
    """The KPIs of the level that show the queue as it is."""
    return [
        kpi_id
        for kpi_id in view.ids("operational")
        if view.catalogue[kpi_id].axis == "snapshot"
    ]


@dataclass(frozen=True)
class Heat:
    """When episodes start: by weekday, of which 0 is Sunday, and by hour."""

    days: Days
    counts: dict[tuple[int, int], float]
    means: dict[tuple[int, int], float]

    def finding(self, language: Language) -> str:
        """Say at which hour of which weekday most begin."""
        (weekday, hour), highest = max(self.means.items(), key=lambda item: item[1])
        name = formats.weekday_name(weekday, language)
        return say(
            language,
            "heat_finding",
            weekday=name[:1].upper() + name[1:],
            hour=formats.hour_of_day(hour),
            value=formats.decimal(highest, language),
        )


def heat(view: View) -> Heat:
    """Return how many episodes begin in each hour of a weekday, and per occurrence."""
    days = view.period.complete or view.period.shown
    span = "complete" if "complete" in view.period.spans else "shown"
    occurrences = Counter(day.isoweekday() % 7 for day in days)
    counts = {
        (int(str(row.group)), int(str(row.by[0]))): row.sums["inbound_episodes"]
        for row in view.components(
            EPISODE_HOURS, ("inbound_episodes",), "weekday", ("local_hour",)
        )
        if row.span == span and row.sums["inbound_episodes"]
    }
    means = {cell: n / occurrences[cell[0]] for cell, n in counts.items()}
    return Heat(days, counts, means)


def messages(view: View) -> dict[str, list[float]]:
    """Return the messages of each day by who wrote them."""
    by_day: dict[object, dict[str, float]] = defaultdict(dict)
    for row in view.components(ACTIVITY, SENDERS, "day"):
        if row.span == "shown":
            by_day[row.group] = row.sums
    return {
        sender: [by_day[day].get(sender, 0.0) for day in view.period.shown]
        for sender in SENDERS
    }


def messages_finding(
    found: Mapping[str, Sequence[float]], language: Language
) -> str | None:
    """Say how many of the company's messages the AI wrote; None where it wrote none."""
    company = sum(sum(n) for sender, n in found.items() if sender != "contact_messages")
    if not company:
        return None
    share = formats.whole_percent(sum(found["ai_messages"]) / company, language)
    return say(language, "messages_finding", share=share)


def histogram_finding(found: Histogram, kpi: Kpi, language: Language) -> str:
    """Say how many waited no longer than is aimed at."""
    everything = sum(n for _, _, n in found.bars)
    return say(
        language,
        "histogram_finding",
        share=formats.whole_percent((found.within_target or 0) / everything, language),
        who=say(language, f"histogram_who_{kpi.metric}"),
    )


# ------------------------------------------------------------------ over time


def waits_of_channels(view: View) -> dict[str, Value]:
    """Return how long half and nine in ten wait on each kind of channel."""
    return {
        str(value.group): value
        for value in view.groups((CHANNEL_WAIT,), "channel_kind")
        if value.value is not None and value.p90 is not None
    }


def channels_finding(found: Mapping[str, Value], language: Language) -> str:
    """Say on which channel the slow ones wait longest."""
    slowest = max(found, key=lambda kind: found[kind].p90 or 0.0)
    return say(
        language,
        "ranges_finding",
        channel=choices.kind_name(slowest, language),
        time=formats.duration(found[slowest].p90 or 0.0, language),
    )


@dataclass(frozen=True)
class Coverage:
    """How many episodes began in each hour, and which part was answered in time."""

    base: list[float]
    shares: list[float | None]

    def finding(self, language: Language) -> str:
        """Say in which hour the fewest are answered in time."""
        # An hour with next to nothing is no finding.
        fewest = max(sum(self.base) / 200, 1)
        worst = min(
            (hour for hour in HOURS if self.base[hour] >= fewest),
            key=lambda hour: self.shares[hour] or 0.0,
        )
        return say(
            language,
            "coverage_finding",
            hour=formats.hour_of_day(worst),
            share=formats.whole_percent(self.shares[worst] or 0.0, language),
        )


def coverage(view: View) -> Coverage:
    """Return how many are answered in time, by the hour in which they begin."""
    kpi = view.catalogue[ANSWERED_IN_TIME]
    names = (str(kpi.denominator), *kpi.components)
    sums: dict[int, dict[str, float]] = defaultdict(lambda: dict.fromkeys(names, 0.0))
    for row in view.components(EPISODE_HOURS, names, "hour"):
        if row.span == "shown":
            sums[int(str(row.group))] = row.sums
    base = [sums[hour][names[0]] for hour in HOURS]
    shares = [
        sums[hour][names[1]] / n if n else None
        for hour, n in zip(HOURS, base, strict=True)
    ]
    return Coverage(base, shares)


def open_hours(view: View) -> list[int]:
    """Return the hours in which most episodes began within the hours of service."""
    rows = view.components(
        FACTS, ("inbound_episodes",), None, ("local_hour", "hours_kind")
    )
    balance: dict[int, float] = defaultdict(float)
    for row in rows:
        hour, kind = row.by
        if row.span == "shown" and kind in HOURS_KINDS:
            balance[int(str(hour))] += (
                HOURS_KINDS[str(kind)] * row.sums["inbound_episodes"]
            )
    return sorted(hour for hour, n in balance.items() if n > 0)


def reply_times(view: View) -> dict[date, Value]:
    """Return how fast customers are replied to on each day that has replies."""
    return {
        value.group: value
        for value in view.groups((REPLY_TIME,), "day")
        if isinstance(value.group, date) and value.value is not None
    }


def reply_finding(found: Mapping[date, Value], language: Language) -> str:
    """Say on which day replies were slowest."""
    slowest = max(found, key=lambda day: found[day].value or 0.0)
    return say(
        language,
        "reply_finding",
        day=formats.weekday(slowest, language),
        time=formats.duration(found[slowest].value or 0.0, language),
    )
