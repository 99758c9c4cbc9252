"""What each page adds to its cards: changes, today, comparisons, checks, states."""

from datetime import timedelta

import pytest
from conftest import SECONDS_AT_MOST, Warehouse
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from test_dashboard import OpenPage, go, later, link_of, metrics, open_page, words
from test_dashboard_ai_quality import ninety_days

import kpis
from dashboards import marts
from dashboards.app import FIRST, PAGES
from dashboards.view import PageView
from kpis import Days, Filters, Value, checks, periods
from reporting import cards, kpi_words, texts
from reporting.findings import changes, operation, segments
from reporting.view import View

__all__ = ["open_page"]  # the fixture

ADDRESSES = [address for _, address, _ in PAGES]
OF_PERIODS = [page for page in ADDRESSES if page not in ("conversas", "glossario")]


@pytest.fixture
def view(shared: Warehouse, open_page: OpenPage) -> View:
    """The last thirty days, as a page sees them."""
    open_page(shared)
    status = marts.now()
    period = periods.choose("30d", status.first_date, status.local_date)
    return View("pt", status, period, Filters(), marts.as_of(status.version))


# ------------------------------------------------------------------ what changed


@pytest.mark.parametrize("cut", [*changes.CUTS, changes.LAST_AGENT])
def test_what_changed_adds_up_to_the_change_of_the_card(view: View, cut: str) -> None:
    asked = 0
    for kpi_id in view.ids("executive"):
        kpi = view.catalogue[kpi_id]
        value = view.values((kpi_id,))[kpi_id]
        assert isinstance(value, Value)
        if not kpis.kind_of(kpi).can_be_split or value.previous is None:
            continue
        if cut == changes.LAST_AGENT and kpi.mart != changes.EPISODES:
            continue
        assert value.complete is not None
        parts = changes.found_parts(view, kpi, cut)
        total = sum(part.total for part in parts)
        assert total == pytest.approx(value.complete - value.previous, abs=1e-9)
        asked += 1
    assert asked >= 3


def test_what_changed_needs_something_to_compare_with(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared)
    label = app.selectbox(key="changes kpi pt").value
    assert label == "episodes_total"
    assert "a soma é" in words(app)
    app.selectbox(key="changes by pt").set_value(changes.LAST_AGENT).run()
    app.selectbox(key="changes kpi pt").set_value("ai_automation_rate").run()
    assert not app.exception
    assert "Desempenho" in words(app)
    app.selectbox(key="comparison").set_value("nenhuma").run()
    assert "Sem período de comparação" in words(app)


# ------------------------------------------------------------------ today


@pytest.mark.parametrize("page", ADDRESSES)
def test_today_is_partial_and_compared_with_nothing(
    shared: Warehouse, open_page: OpenPage, page: str
) -> None:
    app = open_page(shared, page, p="hoje")
    assert not app.exception
    assert texts.say("pt", "section_failed_help") not in words(app)
    assert link_of(app)["p"] == ["hoje"]
    clock = marts.now().local_as_of.strftime("%H:%M")
    assert f"só até {clock}" in words(app)
    assert "nenhum dia do período terminou" in words(app)


@pytest.mark.parametrize(
    ("page", "kpi_id"),
    [
        ("visao-executiva", "ai_automation_rate"),
        ("operacao", "fcr_rate"),
        ("agente-de-ia", "unanswered_rate"),
        ("qualidade", "handoff_rate"),
    ],
)
def test_what_is_too_young_is_not_judged(
    shared: Warehouse, open_page: OpenPage, page: str, kpi_id: str
) -> None:
    app = open_page(shared, page, p="hoje")
    catalogue = kpis.catalogue(marts.marts())
    assert metrics(app)[catalogue[kpi_id].label_pt] == "—"
    assert texts.say("pt", "reason_immature") in words(app)


def test_no_course_ends_with_a_day_that_is_too_young(view: View) -> None:
    assert view.period.complete is not None
    days = len(view.period.complete)
    young = view.days_not_judged() & set(view.period.complete)
    assert 0 < len(young) < days
    courses = cards.courses(view, view.values(("episodes_total", "resolution_rate")))
    assert len(courses["episodes_total"]) == days
    assert len(courses["resolution_rate"]) == days - len(young)


def test_no_card_says_two_percentiles_that_seem_to_disagree(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, "agente-de-ia", p="90d")
    period = ninety_days()
    (found,) = kpis.values(marts.marts(), ["ai_first_response_time"], period)
    assert found.kpi.quantile == 0.95
    nine_in_ten = kpi_words.show_value(found.kpi, found.p90, "pt")
    assert texts.say("pt", "nine_in_ten", value=nine_in_ten) not in words(app)
    assert texts.say("pt", "within_share", share="95%") in words(app)


def test_the_first_page_is_found_by_the_address_of_its_like(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, "operacao", p="7d")
    app._page_hash = calc_hash(FIRST)
    app.run()
    assert not app.exception
    assert app.title[0].value == texts.say("pt", "executive")
    assert link_of(app) == {"p": ["7d"]}


def test_going_back_over_the_menu_keeps_the_filters(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, p="7d")
    for _ in range(2):  # the menu's empty link, and the browser's way back to it
        app.query_params.clear()
        go(app, "operacao")
        app.run()
        assert not app.exception
        assert link_of(app) == {"p": ["7d"]}
    app.segmented_control(key="preset").set_value("30d").run()
    assert link_of(app) == {}


# ------------------------------------------------------------------ the operation


def test_a_queue_of_another_load_is_noticed(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse, "operacao")
    assert "Na carga de" in words(app)
    before = metrics(app)["Aguardando resposta"]
    warehouse.execute(
        """
        create table marts.rebuilt as select * from marts.mart_operational_queue;
        update marts.rebuilt set queue_waiting = 0;
        alter table marts.mart_operational_queue rename to gone;
        alter table marts.rebuilt rename to mart_operational_queue;
        grant select on marts.mart_operational_queue to public;
        """
    )
    app.run()
    assert before != "0"
    assert metrics(app)["Aguardando resposta"] == "0"


def test_hours_of_service_are_those_of_most_episodes(view: View) -> None:
    hours = operation.open_hours(view)
    assert 12 in hours
    assert 3 not in hours


def test_charts_of_the_operation_have_their_numbers(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, "operacao", p="90d")
    period = ninety_days()
    found = {
        value.kpi.kpi_id: value
        for value in kpis.values(
            marts.marts(), ["reply_time", "sla_first_response_rate"], period
        )
    }
    for key, cases in (
        ("reply_times", found["reply_time"].cases),
        ("coverage", found["sla_first_response_rate"].denominator),
    ):
        app.toggle(key=f"table of {key}").set_value(True).run()
        n = app.table[0].value["n"].str.replace(".", "").astype(int)
        assert n.sum() == cases
        app.toggle(key=f"table of {key}").set_value(False).run()


# ------------------------------------------------------------------ segments, trends


def test_segments_are_compared_by_what_they_have(
    shared: Warehouse, open_page: OpenPage
) -> None:
    def page() -> None:
        import streamlit as st

        from dashboards.pages import segments

        view = st.session_state.view
        ids = segments.UNITS.columns(view)
        by_unit: dict[object, dict[str, object]] = {}
        for value in view.groups(ids, "unit"):
            by_unit.setdefault(value.group, {})[value.kpi.kpi_id] = value
        chosen = {unit: by_unit[unit] for unit in ("AllpFit Centro", "AllpFit Moema")}
        segments.show_compared(view, segments.UNITS, chosen, view.values(ids))

    open_page(shared)
    status, period = marts.now(), ninety_days()
    view = PageView("pt", status, period, Filters(), marts.as_of(status.version))
    app = segments_app(page, view)
    app.toggle(key="table of compared unit").set_value(True).run()
    assert not app.exception
    table = app.table[0].value
    found = {
        value.group: value
        for value in kpis.values(
            marts.marts(), ["channel_resolution_rate"], period, None, "unit"
        )
    }
    for unit in ("AllpFit Centro", "AllpFit Moema"):
        text = kpi_words.show_value(found[unit].kpi, found[unit].value, "pt")
        assert table.loc["Resolução", unit] == text


def segments_app(page, view: View):  # type: ignore[no-untyped-def]
    app = AppTest.from_function(page, default_timeout=SECONDS_AT_MOST)
    app.session_state.view = view
    return app.run()


def test_agents_are_in_quadrants(shared: Warehouse, open_page: OpenPage) -> None:
    app = open_page(shared, "segmentos", p="90d")
    app.session_state.segment_tab = "Agente"
    app.run()
    assert not app.exception
    app.toggle(key="table of quadrants").set_value(True).run()
    table = app.table[0].value
    assert len(table) >= segments.FEWEST_IN_QUADRANTS
    assert "acima da mediana" in words(app)


def test_a_card_of_its_own_days_leads_to_these(
    shared: Warehouse, open_page: OpenPage
) -> None:
    open_page(shared)
    status = marts.now()
    period = periods.choose("7d", status.first_date, status.local_date)
    for kpi_id in ("week_over_week", "volume_growth_mom"):
        (value,) = kpis.values(marts.marts(), [kpi_id], period)
        said = cards.own_days(value)
        days = Days(*(value.parts[-1].key for _ in "ab"))  # type: ignore[arg-type]
        assert said["de"] == [days.first.isoformat()]
        first, last = (
            type(days.first).fromisoformat(said[name][0]) for name in ("de", "ate")
        )
        found = kpis.listing(marts.marts(), kpi_id, Days(first, last), limit=1)
        assert found.total == value.cases


def test_measures_follow_the_time_that_is_chosen(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, "tendencias")
    app.toggle(key="table of measures").set_value(True).run()
    days = app.table[0].value
    app.segmented_control(key="measures days").set_value(365).run()
    assert not app.exception
    weeks = app.table[0].value
    assert len(weeks) < len(days) <= 90
    count = weeks["Atendimentos"].str.replace(".", "").astype(int).sum()
    status = marts.now()
    first = max(status.local_date - timedelta(days=365), status.first_date)
    shown = Days(first, status.local_date - timedelta(days=1))
    (value,) = kpis.values(
        marts.marts(), ["episodes_total"], kpis.Period(shown, shown, None)
    )
    assert count == value.value


# ------------------------------------------------------------------ the checks


def test_the_numbers_agree_and_a_difference_is_told(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse, "glossario", p="90d")
    button = next(b for b in app.button if b.label == "Conferir agora")
    button.click().run()
    assert not app.exception
    table = next(t.value for t in app.table if "Resultado" in t.value.columns)
    assert table["Resultado"].str.startswith("✓").all()
    period = ninety_days()
    names = {check.name for check in checks.checks(marts.marts(), period.shown)}
    assert names == {"loaded", "outcomes", "sums", "list"}
    warehouse.execute(
        "update marts.mart_executive_episode_days"
        " set inbound_episodes = inbound_episodes + 1"
    )
    bad = {
        check.name
        for check in checks.checks(marts.marts(), period.shown)
        if not check.is_good
    }
    assert bad == {"outcomes", "sums", "list"}


# ------------------------------------------------------------------ every state


@pytest.mark.parametrize("page", OF_PERIODS)
def test_few_cases_are_said_on_every_page(
    warehouse: Warehouse, open_page: OpenPage, page: str
) -> None:
    warehouse.execute("update marts.kpi_catalog set minimum_cases = 100000")
    app = open_page(warehouse, page, p="90d")
    assert not app.exception
    assert texts.say("pt", "section_failed_help") not in words(app)
    shown = words(app).lower()
    assert "amostra pequena" in shown or "poucos casos" in shown


@pytest.mark.parametrize("page", ADDRESSES)
def test_every_page_says_that_it_is_stale(
    warehouse: Warehouse,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    app = open_page(warehouse, page, p="90d")
    later(monkeypatch, hours=70)
    app.run()
    assert not app.exception
    assert "Os dados param em" in app.error[0].value


@pytest.mark.parametrize("page", ADDRESSES)
def test_every_page_stands_what_is_not_configured(
    warehouse: Warehouse, open_page: OpenPage, page: str
) -> None:
    warehouse.execute("update marts.mart_features set is_configured = false")
    app = open_page(warehouse, page, p="90d")
    assert not app.exception
    assert texts.say("pt", "section_failed_help") not in words(app)
    assert texts.say("pt", "card_failed_help") not in words(app)


@pytest.mark.parametrize("page", OF_PERIODS)
def test_a_part_that_fails_leaves_the_others_on_every_page(
    warehouse: Warehouse,
    open_page: OpenPage,
    page: str,
) -> None:
    warehouse.execute(
        "update marts.kpi_catalog set numerator = 'nothing'"
        " where kpi_id in ('ai_automation_rate', 'reply_time', 'fcr_rate', 'csat_net',"
        " 'channel_resolution_rate', 'week_over_week')"
    )
    app = open_page(warehouse, page, p="90d")
    assert not app.exception
    failed = ("card_failed_help", "section_failed_help")
    assert any(texts.say("pt", key) in words(app) for key in failed)
    go(app, "glossario")
    assert not app.run().exception
