"""Segmentos: which channel, unit, agent or team needs attention."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from kpis import Filters, Kpi, Value, dimensions, kind_of
from kpis.statistics import z_scores
from reporting import choices, formats
from reporting.kpi_words import show_label, show_value
from reporting.texts import Language, say
from reporting.view import Link, View

# What has a form of its own below the table.
EPISODES = "mart_executive_episode_days"
AGENT_DAYS = "mart_segment_agent_days"
NEARLY = 0.8  # of a target
OVERLOAD = 2  # times the mean load
MOST_RANKED = 5
FEWEST_IN_QUADRANTS = 4
REASONS = 2
BEST, WORST = "▲", "▼"

Kept = TypeVar("Kept", bound=View)
ByGroup = dict[object, dict[str, Value]]


@dataclass(frozen=True)
class Segments:
    """A way to cut the whole, as the query layer, the catalogue and the link say it."""

    group: str
    dimension: str
    parameter: str
    first: tuple[str, ...]
    course: tuple[str, str]
    keep: Callable[[Filters, object], Filters]
    name: Callable[[object, View], str]

    def columns(self, view: View) -> tuple[str, ...]:
        """The KPIs of the table; what else the level has comes last."""
        return tuple(
            kpi_id
            for kpi_id in view.ids("segment", self.first)
            if kpi_id in self.first
            or (
                (kpi := view.catalogue[kpi_id]).dimension == self.dimension
                # What has none has a form of its own below the table.
                and kind_of(kpi).has_groups
            )
        )

    def link(self, key: object, view: View) -> Link:
        """What a link says that keeps one of them, within what is kept already."""
        kept = [str(key)]
        if self.group == "unit":
            places = view.ask(dimensions.places)
            chosen = view.link.get(self.parameter, [])
            of_unit = set(places.get(str(key), ()))
            kept = [name for name in chosen if set(places[name]) <= of_unit] or kept
        return view.link | {self.parameter: kept}

    def alone(self, key: object, view: Kept) -> Kept:
        """The view of one of them."""
        return replace(
            view, filters=self.keep(view.filters, key), link=self.link(key, view)
        )


def _int(key: object) -> int:
    return int(str(key))


PLACE_COLUMNS = (
    "channel_episodes", "channel_first_response_time", "human_response_time",
    "channel_resolution_rate", "channel_ai_automation_rate", "channel_csat",
    "reopened_rate",
)  # fmt: skip
UNITS = Segments(
    "unit",
    "channel_kind",
    "un",
    PLACE_COLUMNS,
    (EPISODES, "inbound_episodes"),
    lambda kept, key: replace(kept, units=(str(key),)),
    lambda key, _: str(key),
)
CHANNELS = Segments(
    "channel_kind",
    "channel_kind",
    "canal",
    PLACE_COLUMNS,
    (EPISODES, "inbound_episodes"),
    lambda kept, key: replace(kept, channel_kinds=(str(key),)),
    lambda key, view: choices.kind_name(str(key), view.language),
)
AGENTS = Segments(
    "agent",
    "agent",
    "ag",
    ("agent_episodes", "agent_reply_time", "agent_resolution_rate", "agent_csat"),
    (AGENT_DAYS, "agent_episodes"),
    lambda kept, key: replace(kept, agents=(_int(key),)),
    lambda key, view: view.agents.get(_int(key), f"#{key}"),
)
TEAMS = Segments(
    "team",
    "team",
    "time",
    (
        "team_episodes", "first_response_time", "team_response_time", "resolution_rate",
        "ai_automation_rate", "team_csat", "reopened_rate", "team_scorecard",
    ),
    (EPISODES, "inbound_episodes"),
    lambda kept, key: replace(kept, teams=(_int(key),)),
    lambda key, view: view.ask(dimensions.teams).get(_int(key), f"#{key}")
    or say(view.language, "no_team"),
)  # fmt: skip


# ------------------------------------------------------------------ the table


def by_segment(view: View, segments: Segments) -> ByGroup:
    """Return the KPIs of each segment that has any cases, the largest first."""
    ids = segments.columns(view)
    found: ByGroup = defaultdict(dict)
    for value in view.groups(ids, segments.group):
        if value.group is not None:
            found[value.group][value.kpi.kpi_id] = value
    known = [item for item in found.items() if any(v.cases for v in item[1].values())]
    return dict(sorted(known, key=lambda item: -cases_of(item[1], ids[0])))


def whole(view: View, segments: Segments) -> dict[str, Value]:
    """Return the KPIs of the table for the whole."""
    return {
        kpi_id: value
        for kpi_id, value in view.values(segments.columns(view)).items()
        if isinstance(value, Value)
    }


def cases_of(found: dict[str, Value], kpi_id: str) -> float:
    """How many cases a KPI of a segment has."""
    return found[kpi_id].cases if kpi_id in found else 0.0


def marked(column: Sequence[Value | None]) -> dict[int, str]:
    """Return the places of the best and the worst, where these differ."""
    known = {
        place: value.value
        for place, value in enumerate(column)
        if value is not None and value.value is not None and value.reason is None
    }
    judged = next((value for value in column if value is not None), None)
    if judged is None or judged.kpi.direction == "neutral" or len(known) < 2:
        return {}
    low, high = min(known.values()), max(known.values())
    if low == high:
        return {}
    best, worst = (low, high) if judged.kpi.direction == "down" else (high, low)
    signs = {best: BEST, worst: WORST}
    return {place: signs[number] for place, number in known.items() if number in signs}


def courses(
    view: View, segments: Segments, keys: Sequence[object]
) -> list[list[float]]:
    """Return the volume of each day, for each segment."""
    mart, name = segments.course
    by_key: dict[object, dict[object, float]] = defaultdict(dict)
    for row in view.components(mart, (name,), segments.group, ("local_date",)):
        if row.span == "shown":
            by_key[row.group][row.by[0]] = row.sums[name]
    days = list(view.period.shown)
    return [[by_key[key].get(day, 0.0) for day in days] for key in keys]


def places_without_ai(
    view: View, segments: Segments, keys: Sequence[object]
) -> set[int]:
    """Return which segments the AI takes no part in: it does not perform badly."""
    if segments.group == "agent":
        return set()
    with_ai = {
        row.group
        for row in view.components(EPISODES, ("ai_episodes",), segments.group)
        if row.span == "shown" and row.sums["ai_episodes"]
    }
    return {place for place, key in enumerate(keys) if key not in with_ai}


def messages_by_agent(view: View) -> dict[object, float]:
    """Return how many messages each agent wrote in the episodes of the period."""
    rows = view.components(AGENT_DAYS, ("agent_messages",), "agent")
    return {
        row.group: row.sums["agent_messages"] for row in rows if row.span == "shown"
    }


def column_name(kpi: Kpi, language: Language) -> str:
    """Name a KPI as shortly as a column needs it."""
    return say(language, f"column_{kpi.kpi_id}", or_else=show_label(kpi, language))


# ------------------------------------------------------------------ side by side


@dataclass(frozen=True)
class Compared:
    """Segments side by side: each number as a part of the whole's, and in words."""

    ids: list[str]
    points: dict[str, list[float | None]]
    texts: dict[str, list[str]]


def compared(
    view: View,
    segments: Segments,
    chosen: Mapping[object, dict[str, Value]],
    whole: Mapping[str, Value],
) -> Compared:
    """Compare segments; few cases are left out."""
    language = view.language
    ids = [
        kpi_id
        for kpi_id in segments.columns(view)[1:]
        if kpi_id in whole and whole[kpi_id].value
    ]
    found = Compared(ids, {}, {})
    for key, of in chosen.items():
        name = segments.name(key, view)
        values = [of.get(kpi_id) for kpi_id in ids]
        found.points[name] = [
            None
            if value is None or value.value is None or value.reason is not None
            else value.value / (whole[value.kpi.kpi_id].value or 1.0)
            for value in values
        ]
        found.texts[name] = [
            formats.NO_VALUE
            if value is None
            else show_value(value.kpi, value.value, language)
            for value in values
        ]
    return found


# ------------------------------------------------------------------ agents


@dataclass(frozen=True)
class Quadrants:
    """Agents by volume and quality, and how slow their replies are."""

    kpi: Kpi
    agents: list[object]
    points: dict[str, tuple[float, float, float]]

    @property
    def middle(self) -> tuple[float, float]:
        """The medians of volume and quality."""
        volumes, qualities, _ = zip(*self.points.values(), strict=True)
        return (statistics.median(volumes), statistics.median(qualities))

    def finding(self, language: Language) -> str:
        """Say how many do both much and well."""
        middle = self.middle
        both = [
            name
            for name, (x, y, _) in self.points.items()
            if x >= middle[0] and y >= middle[1]
        ]
        label = column_name(self.kpi, language)
        return say(language, "quadrants_finding", count=len(both), label=label)

    def texts(self, name: str, language: Language) -> tuple[str, str, str]:
        """Write the volume, the quality and the time of an agent."""
        cases, good, slow = self.points[name]
        return (
            formats.count(cases, language),
            show_value(self.kpi, good, language),
            formats.duration(slow, language) if slow else formats.NO_VALUE,
        )


def quadrants(view: View) -> Quadrants | None:
    """Return agents by volume and quality, where enough have both.

    Quality is the rating, or the resolution where too few of them were rated.
    """
    by_kpi = _ranked(view)
    volume, speed = by_kpi["agent_episodes"], by_kpi["agent_reply_time"]
    quality = next(
        (
            kpi_id
            for kpi_id in ("agent_csat", "agent_resolution_rate")
            if len(set(by_kpi[kpi_id]) & set(volume)) >= FEWEST_IN_QUADRANTS
        ),
        None,
    )
    if quality is None:
        return None
    agents = [agent for agent in volume if agent in by_kpi[quality]]
    points = {}
    for agent in agents:
        name = AGENTS.name(agent, view)
        if name in points:  # a namesake
            name = f"{name} #{agent}"
        slow = speed[agent].value or 0.0 if agent in speed else 0.0
        cases, good = volume[agent].value or 0.0, by_kpi[quality][agent].value or 0.0
        points[name] = (cases, good, slow)
    return Quadrants(view.catalogue[quality], agents, points)


def _ranked(view: View) -> dict[str, dict[object, Value]]:
    """Return what agents are ranked by, of those with enough cases, by KPI."""
    by_kpi: dict[str, dict[object, Value]] = defaultdict(dict)
    for value in view.groups(view.catalogue["agent_ranking"].made_of, "agent"):
        if value.value is not None and value.reason is None:
            by_kpi[value.kpi.kpi_id][value.group] = value
    return by_kpi


@dataclass(frozen=True)
class Loads:
    """The load of each agent, by name."""

    agents: list[object]
    loads: dict[str, float]

    @property
    def mean(self) -> float:
        """The mean load."""
        return statistics.fmean(self.loads.values())

    def is_over(self, name: str) -> bool:
        """Whether an agent has too much."""
        return self.loads[name] > OVERLOAD * self.mean

    def text(self, name: str, language: Language) -> str:
        """Write the load of an agent, and whether it is too much."""
        text = formats.decimal(self.loads[name], language)
        return f"{text} ⚠ {say(language, 'load_flag')}" if self.is_over(name) else text

    def finding(self, language: Language) -> str:
        """Say who has too much."""
        over = [name for name in self.loads if self.is_over(name)]
        if not over:
            return say(language, "load_none_over")
        return say(language, "load_over", names=", ".join(over))


def loads(view: View) -> Loads | None:
    """Return the load of each agent, where there is any."""
    value = view.values(("agent_load_balance",))["agent_load_balance"]
    if isinstance(value, Exception):
        raise value
    if not value.parts:
        return None
    agents = [part.key for part in value.parts]
    names = [AGENTS.name(agent, view) for agent in agents]
    if len(set(names)) < len(names):  # a chart would take namesakes for one
        names = [f"{name} #{key}" for name, key in zip(names, agents, strict=True)]
    amounts = [part.value or 0.0 for part in value.parts]
    return Loads(agents, dict(zip(names, amounts, strict=True)))


@dataclass(frozen=True)
class Standing:
    """An agent who stands out, and why."""

    agent: object
    text: str


def ranking(view: View, value: Value) -> dict[str, list[Standing]]:
    """Return who stands out and who needs attention; nobody where there are few."""
    ranked = list(value.parts)
    if len(ranked) < 2:
        return {}
    language, half = view.language, min(MOST_RANKED, len(ranked) // 2)
    why = reasons(view, [part.key for part in ranked])
    sides = {"ranking_top": (ranked[:half], 1)}
    sides["ranking_attention"] = (ranked[::-1][:half], -1)
    found: dict[str, list[Standing]] = {}
    for title, (parts, side) in sides.items():
        found[title] = []
        for part in parts:
            told = [
                text
                for score, text in sorted(why[part.key], key=lambda w: -side * w[0])
                if side * score > 0
            ][:REASONS]
            cases = formats.count(part.cases, language)
            told.append(say(language, "cases", cases=cases))
            found[title].append(Standing(part.key, " · ".join(told)))
    return found


def reasons(
    view: View, agents: Sequence[object]
) -> dict[object, list[tuple[float, str]]]:
    """Return what speaks for or against each agent, with its z-score."""
    found: dict[object, list[tuple[float, str]]] = defaultdict(list)
    for kpi_id, by_agent in _ranked(view).items():
        values = {k: value for k, value in by_agent.items() if k in agents}
        kpi = view.catalogue[kpi_id]
        label = column_name(kpi, view.language)
        scores = z_scores([value.value or 0.0 for value in values.values()])
        for (agent, value), score in zip(values.items(), scores, strict=True):
            text = f"{label} {show_value(kpi, value.value, view.language)}"
            found[agent].append((-score if kpi.direction == "down" else score, text))
    return found


# ------------------------------------------------------------------ teams


def attainment(share: float, language: Language) -> str:
    """Write which part of a target is reached; a sign tells whether it is."""
    sign = "✓" if share >= 1 else "!" if share < NEARLY else "~"
    return f"{sign} {formats.whole_percent(share, language)}"
