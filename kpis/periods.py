"""Which days are shown, and which they are compared with."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DAYS_OF_PRESET = {"7d": 7, "30d": 30, "90d": 90}
MONTH = "mes"
TODAY = "hoje"
PRESETS = (TODAY, *DAYS_OF_PRESET, MONTH)
DEFAULT_PRESET = "30d"

Comparison = Literal["previous", "four_weeks", "year", "none"]


@dataclass(frozen=True)
class Days:
    """Days in a row, both ends included."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=day) for day in range(len(self)))

    def back(self, days: int) -> "Days":
        """Return as many days, so many days earlier."""
        shift = timedelta(days=days)
        return Days(self.first - shift, self.last - shift)


@dataclass(frozen=True)
class Period:
    """The days shown, those of them that are over, and those they compare with."""

    shown: Days
    complete: Days | None
    previous: Days | None

    @property
    def is_last_day_partial(self) -> bool:
        """Whether the last day shown is not over."""
        return self.complete is None or self.complete.last < self.shown.last

    @property
    def spans(self) -> dict[str, Days]:
        """The different stretches of days to be read, by name."""
        spans = {"shown": self.shown}
        if self.complete is not None and self.complete != self.shown:
            spans["complete"] = self.complete
        if self.previous is not None:
            spans["previous"] = self.previous
        return spans


def month_of(day: date) -> Days:
    """Return the days of the month in which a day is."""
    _, length = calendar.monthrange(day.year, day.month)
    return Days(day.replace(day=1), day.replace(day=length))


def choose(
    preset: str,
    first_date: date,
    today: date,
    include_today: bool = False,
    comparison: Comparison = "previous",
) -> Period:
    """Return the period of a preset, for data from `first_date` to within `today`.

    Today alone is compared with nothing: it would take the same hours of another day.
    """
    if preset == TODAY:
        return between(Days(today, today), first_date, today, comparison)
    yesterday = today - timedelta(days=1)
    last = today if include_today else yesterday
    if preset == MONTH:
        first = last.replace(day=1)
    else:
        first = yesterday - timedelta(days=DAYS_OF_PRESET[preset] - 1)
    return between(Days(first, last), first_date, today, comparison)


def between(
    shown: Days,
    first_date: date,
    today: date,
    comparison: Comparison = "previous",
) -> Period:
    """Return the period of given days.

    Its complete days compare with as many right before them, with the same weekdays
    four weeks earlier (eight, if they are more than four weeks, and so on) or 52 weeks
    earlier; with nothing where the data does not reach back that far.
    """
    yesterday = today - timedelta(days=1)
    if shown.first > yesterday:
        return Period(shown, None, None)
    complete = Days(shown.first, min(shown.last, yesterday))
    if comparison == "none":
        return Period(shown, complete, None)
    if comparison == "previous":
        previous = complete.back(len(complete))
    elif comparison == "year":
        previous = complete.back(364)
    else:
        previous = complete.back(28 * -(-len(complete) // 28))
    return Period(shown, complete, previous if previous.first >= first_date else None)
