"""The forecast, its back-test and the anomalies, beside a calculation in pandas."""

import csv
import runpy
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from conftest import PROJECT_ROOT, Chatwoot, Warehouse
from dateutil.easter import easter

from demo import chatwoot as demo
from ground.settings import Settings
from loader import run
from operations import transform

CONVERSATIONS = 4000
LOADED_AT = datetime(2026, 7, 1, 12, tzinfo=UTC)  # a holiday is among the next 14 days
LAST_DAY = date(2026, 6, 30)
DEFAULTS = PROJECT_ROOT / "dbt_project/defaults"
WEEK = timedelta(days=7)

Rows = list[dict[str, Any]]


def holidays() -> dict[date, str]:
    with (DEFAULTS / "holidays.csv").open() as file:
        return {
            date.fromisoformat(row["holiday_date"]): row["holiday_name"]
            for row in csv.DictReader(file)
        }


HOLIDAYS = holidays()


@pytest.fixture(scope="module")
def warehouse(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Warehouse]:
    """The demo as it stands on a given day, whatever day it is today."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    target = str(tmp_path_factory.mktemp("dbt"))
    settings = settings_for(chatwoot.reader, warehouse.owner)
    with closing(chatwoot.connection), closing(warehouse.connection):
        demo.generate(
            chatwoot.connection, CONVERSATIONS, until=LOADED_AT.replace(tzinfo=None)
        )
        run.run(settings)
        warehouse.execute(
            "update raw_chatwoot.load_runs set snapshot_at = %s", LOADED_AT
        )
        assert transform.dbt(
            settings,
            [
                *("build", "--quiet", "--select", "+marts.temporal"),
                *("--exclude-resource-types", "test", "unit_test"),
                *("--target-path", target, "--log-path", target),
            ],
        )
        yield warehouse


@pytest.fixture(scope="module")
def series(warehouse: Warehouse) -> dict[str, pd.Series]:
    """Episodes by day, for the whole and each inbox from its first day on."""
    frame = pd.DataFrame(
        warehouse.query(
            """
            select local_date, inbox_id, inbound_episodes::integer
            from marts.mart_executive_episode_days
            where inbound_episodes > 0 and local_date between '2015-01-01' and %s
            """,
            LAST_DAY,
        ),
        columns=["day", "inbox", "episodes"],
    )
    scopes = {"all": frame}
    scopes |= {str(int(inbox)): rows for inbox, rows in frame.groupby("inbox")}
    return {
        scope: rows.groupby("day")["episodes"]
        .sum()
        .reindex(pd.date_range(rows["day"].min(), LAST_DAY).date, fill_value=0)
        for scope, rows in scopes.items()
    }


def expect(known: pd.Series) -> dict[date, float]:
    """The weekday baseline for the 14 days after the last one known."""
    origin = known.index[-1]
    regular = known[[day not in HOLIDAYS for day in known.index]]
    regular = regular[regular.index > origin - 12 * WEEK]
    weekdays = [
        regular[[day.isoweekday() % 7 == weekday for day in regular.index]].tail(8)
        for weekday in range(7)
    ]
    grown = [episodes for episodes in weekdays if len(episodes) >= 4]
    older = sum(int(episodes.head(len(episodes) // 2).sum()) for episodes in grown)
    newer = sum(int(episodes.tail(len(episodes) // 2).sum()) for episodes in grown)
    growth = min(max(newer / older, 0.75), 1.33) if older else 1
    days = [origin + timedelta(days=ahead) for ahead in range(1, 15)]
    return {
        day: weekdays[0 if day in HOLIDAYS else day.isoweekday() % 7].median() * growth
        for day in days
    }


def expectations(episodes: pd.Series) -> pd.DataFrame:
    """What was expected at each origin, with its band."""
    rows: Rows = []
    for weeks_ago in range(18):
        origin = LAST_DAY - weeks_ago * WEEK
        known = episodes[episodes.index <= origin]
        if len(known) >= 14:
            rows += [
                {
                    "weeks_ago": weeks_ago,
                    "origin": origin,
                    "day": day,
                    "history": len(known),
                    "expected": expected,
                    "actual": episodes.get(day),
                }
                for day, expected in expect(known).items()
            ]
    frame = pd.DataFrame(rows)
    frame["holiday"] = [day in HOLIDAYS for day in frame["day"]]
    frame["scale"] = frame["expected"].clip(lower=1)
    frame["error"] = (frame["actual"].astype(float) - frame["expected"]) / frame[
        "scale"
    ]
    for name, share in (("p10", 0.1), ("p90", 0.9)):
        quantiles = {
            weeks_ago: frame.loc[
                frame["weeks_ago"].between(weeks_ago + 1, weeks_ago + 8)
                & (frame["day"] <= LAST_DAY - weeks_ago * WEEK)
                & ~frame["holiday"],
                "error",
            ].quantile(share)
            for weeks_ago in range(18)
        }
        quantile = frame["weeks_ago"].map(quantiles)
        quantile = quantile.clip(upper=0) if name == "p10" else quantile.clip(lower=0)
        frame[name] = (frame["expected"] + quantile * frame["scale"]).clip(lower=0)
    return frame


@pytest.fixture(scope="module")
def expected(series: dict[str, pd.Series]) -> dict[str, pd.DataFrame]:
    return {scope: expectations(episodes) for scope, episodes in series.items()}


def rounds_to(value: float, rounded: int | None) -> bool:
    """Whether one is the other, rounded; either way where it lies in the middle."""
    if rounded is None:
        return pd.isna(value)
    return abs(value - rounded) <= 0.5 + 1e-9


def test_expectations_are_those_of_pandas(
    warehouse: Warehouse, expected: dict[str, pd.DataFrame]
) -> None:
    found = {
        row[:3]: row[3:]
        for row in warehouse.query(
            """
            select
                scope, origin_date, local_date,
                episodes_p50, episodes_p10, episodes_p90, actual_episodes
            from marts.mart_temporal_expectations
            """
        )
    }
    wanted = {
        (scope, row.origin, row.day): row
        for scope, frame in expected.items()
        for row in frame.itertuples()
    }
    assert found.keys() == wanted.keys()
    assert len(found) > 1000
    for key, (p50, p10, p90, actual) in found.items():
        row = wanted[key]
        assert rounds_to(row.expected, p50), key
        assert rounds_to(row.p10, p10), key
        assert rounds_to(row.p90, p90), key
        assert actual == (None if row.day > LAST_DAY else row.actual), key


def test_forecast_covers_the_next_two_weeks(
    warehouse: Warehouse, series: dict[str, pd.Series]
) -> None:
    rows = warehouse.query(
        """
        select scope, local_date, episodes_p10, episodes_p50, episodes_p90, is_holiday
        from marts.mart_temporal_forecast
        """
    )
    days = {LAST_DAY + timedelta(days=ahead) for ahead in range(1, 15)}
    old_enough = {scope for scope, days in series.items() if len(days) >= 28}
    assert {row[:2] for row in rows} == {
        (scope, day) for scope in old_enough for day in days
    }
    assert {day for _, day, *_, is_holiday in rows if is_holiday} == {date(2026, 7, 9)}
    whole = {day: p50 for scope, day, _, p50, _, _ in rows if scope == "all"}
    assert whole[date(2026, 7, 9)] == whole[date(2026, 7, 5)]  # as on Sunday
    assert whole[date(2026, 7, 2)] > whole[date(2026, 7, 9)]


def test_backtest_is_that_of_pandas_and_good_enough(
    warehouse: Warehouse, series: dict[str, pd.Series]
) -> None:
    columns = ["scope", "origin", "day", "actual", "p10", "p50", "p90"]
    frame = pd.DataFrame(
        warehouse.query(
            """
            select
                scope, origin_date, local_date, actual_episodes, episodes_p10,
                episodes_p50, episodes_p90
            from marts.mart_temporal_expectations
            """
        ),
        columns=columns,
    )
    since = {scope: episodes.index[0] for scope, episodes in series.items()}
    frame = frame[
        (frame["origin"] <= LAST_DAY - 2 * WEEK)
        & (frame["origin"] >= LAST_DAY - 9 * WEEK)
        & (frame["origin"] >= frame["scope"].map(since) + timedelta(days=27))
        & ~frame["day"].isin(list(HOLIDAYS))
        & frame["p10"].notna()
    ]
    wanted = {}
    for scope, judged in frame.groupby("scope"):
        naive = judged["day"].map(lambda day, scope=scope: series[scope][day - WEEK])
        error = (judged["actual"] - judged["p50"]).abs().sum()
        naive_error = (judged["actual"] - naive).abs().sum()
        actual = judged["actual"].sum()
        wanted[scope] = [
            judged["origin"].nunique(),
            len(judged),
            error / actual if actual else float("nan"),
            error / naive_error if naive_error else float("nan"),
            judged["actual"].between(judged["p10"], judged["p90"]).mean(),
            naive_error / actual if actual else float("nan"),
        ]
    found = {
        scope: [float("nan") if figure is None else figure for figure in figures]
        for scope, *figures in warehouse.query(
            """
            select
                scope, origins, days, wape, mase, coverage_80, seasonal_naive_wape
            from marts.mart_temporal_backtest
            """
        )
    }
    assert found.keys() == wanted.keys()
    for scope, figures in wanted.items():
        assert found[scope] == pytest.approx(figures, nan_ok=True), scope

    origins, _, wape, mase, coverage, _ = found["all"]
    assert origins == 8
    assert wape < 0.2
    assert mase < 1
    assert 0.7 <= coverage <= 0.9


def test_anomalies_are_those_of_pandas(
    warehouse: Warehouse, series: dict[str, pd.Series]
) -> None:
    wanted = {}
    for scope, episodes in series.items():
        regular = episodes[[day not in HOLIDAYS for day in episodes.index]]
        for _, weekday in regular.groupby([day.weekday() for day in regular.index]):
            for number in range(4, len(weekday)):
                before = weekday.iloc[max(number - 8, 0) : number]
                median = before.median()
                deviation = (before - median).abs().median()
                score = (
                    0.6745
                    * (weekday.iloc[number] - median)
                    / max(deviation, median**0.5, 1)
                )
                if abs(score) > 3.5:
                    wanted[scope, weekday.index[number]] = pytest.approx(score)
    found = warehouse.query(
        "select scope, local_date, z_score from marts.mart_temporal_anomalies"
    )
    assert {(scope, day): score for scope, day, score in found} == wanted
    assert wanted


def test_seed_of_holidays_is_what_the_library_says() -> None:
    written = runpy.run_path(str(DEFAULTS / "write_holidays.py"))["rows"]()
    assert {date.fromisoformat(day): name for day, name in written} == HOLIDAYS


@pytest.mark.parametrize("year", range(2015, 2036))
def test_movable_holidays_follow_easter(year: int) -> None:
    for days, name in {
        -48: "Carnaval",
        -47: "Carnaval",
        -2: "Sexta-feira Santa",
        60: "Corpus Christi",
    }.items():
        assert name in HOLIDAYS[easter(year) + timedelta(days=days)]
    assert HOLIDAYS[date(year, 7, 9)] == "Revolução Constitucionalista"
