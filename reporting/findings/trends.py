"""Tendências: where it is going, and which days were out of pattern."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from kpis import Days, Mark, Period, Value, dimensions, temporal
from kpis.statistics import theil_sen
from kpis.temporal import WHOLE, Anomaly, Backtest, ExpectedDay
from reporting import choices, formats
from reporting.kpi_words import show_label, show_value
from reporting.texts import Language, say
from reporting.view import View

FIRST = (
    "volume_growth_mom", "week_over_week", "volume_forecast", "volume_anomaly",
    "busiest_weekday", "peak_hour", "response_time_trend", "csat_trend",
)  # fmt: skip
WEEKLY = ("episodes_total", "first_response_time", "csat_avg", "ai_automation_rate")
MONTHLY = (
    "episodes_total", "first_response_time", "resolution_rate", "ai_automation_rate",
    "csat_avg",
)  # fmt: skip
EPISODES = "mart_executive_episode_days"
WEEKS_OF_CALENDAR = 26
MOST_MONTHS = 13
TREND, WEEKDAY = "response_time_trend", "busiest_weekday"
DAYS_BY_DAY = 92

Kept = TypeVar("Kept", bound=View)


def of_days(view: Kept, days: Days, previous: Days | None = None) -> Kept:
    """The same view of other days, those that are not over left out of comparisons."""
    yesterday = view.status.local_date - timedelta(days=1)
    complete = None
    if days.first <= yesterday:
        complete = Days(days.first, min(days.last, yesterday))
    link = view.link | choices.of_days(days)
    return replace(view, period=Period(days, complete, previous), link=link)


def volumes(view: View) -> dict[date, float]:
    """Return the episodes of each day shown."""
    found = {
        row.group: row.sums["inbound_episodes"]
        for row in view.components(EPISODES, ("inbound_episodes",), "day")
        if row.span == "shown" and isinstance(row.group, date)
    }
    return {day: found.get(day, 0.0) for day in view.period.shown}


# ------------------------------------------------------------------ the volume


@dataclass(frozen=True)
class Outlook:
    """What is expected of the days to come, and which days were unusual.

    Nothing is expected where the filters are none that there is a forecast for, or
    the days shown do not go up to it.
    """

    scope: str | None
    expected: list[ExpectedDay]
    unusual: list[Anomaly]


def outlook(view: View) -> Outlook:
    """Return what is expected after the days shown, and which of them were unusual."""
    scope, shown = view.ask(temporal.scope, view.filters), view.period.shown
    if scope is None:
        return Outlook(None, [], [])
    expected = view.ask(temporal.forecast, scope)
    if expected and shown.last < expected[0].local_date - timedelta(days=1):
        expected = []
    return Outlook(scope, expected, view.ask(temporal.anomalies, scope, shown))


def volume_finding(view: View, expected: Sequence[ExpectedDay]) -> str:
    """Say what is expected of the days to come, or which days are shown."""
    if not expected:
        return say(view.language, "volume_finding", days=len(view.period.shown))
    total = sum(day.episodes_p50 for day in expected)
    return say(
        view.language,
        "forecast_finding",
        days=len(expected),
        value=formats.count(total, view.language),
    )


def forecast_note(view: View, scope: str | None, is_drawn: bool) -> str:
    """Say how far the forecast can be relied on, or why there is none."""
    language = view.language
    if scope is None:
        return say(language, "forecast_not_filterable")
    if not is_drawn:
        is_known = bool(view.ask(temporal.forecast, scope))
        return say(language, "forecast_later" if is_known else "forecast_too_early")
    trial = view.ask(temporal.backtest).get(scope)
    if trial is None or trial.wape is None:
        return say(language, "forecast_untested")
    return say(language, "forecast_error", **judged(trial, language))


def judged(trial: Backtest, language: Language) -> dict[str, str]:
    """Write what the back-test found."""
    percent = partial(formats.percent, language=language)
    known = {
        "wape": trial.wape,
        "naive": trial.seasonal_naive_wape,
        "coverage": trial.coverage_80,
    }
    return {
        name: formats.NO_VALUE if share is None else percent(share)
        for name, share in known.items()
    }


def unusual_days(view: View) -> list[Anomaly] | None:
    """Return the unusual days, the latest first; None where none can be known.

    With no filter, those of single inboxes, too: the whole may hide them.
    """
    scope = view.ask(temporal.scope, view.filters)
    if scope is None:
        return None
    inboxes = view.ask(dimensions.inboxes) if scope == WHOLE else {}
    scopes = [scope, *map(str, inboxes)]
    shown = view.period.shown
    found = [odd for of in scopes for odd in view.ask(temporal.anomalies, of, shown)]
    return sorted(found, key=lambda odd: odd.local_date, reverse=True)


def unusual_day(odd: Anomaly, view: View) -> dict[str, str]:
    """Return what was unusual about a day, by the name of it."""
    language, inboxes = view.language, view.ask(dimensions.inboxes)
    sign = "▲" if odd.direction == "up" else "▼"
    where = say(language, "everything")
    if odd.inbox_id is not None:
        where = inboxes.get(odd.inbox_id, f"#{odd.inbox_id}")
    return {
        say(language, "day"): formats.weekday(odd.local_date, language),
        say(language, "where"): where,
        say(language, "episodes"): (
            f"{sign} {formats.count(odd.actual_episodes, language)}"
        ),
        say(language, "expected"): formats.count(odd.expected_episodes, language),
        say(language, "deviation"): say(
            language, "deviation_value", value=formats.decimal(odd.z_score, language)
        ),
    }


def place(odd: Anomaly, view: View) -> str | None:
    """Return what the link calls the inbox of an unusual day; None for the whole."""
    places = view.ask(dimensions.places)
    return next(
        (n for n, inboxes in places.items() if inboxes == (odd.inbox_id,)), None
    )


# ------------------------------------------------------------------ over a longer time


@dataclass(frozen=True)
class Measures:
    """The main numbers over a longer time, by day or week."""

    first: date
    last: date
    by: str
    found: dict[str, dict[date, Value]]

    @property
    def steps(self) -> list[date]:
        """The days or weeks of which there is a number."""
        return sorted({step for values in self.found.values() for step in values})

    def value(self, kpi_id: str, step: date) -> float | None:
        """Return a number, where there is one."""
        known = self.found[kpi_id].get(step)
        return known.value if known else None

    def days_of(self, step: date) -> Days:
        """Return the days that a step has."""
        end = step if self.by == "day" else min(step + timedelta(days=6), self.last)
        return Days(max(step, self.first), end)


def measures(view: View, length: int) -> Measures:
    """Return the main numbers of so many days up to the last one shown."""
    last = (view.period.complete or view.period.shown).last
    first = max(last - timedelta(days=length - 1), view.status.first_date)
    by = "day" if length <= DAYS_BY_DAY else "week"
    found: dict[str, dict[date, Value]] = {kpi_id: {} for kpi_id in WEEKLY}
    for value in of_days(view, Days(first, last)).course(WEEKLY, by):
        if isinstance(value.group, date):
            found[value.kpi.kpi_id][value.group] = value
    return Measures(first, last, by, {i: of for i, of in found.items() if of})


@dataclass(frozen=True)
class Trend:
    """The median wait of each week, the line through them, and what that says."""

    weeks: list[date]
    medians: list[float | None]
    line: list[float]
    finding: str


def response_trend(view: View) -> Trend | None:
    """Return how the median wait went over the last weeks, where that is known."""
    value = view.values((TREND,))[TREND]
    if isinstance(value, Exception):
        raise value
    known = {
        part.key: part.value
        for part in value.parts
        if part.value is not None and isinstance(part.key, date)
    }
    if value.value is None or len(known) < 2:
        return None
    weeks = list(known)
    steps = range((weeks[-1] - weeks[0]).days // 7 + 1)
    days = [weeks[0] + timedelta(weeks=step) for step in steps]
    medians = [known.get(day) for day in days]
    slope = theil_sen(medians)
    level = statistics.median(
        median - slope * step
        for step, median in enumerate(medians)
        if median is not None
    )
    change = show_value(value.kpi, value.value, view.language)
    return Trend(
        days,
        medians,
        [level + slope * step for step in steps],
        say(view.language, "trend_finding", change=change),
    )


# ------------------------------------------------------------------ weeks and hours


@dataclass(frozen=True)
class Profile:
    """How many episodes begin on each weekday, or in each hour, and where most do."""

    kpi_id: str
    heights: dict[int, float]
    top: int
    finding: str

    def name(self, key: int, language: Language) -> str:
        """Name a weekday or an hour."""
        if self.kpi_id == WEEKDAY:
            return formats.weekday_name(key, language, "abbreviated")
        return formats.hour_of_day(key)


def profile(view: View, kpi_id: str) -> Profile | None:
    """Return how many episodes begin when, where that is known."""
    language = view.language
    value = view.values((kpi_id,))[kpi_id]
    if isinstance(value, Exception):
        raise value
    if value.value is None:
        return None
    known = {int(str(part.key)): part.value or 0.0 for part in value.parts}
    order = (1, 2, 3, 4, 5, 6, 0) if kpi_id == WEEKDAY else sorted(known)
    top, name = round(value.value), show_value(value.kpi, value.value, language)
    finding = say(
        language,
        f"profile_{kpi_id}_finding",
        name=name[:1].upper() + name[1:],
        value=formats.decimal(known[top], language),
    )
    heights = {key: known[key] for key in order if key in known}
    return Profile(kpi_id, heights, top, finding)


def mark_of_profile(kpi_id: str, key: int) -> Mark:
    """Return what a column of a profile is the mean of."""
    if kpi_id == WEEKDAY:
        return Mark(weekdays=(key,), is_without_holidays=True)
    return Mark(hours=(key,), is_without_holidays=True)


@dataclass(frozen=True)
class Calendar:
    """The episodes of each day of half a year, and what is known of the days."""

    by_day: dict[date, float]
    holidays: dict[date, str]
    unloaded: list[date]

    def note(self, day: date, language: Language) -> str:
        """Say what is special about a day."""
        unloaded = say(language, "unloaded") if day in self.unloaded else ""
        return ", ".join(filter(None, [self.holidays.get(day, ""), unloaded]))

    def finding(self, language: Language) -> str:
        """Say which day had most episodes."""
        busiest = max(self.by_day, key=self.by_day.__getitem__)
        return say(
            language,
            "calendar_finding",
            day=formats.weekday(busiest, language),
            value=formats.count(self.by_day[busiest], language),
        )


def calendar(view: View) -> Calendar:
    """Return the days of half a year up to the last one shown."""
    last = view.period.shown.last
    monday = last - timedelta(days=last.weekday(), weeks=WEEKS_OF_CALENDAR - 1)
    days = Days(max(monday, view.status.first_date), last)
    known = view.ask(temporal.calendar, days)
    return Calendar(
        volumes(of_days(view, days)),
        {day.local_date: day.holiday_name or "" for day in known if day.is_holiday},
        [day.local_date for day in known if day.lacks_load],
    )


# ------------------------------------------------------------------ months


@dataclass(frozen=True)
class Month:
    """A month, the days of it that are shown, and whether these are all."""

    first: date
    days: Days
    is_whole: bool


def months(view: View) -> list[Month]:
    """Return the last months, the latest first."""
    last = view.period.shown.last
    month = last.replace(day=1)
    found: list[Month] = []
    while (
        len(found) < MOST_MONTHS and month + timedelta(days=31) > view.status.first_date
    ):
        end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days = Days(max(month, view.status.first_date), min(end, last))
        if len(days) > 0:
            found.append(Month(month, days, len(days) == len(Days(month, end))))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def rows_of_months(view: View, months: Sequence[Month]) -> list[dict[str, str]]:
    """Return the main numbers of months, by the names of them."""
    language, volume = view.language, MONTHLY[0]
    found: dict[object, dict[str, Value]] = {}
    span = Days(months[-1].days.first, view.period.shown.last)
    for value in of_days(view, span).groups(MONTHLY, "month"):
        found.setdefault(value.group, {})[value.kpi.kpi_id] = value
    per_day = []
    for month in months:
        known = found.get(month.first, {}).get(volume)
        per_day.append((known.value or 0.0 if known else 0.0) / len(month.days))
    rows = []
    for place, month in enumerate(months):
        row = {say(language, "month"): _month_name(month, language)}
        for kpi_id in MONTHLY:
            kpi = view.catalogue[kpi_id]
            known = found.get(month.first, {}).get(kpi_id)
            text = show_value(kpi, known.value if known else None, language)
            if known is not None and known.reason == "small_sample":
                text = say(language, "few", value=text)
            row[show_label(kpi, language)] = text
            if kpi_id == volume:
                mean = formats.decimal(per_day[place], language)
                row[say(language, "per_day")] = mean
                row[say(language, "growth")] = _growth(months, place, per_day, language)
        rows.append(row)
    return rows


def _month_name(month: Month, language: Language) -> str:
    name = formats.month(month.first, language)
    return name if month.is_whole else say(language, "partial", day=name)


def _growth(
    months: Sequence[Month], place: int, per_day: Sequence[float], language: Language
) -> str:
    """Write the change by day against the month before, of whole months."""
    pair = months[place : place + 2]
    if len(pair) < 2 or not all(month.is_whole for month in pair):
        return formats.NO_VALUE
    now, before = per_day[place : place + 2]
    if not before:
        return formats.NO_VALUE
    return f"{formats.signed(100 * (now / before - 1), language) or '0'}%"
