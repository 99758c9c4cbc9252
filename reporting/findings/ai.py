"""Agente de IA: what the AI solves, and what it hands over."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from kpis import Mark, Value, health
from kpis.listing import Order
from kpis.marks import MOST_HANDOFF_MESSAGES
from reporting import formats
from reporting.kpi_words import show_value
from reporting.texts import Language, say
from reporting.view import View

# The first two multiplied are the third.
IDENTITY = ("ai_involvement_rate", "ai_resolution_rate", "ai_automation_rate")
FIRST = (
    "ai_durable_resolution_rate", "reopened_rate", "ai_abandoned_rate", "handoff_rate",
    "ai_hours_saved", "csat_ai_vs_human", "ai_first_response_time", "time_to_handoff",
)  # fmt: skip
# Drawn apart, beside the resolution that it is not.
CONTAINMENT = "containment_rate"
FACTS = "mart_drilldown_episodes"
RESOLVERS = ("ai", "human", "ai_human", "none")
# What went wrong: whose list, in which order, and which of it.
WORST: dict[str, tuple[str, Order, Mark]] = {
    "loops": ("ai_depth", "largest", Mark()),
    "ratings": (
        "ai_involvement_rate",
        "worst_rating",
        Mark(ratings=(1, 2, 3), steps=("with_ai",)),
    ),
    "returns": ("ai_resolved_episodes_count", "newest", Mark(steps=("returned",))),
}
WORST_COLUMNS = (
    "display_id", "amount", "started", "outcome", "rating", "contact", "unit", "agent",
)  # fmt: skip
PARAMETERS = (
    "episode_gap_hours", "maturity_hours", "return_window_days", "minutes_per_reply",
    "long_ai_episode_replies",
)  # fmt: skip
REASONS = "handoff_reason_mix"
RATINGS = "csat_ai_vs_human"
ENDS = {
    "ai_resolved_confirmed": "flow_ai_resolved",
    "ai_resolved_assumed": "flow_ai_resolved",
    "ai_abandoned": "flow_abandoned",
    "human_resolved": "flow_resolved",
    "ai_human_resolved": "flow_resolved",
}
OPEN_OUTCOMES = ("waiting_us", "waiting_customer", "unanswered")
NODE_STEPS = {
    "flow_ai": ("with_ai",),
    "flow_without_ai": ("without_ai",),
    "flow_handed_off": ("with_ai", "handed_off"),
}


# In which order the steps of the flow stand.
NODES = (
    "flow_entry", "flow_ai", "flow_without_ai", "flow_ai_resolved", "flow_abandoned",
    "flow_handed_off", "flow_resolved", "flow_open",
)  # fmt: skip

Flow = dict[tuple[str, str], float]


# ------------------------------------------------------------------ in numbers


def identity_finding(found: Mapping[str, Value | Exception], language: Language) -> str:
    """Say what automation consists of; nothing where a part of it is missing."""
    texts = [
        show_value(value.kpi, value.value, language)
        for value in found.values()
        if isinstance(value, Value) and value.value is not None
    ]
    if len(texts) < len(IDENTITY):
        return ""
    involvement, resolution, automation = texts
    return say(
        language,
        "identity_finding",
        involvement=involvement,
        resolution=resolution,
        automation=automation,
    )


@dataclass(frozen=True)
class Gap:
    """How much stayed with the AI, how much it solved, and what lies between."""

    contained: float
    resolved: float
    abandoned: float

    @property
    def share(self) -> float:
        """What stayed with the AI though it did not solve it."""
        return max(self.contained - self.resolved, 0.0)

    @property
    def bars(self) -> dict[str, tuple[float, str]]:
        """Each part with its share, and the KPI whose list it has."""
        return {
            "gap_contained": (self.contained, CONTAINMENT),
            "gap_resolved": (self.resolved, IDENTITY[1]),
            "gap_left": (self.share, "ai_abandoned_rate"),
        }

    def finding(self, language: Language) -> str:
        """Say how large the gap is."""
        return say(language, "gap_finding", gap=formats.percent(self.share, language))

    def text(self, bar: str, language: Language) -> str:
        """Say what a part is, and of the gap what it consists of."""
        percent = partial(formats.percent, language=language)
        return say(
            language,
            bar,
            value=percent(self.bars[bar][0]),
            abandoned=percent(self.abandoned),
            others=percent(max(self.share - self.abandoned, 0.0)),
        )


def gap(view: View) -> Gap | None:
    """Return what lies between containment and resolution, where both are known."""
    found = view.values((CONTAINMENT, IDENTITY[1], "ai_abandoned_rate"))
    contained, resolved, abandoned = (
        value.value if isinstance(value, Value) else None for value in found.values()
    )
    if contained is None or resolved is None or abandoned is None:
        return None
    return Gap(contained, resolved, abandoned)


def parameters(view: View) -> dict[str, float | None]:
    """Return what the numbers assume; None for what was not filled in."""
    return {found.parameter: found.value for found in view.ask(health.parameters)}


@dataclass(frozen=True)
class HoursSaved:
    """What the replies of the AI saved people, as the minutes for each are assumed."""

    hours: float
    minutes: float
    hourly_cost: float | None

    def assumption(self, language: Language) -> str:
        """Say what was assumed."""
        return say(
            language,
            "hours_assumption",
            hours=formats.hours(self.hours, language),
            minutes=formats.decimal(self.minutes, language),
        )

    def tried(self, minutes: float, language: Language) -> str:
        """Say what it would be with other minutes."""
        hours = self.hours * minutes / self.minutes
        parts = [formats.hours(hours, language)]
        if self.hourly_cost is not None:
            parts.append(formats.money(hours * self.hourly_cost, language))
        return " · ".join(parts)


def hours_saved(view: View) -> HoursSaved | None:
    """Return the hours saved, where there are any."""
    (saved,) = view.values(("ai_hours_saved",)).values()
    known = parameters(view)
    minutes = known.get("minutes_per_reply")
    if isinstance(saved, Exception) or not saved.value or not minutes:
        return None
    return HoursSaved(saved.value, minutes, known.get("hourly_cost_brl"))


def parameters_used(view: View) -> str:
    """Say what the definitions of the numbers take for granted."""
    language, known = view.language, parameters(view)
    parts = [
        say(language, f"used_{name}", value=_number(value, language))
        for name in PARAMETERS
        if (value := known.get(name)) is not None
    ]
    return say(language, "parameters", parameters=" · ".join(parts))


# ------------------------------------------------------------------ the flow


def flow(view: View) -> Flow:
    """Return how many judged episodes went from where to where."""
    rows = view.components(
        FACTS, ("matured_episodes",), None, ("has_ai", "has_handoff", "outcome")
    )
    found: Flow = defaultdict(float)
    for row in rows:
        n = row.sums["matured_episodes"]
        if row.span != "shown" or not n:
            continue
        has_ai, has_handoff, outcome = row.by
        steps = ["flow_entry", "flow_ai" if has_ai else "flow_without_ai"]
        if has_ai and has_handoff:
            steps.append("flow_handed_off")
        steps.append(ENDS.get(str(outcome), "flow_open"))
        for step in pairwise(steps):
            found[step] += n
    return dict(found)


def counts(found: Flow) -> dict[str, float]:
    """Return how many episodes came to each node, in the order of the nodes."""
    total = sum(n for (start, _), n in found.items() if start == "flow_entry")
    used = [node for node in NODES if any(node in step for step in found)]
    return {
        node: sum(n for (_, end), n in found.items() if end == node) or total
        for node in used
    }


def flow_finding(counts: Mapping[str, float], language: Language) -> str:
    """Say what became of the episodes that the AI took part in."""
    share = {
        name: formats.whole_percent(
            counts.get(f"flow_{node}", 0.0) / counts["flow_ai"], language
        )
        for name, node in (
            ("resolved", "ai_resolved"),
            ("handed_off", "handed_off"),
            ("abandoned", "abandoned"),
        )
    }
    return say(language, "flow_finding", **share)


def mark_of_step(start: str, end: str) -> Mark:
    """Return what goes from one node of the flow to another, of the judged episodes."""
    steps = [step for node in (start, end) for step in NODE_STEPS.get(node, ())]
    if start == "flow_ai" and end != "flow_handed_off":
        steps.append("not_handed_off")
    outcomes = tuple(outcome for outcome, node in ENDS.items() if node == end)
    if end == "flow_open":
        outcomes = OPEN_OUTCOMES
    return Mark(outcomes=outcomes, steps=tuple(dict.fromkeys(steps)))


# ------------------------------------------------------------------ handoffs


def messages_before_handoff(view: View) -> dict[int, float]:
    """Return how many episodes were handed over after how many messages.

    None is left out between the fewest and the most; the last stands for all above.
    """
    rows = view.components(
        FACTS, ("ai_handed_off_episodes",), None, ("messages_before_handoff",)
    )
    found: dict[int, float] = defaultdict(float)
    for row in rows:
        n = row.sums["ai_handed_off_episodes"]
        if row.span == "shown" and n:
            messages = int(str(row.by[0]))
            found[min(messages, MOST_HANDOFF_MESSAGES)] += n
    if not found:
        return {}
    return {n: found.get(n, 0.0) for n in range(min(found), max(found) + 1)}


def handoff_messages_finding(found: Mapping[int, float], language: Language) -> str:
    """Say after how many messages the AI mostly hands over."""
    most = max(found, key=lambda messages: found[messages])
    return say(
        language,
        "handoff_messages_finding",
        messages=at_least(most, language),
        share=formats.whole_percent(found[most] / sum(found.values()), language),
    )


def at_least(messages: int, language: Language) -> str:
    """Write a number of messages, the last as that and more."""
    if messages < MOST_HANDOFF_MESSAGES:
        return str(messages)
    return say(language, "or_more", count=messages)


def reasons(view: View) -> dict[str | None, float]:
    """Return the handoffs by reason, the most frequent first; None is not informed."""
    rows = view.components(FACTS, ("handed_off_episodes",), "handoff_reason")
    found = {
        None if row.group is None else str(row.group): row.sums["handed_off_episodes"]
        for row in rows
        if row.span == "shown" and row.sums["handed_off_episodes"]
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def reason_name(reason: str | None, language: Language) -> str:
    """Name a reason of handing over."""
    return reason or say(language, "no_reason")


def reasons_finding(found: Mapping[str | None, float], language: Language) -> str:
    """Say for which reason the AI hands over most."""
    reason, most = next(iter(found.items()))
    return say(
        language,
        "reasons_finding",
        reason=reason_name(reason, language),
        share=formats.whole_percent(most / sum(found.values()), language),
    )


# ------------------------------------------------------------------ ratings


def ratings(view: View) -> dict[str, Value]:
    """Return the mean rating by who resolved, where there is any."""
    found = {
        str(value.group): value
        for value in view.groups((RATINGS,), "resolver")
        if value.value is not None
    }
    return {name: found[name] for name in RESOLVERS if name in found}


def rating_text(value: Value, language: Language) -> str:
    """Write a mean rating with its cases, and whether these are few."""
    cases = say(language, "cases", cases=formats.count(value.cases, language))
    text = f"{show_value(value.kpi, value.value, language)} · {cases}"
    if value.reason == "small_sample":
        text += f" · {say(language, 'reason_small_sample').lower()}"
    return text


def ratings_finding(found: Mapping[str, Value], language: Language) -> str:
    """Say who is rated best, of those with enough ratings."""
    judged = {name: v for name, v in found.items() if v.reason is None}
    if len(judged) < 2:
        return say(language, "ratings_few")
    best = max(judged, key=lambda name: judged[name].value or 0.0)
    value = judged[best]
    return say(
        language,
        "ratings_finding",
        who=say(language, f"rated_{best}"),
        value=show_value(value.kpi, value.value, language),
    )


def _number(value: float, language: Language) -> str:
    if value.is_integer():
        return formats.count(value, language)
    return formats.decimal(value, language)
