"""Visão executiva: how the service is doing."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from kpis import Value, temporal
from kpis.temporal import Anomaly
from reporting import colours, formats
from reporting.kpi_words import show_change, show_value
from reporting.texts import Language, say
from reporting.view import View

# The most important first; what else the level has comes below.
FIRST = (
    "episodes_total", "first_response_time", "ai_automation_rate", "csat_avg",
    "resolution_rate", "human_intervention_rate", "escalation_rate", "ai_hours_saved",
)  # fmt: skip
SUMMARY = ("episodes_total", "ai_automation_rate", "human_response_time")
EPISODES = "mart_executive_episode_days"
FACTS = "mart_drilldown_episodes"
# Each demand has one outcome.
STACKS = {
    "stack_ai": ("ai_resolved_confirmed", "ai_resolved_assumed"),
    "stack_team": ("human_resolved", "ai_human_resolved"),
    "stack_customer": ("waiting_customer", "ai_abandoned"),
    "stack_us": ("waiting_us", "unanswered"),
    "stack_immature": ("immature",),
}
COMPONENTS = {outcome: f"{outcome}_episodes" for outcome in colours.OUTCOMES}
# What an episode went through at each step; the last is a branch.
FUNNEL = {
    "funnel_started": (),
    "funnel_answered": ("answered",),
    "funnel_resolved": ("answered", "resolved"),
    "funnel_rated": ("answered", "resolved", "rated"),
    "funnel_with_human": ("answered", "with_human"),
}
# The step that another is a part of.
STEP_BEFORE = {
    "funnel_answered": "funnel_started",
    "funnel_resolved": "funnel_answered",
    "funnel_rated": "funnel_resolved",
    "funnel_with_human": "funnel_answered",
}

Outcomes = dict[str, float]


def summary(view: View) -> str:
    """Put the period, volume, automation and waiting time into one sentence."""
    language, days = view.language, len(view.period.shown)
    episodes, automation, human = view.values(SUMMARY).values()
    parts = []
    if isinstance(episodes, Value) and episodes.value is not None:
        text = say(
            language,
            "summary_episodes",
            value=show_value(episodes.kpi, episodes.value, language),
        )
        change = show_change(episodes, language)
        parts.append(f"{text} ({change})" if change else text)
    for key, value in (("automation", automation), ("human", human)):
        if isinstance(value, Value) and value.value is not None:
            shown = show_value(value.kpi, value.value, language)
            text = say(language, f"summary_{key}", value=shown)
            target = show_value(value.kpi, value.kpi.target, language)
            if value.status is not None:
                note = say(language, f"summary_{value.status}", target=target)
                text = f"{text} ({note})"
            parts.append(text)
    period = say(language, "summary_period", days=days)
    if days == 1:
        period = say(language, "summary_one_day")
    return f"{period}: {', '.join(parts)}."


# ------------------------------------------------------------------ outcomes


def by_day(view: View, span: str) -> Mapping[date, Outcomes]:
    """Return the outcomes of the episodes of each day."""
    rows = view.components(EPISODES, tuple(COMPONENTS.values()), "day")
    found: defaultdict[date, Outcomes] = defaultdict(dict)
    for row in rows:
        if row.span == span and isinstance(row.group, date):
            found[row.group] = {
                outcome: row.sums[name] for outcome, name in COMPONENTS.items()
            }
    return found


def total(days: Mapping[date, Outcomes]) -> Outcomes:
    """Add up the outcomes of days."""
    return {
        outcome: sum(of_day.get(outcome, 0.0) for of_day in days.values())
        for outcome in COMPONENTS
    }


def stacks(view: View) -> dict[str, list[float]]:
    """Return the episodes of each day, by who they are with in the end."""
    shown = by_day(view, "shown")
    return {
        name: [
            sum(shown.get(day, {}).get(outcome, 0.0) for outcome in of)
            for day in view.period.shown
        ]
        for name, of in STACKS.items()
    }


def episodes_before(view: View) -> dict[date, float] | None:
    """Return the episodes of each day that is compared with; None where none is."""
    if view.period.previous is None:
        return None
    found = by_day(view, "previous")
    return {day: sum(found.get(day, {}).values()) for day in view.period.previous}


def unusual_days(view: View) -> list[Anomaly]:
    """Return the unusual days shown, where the filters have an expectation."""
    scope = view.ask(temporal.scope, view.filters)
    if scope is None:
        return []
    return view.ask(temporal.anomalies, scope, view.period.shown)


def days_in_words(view: View) -> list[str]:
    """Name the days shown; one that is not over says so."""
    language, period = view.language, view.period
    names = [formats.weekday(day, language) for day in period.shown]
    if period.is_last_day_partial:
        names[-1] = say(language, "partial", day=names[-1])
    return names


def outcome_finding(outcomes: Outcomes, language: Language) -> str:
    """Say who the judged episodes were solved by, and how many wait for us."""
    judged = sum(outcomes.values()) - outcomes["immature"]
    if not judged:
        return say(language, "outcome_caption")
    share = {
        name: formats.whole_percent(sum(outcomes[o] for o in of) / judged, language)
        for name, of in STACKS.items()
    }
    return say(
        language,
        "outcome_finding",
        ai=share["stack_ai"],
        team=share["stack_team"],
        waiting=share["stack_us"],
    )


# ------------------------------------------------------------------ funnel, units


def funnel(view: View) -> dict[str, float]:
    """Return how many judged episodes came to each step, and to a person.

    Each step is a part of the one before; a person is a branch of the answered.
    """
    rows = view.components(
        FACTS,
        ("matured_episodes",),
        None,
        ("first_response_class", "resolver", "csat_rating", "has_human"),
    )
    found = dict.fromkeys(FUNNEL, 0.0)
    for row in rows:
        if row.span != "shown":
            continue
        response, resolver, rating, has_human = row.by
        went = {"answered": response is not None, "resolved": resolver != "none"}
        went |= {"rated": rating is not None, "with_human": bool(has_human)}
        for name, steps in FUNNEL.items():
            if all(went[step] for step in steps):
                found[name] += row.sums["matured_episodes"]
    return found


def share_of_step_before(found: Mapping[str, float], name: str) -> float | None:
    """Return which part of the step before a step of the funnel is."""
    before = found.get(STEP_BEFORE.get(name, ""))
    return found[name] / before if before else None


def funnel_finding(found: Mapping[str, float], language: Language) -> str:
    """Say how many of a hundred episodes were answered, and how many resolved."""
    share = {
        name: formats.whole_percent(n / found["funnel_started"], language).rstrip("%")
        for name, n in found.items()
    }
    return say(
        language,
        "funnel_finding",
        answered=share["funnel_answered"],
        resolved=share["funnel_resolved"],
    )


def units(view: View) -> dict[str, float]:
    """Return the episodes of each unit, the largest first."""
    found = {
        str(value.group): value.value
        for value in view.groups(("episodes_total",), "unit")
        if value.value
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def unit_finding(found: Mapping[str, float], language: Language) -> str:
    """Say which unit has most episodes, and which part of them."""
    top, most = next(iter(found.items()))
    share = formats.whole_percent(most / sum(found.values()), language)
    return say(language, "unit_finding", unit=top, share=share)
