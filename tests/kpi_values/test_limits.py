"""Whoever is limited to units or teams reads these and nothing else, by any reader."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

import pytest

import kpis
from kpi_values.asking import whole
from kpi_values.built import Built
from kpis import (
    Filters,
    Limits,
    Marts,
    Value,
    catalogue,
    comments,
    components,
    conversation,
    dimensions,
    health,
    histogram,
    limits,
    listing,
    messages,
    periods,
    status,
    temporal,
    values,
)
from kpis.chatwoot import chatwoot_numbers
from kpis.checks import checks
from kpis.filters import GROUPS
from kpis.periods import Period
from kpis.reader import DURATIONS, FACTS

UNIT = "AllpFit Moema"
TEAM = "Vendas"
CASES = {
    "unit": Limits(units=(UNIT,)),
    "team": Limits(teams=(TEAM,)),
    "both": Limits((UNIT, "AllpFit Centro"), (TEAM, "Financeiro")),
}
# What asks for something by its key, and what only prepares a question.
NOT_ASKED = {"conversation", "messages", "kept_inboxes", "has_forecast", "explained"}
NOBODY = Limits(("Unidade que não existe",), ())


def marts_of(built: Built, limited_to: Limits) -> Marts:
    return Marts(built.marts._database, limited_to)


def filters_of(built: Built, limited_to: Limits) -> Filters:
    """The filters that keep the same rows, for one who may see everything."""
    teams = built.rows(
        "select team_id from marts.mart_teams where team_name = any(%s)",
        list(limited_to.teams),
    )
    return Filters(
        units=limited_to.units, teams=tuple(int(str(row["team_id"])) for row in teams)
    )


def values_of_all(
    marts: Marts, period: Period, filters: Filters | None, group: str | None
) -> list[Value]:
    """The values of every KPI that has such a group."""
    known = catalogue(marts)
    asked = list(known)
    while asked:
        try:
            return values(marts, asked, period, filters, group)
        except KeyError as error:  # it names the KPI, or its mart
            name = str(error.args[0]).split()[0]
            kept = [
                kpi_id
                for kpi_id in asked
                if name not in (kpi_id, mart := known[kpi_id].mart, FACTS.get(mart))
                and not (name == DURATIONS and known[kpi_id].metric)
            ]
            if kept == asked:
                raise
            asked = kept
    return []


def every_answer(marts: Marts, built: Built) -> dict[str, object]:
    """What each public reader says, asked for as much as it may say."""
    period = whole(built)
    days = period.shown
    known = catalogue(marts)
    found: dict[str, object] = {"catalogue": []}
    found["values"] = [
        replace(value, kpi=None)  # type: ignore[arg-type]
        for group in [None, *GROUPS]
        for value in values_of_all(marts, period, None, group)
    ]
    rows = []
    for kpi_id in known:
        for side in ("numerator", "denominator"):
            try:
                found_rows = listing(marts, kpi_id, days, None, side, limit=100_000)  # type: ignore[arg-type]
            except KeyError:  # it counts no rows
                continue
            rows.append(found_rows)
    found["listing"] = rows
    found["components"] = components(
        marts,
        "mart_executive_episode_days",
        ["episodes"],
        period,
        group="unit",
        by=["team_id"],
    )
    found["histogram"] = [
        histogram(marts, kpi_id, (0.0, 60.0, 300.0, 1e9), days)
        for kpi_id, kpi in known.items()
        if kpi.kind == "percentile"
    ]
    found["comments"] = comments(marts, days, limit=100_000)
    scopes = [temporal.WHOLE, *(str(number) for number in range(1, 30))]
    found["scope"] = temporal.scope(marts, Filters())
    found["forecast"] = [temporal.forecast(marts, scope) for scope in scopes]
    found["anomalies"] = [temporal.anomalies(marts, scope, days) for scope in scopes]
    found["calendar"] = temporal.calendar(marts, days)
    found["backtest"] = temporal.backtest(marts)
    found["parameters"] = health.parameters(marts)
    found["features"] = health.features(marts)
    found["last_load"] = health.last_load(marts)
    found["runs"] = health.runs(marts, 100)
    found["failures"] = health.failures(marts, 100)
    found["before"] = health.before(marts)
    found["configuration"] = health.configuration(marts)
    found["load_status"] = status.load_status(marts)
    found["ignored"] = status.ignored(marts)
    for dimension in (
        dimensions.accounts,
        dimensions.agents,
        dimensions.channel_kinds,
        dimensions.inboxes,
        dimensions.labels,
        dimensions.places,
        dimensions.teams,
    ):
        found[dimension.__name__] = dimension(marts)
    found["checks"] = checks(marts, days)
    found["chatwoot_numbers"] = chatwoot_numbers(marts, days)
    return found


def strings_in(answer: object) -> set[object]:
    """Every text in an answer, however deep."""
    if isinstance(answer, str):
        return {answer}
    if isinstance(answer, dict):
        parts: list[object] = [*answer, *answer.values()]
    elif isinstance(answer, list | tuple | set):
        parts = list(answer)
    elif is_dataclass(answer):
        parts = [getattr(answer, field.name) for field in fields(answer)]
    else:
        return set()
    return set().union(*map(strings_in, parts)) if parts else set()


def public_readers() -> set[str]:
    """Every public function of the query layer whose first argument is the marts."""
    found = set()
    for module in pkgutil.walk_packages(kpis.__path__, "kpis."):
        members = inspect.getmembers(
            importlib.import_module(module.name), inspect.isfunction
        )
        for name, function in members:
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is not None and first.name == "marts" and name[0] != "_":
                found.add(name)
    return found


def outside(built: Built, limited_to: Limits) -> dict[str, set[object]]:
    """What must not show: names, ids and texts that are only outside the limits."""
    condition = "true"
    bound: list[object] = []
    if limited_to.units:
        condition += " and unit = any(%s)"
        bound.append(list(limited_to.units))
    if limited_to.teams:
        condition += " and team_name = any(%s)"
        bound.append(list(limited_to.teams))
    is_inside = f"coalesce({condition}, false)"
    conversations = "marts.mart_drilldown_conversations"

    def only_outside(column: str, of: str, join: str = "") -> set[object]:
        both = f"select {column} as item, bool_or({is_inside}) as is_inside from {of}"
        statement = (
            f"select item from ({both} {join} group by 1) as found"
            " where not is_inside and item is not null"
        )
        return {row["item"] for row in built.rows(statement, *bound)}

    texts = (
        f"(select sent.message_text, places.unit, places.team_name"
        f" from marts.mart_drilldown_messages as sent inner join {conversations}"
        " as places using (conversation_id) where length(sent.message_text) > 25"
        " and sent.sender_class <> 'note') as said"
    )
    return {
        "conversation": only_outside("conversation_id", conversations),
        "unit": only_outside("unit", conversations),
        "inbox": only_outside("inbox_name", conversations),
        "team": only_outside("team_name", conversations),
        "contact": only_outside("masked_contact_phone", conversations),
        "label": only_outside(
            "title",
            conversations,
            "cross join jsonb_array_elements_text(labels) as titles (title)",
        ),
        "text": only_outside("message_text", texts),
    }


@pytest.mark.parametrize("case", CASES)
def test_no_reader_tells_what_is_outside(built: Built, case: str) -> None:
    told = every_answer(marts_of(built, CASES[case]), built)
    assert told["listing"]
    hidden = outside(built, CASES[case])
    assert len(hidden["conversation"]) > 100
    assert hidden["unit"] | hidden["team"]
    names = hidden["unit"] | hidden["inbox"] | hidden["team"] | hidden["label"]
    secrets = names | hidden["text"] | hidden["contact"]
    leaks = [
        (reader, sorted(map(str, secrets & strings))[:3])
        for reader, answer in told.items()
        if (strings := strings_in(answer)) & secrets
    ]
    assert not leaks, leaks[:5]
    shown = {
        row["conversation_id"]
        for found in told["listing"]  # type: ignore[attr-defined]
        for row in found.rows
    }
    assert shown
    assert not shown & hidden["conversation"]


@pytest.fixture(scope="module")
def told_to_nobody(built: Built) -> dict[str, object]:
    return every_answer(marts_of(built, NOBODY), built)


def test_every_public_reader_is_asked(told_to_nobody: dict[str, object]) -> None:
    assert public_readers() == set(told_to_nobody) | NOT_ASKED


def test_one_without_any_row_reads_no_number(
    told_to_nobody: dict[str, object],
) -> None:
    told = told_to_nobody
    assert not [v for v in told["values"] if v.cases]  # type: ignore[attr-defined]
    assert not [f for f in told["listing"] if f.rows or f.total]  # type: ignore[attr-defined]
    assert not told["components"]
    assert not told["comments"].rows  # type: ignore[attr-defined]
    assert not any(told["forecast"])  # type: ignore[call-overload]
    assert not any(told["anomalies"])  # type: ignore[call-overload]
    assert not told["backtest"]
    assert not told["chatwoot_numbers"]
    load = told["last_load"]
    assert isinstance(load, health.LastLoad)
    assert (load.conversations, load.messages, load.rows_read) == (None, None, None)
    assert all(run.rows_read is None for run in told["runs"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("group", [None, "unit", "team", "day", "agent", "label"])
def test_numbers_are_those_of_the_same_filters(
    built: Built, case: str, group: str | None
) -> None:
    limited, period = marts_of(built, CASES[case]), whole(built)
    same = filters_of(built, CASES[case])
    expected = values_of_all(built.marts, period, same, group)
    found = values_of_all(limited, period, None, group)
    assert len(expected) > 20
    assert sorted(map(_rounded, found), key=str) == sorted(
        map(_rounded, expected), key=str
    )


def _rounded(value: Value) -> tuple[object, ...]:
    numbers = (value.value, value.numerator, value.denominator, value.previous)
    return (
        value.kpi.kpi_id,
        value.group,
        value.reason,
        value.cases,
        *(None if n is None else round(n, 6) for n in numbers),
        [(part.key, part.cases) for part in value.parts],
    )


@pytest.mark.parametrize("case", CASES)
def test_filters_cannot_reach_outside(built: Built, case: str) -> None:
    limited, days = marts_of(built, CASES[case]), whole(built).shown
    period = periods.between(days, built.first_date, built.today, "none")
    asked = {
        "units": Filters(units=("AllpFit Santos",)),
        "inboxes": Filters(inboxes=tuple(range(1, 50))),
        "teams": Filters(teams=(0, 3, 4, 5)),
    }
    inside = values(limited, ["episodes_total"], period)[0].value
    for name, filters in asked.items():
        value = values(limited, ["episodes_total"], period, filters)[0].value
        assert value is None or (inside is not None and value <= inside), name
    if CASES[case].units:
        assert values(limited, ["episodes_total"], period, asked["units"])[0].cases == 0


@pytest.mark.parametrize("case", CASES)
def test_a_conversation_outside_is_not_found(built: Built, case: str) -> None:
    limited = marts_of(built, CASES[case])
    hidden = sorted(outside(built, CASES[case])["conversation"])[:40]  # type: ignore[type-var]
    for number in hidden:
        assert conversation(built.marts, int(str(number))) is not None
        assert conversation(limited, int(str(number))) is None
        assert messages(limited, int(str(number))) == kpis.Timeline(0, [])
    seen = listing(limited, "episodes_total", whole(built).shown, limit=3).rows
    assert seen
    for row in seen:
        assert conversation(limited, row["conversation_id"]) is not None
        assert messages(limited, row["conversation_id"]).messages


def test_every_mart_has_a_rule(built: Built) -> None:
    """A mart that is new cannot be read by anybody limited until it has one."""
    tables = {
        str(row["table_name"])
        for row in built.rows(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts'"
        )
    }
    for name in tables:
        for limited_to in CASES.values():
            limited = marts_of(built, limited_to)
            query = f"select * from marts.{name} limit 1"
            (columns,) = (set(row) for row in limited.read(query)[:1] or [{"": 1}])
            everything = built.marts.read(query)
            assert columns == {""} or columns <= set(everything[0]), name
    with pytest.raises(KeyError):
        limits.within("select * from marts.mart_of_tomorrow", CASES["unit"], False)


WAYS_TO_NAME: dict[str, Callable[[], str]] = {
    "plain": lambda: "select unit from marts.mart_inboxes",
    "alias": lambda: "select m.unit from marts.mart_inboxes as m",
    "quoted": lambda: 'select unit from "marts"."mart_inboxes"',
    "half": lambda: 'select m.unit from marts."mart_inboxes" as m',
    "capital": lambda: "select unit from MARTS.mart_inboxes",
    "spaces": lambda: "select unit from marts . mart_inboxes where unit is not null",
}


@pytest.mark.parametrize("way", WAYS_TO_NAME)
def test_no_way_to_write_a_table_gets_round_the_limits(built: Built, way: str) -> None:
    rows = marts_of(built, CASES["unit"]).read(WAYS_TO_NAME[way]())
    assert {row["unit"] for row in rows} == {UNIT}


def test_contacts_are_seen_by_those_who_may(built: Built) -> None:
    open_to_all = Marts(built.marts._database, sees_contacts=True)
    days = whole(built).shown
    named = {
        row["conversation_id"]: row
        for row in built.rows(
            "select conversation_id, contact_name, contact_phone,"
            " masked_contact_phone from marts.mart_drilldown_conversations"
            " where contact_phone is not null"
        )
    }
    seen, masked = (
        [
            row
            for row in listing(marts, "episodes_total", days, limit=500).rows
            if row["conversation_id"] in named
        ]
        for marts in (open_to_all, built.marts)
    )
    assert seen
    assert masked
    for row in seen:
        facts = named[row["conversation_id"]]
        assert row["contact_phone"] == facts["contact_phone"]
        assert row["contact_name"] == facts["contact_name"]
    for row in masked:
        facts = named[row["conversation_id"]]
        assert row["contact_phone"] == facts["masked_contact_phone"]
    found = conversation(open_to_all, seen[0]["conversation_id"])
    assert found is not None
    assert found.facts["contact_phone"] == seen[0]["contact_phone"]


def test_masked_readers_have_no_column_of_a_contact(built: Built) -> None:
    """Not even a query that asks for it."""
    (row,) = built.marts.read(
        "select contact_email, custom_attributes, contact_phone"
        " from marts.mart_drilldown_conversations"
        " where contact_phone is not null limit 1"
    )
    assert row["contact_email"] is None
    assert row["custom_attributes"] is None
    assert "••" in row["contact_phone"]
