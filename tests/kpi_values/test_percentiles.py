"""Percentiles are those of percentile_cont over the facts, however few these are."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from kpi_values.asking import filters_of, whole
from kpi_values.built import Built
from kpi_values.truth import Truth
from kpis import Days, Filters, catalogue, histogram, values
from kpis.kinds.percentiles import read_durations
from kpis.reader import Reader
from kpis.statistics import quantiles, unpacked

SHARES = [0.0, 0.1, 0.5, 0.9, 0.95, 1.0]
SIX = ("all", "units", "teams", "agents", "labels", "resolvers")
# Of the facts, said once more and in other words than the query layer's.
CONDITIONS = {
    "units": """
        inbox_id in (select inbox_id from marts.mart_inboxes where unit = any(%s))
    """,
    "teams": "coalesce(team_id, 0) = any(%s)",
    "agents": """
        case
            when metric like 'reply%%' then array[agent_id]
            else agent_ids
        end && %s::bigint[]
    """,
    "labels": "labels && %s::text[]",
    "resolvers": "resolver = any(%s)",
}
KEYS = {
    None: "null",
    "day": "local_date",
    "month": "date_trunc('month', local_date)::date",
    "inbox": "inbox_id",
    "resolver": "resolver",
}

# By metric, class of responder and group: how many there are, and at each share.
Percentiles = dict[tuple[object, ...], tuple[int, list[float]]]
Sizes = dict[object, set[int]]  # by metric


def exact(built: Built, filters: Filters, days: Days, group: str | None) -> Percentiles:
    conditions = ["local_date between %s and %s"]
    conditions += [CONDITIONS[name] for name in sorted(filters.used)]
    rows = built.rows(
        f"""
        select
            metric,
            responder_class,
            {KEYS[group]} as group_key,
            count(*) as n,
            percentile_cont(%s::double precision[])
                within group (order by value) as percentiles
        from analytics.durations
        where {" and ".join(conditions)}
        group by 1, 2, 3
        """,
        SHARES,
        days.first,
        days.last,
        *(list(getattr(filters, name)) for name in sorted(filters.used)),
    )
    return {
        (row["metric"], row["responder_class"], row["group_key"]): (
            row["n"],
            row["percentiles"],
        )
        for row in rows
    }  # type: ignore[misc]


def read(built: Built, filters: Filters, days: Days, group: str | None) -> Percentiles:
    rows = built.rows("select distinct metric from analytics.durations")
    asked = {(str(row["metric"]), None) for row in rows}
    found = read_durations(Reader(built.marts, filters), asked, {"shown": days}, group)
    return {
        (metric, responder_class, key): (len(numbers), quantiles(numbers, SHARES))
        for (_, key, metric), by_class in found.items()
        for responder_class, numbers in by_class
    }  # type: ignore[misc]


def compare(built: Built, filters: Filters, days: Days, group: str | None) -> Sizes:
    """Fail unless each percentile is exact; return how many values they are of."""
    expected = exact(built, filters, days, group)
    actual = read(built, filters, days, group)
    assert actual.keys() == expected.keys()
    sizes: Sizes = defaultdict(set)
    for key, (n, percentiles) in expected.items():
        assert actual[key] == (n, pytest.approx(percentiles, rel=1e-12)), (
            filters, group, key,
        )  # fmt: skip
        sizes[key[0]].add(n)
    return sizes


@pytest.mark.parametrize("case", SIX)
@pytest.mark.parametrize("group", KEYS)
def test_percentiles_are_those_of_the_facts(
    built: Built, truth: Truth, case: str, group: str | None
) -> None:
    sizes = compare(built, filters_of(truth, case), whole(built).shown, group)
    assert len(sizes) == (7 if case == "resolvers" else 9)  # those of the AI alone


def test_percentiles_are_exact_from_one_value_up(built: Built, truth: Truth) -> None:
    sizes: Sizes = defaultdict(set)
    units = {unit for row in truth.tables["episodes"] for unit in row.where["units"]}
    for unit in sorted(units, key=str):
        filters = Filters(units=(str(unit),))
        for metric, of_unit in compare(
            built, filters, whole(built).shown, "day"
        ).items():
            sizes[metric] |= of_unit
    assert len(sizes) == 9
    for metric, of_metric in sizes.items():
        assert {1, 2, 3, 4} <= of_metric, metric


def test_kpis_of_time_are_exact_on_days_with_few_cases(built: Built) -> None:
    kpis = [kpi for kpi in catalogue(built.marts).values() if kpi.kind == "percentile"]
    rows = built.rows("select * from analytics.durations order by value")
    sizes = set()
    for kpi in kpis:
        for value in values(built.marts, [kpi.kpi_id], whole(built), group="day"):
            numbers = [
                row["value"]
                for row in rows
                if (row["metric"], row["local_date"]) == (kpi.metric, value.group)
                and kpi.responder_class in (None, row["responder_class"])
            ]
            assert value.cases == len(numbers)
            assert (value.value, value.p90) == tuple(
                pytest.approx(exact_quantile, rel=1e-12)
                for exact_quantile in np.quantile(
                    np.array(numbers, dtype=float), [kpi.quantile or 0.5, 0.9]
                )
            )
            if len(numbers) == 1:
                assert [value.value] == numbers
            sizes.add(len(numbers))
    assert {1, 2, 3, 4, 5} <= sizes


# ------------------------------------------------------------------ the arithmetic


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 10, 118, 1000, 4001])
def test_quantiles_are_those_of_numpy(n: int) -> None:
    numbers = np.random.default_rng(n).lognormal(5, 2, n)
    found = quantiles(numbers, SHARES)
    assert found == pytest.approx(np.quantile(numbers, SHARES).tolist(), rel=1e-12)


def test_quantiles_at_the_edges() -> None:
    assert quantiles(np.empty(0), (0.5, 0.9)) == [None, None]
    assert quantiles(np.array([7.25]), (0.0, 0.5, 1.0)) == [7.25, 7.25, 7.25]
    assert quantiles(np.array([20.0, 10.0]), (0.0, 0.5, 0.9, 1.0)) == [10, 15, 19, 20]
    assert quantiles(np.array([3.0, 3.0, 3.0]), (0.9,)) == [3]


def test_packed_values_come_back_to_the_last_digit(built: Built) -> None:
    numbers = [0.0, 0.1, 59.999999, 300.0, 12345678.901234, 5e9]
    (row,) = built.rows(
        "select string_agg(float8send(value), ''::bytea) as packed_values"
        " from unnest(%s::double precision[]) as numbers (value)",
        numbers,
    )
    packed_values = row["packed_values"]
    assert isinstance(packed_values, memoryview)
    assert unpacked(packed_values.tobytes()).tolist() == numbers


# ------------------------------------------------------------------ bars


def bars_of(
    numbers: list[float], edges: tuple[float, ...]
) -> tuple[tuple[float, float, int], ...]:
    counted = (
        (low, high, sum(low <= number < high for number in numbers))
        for low, high in pairwise(edges)
    )
    return tuple(bar for bar in counted if bar[2])


@pytest.mark.parametrize("case", SIX)
def test_bars_count_the_facts_from_their_start_to_below_their_end(
    built: Built, truth: Truth, case: str
) -> None:
    filters, days = filters_of(truth, case), whole(built).shown
    for kpi_id in ("first_response_time", "human_response_time"):
        numbers = list(truth.of(kpi_id, days, filters).exact)
        # Some edges have a value that stands on them.
        edges = tuple(sorted({0.0, 1.0, 60.0, 1e9, *numbers[::100]}))
        found = histogram(built.marts, kpi_id, edges, days, filters)
        assert found.bars == bars_of(numbers, edges), kpi_id
        target = catalogue(built.marts)[kpi_id].target
        assert target is not None
        assert found.within_target == sum(number <= target for number in numbers)


def test_a_histogram_of_nothing_has_no_bars(built: Built) -> None:
    found = histogram(
        built.marts,
        "resolution_time",
        (0.0, 60.0, 1e9),
        whole(built).shown,
        Filters(labels=("nobody has it",)),
    )
    assert (found.bars, found.within_target) == ((), 0)
