"""Cuts add up to the whole where they must, and each is what its filter keeps."""

from dataclasses import replace

import pytest

from kpi_values.asking import period_of, whole
from kpi_values.built import Built
from kpi_values.truth import Truth
from kpis import Filters, Kpi, Value, catalogue, values

OF_DIMENSION = {
    "inbox": "inboxes", "unit": "units", "channel_kind": "channel_kinds",
    "team": "teams", "resolver": "resolvers",
}  # fmt: skip
OVERLAPPING = {"agent": "agents", "label": "labels"}
OF_TIME = ("day", "week", "month")
ADDITIVE = {"sum", "ratio", "distribution", "percentile", "snapshot"}
COUNTED_ONCE = {"distinct", "distinct_ratio"}
SHAPED = ADDITIVE | COUNTED_ONCE | {"per_distinct", "snapshot_quantile"}
NO_GROUPS = {
    "busiest_weekday", "peak_hour", "volume_forecast", "volume_anomaly",
    "agent_load_balance", "agent_ranking", "feedback_terms_positive",
    "feedback_terms_negative",
}  # fmt: skip


@pytest.fixture(scope="module")
def kpis(built: Built) -> dict[str, Kpi]:
    return catalogue(built.marts)


def of_kinds(kpis: dict[str, Kpi], kinds: set[str]) -> list[str]:
    return [kpi_id for kpi_id, kpi in kpis.items() if kpi.kind in kinds]


def by_kpi(found: list[Value]) -> dict[str, list[Value]]:
    grouped: dict[str, list[Value]] = {}
    for value in found:
        grouped.setdefault(value.kpi.kpi_id, []).append(value)
    return grouped


@pytest.mark.parametrize("group", [*OF_DIMENSION, *OF_TIME])
@pytest.mark.parametrize("case", ["whole", "labels"])
def test_groups_add_up(
    built: Built, truth: Truth, kpis: dict[str, Kpi], group: str, case: str
) -> None:
    period = whole(built) if case == "whole" else period_of(built, case)
    filters = Filters()
    if case == "labels":
        filters = Filters(labels=("duvida", "financeiro", "cancelamento"))
    asked = of_kinds(kpis, ADDITIVE - ({"snapshot"} if group in OF_TIME else set()))
    total = {v.kpi.kpi_id: v for v in values(built.marts, asked, period, filters)}
    wrong = []
    for kpi_id, members in by_kpi(
        values(built.marts, asked, period, filters, group)
    ).items():
        keys = [member.group for member in members]
        if len(set(keys)) != len(keys):
            wrong.append(f"{kpi_id}: a group comes twice")
        for name in ("numerator", "denominator", "cases"):
            expected = getattr(total[kpi_id], name)
            if expected is None or (name == "cases" and kpis[kpi_id].unit == "hours"):
                continue  # rounded hours are not whole ones
            added = sum(getattr(member, name) or 0.0 for member in members)
            if added != pytest.approx(expected, abs=1e-6):
                wrong.append(f"{kpi_id}.{name} adds up to {added}, not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("group", [*OF_DIMENSION, *OVERLAPPING])
def test_a_group_is_what_its_filter_keeps(
    built: Built, kpis: dict[str, Kpi], group: str
) -> None:
    """So no group counts a row twice, nor one that is another's."""
    period = period_of(built, "mix 3")
    asked = of_kinds(kpis, SHAPED)
    if group == "agent":  # the answers of one, among the episodes of all
        asked = [name for name in asked if kpis[name].mart != "mart_operational_queue"]
    found = by_kpi(values(built.marts, asked, period, group=group))
    dimension = (OF_DIMENSION | OVERLAPPING)[group]
    keys = {value.group for members in found.values() for value in members} - {None}
    assert len(keys) > 1
    wrong = []
    for key in sorted(keys, key=str)[:3]:
        filters = replace(Filters(), **{dimension: (key,)})
        for value in values(built.marts, asked, period, filters):
            name = value.kpi.kpi_id
            (member,) = [v for v in found[name] if v.group == key] or [None]
            actual = (member.cases, member.value) if member else (0, None)
            if not value.cases and not actual[0]:
                continue
            if actual != (value.cases, pytest.approx(value.value)):
                expected = value.cases, value.value
                wrong.append(f"{name} of {group} {key}: {actual}, filter {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("group", OVERLAPPING)
def test_overlapping_groups_cover_what_has_one(
    built: Built, truth: Truth, group: str
) -> None:
    period = whole(built)
    total = 0
    for value in values(built.marts, ["episodes_total"], period, group=group):
        assert value.group is not None
        total += value.cases
    demands = [row for row in truth.tables["episodes"] if row.has_demand]
    having = [row for row in demands if row.where[OVERLAPPING[group]]]
    assert total == sum(len(row.where[OVERLAPPING[group]]) for row in having)
    assert total > len(having)
    assert len(having) < len(demands)


def test_distinct_counts_never_add_up_to_less(
    built: Built, kpis: dict[str, Kpi]
) -> None:
    period = whole(built)
    asked = of_kinds(kpis, COUNTED_ONCE)
    total = {v.kpi.kpi_id: v for v in values(built.marts, asked, period)}
    exceeding = set()
    for group in ("inbox", "month", "team"):
        found = by_kpi(values(built.marts, asked, period, group=group))
        for kpi_id, members in found.items():
            added = sum(member.numerator or 0.0 for member in members)
            assert added >= (total[kpi_id].numerator or 0.0), (kpi_id, group)
            if added > (total[kpi_id].numerator or 0.0):
                exceeding.add(kpi_id)
    assert "contacts_unique" in exceeding


def test_teams_and_inboxes_without_a_name_are_there(built: Built, truth: Truth) -> None:
    found = values(built.marts, ["team_episodes"], whole(built), group="team")
    without = {value.group: value.cases for value in found}
    assert without[0] == sum(
        row.has_demand for row in truth.tables["episodes"] if row.where["teams"] == {0}
    )


@pytest.mark.parametrize("kpi_id", sorted(NO_GROUPS))
def test_what_has_no_groups_says_so(built: Built, kpi_id: str) -> None:
    with pytest.raises(KeyError):
        values(built.marts, [kpi_id], whole(built), group="inbox")


@pytest.mark.parametrize(
    ("kpi_id", "group"),
    [
        ("episodes_total", "no such group"),
        ("no such kpi", "inbox"),
        ("no such kpi", None),
        # Groups that the rows of a KPI do not have.
        ("queue_waiting", "day"),
        ("messages_total", "outcome"),
        ("messages_total", "hour"),
        ("episodes_total", "responder_class"),
    ],
)
def test_unknown_kpis_and_groups_are_errors_of_the_caller(
    built: Built, kpi_id: str, group: str | None
) -> None:
    with pytest.raises(KeyError):
        values(built.marts, [kpi_id], whole(built), group=group)
