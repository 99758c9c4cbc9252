"""Segmentos, Tendências and the glossary: true to the query layer, in every state."""

from datetime import timedelta

import pandas as pd
import pytest
from conftest import Warehouse
from streamlit.testing.v1 import AppTest
from test_dashboard import (
    OpenPage,
    expected,
    ids_of,
    link_of,
    metrics,
    open_page,
    without_markup,
    words,
)

import kpis
from dashboards import marts
from kpis import Days, Filters, health, periods, temporal
from reporting import formats, kpi_words, texts
from reporting.findings import segments, trends
from reporting.view import View

__all__ = ["open_page"]  # the fixture

SEGMENTS, TRENDS, GLOSSARY = "segmentos", "tendencias", "glossario"
PAGES = (SEGMENTS, TRENDS, GLOSSARY)


def ninety_days() -> kpis.Period:
    status = marts.now()
    return periods.choose("90d", status.first_date, status.local_date)


def open_tab(app: AppTest, name: str) -> AppTest:
    app.session_state.segment_tab = name
    return app.run()


# ------------------------------------------------------------------ every page


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["pt", "en"])
def test_page_renders_in_both_languages(
    shared: Warehouse, open_page: OpenPage, page: str, language: texts.Language
) -> None:
    app = open_page(shared, page, p="90d", idioma=language)
    assert not app.exception
    assert texts.say(language, "section_failed_help") not in words(app)
    assert texts.say(language, "card_failed_help") not in words(app)
    titles = {
        SEGMENTS: ("Segmentos", "Segments"),
        TRENDS: ("Tendências", "Trends"),
        GLOSSARY: ("Glossário e saúde dos dados", "Glossary and data health"),
    }
    assert app.title[0].value == titles[page][language == "en"]


@pytest.mark.parametrize("page", PAGES)
def test_page_without_anything_to_count(
    shared: Warehouse, open_page: OpenPage, page: str
) -> None:
    first = shared.value("select min(local_date) from marts.mart_temporal_days")
    agent = shared.value("select max(agent_id) from marts.mart_agents where not is_ai")
    day = first.isoformat()
    # What the AI resolved alone holds no message of a person.
    app = open_page(
        shared, page, p="personalizado", de=day, ate=day, ag=str(agent), res="ai"
    )
    assert not app.exception
    if page != GLOSSARY:
        assert texts.say("pt", "empty_title") in app.info[0].value
        assert not app.metric


# ------------------------------------------------------------------ segments


@pytest.mark.parametrize(
    ("tab", "cut", "kept"),
    [
        ("Canal e unidade", segments.UNITS, Filters()),
        ("Agente", segments.AGENTS, Filters()),
        ("Time", segments.TEAMS, Filters(channel_kinds=("whatsapp",))),
    ],
)
def test_a_segment_is_what_the_query_layer_says(
    shared: Warehouse,
    open_page: OpenPage,
    tab: str,
    cut: segments.Segments,
    kept: Filters,
) -> None:
    link = {"canal": "whatsapp"} if kept.used else {}
    app = open_tab(open_page(shared, SEGMENTS, p="90d", **link), tab)
    assert not app.exception
    table = app.dataframe[0].value
    level = [
        kpi.kpi_id
        for kpi in kpis.catalogue(marts.marts()).values()
        if kpi.level == "segment"
        and kpi.dimension == cut.dimension
        and kpis.kind_of(kpi).has_groups
    ]
    assert set(level) <= set(table.columns)
    found = kpis.values(marts.marts(), level, ninety_days(), kept, cut.group)
    whole = expected(ninety_days(), kept, level)
    for kpi_id in level:
        of_kpi = [
            v.value for v in found if v.kpi.kpi_id == kpi_id and v.value is not None
        ]
        shown = table[kpi_id].dropna().tolist()
        if whole[kpi_id].value is not None:
            assert shown.pop() == pytest.approx(whole[kpi_id].value), kpi_id
        assert sorted(shown) == pytest.approx(sorted(of_kpi)), kpi_id
    assert table["segment"].iloc[-1] == "Total"


def test_tabs_that_are_closed_are_not_drawn(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, SEGMENTS, p="90d")
    assert [table.value.columns[1] for table in app.dataframe] == ["channel_episodes"]


def test_best_and_worst_leave_small_samples_out() -> None:
    kpi = kpis.Kpi(
        **dict.fromkeys(kpis.Kpi.__dataclass_fields__)
        | {"kpi_id": "x", "direction": "down", "minimum_cases": 20}
    )
    column = [
        kpis.Value(kpi, value=1.0, reason="small_sample"),
        kpis.Value(kpi, value=2.0),
        None,
        kpis.Value(kpi, value=9.0),
        kpis.Value(kpi),
    ]
    assert segments.marked(column) == {1: segments.BEST, 3: segments.WORST}
    assert segments.marked(column[:3]) == {}


def test_twice_the_mean_load_is_flagged_in_words(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    agent, name = warehouse.query(
        "select agent_id, agent_name from marts.mart_agents"
        " inner join marts.mart_segment_agent_days using (agent_id)"
        " group by 1, 2 order by count(*) desc limit 1"
    )[0]
    app = open_tab(open_page(warehouse, SEGMENTS, p="90d"), "Agente")
    assert "Ninguém tem mais de 2× a carga média" in words(app)
    warehouse.execute(
        "update marts.mart_segment_agent_days set agent_episodes = 50"
        " where agent_id = %s",
        agent,
    )
    app = open_tab(open_page(warehouse, SEGMENTS, p="90d"), "Agente")
    assert texts.plain(f"Mais de 2× a carga média: {name}") in words(app)


def test_a_segment_within_a_choice_does_not_widen_it(
    shared: Warehouse, open_page: OpenPage
) -> None:
    open_page(shared)
    status = marts.now()
    view = View(
        "pt",
        status,
        ninety_days(),
        Filters(),
        marts.as_of(status.version),
        {"un": ["AllpFit Centro"], "p": ["90d"]},
    )
    link = segments.UNITS.link("AllpFit Centro", view)
    assert link == {"un": ["AllpFit Centro"], "p": ["90d"]}
    assert segments.TEAMS.link(0, view)["time"] == ["0"]
    assert segments.TEAMS.alone(0, view).filters.teams == (0,)


# ------------------------------------------------------------------ trends


def test_every_card_of_trends_is_what_the_query_layer_says(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, TRENDS, p="90d")
    shown = metrics(app)
    asked = ids_of("temporal")
    for kpi_id, value in expected(ninety_days(), Filters(), asked).items():
        text = kpi_words.show_value(value.kpi, value.value, "pt")
        assert without_markup(shown[value.kpi.label_pt]) == text, kpi_id
    last = ninety_days().shown.last
    week = Days(last - timedelta(days=6), last)
    period = kpis.Period(week, week, week.back(7))
    for value in expected(period, Filters(), list(trends.WEEKLY)).values():
        text = kpi_words.show_value(value.kpi, value.value, "pt")
        (metric,) = [m for m in app.metric if m.label == value.kpi.label_pt]
        assert without_markup(metric.value) == text
        assert str(metric.delta or 0) == str(kpi_words.show_change(value, "pt") or 0)


def test_the_chart_of_volume_adds_up_and_ends_with_the_forecast(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, TRENDS, p="90d")
    table = app.toggle(key="table of volume").set_value(True).run().table[0].value
    found = expected(ninety_days(), Filters(), ["episodes_total", "volume_forecast"])
    assert table["Atendimentos"].sum() == found["episodes_total"].value
    assert table["Esperado"].sum() == found["volume_forecast"].value
    assert table["Esperado"].count() == 14
    assert (table["De"].dropna() <= table["Até"].dropna()).all()
    trial = temporal.backtest(marts.marts())[temporal.WHOLE]
    assert formats.percent(trial.wape or 0, "pt") in words(app)


def test_the_calendar_and_the_months_count_the_same_episodes(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, TRENDS)
    table = app.toggle(key="table of calendar").set_value(True).run().table[0].value
    status = marts.now()
    shown = Days(status.first_date, status.local_date - timedelta(days=1))
    months = next(d.value for d in app.dataframe if "Crescimento" in d.value.columns)
    everything = shared.value(
        "select sum(inbound_episodes) from marts.mart_executive_episode_days"
        " where local_date between %s and %s",
        shown.first,
        shown.last,
    )
    assert sum(table["Atendimentos"].astype(int)) == everything
    counts = months["Atendimentos"].str.replace(".", "").astype(int)
    assert counts.sum() == everything
    growth = expected(
        kpis.Period(shown, shown, None), Filters(), ["volume_growth_mom"]
    )["volume_growth_mom"]
    assert kpi_words.show_value(growth.kpi, growth.value, "pt") in list(
        months["Crescimento"]
    )


def test_an_unusual_day_is_marked_listed_and_named(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    last = warehouse.value("select local_date - 1 from marts.mart_load_status")
    inbox = warehouse.value("select min(inbox_id) from marts.mart_inboxes")
    warehouse.execute("delete from marts.mart_temporal_anomalies")
    for scope, inbox_id in (("all", None), (str(inbox), inbox)):
        warehouse.execute(
            "insert into marts.mart_temporal_anomalies (scope, inbox_id, direction,"
            " anomaly_days, actual_episodes, expected_episodes, z_score, local_date)"
            " values (%s, %s, 'up', 1, 90, 30, 5.2, %s)",
            scope,
            inbox_id,
            last,
        )
    app = open_page(warehouse, TRENDS, p="90d")
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["Atendimentos"]) == ["▲ 90", "▲ 90"]
    assert table["Onde"].iloc[0] == "Tudo"
    assert metrics(app)["Dias fora do padrão"] == "1"


def test_a_day_of_a_chart_leads_to_its_episodes(
    shared: Warehouse, open_page: OpenPage
) -> None:
    open_page(shared)
    status = marts.now()
    ask = marts.as_of(status.version)
    view = View("pt", status, ninety_days(), Filters(), ask, {"p": ["90d"]})
    day = status.local_date - timedelta(days=2)
    link = trends.of_days(view, Days(day, day)).linked(kpi="episodes_total")
    app = open_page(shared, "conversas", **link)
    value = trends.volumes(trends.of_days(view, Days(day, day)))[day]
    assert value > 0
    assert app.subheader[0].value.startswith(f"{value:.0f} ")


def test_there_is_no_forecast_of_a_team(shared: Warehouse, open_page: OpenPage) -> None:
    app = open_page(shared, TRENDS, p="90d", time="0")
    assert not app.exception
    assert "só existem para o total ou uma única caixa" in words(app)


def test_days_without_a_load_are_known(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    last = warehouse.value("select local_date from marts.mart_load_status")
    warehouse.execute(
        "update marts.mart_temporal_days set good_loads = 1 where local_date = %s",
        last - timedelta(days=5),
    )
    warehouse.execute(
        "update marts.mart_temporal_days set good_loads = 0 where local_date = %s",
        last - timedelta(days=3),
    )
    app = open_page(warehouse, TRENDS)
    days = Days(last - timedelta(days=6), last)
    lacking = {
        day.local_date
        for day in temporal.calendar(marts.marts(), days)
        if day.lacks_load
    }
    assert lacking == {last - timedelta(days=n) for n in (4, 3, 2, 1)}
    table = app.toggle(key="table of calendar").set_value(True).run().table[0].value
    assert list(table["Nota"]).count("Sem carga no dia") >= 3


def test_one_inbox_has_a_forecast_and_two_have_none(
    shared: Warehouse, open_page: OpenPage
) -> None:
    open_page(shared)
    ids = [
        inbox_id
        for (inbox_id,) in shared.query("select inbox_id from marts.mart_inboxes")
    ]
    scope = temporal.scope
    assert scope(marts.marts(), Filters()) == temporal.WHOLE
    assert scope(marts.marts(), Filters(inboxes=(ids[0],))) == str(ids[0])
    assert scope(marts.marts(), Filters(inboxes=tuple(ids[:2]))) is None
    assert scope(marts.marts(), Filters(inboxes=(ids[0],), teams=(0,))) is None


# ------------------------------------------------------------------ glossary


def test_glossary_defines_every_kpi(shared: Warehouse, open_page: OpenPage) -> None:
    app = open_page(shared, GLOSSARY)
    text = words(app)
    for kpi in kpis.catalogue(marts.marts()).values():
        assert f"`{kpi.kpi_id}`" in text
        assert kpis.kind_of(kpi).written(kpi, "pt") in text
    assert link_of(app) == {}
    assert "(O)" in text
    assert "(P)" in text
    app.text_input(key="glossary_search").set_value("automação").run()
    assert "`channel_ai_automation_rate`" in words(app)
    assert "`queue_waiting`" not in words(app)
    app.text_input(key="glossary_search").set_value("xyzzy").run()
    assert "tente outra palavra" in words(app)


def test_glossary_shows_parameters_features_and_loads(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute("update marts.mart_features set is_configured = false")
    app = open_page(warehouse, GLOSSARY)
    assert not app.exception
    found = health.parameters(marts.marts())
    name = "config/parameters.csv"
    table = next(found.value for found in app.table if name in found.value.columns)
    assert set(table[name]) == {parameter.parameter for parameter in found}
    assert set(table["De quem"]) == {"padrão"}
    assert table.loc["Silêncio que encerra um atendimento", "Valor"] == "24 horas"
    for feature in health.features(marts.marts()):
        how = texts.plain(texts.say("pt", f"how_{feature}"))
        assert how in words(app)
    load = health.last_load(marts.marts())
    assert load is not None
    assert metrics(app)["Mensagens"] == formats.count(load.messages, "pt")
    assert "Nenhuma falha registrada" in words(app)


def test_glossary_shows_what_is_configured_and_whose_it_is(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update configuration.parameters set value = '12', origin = 'owner'"
        " where parameter = 'episode_gap_hours';"
        "update marts.mart_parameters set value = 12, our_value = 24, origin = 'owner'"
        " where parameter = 'episode_gap_hours';"
        "update marts.mart_configuration set value = 'target 4.5, minimum_cases 20',"
        " our_value = 'target 4, minimum_cases 20', origin = 'owner'"
        " where file = 'targets' and entry = 'csat_avg'"
    )
    app = open_page(warehouse, GLOSSARY)
    assert not app.exception
    name = "config/parameters.csv"
    table = next(found.value for found in app.table if name in found.value.columns)
    gap = table[table[name] == "episode_gap_hours"].iloc[0]
    assert list(gap[["Valor", "De quem", "Padrão"]]) == ["12 horas", "seu", "24 horas"]
    assert "Metas · 47, sendo 1 de vocês" in [each.label for each in app.expander]
    rows = pd.concat(
        found.value
        for found in app.table
        if "De quem" in found.value.columns and name not in found.value.columns
    )
    csat = rows.loc[texts.plain("CSAT médio (csat_avg)")]
    assert csat["Valor"] == texts.plain("meta 4,50 · mínimo de casos 20")
    assert csat["Padrão"] == texts.plain("meta 4,00 · mínimo de casos 20")
    assert rows.loc[texts.plain("assistente.ia@allpfit.example"), "De quem"] == "seu"


def test_a_failed_load_is_told(warehouse: Warehouse, open_page: OpenPage) -> None:
    warehouse.execute(
        "insert into raw_chatwoot.load_runs (status, started_at)"
        " values ('failed', '2026-03-11 18:00+00')"
    )
    app = open_page(warehouse, GLOSSARY)
    assert "falhou" in words(app)
    assert "11/03/2026 15:00" in words(app)
