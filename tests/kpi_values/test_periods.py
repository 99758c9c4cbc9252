"""What is compared with what, when there is no number, and what is in the numbers."""

import random
import statistics as exact
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kpi_values.asking import whole
from kpi_values.built import Built
from kpis import Days, Filters, Kpi, Period, Value, catalogue, listing, values
from kpis.periods import PRESETS, TODAY, Comparison, between, choose
from kpis.statistics import theil_sen, variation, z_scores

LONG_AGO = date(2020, 1, 1)


@pytest.fixture(scope="module")
def kpis(built: Built) -> dict[str, Kpi]:
    return catalogue(built.marts)


def days(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last))


def one(
    built: Built, kpi_id: str, period: Period, filters: Filters | None = None
) -> Value:
    (value,) = values(built.marts, [kpi_id], period, filters)
    return value


# ------------------------------------------------------------------ periods


@pytest.mark.parametrize(
    ("shown", "comparison", "previous"),
    [
        (("2026-03-01", "2026-03-31"), "previous", ("2026-01-29", "2026-02-28")),
        (("2026-02-01", "2026-02-28"), "previous", ("2026-01-04", "2026-01-31")),
        # A leap year's February is a day longer.
        (("2024-02-01", "2024-02-29"), "previous", ("2024-01-03", "2024-01-31")),
        (("2024-03-01", "2024-03-01"), "previous", ("2024-02-29", "2024-02-29")),
        # The same weekdays, 52 weeks before, across the leap day or not.
        (("2025-02-24", "2025-03-02"), "year", ("2024-02-26", "2024-03-03")),
        (("2024-02-29", "2024-02-29"), "year", ("2023-03-02", "2023-03-02")),
        # Four weeks before, or as many times four as do not overlap.
        (("2026-03-02", "2026-03-08"), "four_weeks", ("2026-02-02", "2026-02-08")),
        (("2026-03-01", "2026-03-28"), "four_weeks", ("2026-02-01", "2026-02-28")),
        (("2026-03-01", "2026-03-29"), "four_weeks", ("2026-01-04", "2026-02-01")),
        (("2026-01-01", "2026-03-31"), "four_weeks", ("2025-09-11", "2025-12-09")),
        (("2026-03-01", "2026-03-31"), "none", None),
    ],
)
def test_comparison_is_with_as_many_days(
    shown: tuple[str, str], comparison: Comparison, previous: tuple[str, str] | None
) -> None:
    period = between(days(*shown), LONG_AGO, date(2026, 6, 1), comparison)
    assert period.complete == period.shown == days(*shown)
    assert not period.is_last_day_partial
    assert period.previous == (days(*previous) if previous else None)
    if period.previous is not None:
        assert len(period.previous) == len(period.shown)
        assert period.previous.last < period.shown.first
        if comparison != "previous":
            weekdays = period.previous.first.weekday(), period.shown.first.weekday()
            assert weekdays[0] == weekdays[1]


def test_today_is_shown_and_not_compared() -> None:
    today = date(2026, 3, 10)
    period = between(days("2026-03-04", "2026-03-10"), LONG_AGO, today)
    assert period.is_last_day_partial
    assert period.complete == days("2026-03-04", "2026-03-09")
    assert period.previous == days("2026-02-26", "2026-03-03")
    assert period.spans.keys() == {"shown", "complete", "previous"}


def test_today_alone_compares_with_nothing() -> None:
    today = date(2026, 3, 10)
    period = between(Days(today, today), LONG_AGO, today)
    assert (period.complete, period.previous) == (None, None)
    assert period.is_last_day_partial
    assert period.spans == {"shown": Days(today, today)}


@pytest.mark.parametrize("comparison", ["previous", "four_weeks", "year"])
def test_data_must_reach_back_to_the_first_day(comparison: Comparison) -> None:
    shown, today = days("2026-03-02", "2026-03-08"), date(2026, 6, 1)
    previous = between(shown, LONG_AGO, today, comparison).previous
    assert previous is not None
    assert between(shown, previous.first, today, comparison).previous == previous
    next_day = previous.first + timedelta(days=1)
    assert between(shown, next_day, today, comparison).previous is None


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != TODAY])
@pytest.mark.parametrize("include_today", [False, True])
@pytest.mark.parametrize(
    "today", ["2026-01-01", "2026-03-01", "2024-03-01", "2026-03-31", "2026-11-22"]
)
def test_presets_end_yesterday_or_today(
    preset: str, include_today: bool, today: str
) -> None:
    on = date.fromisoformat(today)
    period = choose(preset, LONG_AGO, on, include_today)
    yesterday = on - timedelta(days=1)
    assert period.shown.last == (on if include_today else yesterday)
    if preset == "mes":
        assert period.shown.first == period.shown.last.replace(day=1)
    else:
        assert period.complete is not None
        assert len(period.complete) == int(preset.removesuffix("d"))
        assert period.complete.last == yesterday
    if period.complete is not None:
        assert period.previous is not None
        assert len(period.previous) == len(period.complete)
        assert period.previous.last == period.complete.first - timedelta(days=1)


@pytest.mark.parametrize("include_today", [False, True])
def test_today_alone_is_compared_with_nothing(include_today: bool) -> None:
    today = date(2026, 11, 22)
    period = choose(TODAY, LONG_AGO, today, include_today, "four_weeks")
    assert period == Period(Days(today, today), None, None)
    assert period.is_last_day_partial


def test_month_before_must_be_there_as_a_whole(built: Built) -> None:
    """Growth out of half a month is no growth."""
    first = built.first_date
    if first.day > 1:
        first = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    month = Days(first, last - timedelta(days=1))
    period = between(month, built.first_date, built.today)
    for kpi_id in ("volume_growth_mom", "csat_trend"):
        assert one(built, kpi_id, period).value is None, kpi_id


def test_week_before_must_be_there_as_a_whole(built: Built) -> None:
    last = built.first_date + timedelta(days=10)
    week = Days(last - timedelta(days=6), last)
    period = between(week, built.first_date, built.today)
    assert period.previous is None
    assert one(built, "week_over_week", period).value is None


# ------------------------------------------------------------------ changes, statuses


@pytest.mark.parametrize(
    ("kpi_id", "now", "before", "change", "unit"),
    [
        ("resolution_rate", 0.8, 0.75, 5.0, "pp"),
        ("csat_net", 0.1, -0.1, 20.0, "pp"),
        ("csat_avg", 4.5, 4.2, 0.3, "points"),
        ("sentiment_avg", -0.1, 0.1, -0.2, "points"),
        ("episodes_total", 110.0, 100.0, 10.0, "%"),
        ("first_response_time", 30.0, 60.0, -50.0, "%"),
        ("episodes_total", 10.0, 0.0, None, "%"),
        ("resolution_rate", 0.8, 0.0, 80.0, "pp"),
        ("resolution_rate", None, 0.5, None, "pp"),
        ("resolution_rate", 0.5, None, None, "pp"),
    ],
)
def test_change_is_in_the_unit_of_the_kpi(
    kpis: dict[str, Kpi],
    kpi_id: str,
    now: float | None,
    before: float | None,
    change: float | None,
    unit: str,
) -> None:
    kpi = kpis[kpi_id]
    assert kpi.change_unit == unit
    assert kpi.change(now, before) == (
        None if change is None else pytest.approx(change)
    )


def test_change_compares_days_that_are_over(built: Built, kpis: dict[str, Kpi]) -> None:
    """The day that runs is shown, and takes no part in the change."""
    today = built.today - timedelta(days=20)
    running = between(Days(today - timedelta(days=13), today), built.first_date, today)
    over = between(
        Days(today - timedelta(days=13), today - timedelta(days=1)),
        built.first_date,
        today,
    )
    asked = [
        name
        for name, kpi in kpis.items()
        if kpi.kind in ("sum", "ratio", "distinct", "percentile", "balance")
    ]
    found = zip(
        values(built.marts, asked, running),
        values(built.marts, asked, over),
        strict=True,
    )
    for with_today, without in found:
        name = with_today.kpi.kpi_id
        assert with_today.complete == pytest.approx(without.value), name
        assert with_today.previous == pytest.approx(without.previous), name
        assert with_today.change == pytest.approx(without.change), name


EPSILON = 1e-6


def test_status_changes_at_the_borders_of_the_catalogue(kpis: dict[str, Kpi]) -> None:
    judged = 0
    for kpi in kpis.values():
        if kpi.target is None:
            assert kpi.status(0.5) is None
            continue
        better = EPSILON if kpi.direction == "up" else -EPSILON
        amber = kpi.target if kpi.amber is None else kpi.amber
        assert kpi.status(amber) == "met", kpi.kpi_id
        assert kpi.status(amber + better) == "met", kpi.kpi_id
        beyond = "critical" if kpi.red == amber else "attention"
        assert kpi.status(amber - better) == beyond, kpi.kpi_id
        if kpi.red is not None:
            assert kpi.status(kpi.red - better) == "critical", kpi.kpi_id
            if kpi.red != amber:
                assert kpi.status(kpi.red) == "attention", kpi.kpi_id
        assert kpi.status(None) is None
        judged += 1
    assert judged > 30


def test_few_cases_have_no_status(kpis: dict[str, Kpi]) -> None:
    value = Value(kpis["resolution_rate"], value=0.1, cases=3)
    assert value.status == "critical"
    assert replace(value, reason="small_sample").status is None


# ------------------------------------------------------------------ reasons


def test_no_data_before_the_first_day(built: Built, kpis: dict[str, Kpi]) -> None:
    long_ago = built.first_date - timedelta(days=100)
    period = between(Days(long_ago, long_ago), long_ago, built.today)
    for value in values(built.marts, kpis, period):
        if value.kpi.axis in ("snapshot", "forecast"):
            continue
        assert not value.value, value.kpi.kpi_id
        assert value.cases == 0
        if value.kpi.kind in ("ratio", "percentile", "distinct_ratio", "per_distinct"):
            assert value.value is None
            assert value.reason == "no_data", value.kpi.kpi_id
            assert value.change is None


def test_few_cases_are_a_small_sample(built: Built) -> None:
    last = built.today - timedelta(days=9)  # a Monday
    filters = Filters(inboxes=(1,), resolvers=("ai",))
    period = between(Days(last, last), built.first_date, built.today)
    value = one(built, "resolution_rate", period, filters)
    assert 0 < value.cases < 20
    assert value.reason == "small_sample"
    assert value.value is not None
    assert value.status is None
    assert one(built, "resolution_rate", whole(built)).reason is None


def test_minimum_of_cases_is_enough(built: Built, kpis: dict[str, Kpi]) -> None:
    """Twenty ratings are no small sample; nineteen are."""
    reasons = {}
    for length in range(1, 120, 3):
        last = built.today - timedelta(days=1)
        shown = Days(last - timedelta(days=length), last)
        value = one(built, "csat_avg", between(shown, built.first_date, built.today))
        reasons[value.cases] = value.reason
    minimum = kpis["csat_avg"].minimum_cases
    assert minimum == 20
    for cases, reason in reasons.items():
        expected = "small_sample" if 0 < cases < minimum else None
        assert reason == ("no_survey" if cases == 0 else expected), cases
    assert len(reasons) > 10


def test_today_is_immature(built: Built) -> None:
    """Of its demands nothing is known yet, which is not that there are none."""
    demands = built.warehouse.value(
        "select count(*) from analytics.episodes"
        " where has_demand and not is_matured and local_date = %s",
        built.today,
    )
    assert isinstance(demands, int)
    period = between(Days(built.today, built.today), built.first_date, built.today)
    value = one(built, "resolution_rate", period)
    assert value.value is None
    assert value.reason == ("immature" if demands else "no_data")
    assert one(built, "csat_avg", period).reason in ("no_data", "small_sample")


@contextmanager
def switched_off(built: Built, feature: str) -> Iterator[None]:
    update = "update marts.mart_features set is_configured = %s where feature = %s"
    built.warehouse.execute(update, False, feature)
    try:
        yield
    finally:
        built.warehouse.execute(update, True, feature)


@pytest.mark.parametrize(
    "feature",
    ["ai", "csat", "sentiment", "working_hours", "handoff_reason", "ai_cost", "funnel"],
)
def test_what_is_switched_off_has_no_value(
    built: Built, kpis: dict[str, Kpi], feature: str
) -> None:
    of_feature = {name for name, kpi in kpis.items() if kpi.feature == feature}
    assert of_feature
    with switched_off(built, feature):
        found = values(built.marts, kpis, whole(built))
    silent = {v.kpi.kpi_id for v in found if v.reason == "not_configured"}
    assert silent == of_feature
    for value in found:
        if value.kpi.kpi_id in of_feature:
            assert (value.value, value.status, value.parts) == (None, None, ())


@pytest.mark.parametrize("kpi_id", ["volume_forecast", "volume_anomaly"])
def test_forecast_knows_inboxes_only(built: Built, kpi_id: str) -> None:
    known: dict[str, tuple[object, ...]] = {
        "inboxes": (1,), "units": ("AllpFit Centro",), "channel_kinds": ("web",)
    }  # fmt: skip
    unknown: dict[str, tuple[object, ...]] = {
        "teams": (1,), "agents": (1,), "labels": ("vip",), "resolvers": ("ai",),
    }  # fmt: skip
    for name, chosen in known.items():
        filters = replace(Filters(), **{name: chosen})
        assert one(built, kpi_id, whole(built), filters).reason != "not_filterable"
    for name, chosen in unknown.items():
        filters = replace(Filters(inboxes=(1,)), **{name: chosen})
        value = one(built, kpi_id, whole(built), filters)
        assert (value.reason, value.value) == ("not_filterable", None), name


# ------------------------------------------------------------------ hostile filters

HOSTILE = (
    "x'; drop table analytics.episodes; --",
    "%s",
    "%(first)s",
    "100%",
    "{}",
    "{inboxes}",
    '"',
    "\\",
    "a'b",
    "{a,b}",
    "NULL",
    "",
    "$$",
    "🏋️",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_bound(built: Built, kpis: dict[str, Kpi], text: str) -> None:
    every = {(kpi.mart, kpi.kind): name for name, kpi in kpis.items()}.values()
    for name in ("units", "channel_kinds", "labels", "resolvers"):
        filters = replace(Filters(), **{name: (text,)})
        for value in values(built.marts, every, whole(built), filters):
            if value.kpi.kind != "forecast":
                assert value.cases == 0, (name, value.kpi.kpi_id)
        found = listing(built.marts, "messages_total", whole(built).shown, filters)
        assert (found.total, found.rows) == (0.0, [])


def test_hostile_text_among_good_ones_harms_nothing(built: Built) -> None:
    good = one(built, "episodes_total", whole(built), Filters(labels=("vip",)))
    both = Filters(labels=(*HOSTILE, "vip"))
    assert one(built, "episodes_total", whole(built), both).value == good.value
    assert good.value
    assert one(built, "episodes_total", whole(built)).value


# ------------------------------------------------------------------ statistics


@pytest.mark.parametrize("seed", range(5))
def test_theil_sen_is_the_median_of_all_slopes(seed: int) -> None:
    dice = random.Random(seed)
    numbers = [dice.gauss(100, 20) for _ in range(dice.randrange(2, 20))]
    slopes = [
        (later - earlier) / (j - i)
        for i, earlier in enumerate(numbers)
        for j, later in enumerate(numbers)
        if j > i
    ]
    assert theil_sen(numbers) == pytest.approx(exact.median(slopes))


def test_theil_sen_does_not_follow_one_odd_value() -> None:
    line = [10 - 0.5 * week for week in range(12)]
    assert theil_sen(line) == pytest.approx(-0.5)
    assert theil_sen([*line[:6], 900.0, *line[7:]]) == pytest.approx(-0.5, abs=0.05)


def test_spreads() -> None:
    assert variation([]) is None
    assert variation([3.0]) is None
    assert variation([0.0, 0.0]) is None
    assert variation([2.0, 2.0]) == 0.0
    assert variation([1.0, 3.0]) == pytest.approx(0.5)
    assert z_scores([1.0, 3.0]) == pytest.approx([-1.0, 1.0])
    assert z_scores([2.0, 2.0]) == [0.0, 0.0]
    assert z_scores([5.0]) == [0.0]
    assert sum(z_scores([1.0, 5.0, 9.0, 2.0])) == pytest.approx(0.0)
