"""The dashboard on a built warehouse: every number, every state, in both languages."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psycopg2
import pytest
import streamlit as st
import yaml
from conftest import PROJECT_ROOT, Chatwoot, Warehouse
from psycopg2 import errors
from streamlit.testing.v1 import AppTest

from dashboards import formats, kpis, marts, periods, texts
from dashboards.pages import executive
from dashboards.periods import Days, Period
from demo import chatwoot as demo
from loader import run, transform
from loader.settings import Settings

APP = PROJECT_ROOT / "dashboards" / "app.py"
CONVERSATIONS = 900
OpenPage = Callable[..., AppTest]


# ------------------------------------------------------------------ fixtures


@pytest.fixture(scope="module")
def template(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The name of a database that holds the demo, loaded and built."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = settings_for(chatwoot.reader, warehouse.owner)
    target = str(tmp_path_factory.mktemp("dbt"))
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        demo.generate(chatwoot.connection, CONVERSATIONS)
        for name, value in transform.environment(settings).items():
            patch.setenv(name, value)
        patch.setenv("DBT_TARGET_PATH", target)
        patch.setenv("DBT_LOG_PATH", target)
        run.run(settings)
        no_tests = ("--exclude-resource-type", "test", "unit_test")
        assert transform.dbt(settings, ["build", "--quiet", *no_tests])
    return warehouse.name


@pytest.fixture
def warehouse(
    template: str, new_warehouse: Callable[..., Warehouse]
) -> Iterator[Warehouse]:
    """A built warehouse that a test may change."""
    made = new_warehouse(template)
    yield made
    made.connection.close()


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open the dashboard on a warehouse, with what its link says."""

    def open_(warehouse: Warehouse, **link: str | list[str]) -> AppTest:
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
        st.cache_data.clear()
        st.cache_resource.clear()
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in link.items():
            app.query_params[name] = value
        return app.run()

    return open_


def cards(app: AppTest) -> dict[str, str]:
    """The value of each card."""
    assert not app.exception
    return {metric.label: metric.value for metric in app.metric}


def words(app: AppTest) -> str:
    """All the text of the page."""
    kinds = ("caption", "markdown", "title", "subheader", "warning", "error", "info")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


# ------------------------------------------------------------------ every number

IN_SCOPE = """
    {day} between %(first)s and %(last)s
    and (%(inboxes)s::int[] is null or {table}.inbox_id = any(%(inboxes)s::int[]))
"""
CREATED = IN_SCOPE.format(day="conversations.conversation_date", table="conversations")
COUNT = f"select count(*) from analytics.conversations where {CREATED}"
HAS = """
    exists (
        select from analytics.messages
        where
            messages.conversation_id = conversations.conversation_id
            and sender_class = any(array[{}])
    )
"""
HAS_AI = HAS.format("'ai'")
HAS_HUMAN = HAS.format("'human', 'human_phone'")
IS_RESOLVED = """
    (
        conversations.is_resolved
        or exists (
            select from analytics.reporting_events
            where
                reporting_events.conversation_id = conversations.conversation_id
                and event_name = 'conversation_resolved'
        )
    )
"""
CONTACTS = f"""
    select count(distinct coalesce(nullif(trim(contact_phone), ''), contact_id::text))
    from analytics.messages
    inner join analytics.conversations using (conversation_id, contact_id)
    where
        sender_class = 'contact'
        and {IN_SCOPE.format(day="messages.local_date", table="messages")}
"""
RESOLUTIONS = f"""
    select count(distinct (conversation_id, local_date))
    from analytics.reporting_events
    where
        event_name = 'conversation_resolved'
        and {IN_SCOPE.format(day="local_date", table="reporting_events")}
"""
RESPONSE_SECONDS = f"""
    select extract(epoch from response.sent_at - request.sent_at)::float8, response.who
    from analytics.conversations
    cross join lateral (
        select message_number, sent_at
        from analytics.messages
        where
            messages.conversation_id = conversations.conversation_id
            and sender_class = 'contact'
        order by message_number
        limit 1
    ) as request
    cross join lateral (
        select sent_at, case sender_class when 'ai' then 'ai' else 'human' end as who
        from analytics.messages
        where
            messages.conversation_id = conversations.conversation_id
            and messages.message_number > request.message_number
            and sender_class in ('ai', 'human', 'human_phone')
        order by message_number
        limit 1
    ) as response
    where {CREATED}
"""


def inboxes_of(warehouse: Warehouse, units: list[str]) -> list[int] | None:
    rows = warehouse.query(
        "select inbox_id from marts.mart_inboxes where unit = any(%s)", units
    )
    return [inbox_id for (inbox_id,) in rows] or None


class Truth:
    """KPIs of some days and inboxes, computed from messages and events."""

    def __init__(
        self, warehouse: Warehouse, days: Days, inboxes: list[int] | None
    ) -> None:
        self.warehouse = warehouse
        self.values = {"first": days.first, "last": days.last, "inboxes": inboxes}

    def count(self, statement: str) -> int:
        with self.warehouse.connection.cursor() as cursor:
            cursor.execute(statement, self.values)
            return cursor.fetchone()[0]

    def share(self, condition: str) -> float:
        return self.count(f"{COUNT} and {condition}") / self.count(COUNT)

    def quantile(self, quantile: float, who: str | None = None) -> float:
        return self.count(
            f"""
            select percentile_disc({quantile}) within group (order by seconds)
            from ({RESPONSE_SECONDS}) as responses (seconds, who)
            where who = coalesce({f"'{who}'" if who else "null"}, who)
            """
        )


def catalogue(language: str = "pt") -> dict[str, str]:
    rows = marts.read(
        f"select kpi_id, label_{language} as label from marts.kpi_catalog"
    )
    return {row["kpi_id"]: row["label"] for row in rows}


FILTERS = {
    "thirty days": {},
    "a quarter": {"p": "90d"},
    "two units": {"p": "90d", "un": ["AllpFit Centro", "Site AllpFit"]},
    "the month and today": {"p": "mes", "hoje": "1"},
}


@pytest.mark.parametrize("link", FILTERS.values(), ids=FILTERS)
def test_every_card_is_what_messages_and_events_say(
    warehouse: Warehouse, open_page: OpenPage, link: dict[str, str | list[str]]
) -> None:
    app = open_page(warehouse, **link)
    shown = cards(app)
    status = marts.load_status()
    period = periods.choose(
        link.get("p", periods.DEFAULT_PRESET),
        status.first_date,
        status.local_date,
        "hoje" in link,
    )
    inboxes = inboxes_of(warehouse, link.get("un", []))
    truth = Truth(warehouse, period.shown, inboxes)
    label = catalogue()
    counts = {
        "conversations_new": COUNT,
        "contacts_unique": CONTACTS,
        "conversations_resolved": RESOLUTIONS,
    }
    shares = {
        "resolution_rate": IS_RESOLVED,
        "ai_share": HAS_AI,
        "human_share": HAS_HUMAN,
    }
    for kpi_id, statement in counts.items():
        expected = formats.count(truth.count(statement), "pt")
        assert value_of(shown, label[kpi_id]) == expected, kpi_id
    for kpi_id, condition in shares.items():
        expected = formats.percent(truth.share(condition), "pt")
        assert value_of(shown, label[kpi_id]) == expected, kpi_id

    times = kpis.catalogue(status.version)["first_response_time"]
    ids = None if inboxes is None else tuple(sorted(inboxes))
    for quantile, name in ((0.5, "median"), (0.9, "ninety_percent")):
        reading = kpis.reading(status.version, times, period, ids, quantile)
        assert reading.shown.value == near(truth.quantile(quantile))
        for who, value in reading.by_responder.items():
            assert value.value == near(truth.quantile(quantile, who)), who
        title = texts.say("pt", name, label=times.label_pt)
        expected = formats.duration(reading.shown.value, "pt")
        assert value_of(shown, title) == expected
    assert len(shown) == len(executive.CARDS)

    if period.previous is not None:
        before = Truth(warehouse, period.previous, inboxes).count(COUNT)
        now = Truth(warehouse, period.complete, inboxes).count(COUNT)
        delta = app.metric[0].delta
        assert delta == formats.signed(100 * (now / before - 1), "pt") + "%"


def value_of(shown: dict[str, str], label: str) -> str:
    return re.sub(r"^:gray\[(.*)\]$", r"\1", shown[label])


def near(seconds: float) -> object:
    """Read from the same bucket of the histogram, which is a tenth wide."""
    return pytest.approx(seconds, rel=0.1, abs=1)


def test_columns_of_the_chart_add_up_to_the_conversations(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse, p="90d", hoje="1")
    table = app.toggle(key="conversations_table").set_value(True).run().table[0].value
    conversations = cards(app)["Conversas iniciadas"]
    assert formats.count(table["Total"].sum(), "pt") == conversations
    parts = table[["Só IA", "Com humano", "Sem resposta"]]
    assert (parts.sum(axis=1) == table["Total"]).all()
    assert "(parcial)" in table.index[0]
    assert not app.exception


def test_a_quantile_of_an_even_bucket_lies_inside_it(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute("delete from marts.mart_executive_first_response_histogram")
    warehouse.execute(
        """
        insert into marts.mart_executive_first_response_histogram
        select local_date - 1, 1, who, bucket, seconds_from, seconds_to, cases
        from
            marts.mart_load_status,
            (values
                ('ai', 10, 100.0, 110.0, 80),
                ('human', 11, 110.0, 120.0, 10),
                ('human', 20, 1000.0, 1100.0, 10)
            ) as buckets (who, bucket, seconds_from, seconds_to, cases)
        """
    )
    open_page(warehouse)
    status = marts.load_status()
    times = kpis.catalogue(status.version)["first_response_time"]
    period = periods.choose("7d", status.first_date, status.local_date)
    median = kpis.reading(status.version, times, period, None, 0.5)
    assert median.shown == kpis.Value(pytest.approx(106.25), 100)
    assert median.by_responder == {
        "ai": kpis.Value(105.0, 80),
        "human": kpis.Value(120.0, 20),
    }
    ninety = kpis.reading(status.version, times, period, None, 0.9)
    assert ninety.shown.value == pytest.approx(120.0)
    assert {day for day, value in ninety.by_day.items() if value.cases} == {
        status.local_date - timedelta(days=1)
    }


def test_the_exposure_names_the_marts_that_are_read(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    open_page(warehouse)
    by_id = kpis.catalogue(marts.load_status().version)
    read = {by_id[kpi_id].mart for kpi_id, _ in executive.CARDS}
    for source in (PROJECT_ROOT / "dashboards").rglob("*.py"):
        read |= set(re.findall(r"\b(mart_\w+|kpi_catalog)\b", source.read_text()))
    exposures = PROJECT_ROOT / "dbt_project/models/marts/_marts__exposures.yml"
    (exposure,) = yaml.safe_load(exposures.read_text())["exposures"]
    assert read == {ref.split("'")[1] for ref in exposure["depends_on"]}


# ------------------------------------------------------------------ every state


def test_new_rows_show_at_once(warehouse: Warehouse, open_page: OpenPage) -> None:
    app = open_page(warehouse)
    before = int(cards(app)["Conversas iniciadas"])
    assert before
    warehouse.execute(
        """
        create table marts.rebuilt (
            like marts.mart_executive_conversation_days including all
        );
        insert into marts.rebuilt
        select * from marts.mart_executive_conversation_days;
        update marts.rebuilt set new_conversations = 3 * new_conversations;
        drop table marts.mart_executive_conversation_days;
        alter table marts.rebuilt rename to mart_executive_conversation_days;
        """
    )
    assert int(cards(app.run())["Conversas iniciadas"]) == 3 * before


def test_without_a_load_the_page_says_what_to_do(
    new_warehouse: Callable[..., Warehouse], open_page: OpenPage
) -> None:
    empty = new_warehouse()
    with closing(empty.connection):
        app = open_page(empty)
    assert not app.exception
    assert not app.metric
    (warning,) = app.warning
    assert "Ainda não há dados" in warning.value
    assert "make run" in warning.value


def test_marts_of_another_version_are_built_anew(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute("alter table marts.kpi_catalog rename column red to limit_red")
    app = open_page(warehouse)
    assert not app.exception
    assert "make run" in app.warning[0].value


def test_database_down_is_one_message_and_the_next_try_works(
    warehouse: Warehouse, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(warehouse, p="7d")
    before = cards(app)
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
    assert warehouse.reader["password"] not in words(app)
    app.segmented_control(key="language").set_value("en").run()
    assert "does not answer" in app.warning[0].value
    app.segmented_control(key="language").set_value("pt").run()
    monkeypatch.setenv("LOCAL_DB_PORT", good_port)
    app.button[0].click().run()
    assert cards(app) == before
    assert app.query_params["p"] == "7d"


def test_nothing_in_the_period_offers_the_way_back(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    (inbox_id,) = inboxes_of(warehouse, ["Site AllpFit"])
    for mart in (
        "mart_executive_conversation_days",
        "mart_executive_contact_days",
        "mart_executive_first_response_histogram",
    ):
        warehouse.execute(f"delete from marts.{mart} where inbox_id = %s", inbox_id)
    app = open_page(warehouse, un="Site AllpFit", p="7d")
    assert not app.exception
    assert not app.metric
    assert "Nenhuma conversa" in app.info[0].value
    app.button[0].click().run()
    assert len(cards(app)) == len(executive.CARDS)
    assert "un" not in app.query_params


def test_stale_data_is_said_and_greyed(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse)
    assert "Em dia" in words(app)
    assert not app.error
    late = "update marts.mart_load_status set as_of = as_of - interval '31 hours'"
    warehouse.execute(late)
    assert "Atrasados" in words(app.run())
    assert not app.error
    warehouse.execute(late)
    app.run()
    assert "Desatualizados" in words(app)
    assert "há 3 dias" in app.error[0].value
    assert all(value.startswith(":gray[") for value in cards(app).values())


def test_failed_load_is_said(warehouse: Warehouse, open_page: OpenPage) -> None:
    warehouse.execute("insert into raw_chatwoot.load_runs (status) values ('failed')")
    assert "última carga falhou" in open_page(warehouse).warning[0].value


def test_few_cases_are_a_small_sample(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update marts.mart_executive_conversation_days set new_conversations = 0"
    )
    warehouse.execute(
        """
        update marts.mart_executive_conversation_days
        set new_conversations = 19, resolved_new_conversations = 1
        where
            inbox_id = 1
            and local_date = (select local_date - 1 from marts.mart_load_status)
        """
    )
    app = open_page(warehouse, un="AllpFit Centro")
    assert cards(app)["Conversas iniciadas"] == ":gray[19]"
    assert cards(app)["Taxa de resolução"].startswith(":gray[")
    assert "Amostra pequena" in words(app)
    warehouse.execute(
        """
        update marts.mart_executive_conversation_days
        set new_conversations = 20
        where new_conversations = 19
        """
    )
    st.cache_data.clear()
    assert cards(app.run())["Conversas iniciadas"] == "20"


def test_no_case_has_no_rate(warehouse: Warehouse, open_page: OpenPage) -> None:
    warehouse.execute(
        "update marts.mart_executive_conversation_days set new_conversations = 0"
    )
    warehouse.execute("delete from marts.mart_executive_first_response_histogram")
    shown = cards(open_page(warehouse))
    assert shown["Conversas iniciadas"] == "0"
    assert shown["Taxa de resolução"] == "—"
    assert shown["Tempo até a 1ª resposta (mediana)"] == "—"


def test_english_by_a_switch(warehouse: Warehouse, open_page: OpenPage) -> None:
    app = open_page(warehouse, p="90d")
    portuguese = cards(app)
    app.segmented_control(key="language").set_value("en").run()
    assert app.query_params["idioma"] == "en"
    english = cards(app)
    assert app.title[0].value == "Executive overview"
    label = catalogue("en")
    share = portuguese["Participação da IA"].replace(",", ".")
    assert english[label["ai_share"]] == share
    assert "Atualizado" not in words(app)
    assert "Data until" in words(app)
    assert "(median)" in " ".join(english)


def test_link_and_filters_are_the_same_thing(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse, p="7d", un=["Site AllpFit"], hoje="1", idioma="en")
    assert app.segmented_control(key="preset").value == "7d"
    assert app.multiselect(key="units").value == ["Site AllpFit"]
    assert app.toggle(key="include_today").value is True
    app.segmented_control(key="preset").set_value("30d").run()
    app.toggle(key="include_today").set_value(False).run()
    assert dict(app.query_params) == {"un": "Site AllpFit", "idioma": "en"}


@pytest.mark.parametrize(
    "link",
    [
        {"p": "400d", "un": "Marte", "hoje": "talvez", "idioma": "fr"},
        {"p": "", "un": "'; drop table marts.mart_inboxes; --", "idioma": ""},
        {"p": ["7d", "x"], "un": ["Marte", "<b>"], "outro": "1"},
    ],
)
def test_a_wrong_link_falls_back(
    warehouse: Warehouse, open_page: OpenPage, link: dict[str, str | list[str]]
) -> None:
    app = open_page(warehouse, **link)
    assert cards(app) == cards(open_page(warehouse))
    assert app.segmented_control(key="preset").value == "30d"
    assert not app.multiselect(key="units").value
    assert not dict(app.query_params)


def test_text_from_the_data_shows_as_text(
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
    assert not any(element.allow_html for element in app.markdown)


def test_the_app_reads_the_marts_and_nothing_else(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    open_page(warehouse)
    assert marts.database().user == warehouse.reader["user"]
    assert marts.database().user != warehouse.owner["user"]
    for forbidden in ("analytics.messages", "raw_chatwoot.conversations"):
        with pytest.raises(marts.NoDataError) as refused:
            marts.read(f"select * from {forbidden}")
        assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)
    with pytest.raises(marts.DatabaseDownError) as refused:
        marts.read("delete from marts.mart_inboxes")
    assert isinstance(refused.value.__cause__, errors.ReadOnlySqlTransaction)
    with (
        closing(psycopg2.connect(**warehouse.reader)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("set transaction read write")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("delete from marts.mart_inboxes")


# ------------------------------------------------------------------ parts


@pytest.mark.parametrize(
    ("preset", "today", "include_today", "expected"),
    [
        (
            "7d",
            date(2026, 3, 10),
            False,
            Period(
                Days(date(2026, 3, 3), date(2026, 3, 9)),
                Days(date(2026, 3, 3), date(2026, 3, 9)),
                Days(date(2026, 2, 24), date(2026, 3, 2)),
            ),
        ),
        (
            "7d",
            date(2026, 3, 10),
            True,
            Period(
                Days(date(2026, 3, 3), date(2026, 3, 10)),
                Days(date(2026, 3, 3), date(2026, 3, 9)),
                Days(date(2026, 2, 24), date(2026, 3, 2)),
            ),
        ),
        (
            "mes",
            date(2026, 3, 1),
            False,
            Period(
                Days(date(2026, 2, 1), date(2026, 2, 28)),
                Days(date(2026, 2, 1), date(2026, 2, 28)),
                Days(date(2026, 1, 4), date(2026, 1, 31)),
            ),
        ),
        (
            "mes",
            date(2026, 3, 1),
            True,
            Period(Days(date(2026, 3, 1), date(2026, 3, 1)), None, None),
        ),
        (
            "90d",
            date(2026, 6, 1),
            False,
            Period(
                Days(date(2026, 3, 3), date(2026, 5, 31)),
                Days(date(2026, 3, 3), date(2026, 5, 31)),
                None,  # the data does not reach back 180 days
            ),
        ),
    ],
)
def test_periods(
    preset: str, today: date, include_today: bool, expected: Period
) -> None:
    assert periods.choose(preset, date(2026, 1, 1), today, include_today) == expected


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
    assert formats.percent(0.1234, "pt") == "12,3%"
    assert formats.percent(0.1234, "en") == "12.3%"
    assert formats.signed(-0.04, "pt") == ""
    assert formats.signed(-1234.56, "pt") == "-1.234,6"
    assert formats.signed(2, "en") == "+2.0"
    assert formats.full_date(date(2026, 11, 2), "pt") == "02/11/2026"
    assert formats.full_date(date(2026, 11, 2), "en") == "Nov 2, 2026"
    assert formats.weekday(date(2026, 11, 2), "pt") == "seg. 02/11"
    assert formats.age(timedelta(hours=61), "pt") == "3 dias"


def test_both_languages_say_the_same() -> None:
    for key, (portuguese, english) in texts.TEXTS.items():
        named = [set(re.findall(r"{(\w+)}", text)) for text in (portuguese, english)]
        assert named[0] == named[1], key
        assert all((portuguese, english)), key


@pytest.mark.parametrize(
    ("value", "limits", "expected"),
    [
        (0.8, {}, "met"),
        (0.79, {}, "attention"),
        (0.59, {}, "critical"),
        (0.1, {"direction": "down"}, "met"),
        (0.9, {"direction": "down", "red": None}, "attention"),
        (0.1, {"amber": None, "red": None}, "attention"),
        (0.1, {"target": None}, None),
        (None, {}, None),
    ],
)
def test_status_against_the_target(
    value: float | None, limits: dict[str, object], expected: str | None
) -> None:
    kpi = kpis.Kpi(
        **dict.fromkeys(kpis.Kpi.__dataclass_fields__, "")
        | {"direction": "up", "target": 0.8, "amber": 0.8, "red": 0.6}
    )
    assert replace(kpi, **limits).status(value) == expected


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
        server.communicate(timeout=20)


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
