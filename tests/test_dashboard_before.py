"""The glossary shows a month by the old definitions beside that by the new ones."""

from datetime import date, datetime

import pytest
from conftest import Warehouse
from test_dashboard import OpenPage, open_page, words

from dashboards import access, marts
from dashboards.access import Reader
from docs import write_changes
from ground.database import Database
from kpis import Days, Limits, Marts, Period, catalogue, health, values
from reporting import formats, kpi_words

__all__ = ["open_page"]  # the fixture

FEBRUARY = Days(date(2026, 2, 1), date(2026, 2, 28))
AS_OF = datetime.fromisoformat("2026-03-09 06:00")
WHY = "Uma figurinha depois da resposta é cortesia."


def now_of(warehouse: Warehouse, *kpi_ids: str) -> dict[str, float]:
    marts_ = Marts(Database(warehouse.owner))
    found = values(marts_, kpi_ids, Period(FEBRUARY, FEBRUARY, None))
    return {each.kpi.kpi_id: each.value or 0.0 for each in found}


@pytest.fixture
def upgraded(warehouse: Warehouse) -> Warehouse:
    """With a KPI that fell, one that stayed, a snapshot, and one that is gone."""
    now = now_of(warehouse, "episodes_total", "resolution_rate")
    for kpi_id, value, why in (
        ("episodes_total", 2 * now["episodes_total"], WHY),
        ("resolution_rate", now["resolution_rate"], None),
        ("queue_waiting", 213.0, None),
        ("gone_kpi", 1.0, None),
    ):
        warehouse.execute(
            "insert into marts.mart_kpis_before"
            " (kpi_id, why_pt, why_en, release, value, local_month, local_as_of)"
            " values (%s, %s, %s, '0.2.0', %s, %s, %s)",
            kpi_id,
            why,
            why and "A sticker after the answer is a courtesy.",
            value,
            FEBRUARY.first,
            AS_OF,
        )
    return warehouse


def test_old_and_new_stand_side_by_side(
    upgraded: Warehouse, open_page: OpenPage
) -> None:
    now = now_of(upgraded, "episodes_total", "queue_waiting")
    app = open_page(upgraded, "glossario", idioma="pt")
    assert not app.exception
    assert (
        app.expander[0].label.replace("\\", "").startswith("O que mudou: Fev. de 2026")
    )
    table = app.table[0].value
    kpis = catalogue(marts.marts())
    total, queue = (kpis[kpi_id] for kpi_id in now)
    assert list(table.index) == [total.label_pt, f"{queue.label_pt} (na carga)"]
    assert list(table.iloc[0]) == [
        formats.count(2 * now["episodes_total"], "pt"),
        formats.count(now["episodes_total"], "pt"),
        "-50,0%",
        WHY,
    ]
    # Two moments of a queue are not compared.
    assert list(table.iloc[1]) == [
        "213",
        kpi_words.show_value(queue, now["queue_waiting"], "pt"),
        formats.NO_VALUE,
        "",
    ]
    assert "Indicadores com o mesmo valor de antes: 1." in words(app)
    assert "09/03/2026 06:00" in words(app)


def test_the_same_in_english(upgraded: Warehouse, open_page: OpenPage) -> None:
    app = open_page(upgraded, "glossario", idioma="en")
    assert not app.exception
    assert app.expander[0].label.replace("\\", "").startswith("What changed: Feb 2026")
    assert app.table[0].value["Why"].iloc[0].startswith("A sticker")


def test_filters_do_not_reach_it(upgraded: Warehouse, open_page: OpenPage) -> None:
    """The old values are of the whole."""
    unit = upgraded.value("select min(unit) from marts.mart_inboxes")
    app = open_page(upgraded, "glossario", idioma="pt", un=str(unit))
    now = now_of(upgraded, "episodes_total")["episodes_total"]
    assert app.table[0].value.iloc[0]["Agora"] == formats.count(now, "pt")


def test_without_old_values_there_is_no_section(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, "glossario")
    assert not [each for each in app.expander if each.label.startswith("O que mudou")]


@pytest.mark.parametrize(
    "limits",
    [Limits(("AllpFit Moema",)), Limits((), ("Vendas",))],
    ids=["unit", "team"],
)
def test_a_limited_reader_sees_nothing_of_it(
    upgraded: Warehouse,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
) -> None:
    assert health.before(Marts(Database(upgraded.owner)))
    assert health.before(Marts(Database(upgraded.owner), limits)) == []
    monkeypatch.setattr(access, "current", lambda: Reader("a", "supervisor", limits))
    app = open_page(upgraded, "glossario")
    assert not app.exception
    assert not [each for each in app.expander if each.label.startswith("O que mudou")]
    assert "213" not in words(app)


def test_the_table_of_the_changelog(upgraded: Warehouse) -> None:
    now = now_of(upgraded, "episodes_total", "queue_waiting")
    text = write_changes.table(Marts(Database(upgraded.owner)))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    old, new = (
        formats.count(factor * now["episodes_total"], "en") for factor in (2, 1)
    )
    assert rows[1] == (
        f"| Episodes (`episodes_total`) | {old} | {new} | -50.0%"
        " | A sticker after the answer is a courtesy. |"
    )
    assert "`queue_waiting`" in rows[2]
    assert "| 213 |" in rows[2]
    assert len(rows) == 3
