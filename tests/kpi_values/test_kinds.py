"""A KPI of a kind that there is takes a row of the catalogue, and no line of Python."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kpi_values.asking import whole
from kpi_values.built import Built
from kpis import Filters, Value, catalogue, kind_of, listing, values
from kpis.kinds import KINDS

FILTERS = Filters(channel_kinds=("web", "whatsapp"))
# What no KPI of the project adds up like this.
NEWS = {
    "new_sum": ("messages_total", {"numerator": "contact_messages"}),
    "new_ratio": (
        "message_balance",
        {"numerator": "contact_messages", "denominator": "spoken_messages"},
    ),
    "new_distinct": ("contacts_unique", {"numerator": "conversation_id"}),
    "new_per_distinct": ("episodes_per_agent", {"numerator": "agent_surveys_answered"}),
    "new_percentile": ("resolution_time", {"quantile": 0.9}),
    "new_ranking": (
        "agent_ranking",
        {"made_of_kpis": "agent_episodes,agent_resolution_rate"},
    ),
}


@pytest.fixture(scope="module")
def copied(built: Built) -> Iterator[dict[str, str]]:
    """A copy of one KPI of every kind, and the new ones; they go again."""
    of_kind = {kpi.kind: name for name, kpi in catalogue(built.marts).items()}
    copies = {f"copy_{kind}": (name, {}) for kind, name in of_kind.items()}
    add = """
        insert into marts.kpi_catalog
        select (jsonb_populate_record(kpi, %s::jsonb)).*
        from marts.kpi_catalog as kpi where kpi_id = %s
    """
    with built.warehouse.connection.cursor() as cursor:
        for new, (name, others) in (copies | NEWS).items():
            row = {"kpi_id": new, "label_pt": new, "label_en": new} | others
            cursor.execute(add, (json.dumps(row), name))
    yield {new: name for new, (name, _) in copies.items()}
    built.warehouse.execute(
        "delete from marts.kpi_catalog where kpi_id = any(%s)", [*copies, *NEWS]
    )


def answers(found: list[Value]) -> list[object]:
    """Return what is said, of whatever KPI."""
    return [replace(value, kpi=None) for value in found]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_all_that_a_kpi_takes(
    built: Built, copied: dict[str, str], kind: str
) -> None:
    new = f"copy_{kind}"
    period = whole(built)
    pair = new, copied[new]
    groups = [None, "team"] if KINDS[kind].has_groups else [None]
    for group in groups:
        one, other = (
            values(built.marts, [kpi_id], period, FILTERS, group) for kpi_id in pair
        )
        assert answers(one) == answers(other)
        assert one
    if KINDS[kind].has_list:
        one_list, other_list = (
            listing(built.marts, kpi_id, period.shown, FILTERS) for kpi_id in pair
        )
        assert one_list == other_list
        assert one_list.rows


def test_a_new_kpi_counts_what_its_row_says(
    built: Built, copied: dict[str, str]
) -> None:
    period = whole(built)
    # Beside one that counts other agents on the same mart.
    asked = [*NEWS, "episodes_per_agent"]
    found = {v.kpi.kpi_id: v for v in values(built.marts, asked, period)}
    (sums,) = built.rows(
        """
        select
            sum(contact_messages)::float as contact,
            sum(spoken_messages)::float as spoken,
            count(distinct conversation_id) as conversations
        from marts.mart_drilldown_days
        """
    )
    (times,) = built.rows(
        "select percentile_cont(0.9) within group (order by value) as p90"
        " from analytics.durations where metric = 'resolution'"
    )
    (rated,) = built.rows(
        """
        select sum(agent_surveys_answered)::float / count(distinct agent_id) as mean
        from marts.mart_segment_agent_days where agent_surveys_answered > 0
        """
    )
    assert found["new_per_distinct"].value == rated["mean"]
    agents = (
        found["new_per_distinct"].denominator,
        found["episodes_per_agent"].denominator,
    )
    assert 0 < (agents[0] or 0) < (agents[1] or 0)
    assert found["new_sum"].value == sums["contact"]
    assert found["new_ratio"].value == sums["contact"] / sums["spoken"]
    assert found["new_distinct"].value == sums["conversations"]
    assert found["new_percentile"].value == pytest.approx(times["p90"])
    assert found["new_ranking"].parts
    for kpi_id in ("new_sum", "new_ratio", "new_distinct"):
        total = listing(built.marts, kpi_id, period.shown, limit=0).total
        assert total == found[kpi_id].numerator


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_without_groups_say_so(built: Built, kind: str) -> None:
    """And those that have them know a team."""
    (kpi_id, *_) = [
        kpi.kpi_id
        for kpi in catalogue(built.marts).values()
        if kpi.kind == kind and kind_of(kpi) is KINDS[kind]
    ]
    if KINDS[kind].has_groups:
        assert values(built.marts, [kpi_id], whole(built), group="team")
    else:
        with pytest.raises(KeyError, match=kpi_id):
            values(built.marts, [kpi_id], whole(built), group="team")
