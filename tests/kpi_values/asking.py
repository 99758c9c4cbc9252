"""What the tests ask for: filters and periods, at random but always the same."""

import random
from dataclasses import replace
from datetime import timedelta

from kpi_values.built import Built
from kpi_values.truth import Truth
from kpis import Days, Filters, Period
from kpis.periods import Comparison, between

DIMENSIONS = (
    "inboxes", "units", "channel_kinds", "teams", "agents", "labels", "resolvers",
)  # fmt: skip
COMPARISONS: tuple[Comparison, ...] = ("previous", "four_weeks", "year", "none")


def choice(truth: Truth, dimension: str, dice: random.Random, share: float) -> Filters:
    """Keep some of what a dimension has."""
    known = sorted(
        {
            value
            for table in ("episodes", "messages")
            for row in truth.tables[table]
            for value in row.where[dimension]
        },
        key=str,
    )
    count = max(1, round(share * len(known)))
    return replace(Filters(), **{dimension: tuple(dice.sample(known, count))})


def filters_of(truth: Truth, case: str) -> Filters:
    """Return the filters of a case: none, one dimension, or several at once."""
    dice = random.Random(case)
    if case == "all":
        return Filters()
    if case in DIMENSIONS:
        return choice(truth, case, dice, 0.3)
    chosen = Filters()
    for dimension in dice.sample(DIMENSIONS, dice.choice((2, 2, 3))):
        one = choice(truth, dimension, dice, 0.6)
        chosen = replace(chosen, **{dimension: getattr(one, dimension)})
    return chosen


def period_of(built: Built, case: str) -> Period:
    """Return some days, now and then with today, and a comparison."""
    dice = random.Random(f"{case}: period")
    length = dice.choice((1, 7, 14, 30, 30, 45, 60))
    last = built.today - timedelta(days=dice.choice((0, 1, 1, 8, dice.randrange(40))))
    days = Days(last - timedelta(days=length - 1), last)
    # Some pretend that it is earlier, so that the day that is not over is a full one.
    today = max(last, built.today - timedelta(days=dice.choice((0, 0, 5, 30))))
    return between(days, built.first_date, today, dice.choice(COMPARISONS))


def whole(built: Built) -> Period:
    """Return all days."""
    days = Days(built.first_date, built.today)
    return between(days, built.first_date, built.today)
