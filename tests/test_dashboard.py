"""The dashboard on a built warehouse: every page, every state, in both languages."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import streamlit as st
import yaml
from conftest import NOW, PROJECT_ROOT, SECONDS_AT_MOST, Warehouse
from psycopg2 import errors
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import kpis
from dashboards import marts
from dashboards.app import PAGES
from kpis import (
    DatabaseDownError,
    Days,
    Filters,
    NoDataError,
    Value,
    database,
    limits,
    periods,
)
from loader.locks import BUILD_LOCK_KEY
from reporting import choices, formats, freshness, kpi_words, texts
from reporting.findings import executive, operation

APP = PROJECT_ROOT / "dashboards" / "app.py"
OpenPage = Callable[..., AppTest]
EXECUTIVE, OPERATION, CONVERSATIONS_PAGE = (
    "visao-executiva",
    "operacao",
    "conversas",
)


# ------------------------------------------------------------------ fixtures


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open a page on a warehouse, with what its link says."""

    def open_(
        warehouse: Warehouse, page: str = EXECUTIVE, **link: str | list[str]
    ) -> AppTest:
        login = warehouse.reader
        for name, value in {
            "LOCAL_DB_HOST": login["host"],
            "LOCAL_DB_PORT": str(login["port"]),
            "LOCAL_DB_NAME": login["dbname"],
            "LOCAL_DB_USER": "nobody",
            "LOCAL_DB_PASSWORD": "unused",
            "DASHBOARD_DB_USER": login["user"],
            "DASHBOARD_DB_PASSWORD": login["password"],
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(freshness, "now", lambda: NOW)
        st.cache_data.clear()
        st.cache_resource.clear()
        app = AppTest.from_file(str(APP), default_timeout=SECONDS_AT_MOST)
        for name, value in link.items():
            app.query_params[name] = value
        go(app, page)
        return app.run()

    return open_


def later(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    """Let some hours pass since the load, on the dashboard's clock."""
    monkeypatch.setattr(freshness, "now", lambda: NOW + timedelta(hours=hours))


def go(app: AppTest, page: str) -> None:
    """Be on a page, as a reader who opened its address or its entry of the menu."""
    app._page_hash = calc_hash("" if page == EXECUTIVE else page)


def metrics(app: AppTest) -> dict[str, str]:
    """The value of each card."""
    assert not app.exception
    return {metric.label: metric.value for metric in app.metric}


def link_of(app: AppTest) -> dict[str, list[str]]:
    """What the link of the page says."""
    said = dict(app.query_params)
    return {name: [v] if isinstance(v, str) else v for name, v in said.items()}


def words(app: AppTest) -> str:
    """All the text of the page."""
    kinds = ("caption", "markdown", "title", "subheader", "warning", "error", "info")
    return "\n".join(
        str(element.value) for kind in (*kinds, "text") for element in app.get(kind)
    )


def expected(period: kpis.Period, kept: Filters, ids: list[str]) -> dict[str, Value]:
    """What the query layer says, straight from the database."""
    found = kpis.values(marts.marts(), ids, period, kept)
    return {value.kpi.kpi_id: value for value in found}


def ids_of(*levels: str) -> list[str]:
    """The KPIs of levels."""
    known = kpis.catalogue(marts.marts()).values()
    return [kpi.kpi_id for kpi in known if kpi.level in levels]


def without_markup(value: str) -> str:
    return re.sub(r"^:gray\[(.*)\]$", r"\1", value)


# ------------------------------------------------------------------ every number

LINKS: dict[str, dict[str, str | list[str]]] = {
    "thirty days": {},
    "two units": {"p": "90d", "un": ["AllpFit Centro", "Site AllpFit"]},
    "the month, today and four weeks": {"p": "mes", "hoje": "1", "cmp": "4semanas"},
    "an agent and a channel": {"p": "90d", "ag": "{agent}", "canal": "whatsapp"},
    "solved by the AI": {"p": "90d", "res": "ai", "cmp": "nenhuma"},
    "days of one's own": {"p": "personalizado", "de": "{first}", "ate": "{last}"},
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_every_card_is_what_the_query_layer_says(
    shared: Warehouse, open_page: OpenPage, link: dict[str, str | list[str]]
) -> None:
    last = shared.value("select local_date - 3 from marts.mart_load_status")
    first = last - timedelta(days=20)
    agent = shared.value("select min(agent_id) from marts.mart_agents where not is_ai")
    link = {
        name: said.format(agent=agent, first=first, last=last)
        if isinstance(said, str)
        else said
        for name, said in link.items()
    }
    app = open_page(shared, **link)
    status = marts.now()
    comparison = choices.COMPARISONS[str(link.get("cmp", "anterior"))]
    preset = str(link.get("p", periods.DEFAULT_PRESET))
    if preset == choices.CUSTOM:
        period = periods.between(
            Days(first, last), status.first_date, status.local_date, comparison
        )
    else:
        period = periods.choose(
            preset, status.first_date, status.local_date, "hoje" in link, comparison
        )
    kept = Filters(
        inboxes=inboxes_of(shared, link.get("un", [])),
        agents=(agent,) if "ag" in link else (),
        channel_kinds=("whatsapp",) if "canal" in link else (),
        resolvers=("ai",) if "res" in link else (),
    )
    shown = metrics(app)
    asked = ids_of("executive")
    for kpi_id, value in expected(period, kept, asked).items():
        text = kpi_words.show_value(value.kpi, value.value, "pt")
        assert without_markup(shown[value.kpi.label_pt]) == text, kpi_id
        (metric,) = [m for m in app.metric if m.label == value.kpi.label_pt]
        change = kpi_words.show_change(value, "pt")
        assert str(metric.delta or 0) == str(change or 0), kpi_id
    assert len(shown) == len(asked)

    go(app, OPERATION)
    shown = metrics(app.run())
    asked = [*ids_of("operational"), "conversations_active"]
    for kpi_id, value in expected(period, kept, asked).items():
        text = kpi_words.show_value(value.kpi, value.value, "pt")
        assert without_markup(shown[value.kpi.label_pt]) == text, kpi_id
    assert len(shown) == len(asked)


def inboxes_of(warehouse: Warehouse, units: str | list[str]) -> tuple[int, ...]:
    rows = warehouse.query(
        "select inbox_id from marts.mart_inboxes where unit = any(%s) order by 1",
        list(units),
    )
    return tuple(inbox_id for (inbox_id,) in rows)


def test_outcomes_of_the_days_add_up_to_the_episodes(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, p="90d", hoje="1")
    episodes = metrics(app)["Atendimentos"]
    table = app.toggle(key="table of outcomes_by_day").set_value(True).run().table[0]
    assert formats.count(table.value["Total"].sum(), "pt") == episodes
    assert (table.value.iloc[:, :-1].sum(axis=1) == table.value["Total"]).all()
    assert "(parcial)" in table.value.index[0]
    app.toggle(key="table of outcomes_by_day").set_value(False)
    app.toggle(key="table of outcomes").set_value(True)
    assert formats.count(app.run().table[0].value["Agora"].sum(), "pt") == episodes
    assert not app.exception


def test_a_chart_draws_what_the_components_add_up_to(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, OPERATION, p="90d")
    app.toggle(key="table of messages").set_value(True).run()
    total = app.table[0].value.to_numpy().sum()
    assert formats.count(total, "pt") == metrics(app)["Mensagens"]
    app.toggle(key="table of messages").set_value(False)
    key = "table of histogram human_response_time"
    waits = app.toggle(key=key).set_value(True).run().table[0].value
    status = marts.now()
    period = periods.choose("90d", status.first_date, status.local_date)
    (value,) = expected(period, Filters(), ["human_response_time"]).values()
    assert waits["Atendimentos"].sum() == value.cases


def test_a_new_kpi_shows_where_its_level_is(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    copy = """
        insert into marts.kpi_catalog
        select (jsonb_populate_record(kpi, %s::jsonb)).*
        from marts.kpi_catalog as kpi where kpi_id = 'episodes_total'
    """
    for level in ("executive", "operational"):
        news = f'{{"kpi_id": "new_{level}", "level": "{level}", "label_pt": "Novo"}}'
        warehouse.execute(copy, news)
    app = open_page(warehouse)
    shown = metrics(app)
    assert shown["Novo"] == shown["Atendimentos"]
    go(app, OPERATION)
    assert metrics(app.run())["Novo"] == shown["Novo"]


@pytest.mark.parametrize("address", [address for _, address, _ in PAGES])
def test_the_exposure_of_a_page_names_the_marts_it_reads(
    shared: Warehouse,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    read: set[str] = set()

    def within(query: str, *arguments: Any) -> str:
        read.update(re.findall(r'\bmarts"?\."?(\w+)', query))
        return limits.within(query, *arguments)

    monkeypatch.setattr(database, "within", within)
    assert not open_page(shared, address, p="90d").exception
    exposures = PROJECT_ROOT / "dbt_project/models/marts/_marts__exposures.yml"
    named = {
        exposure["url"]: {ref.split("'")[1] for ref in exposure["depends_on"]}
        for exposure in yaml.safe_load(exposures.read_text())["exposures"]
    }
    url = f"http://localhost:8501/{address}"
    assert url in named, f"add an exposure with the url {url} to {exposures}"
    assert not read - named[url]


# ------------------------------------------------------------------ the conversations


@pytest.mark.parametrize(
    ("kpi_id", "side"),
    [
        ("episodes_total", "numerador"),
        ("conversations_resolved", "numerador"),
        ("contacts_unique", "numerador"),
        ("escalation_rate", "numerador"),
        ("escalation_rate", "denominador"),
        ("human_response_time", "numerador"),
        ("queue_waiting", "numerador"),
    ],
)
def test_a_list_counts_what_its_card_counts(
    shared: Warehouse, open_page: OpenPage, kpi_id: str, side: str
) -> None:
    app = open_page(shared, CONVERSATIONS_PAGE, p="90d", kpi=kpi_id, lado=side)
    assert not app.exception
    status = marts.now()
    period = periods.choose("90d", status.first_date, status.local_date)
    (value,) = expected(period, Filters(), [kpi_id]).values()
    counted = value.denominator if side == "denominador" else value.numerator
    assert app.subheader[0].value.startswith(formats.count(counted, "pt") + " ")
    rows = app.dataframe[0].value
    if value.kpi.kind == "distinct":  # what is counted once may stand in several rows
        assert rows["display_id"].nunique() <= min(50, counted) <= len(rows)
    else:
        assert len(rows) == min(50, counted)
    assert link_of(app)["kpi"] == [kpi_id]


def test_pages_of_the_list_follow_each_other(
    shared: Warehouse, open_page: OpenPage
) -> None:
    first = open_page(shared, CONVERSATIONS_PAGE, p="90d").dataframe[0].value
    second = open_page(shared, CONVERSATIONS_PAGE, p="90d", pagina="2")
    assert list(first["display_id"]) != list(second.dataframe[0].value["display_id"])
    far = open_page(shared, CONVERSATIONS_PAGE, p="90d", pagina="9999")
    assert not far.exception
    rows = int(far.subheader[0].value.split()[0].replace(".", ""))
    assert len(far.dataframe[0].value) == (rows % 50 or 50)


@pytest.mark.parametrize(
    "link",
    [
        {"kpi": "volume_forecast"},
        {"kpi": "'; drop table marts.mart_agents; --", "lado": "x", "ordem": "y"},
        {"pagina": "-1"},
        {"id": "<script>"},
    ],
)
def test_a_wrong_link_of_the_list_falls_back(
    shared: Warehouse, open_page: OpenPage, link: dict[str, str]
) -> None:
    app = open_page(shared, CONVERSATIONS_PAGE, **link)
    assert not app.exception
    assert "Atendimentos" in app.subheader[0].value


def test_a_conversation_opens(shared: Warehouse, open_page: OpenPage) -> None:
    conversation_id, handed_off_at = shared.query(
        """
        select conversation_id, handoff_at from marts.mart_drilldown_episodes
        where has_handoff and human_response_seconds > 300 and csat_rating is not null
        order by conversation_id limit 1
        """
    )[0]
    assert handed_off_at
    app = open_page(shared, CONVERSATIONS_PAGE, id=str(conversation_id))
    assert not app.exception
    shown = [text.value for text in app.text]
    spoken = shared.query(
        """
        select message_text from marts.mart_drilldown_messages
        where conversation_id = %s and not is_deleted and message_text <> ''
            and sender_class in ('contact', 'ai', 'human', 'human_phone', 'automation')
        order by sent_at, message_id
        """,
        conversation_id,
    )
    assert [text for (text,) in spoken] == shown[-len(spoken) :]
    assert "Transferido para humano" in words(app)
    assert "à espera de um humano" in words(app)
    name, phone = shared.query(
        """
        select contact_name, contact_phone from marts.mart_drilldown_conversations
        where conversation_id = %s
        """,
        conversation_id,
    )[0]
    facts = "\n".join(shown[: -len(spoken)])
    assert not phone or phone not in facts
    assert not name or " " not in name.strip() or name not in facts


def test_a_conversation_that_is_not_there_is_said(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, CONVERSATIONS_PAGE, id="2147483647")
    assert not app.exception
    assert "2147483647" in app.info[0].value


MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> **forte** [a](http://b)"
    " ![c](http://d/e.png) :red[f] $g$ =1+1 \u202eh"
)


def test_what_people_write_shows_as_text(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    conversation_id = warehouse.value(
        "select max(conversation_id) from analytics.messages where is_request"
    )
    warehouse.execute(
        "update analytics.conversation_moments set message_text = %s"
        " where conversation_id = %s",
        MARKUP,
        conversation_id,
    )
    warehouse.execute("update marts.mart_agents set agent_name = %s", MARKUP)
    app = open_page(warehouse, CONVERSATIONS_PAGE, id=str(conversation_id))
    assert not app.exception
    assert MARKUP in [text.value for text in app.text]
    marked = "\n".join(e.value for e in (*app.markdown, *app.caption, *app.subheader))
    for raw in ("<script>", "<img", "**forte**", "[a](", ":red[", "$g$"):
        assert raw not in marked
    assert not any(element.allow_html for element in app.markdown)


def test_names_from_the_data_show_as_text(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    unit, label = "<b>Moema</b> **x**", "Taxa <script> **de** $R$"
    warehouse.execute(
        "update marts.mart_inboxes set unit = %s where inbox_id in (1, 2)", unit
    )
    warehouse.execute("update marts.kpi_catalog set label_pt = %s", label)
    app = open_page(warehouse, un=unit)
    assert not app.exception
    assert app.multiselect(key="units").value == [unit]
    names = app.multiselect(key="units").options
    assert [name for name in names if name.startswith(f"{unit} · ")]
    captions = [caption.value for caption in app.caption]
    assert r"Taxa \<script\> \*\*de\*\* \$R\$" in captions
    chip = next(b for b in app.button if b.key == f"chip units {unit}")
    assert r"\<b\>" in chip.label
    assert not any(element.allow_html for element in app.markdown)


# ------------------------------------------------------------------ every state

ADDRESSES = [address for _, address, _ in PAGES]


@pytest.mark.parametrize("page", ADDRESSES)
def test_every_page_speaks_both_languages(
    shared: Warehouse, open_page: OpenPage, page: str
) -> None:
    app = open_page(shared, page, p="90d")
    assert not app.exception
    assert not app.error
    (title,) = app.title
    portuguese = metrics(app)
    app.segmented_control(key="language").set_value("en").run()
    assert link_of(app)["idioma"] == ["en"]
    assert "Data until" in words(app)
    assert app.title[0].value != title.value
    english = metrics(app)
    assert len(english) == len(portuguese)
    assert not set(english) & set(portuguese) - {"CSAT"}
    for known in ("Atendimentos", "Ver tabela", "Crítico", "Atenção"):
        assert known not in words(app)


@pytest.mark.parametrize("page", ADDRESSES)
def test_without_a_load_every_page_says_what_to_do(
    new_warehouse: Callable[..., Warehouse], open_page: OpenPage, page: str
) -> None:
    empty = new_warehouse()
    with closing(empty.connection):
        app = open_page(empty, page)
    assert not app.exception
    assert not app.metric
    (warning,) = app.warning
    assert "Ainda não há dados" in warning.value
    assert "make run" in warning.value


# The glossary is not about a period.
@pytest.mark.parametrize("page", [page for page in ADDRESSES if page != "glossario"])
def test_nothing_in_the_period_offers_the_way_back(
    shared: Warehouse, open_page: OpenPage, page: str
) -> None:
    day = shared.value("select local_date from marts.mart_load_status")
    label = shared.value("select min(label) from marts.mart_labels")
    link = {"p": "personalizado", "de": str(day), "ate": str(day), "res": "human"}
    app = open_page(shared, page, et=label, **link)
    assert not app.exception
    assert app.info
    app.button(key="clear empty").click().run()
    assert not app.exception
    assert not link_of(app)
    assert not app.info


def test_marts_of_another_version_are_built_anew(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute("alter table marts.kpi_catalog rename column red to limit_red")
    app = open_page(warehouse)
    assert not app.exception
    assert "make run" in app.warning[0].value


def test_a_card_that_fails_leaves_the_others(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    whole = metrics(open_page(warehouse))
    warehouse.execute(
        "update marts.kpi_catalog set numerator = 'nothing' where kpi_id = 'csat_avg'"
    )
    warehouse.execute("alter table marts.mart_inboxes rename column unit to site")
    warehouse.execute("alter table marts.mart_inboxes add column unit text default ''")
    app = open_page(warehouse)
    broken = metrics(app)
    label = warehouse.value(
        "select label_pt from marts.kpi_catalog where kpi_id = 'csat_avg'"
    )
    assert broken == {name: text for name, text in whole.items() if name != label}
    assert "não pôde ser calculado" in words(app)


@pytest.mark.parametrize("page", ADDRESSES)
def test_database_down_is_one_message_and_the_next_try_works(
    shared: Warehouse,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    app = open_page(shared, page, p="7d")
    before = metrics(app)
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port = unused.getsockname()[1]
    good_port = os.environ["LOCAL_DB_PORT"]
    monkeypatch.setenv("LOCAL_DB_PORT", str(port))
    st.cache_resource.clear()
    app.run()
    assert not app.exception
    assert not app.metric
    (warning,) = app.warning
    assert "não responde" in warning.value
    assert shared.reader["password"] not in words(app)
    app.segmented_control(key="language").set_value("en").run()
    assert "does not answer" in app.warning[0].value
    app.segmented_control(key="language").set_value("pt").run()
    monkeypatch.setenv("LOCAL_DB_PORT", good_port)
    app.button[0].click().run()
    assert metrics(app) == before
    assert link_of(app)["p"] == ["7d"]


def test_new_rows_show_at_once(warehouse: Warehouse, open_page: OpenPage) -> None:
    app = open_page(warehouse)
    before = int(metrics(app)["Conversas iniciadas"])
    assert before
    warehouse.execute(
        """
        create table marts.rebuilt (like marts.mart_executive_activity_days);
        insert into marts.rebuilt select * from marts.mart_executive_activity_days;
        update marts.rebuilt set new_conversations = 3 * new_conversations;
        alter table marts.mart_executive_activity_days rename to gone;
        alter table marts.rebuilt rename to mart_executive_activity_days;
        """
    )
    assert int(metrics(app.run())["Conversas iniciadas"]) == 3 * before


def test_stale_data_is_said_and_greyed(
    warehouse: Warehouse, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(warehouse)
    assert "Em dia" in words(app)
    assert not app.error
    later(monkeypatch, hours=31)
    assert "Atrasados" in words(app.run())
    assert not app.error
    later(monkeypatch, hours=62)
    app.run()
    assert "Desatualizados" in words(app)
    assert "há 3 dias" in app.error[0].value
    assert all(value.startswith(":gray[") for value in metrics(app).values())


def test_new_account_is_named_in_the_badge(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    assert "conta nova" not in words(open_page(warehouse))
    warehouse.execute(
        "update raw_chatwoot.load_runs set new_accounts = '{77 Padaria Inventada}'"
    )
    assert "conta nova no Chatwoot, fora dos números: 77 Padaria" in words(
        open_page(warehouse)
    )


def test_accounts_are_a_filter_where_there_are_several(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    def filters_of(app: AppTest) -> set[str | None]:
        return {each.key for each in app.multiselect}

    app = open_page(warehouse)
    assert "units" in filters_of(app)
    assert "accounts" not in filters_of(app)
    warehouse.execute(
        """
        insert into marts.mart_accounts values (77, 'Padaria Inventada');
        update marts.mart_inboxes
        set account_id = 77, account_name = 'Padaria Inventada'
        where unit = 'AllpFit Centro'
        """
    )
    app = open_page(warehouse, conta="Padaria Inventada", p="90d")
    assert "accounts" in filters_of(app)
    shown = metrics(app)
    assert "Conta: Padaria Inventada" in {button.label for button in app.button}
    assert shown == metrics(open_page(warehouse, un="AllpFit Centro", p="90d"))


def test_failed_load_is_said(warehouse: Warehouse, open_page: OpenPage) -> None:
    warehouse.execute("insert into raw_chatwoot.load_runs (status) values ('failed')")
    assert "última carga falhou" in open_page(warehouse).warning[0].value


def load_without_build(warehouse: Warehouse) -> None:
    """A good load at 17:46 in São Paulo, which no build has followed."""
    moment = NOW + timedelta(hours=3, minutes=16)
    warehouse.execute(
        "insert into raw_chatwoot.load_runs"
        " (status, mode, started_at, finished_at, snapshot_at)"
        " select 'succeeded', 'incremental', moment, moment, moment"
        " from (select %s at time zone 'UTC' as moment) as given",
        moment,
    )


def failed_build(warehouse: Warehouse, **facts: object) -> None:
    """A build of the last load that failed, by default at a model."""
    values = {
        "status": "failed",
        "started_at": NOW + timedelta(hours=3, minutes=17),
        "models_built": 12,
        "is_complete": False,
        "failed": ["model mart_agents"],
    } | facts
    warehouse.execute(
        f"insert into raw_chatwoot.builds (run_id, {', '.join(values)})"
        " select max(run_id), %s, %s at time zone 'UTC', %s, %s, %s"
        " from raw_chatwoot.load_runs",
        *values.values(),
    )


def test_a_load_that_is_not_built_is_said(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    load_without_build(warehouse)
    app = open_page(warehouse)
    assert "Até 11/03 14:30" in words(app)
    assert "carga de 17:46 ainda não processada" in words(app)
    assert not app.warning


def test_a_build_that_failed_half_way_is_said(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    load_without_build(warehouse)
    failed_build(warehouse)
    app = open_page(warehouse)
    assert "Até 11/03 14:30" in words(app)
    assert "Números de duas cargas" in app.warning[0].value
    assert "11/03 17:47" in app.warning[0].value
    assert "model mart_agents" in words(open_page(warehouse, "glossario"))


def test_a_build_that_changed_nothing_leaves_one_load(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    load_without_build(warehouse)
    failed_build(warehouse, models_built=0, failed=None)
    app = open_page(warehouse)
    assert "O processamento falha desde 11/03 17:47" in app.warning[0].value


def test_a_build_that_was_killed_is_said_when_nobody_builds(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    load_without_build(warehouse)
    failed_build(warehouse, status="running", models_built=None, failed=None)
    assert "Números de duas cargas" in open_page(warehouse).warning[0].value
    with warehouse.connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (BUILD_LOCK_KEY,))
    app = open_page(warehouse)
    assert not app.warning
    assert "carga de 17:46 em processamento" in words(app)


def test_a_failed_check_of_the_data_is_said(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    load_without_build(warehouse)
    failed_build(warehouse, is_complete=True, failed=["data test is_unique"])
    app = open_page(warehouse)
    assert "Dados até 11/03 17:46" in words(app)
    assert "verificação dos dados falhou" in app.warning[0].value


def test_what_is_switched_off_says_how_to_switch_it_on(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute("update marts.mart_features set is_configured = false")
    app = open_page(warehouse, p="90d")
    shown = metrics(app)
    for kpi in kpis.catalogue(marts.marts()).values():
        if kpi.level == "executive" and kpi.feature:
            assert shown[kpi.label_pt] == formats.NO_VALUE, kpi.kpi_id
            assert texts.say("pt", f"how_{kpi.feature}") in words(app)
    assert "Não configurado" in words(app)


def test_every_feature_says_how_to_switch_it_on(
    shared: Warehouse, open_page: OpenPage
) -> None:
    open_page(shared)
    for kpi in kpis.catalogue(marts.marts()).values():
        assert kpi.feature is None or f"how_{kpi.feature}" in texts.TEXTS
        assert kpi.unit in kpi_words.COUNTED | set(kpi_words.FORMATS), kpi.kpi_id


def test_hours_saved_say_how_many_episodes_they_stand_on(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, p="90d")
    period = periods.choose("90d", marts.now().first_date, marts.now().local_date)
    value = expected(period, Filters(), ["ai_hours_saved"])["ai_hours_saved"]
    cases = formats.count(value.cases, "pt")
    assert kpi_words.describe(value, "pt").endswith(f" Atendimentos: {cases}.")
    assert f"estimativa · atendimentos: {cases}" in words(app)
    assert value.cases == shared.value(
        "select sum(ai_resolved_episodes) from marts.mart_executive_episode_days"
        " where local_date between %s and %s",
        period.shown.first,
        period.shown.last,
    )


def test_few_cases_are_a_small_sample(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update marts.kpi_catalog set minimum_cases = 100000 where unit = 'rate'"
    )
    app = open_page(warehouse)
    assert metrics(app)["Taxa de resolução"].startswith(":gray[")
    assert not metrics(app)["Atendimentos"].startswith(":gray[")
    assert "Amostra pequena" in words(app)


# ------------------------------------------------------------------ the link


def test_link_and_filters_are_the_same_thing(
    shared: Warehouse, open_page: OpenPage
) -> None:
    agent = shared.value("select min(agent_id) from marts.mart_agents where not is_ai")
    label = shared.value("select min(label) from marts.mart_labels")
    link = {
        "p": ["7d"],
        "cmp": ["ano"],
        "un": ["Site AllpFit", "AllpFit Centro"],
        "canal": ["whatsapp"],
        "time": ["0"],
        "ag": [str(agent)],
        "et": [label],
        "res": ["ai", "none"],
        "hoje": ["1"],
        "idioma": ["en"],
    }
    app = open_page(shared, **link)
    assert not app.exception
    assert app.segmented_control(key="preset").value == "7d"
    assert app.selectbox(key="comparison").value == "ano"
    assert app.multiselect(key="units").value == link["un"]
    assert app.multiselect(key="agents").value == [agent]
    assert app.multiselect(key="teams").value == [0]
    assert app.toggle(key="include_today").value is True
    assert link_of(app) == link
    for page in (OPERATION, CONVERSATIONS_PAGE):
        app.query_params.clear()  # as the menu does
        go(app, page)
        app.run()
        assert not app.exception
        assert link_of(app) == link
    app.segmented_control(key="preset").set_value("30d").run()
    app.toggle(key="include_today").set_value(False).run()
    app.button(key=f"chip agents {agent}").click().run()
    kept = {k: v for k, v in link.items() if k not in ("p", "hoje", "ag")}
    assert link_of(app) == kept
    app.button(key="clear").click().run()
    assert link_of(app) == {"idioma": ["en"]}


@pytest.mark.parametrize(
    "link",
    [
        {"p": "400d", "un": "Marte", "hoje": "talvez", "idioma": "fr", "cmp": "x"},
        {"p": "", "un": "'; drop table marts.mart_inboxes; --", "idioma": ""},
        {"p": ["7d", "x"], "un": ["Marte", "<b>"], "outro": "1", "res": "ninguém"},
        {"p": "personalizado", "de": "ontem", "ate": "2026-13-45", "ag": "-1"},
        {"time": "²", "ag": "99999999999999999999", "et": "nada", "canal": "fax"},
    ],
)
def test_a_wrong_link_falls_back(
    shared: Warehouse, open_page: OpenPage, link: dict[str, str | list[str]]
) -> None:
    app = open_page(shared, **link)
    assert metrics(app) == metrics(open_page(shared))
    assert app.segmented_control(key="preset").value == "30d"
    assert not app.multiselect(key="units").value
    assert not link_of(app)


def test_days_outside_the_data_are_mended(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, p="personalizado", de="9999-12-31", ate="0001-01-01")
    assert not app.exception
    status = marts.now()
    days = [status.first_date.isoformat()], [status.local_date.isoformat()]
    assert (link_of(app)["de"], link_of(app)["ate"]) == days


# ------------------------------------------------------------------ who may read what


def test_the_app_reads_the_marts_and_nothing_else(
    shared: Warehouse, open_page: OpenPage
) -> None:
    open_page(shared)
    for forbidden in ("analytics.messages", "raw_chatwoot.conversations"):
        with pytest.raises(NoDataError) as refused:
            marts.marts().read(f"select * from {forbidden}")
        assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)
    with pytest.raises(DatabaseDownError) as down:
        marts.marts().read("delete from marts.mart_inboxes")
    assert isinstance(down.value.__cause__, errors.ReadOnlySqlTransaction)
    with (
        closing(psycopg2.connect(**shared.reader)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("set transaction read write")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("delete from marts.mart_inboxes")


# ------------------------------------------------------------------ parts


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.4, "< 1 s"),
        (4.2, "4 s"),
        (59.7, "1 min"),
        (80, "1 min 20 s"),
        (599.6, "10 min"),
        (725, "12 min"),
        (3_599, "1 h"),
        (9_290, "2 h 35 min"),
        (35_990, "10 h"),
        (86_399, "1 dia"),
        (97_200, "1 dia 3 h"),
        (1_000_000, "11 dias"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert formats.duration(seconds, "pt") == expected
    english = expected.replace("dia", "day")
    assert formats.duration(seconds, "en") == english


def test_numbers_and_dates() -> None:
    assert formats.count(1234.0, "pt") == "1.234"
    assert formats.count(1234.0, "en") == "1,234"
    assert formats.decimal(1234.56, "pt") == "1.234,6"
    assert formats.percent(0.1234, "pt") == "12,3%"
    assert formats.percent(0.1234, "en") == "12.3%"
    assert formats.signed(-0.04, "pt") == ""
    assert formats.signed(-1234.56, "pt") == "-1.234,6"
    assert formats.signed(2, "en") == "+2.0"
    assert formats.hours(85.72, "pt") == "85,7 h"
    assert formats.hours(1234.5, "pt") == "1.234 h"
    assert formats.money(1.5, "pt") == "R$\u00a01,50"
    assert formats.weekday_name(0, "pt") == "domingo"
    assert formats.weekday_name(1, "en") == "Monday"
    assert formats.full_date(date(2026, 11, 2), "pt") == "02/11/2026"
    assert formats.full_date(date(2026, 11, 2), "en") == "Nov 2, 2026"
    assert formats.long_date(date(2026, 11, 2), "pt") == "2 de novembro de 2026"
    assert formats.weekday(date(2026, 11, 2), "pt") == "seg. 02/11"
    assert formats.age(timedelta(hours=61), "pt") == "3 dias"


def test_both_languages_say_the_same() -> None:
    for key, (portuguese, english) in texts.TEXTS.items():
        named = [set(re.findall(r"{(\w+)}", text)) for text in (portuguese, english)]
        assert named[0] == named[1], key
        assert all((portuguese, english)), key


def test_levels_begin_with_known_kpis(shared: Warehouse, open_page: OpenPage) -> None:
    open_page(shared)
    known = kpis.catalogue(marts.marts())
    for first in (executive.FIRST, executive.SUMMARY, operation.FIRST, operation.LIVE):
        assert set(first) <= set(known)


# ------------------------------------------------------------------ the server


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a dashboard that runs on a taken default port, from anywhere."""
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8501))
            taken.listen()
        except OSError:
            pass  # somebody else's dashboard: as good
        server = subprocess.Popen(
            [sys.executable, "-m", "dashboards"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        yield server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=SECONDS_AT_MOST)


def test_the_server_says_where_it_is_and_in_which_language(served: str) -> None:
    found = re.fullmatch(r"dashboard: http://127\.0\.0\.1:(\d+) .*\n", served)
    assert found, served
    assert int(found[1]) > 8501
    with closing(http.client.HTTPConnection("127.0.0.1", int(found[1]))) as client:
        client.request("GET", "/", headers={"Accept": "text/html"})
        response = client.getresponse()
        page = response.read()
    assert b'<html lang="pt-BR" translate="no">' in page
    assert len(page) == int(response.headers["Content-Length"])
