"""Chatwoot's own numbers on the glossary page: those of the query layer, and why."""

import pandas as pd
import pytest
from conftest import Warehouse
from streamlit.testing.v1 import AppTest
from test_dashboard import OpenPage, open_page, words

import kpis
from dashboards import marts
from kpis import Days, Filters, Period, periods
from kpis.chatwoot import NUMBERS, chatwoot_numbers
from reporting import formats, texts
from reporting.findings import chatwoot

__all__ = ["open_page"]  # the fixture

GLOSSARY = "glossario"


def ninety_days() -> Days:
    status = marts.now()
    return periods.choose("90d", status.first_date, status.local_date).shown


def table_of(app: AppTest) -> pd.DataFrame:
    assert not app.exception
    (table,) = (found.value for found in app.table if "Chatwoot" in found.value.columns)
    return table


def first_line(cell: str) -> str:
    """The number of a cell, with the spaces of a text."""
    line = cell.split("  \n")[0]
    return line.replace("\u00a0", " ").replace("\\", "")


def shown(app: AppTest, column: str) -> list[str]:
    return [first_line(cell) for cell in table_of(app)[column]]


def written(days: Days, filters: Filters, in_business_hours: bool = False) -> list[str]:
    """Chatwoot's numbers straight from the query layer, as a text."""
    found = chatwoot_numbers(marts.marts(), days, filters, in_business_hours)
    return [
        chatwoot.write(number.unit, found[number.name], "pt").replace("\u00a0", " ")
        for number in NUMBERS
    ]


def ours(days: Days, filters: Filters) -> list[str]:
    ids = dict.fromkeys(number.kpi_id for number in NUMBERS)
    values = {
        value.kpi.kpi_id: value
        for value in kpis.values(marts.marts(), ids, Period(days, days, None), filters)
    }
    return [
        chatwoot.write_ours(number, values[number.kpi_id], "pt").replace("\u00a0", " ")
        for number in NUMBERS
    ]


def test_both_sides_are_those_of_the_query_layer(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, GLOSSARY, p="90d")
    days = ninety_days()
    assert shown(app, "Chatwoot") == written(days, Filters())
    assert shown(app, "Aqui") == ours(days, Filters())
    # Something of each is counted: the comparison is of numbers.
    assert not {"0", formats.NO_VALUE} & {*shown(app, "Chatwoot"), *shown(app, "Aqui")}


def test_units_are_kept_and_other_filters_are_left_out(
    shared: Warehouse, open_page: OpenPage
) -> None:
    label = shared.value("select min(label) from marts.mart_labels")
    app = open_page(shared, GLOSSARY, p="90d", un="AllpFit Centro", et=label, res="ai")
    filters = Filters(units=("AllpFit Centro",))
    assert shown(app, "Chatwoot") == written(ninety_days(), filters)
    assert shown(app, "Aqui") == ours(ninety_days(), filters)
    assert "não têm estes filtros" in words(app)
    assert "etiquetas, quem resolveu" in words(app)


def test_business_hours_change_the_means_alone(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse, GLOSSARY, p="90d")
    before = shown(app, "Chatwoot")
    app.toggle(key="chatwoot_business_hours").set_value(True).run()
    after = shown(app, "Chatwoot")
    assert after == written(ninety_days(), Filters(), in_business_hours=True)
    for number, one, other in zip(NUMBERS, before, after, strict=True):
        assert (one != other) == (number.unit == "seconds"), number.name


@pytest.mark.parametrize("language", ["pt", "en"])
def test_every_number_says_what_it_is_and_why_it_differs(
    shared: Warehouse, open_page: OpenPage, language: texts.Language
) -> None:
    app = open_page(shared, GLOSSARY, p="90d", idioma=language)
    names = list(table_of(app).index)
    text = words(app)
    for number, name in zip(NUMBERS, names, strict=True):
        label, differs, counted = (
            texts.say(language, f"chatwoot_{number.name}{part}")
            for part in ("", "_differs", "_is")
        )
        assert name.startswith(f"**{label}**")
        assert texts.plain(differs) in name
        assert texts.plain(counted) in text
        # One sentence each.
        assert differs.endswith(".")
        assert differs.count(". ") == 0
    for note in texts.CHATWOOT_NOTES:
        assert texts.say(language, note) in text
    assert "4.16" in text


def test_days_without_anything_say_so(shared: Warehouse, open_page: OpenPage) -> None:
    unit = shared.value("select min(unit) from marts.mart_inboxes")
    shown_day = shared.value(
        "select min(local_date) from marts.mart_temporal_days as days"
        " where not exists ("
        "select from marts.mart_executive_chatwoot_days as counted"
        " inner join marts.mart_inboxes as inboxes using (inbox_id)"
        " where counted.local_date = days.local_date and inboxes.unit = %s)",
        unit,
    )
    day = str(shown_day)
    app = open_page(shared, GLOSSARY, p="personalizado", de=day, ate=day, un=unit)
    assert not app.exception
    assert texts.say("pt", "chatwoot_none") in words(app)
    assert not [table for table in app.table if "Chatwoot" in table.value.columns]


def test_a_number_that_fails_leaves_the_others(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update marts.kpi_catalog set numerator = 'nothing' where kpi_id = 'csat_avg'"
    )
    app = open_page(warehouse, GLOSSARY, p="90d")
    cells = shown(app, "Aqui")
    assert cells.count(texts.say("pt", "card_failed")) == 1
    assert shown(app, "Chatwoot") == written(ninety_days(), Filters())


def test_what_is_switched_off_has_a_reason(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update marts.mart_features set is_configured = false where feature = 'csat'"
    )
    cells = shown(open_page(warehouse, GLOSSARY, p="90d"), "Aqui")
    assert cells[-2:] == [f"{formats.NO_VALUE} (não configurado)"] * 2
