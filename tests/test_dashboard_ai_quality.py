"""The pages Agente de IA and Qualidade, on a built warehouse."""

from collections.abc import Callable

import pytest
from conftest import Warehouse
from streamlit.testing.v1 import AppTest
from test_dashboard import (
    expected,
    go,
    ids_of,
    link_of,
    metrics,
    open_page,
    without_markup,
    words,
)

import kpis
from dashboards import marts
from dashboards.pages.quality import COMMENTS_AT_FIRST
from kpis import Filters, Period, health, periods
from kpis.statistics import mean_interval
from reporting import formats, kpi_words
from reporting.findings import ai, quality

__all__ = ["open_page"]  # the fixture

AI, QUALITY = "agente-de-ia", "qualidade"
OpenPage = Callable[..., AppTest]


def ninety_days() -> Period:
    status = marts.now()
    return periods.choose("90d", status.first_date, status.local_date)


def table_of(app: AppTest, key: str) -> AppTest:
    """Show the numbers of a chart."""
    return app.toggle(key=f"table of {key}").set_value(True).run()


@pytest.mark.parametrize(
    "kept", [Filters(), Filters(channel_kinds=("whatsapp",))], ids=["all", "a channel"]
)
def test_every_card_is_what_the_query_layer_says(
    shared: Warehouse, open_page: OpenPage, kept: Filters
) -> None:
    link = {"canal": list(kept.channel_kinds)} if kept.channel_kinds else {}
    app = open_page(shared, AI, p="90d", **link)
    shown = metrics(app)
    drawn = [*ai.IDENTITY, *ai.FIRST, *ids_of("ai")]
    asked = [i for i in dict.fromkeys(drawn) if i != ai.CONTAINMENT]
    for kpi_id, value in expected(ninety_days(), kept, asked).items():
        text = kpi_words.show_value(value.kpi, value.value, "pt")
        assert without_markup(shown[value.kpi.label_pt]) == text, kpi_id
    assert len(shown) == len(asked)

    go(app, QUALITY)
    shown = metrics(app.run())
    found = expected(ninety_days(), kept, [*quality.FIRST, *ids_of("quality")])
    asked = [i for i, value in found.items() if value.kpi.kind != "terms"]
    asked.remove(quality.SENTIMENT)
    for kpi_id in asked:
        if found[kpi_id].value is not None:
            text = kpi_words.show_value(found[kpi_id].kpi, found[kpi_id].value, "pt")
            assert without_markup(shown[found[kpi_id].kpi.label_pt]) == text, kpi_id
    assert len(shown) == len(asked)


def test_the_flow_and_the_gap_agree_with_the_cards(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, AI, p="90d")
    ids = [
        "ai_involvement_rate", "ai_resolution_rate", "ai_automation_rate",
        "ai_abandoned_rate", "handoff_rate", "containment_rate",
    ]  # fmt: skip
    found = expected(ninety_days(), Filters(), ids)
    involvement, resolution, automation, abandoned, handoff, contained = (
        found[kpi_id] for kpi_id in ids
    )
    assert involvement.value
    assert resolution.value
    assert automation.value == pytest.approx(involvement.value * resolution.value)
    flow = table_of(app, "flow").table[0].value["Atendimentos"]
    entries = flow.loc["Entrada"]
    assert entries.sum() == involvement.denominator
    assert entries["IA"] == involvement.numerator
    assert flow.loc["IA"].sum() == involvement.numerator
    # A handoff may end so too: the AI answers at once, or the customer needs no more.
    ends = flow.groupby(level=1).sum()
    assert ends["IA resolveu"] == resolution.numerator
    assert ends["Abandonado"] == abandoned.numerator
    assert flow.loc["IA", "Transferido"] == handoff.numerator
    assert flow.loc["Transferido"].sum() == handoff.numerator
    assert contained.value
    gap = formats.percent(contained.value - resolution.value, "pt")
    assert any(gap in title.value for title in app.subheader)


def test_handoffs_are_counted_by_message_and_reason(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update marts.mart_features set is_configured = true"
        " where feature = 'handoff_reason'"
    )
    app = table_of(open_page(warehouse, AI, p="90d"), "messages_before_handoff")
    period = ninety_days()
    rows = warehouse.query(
        """
        select least(messages_before_handoff, 10), count(*)
        from marts.mart_drilldown_episodes
        where has_demand and is_matured and has_ai and has_handoff
            and local_date between %s and %s
        group by 1
        """,
        period.shown.first,
        period.shown.last,
    )
    counts = app.table[0].value["Atendimentos"]
    found = {int(str(name).split()[0]): n for name, n in counts.items() if n}
    assert found == dict(rows)
    app.toggle(key="table of messages_before_handoff").set_value(False)
    reasons = table_of(app, "reasons").table[0].value["Atendimentos"]
    (mix,) = expected(period, Filters(), ["handoff_reason_mix"]).values()
    assert reasons.sum() == mix.denominator
    assert reasons["Não informado"] == mix.numerator


def test_the_ai_page_prints_what_it_assumes(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(warehouse, AI, p="90d")
    parameters = {p.parameter: p.value for p in health.parameters(marts.marts())}
    minutes = parameters["minutes_per_reply"]
    assert minutes
    assert f"{formats.count(minutes, 'pt')} min por resposta da IA" in words(app)
    assert "julgado após 24 h" in words(app)
    (saved,) = expected(ninety_days(), Filters(), ["ai_hours_saved"]).values()
    assert saved.value
    app.select_slider(key="minutes per reply").set_value(2 * minutes).run()
    assert formats.hours(2 * saved.value, "pt") in words(app)
    label = saved.kpi.label_pt
    assert metrics(app)[label] == formats.hours(saved.value, "pt")  # as it was


def test_without_an_ai_or_a_survey_the_pages_say_how_to_have_one(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute("update marts.mart_features set is_configured = false")
    app = open_page(warehouse, AI, p="90d")
    assert "Ligue um bot" in app.info[0].value
    assert not metrics(app)
    go(app, QUALITY)
    app.run()
    assert "Ative a pesquisa" in app.info[0].value
    assert "CSAT médio" not in metrics(app)
    assert "Taxa de reabertura" in metrics(app)
    assert not app.get("plotly_chart")


def test_the_ratings_of_the_weeks_are_those_of_the_period(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = table_of(open_page(shared, QUALITY, p="90d"), "ratings_by_week")
    (mix,) = expected(ninety_days(), Filters(), ["csat_distribution"]).values()
    weeks = app.table[0].value
    assert list(weeks.sum()) == [part.cases for part in mix.parts]


def test_comments_are_those_that_are_counted(
    shared: Warehouse, open_page: OpenPage
) -> None:
    app = open_page(shared, QUALITY, p="90d")
    period = ninety_days()
    (written,) = expected(period, Filters(), ["feedback_written_rate"]).values()
    assert any(
        title.value == f"{written.numerator:.0f} comentários" for title in app.subheader
    )
    every = kpis.comments(marts.marts(), period.shown, limit=1000)
    assert every.total == len(every.rows) == written.numerator
    dates = [row["local_date"] for row in every.rows]
    assert dates == sorted(dates, reverse=True)
    texts = [text.value for text in app.text]
    shown = [row["comment_text"] for row in every.rows[:COMMENTS_AT_FIRST]]
    assert texts == shown
    bad = kpis.comments(marts.marts(), period.shown, None, (1, 2), limit=1)
    assert 0 < bad.total < every.total
    assert len(bad.rows) == 1
    app.pills(key="comment ratings").set_value([1, 2]).run()
    assert any(title.value.startswith(f"{bad.total} ") for title in app.subheader)
    # As many hold a term as its bar says.
    for kpi_id, ratings in (
        ("feedback_terms_positive", quality.GOOD),
        ("feedback_terms_negative", quality.BAD),
    ):
        (value,) = expected(period, Filters(), [kpi_id]).values()
        for part in value.parts:
            found = kpis.comments(
                marts.marts(), period.shown, None, ratings, 1, str(part.key)
            )
            assert found.total == part.cases
    # The filters hold for comments, too.
    units = {row["unit"] for row in every.rows}
    unit = min(units)
    of_unit = kpis.comments(marts.marts(), period.shown, Filters(units=(unit,)))
    assert {row["unit"] for row in of_unit.rows} == {unit}


def test_a_comment_shows_as_text_and_terms_as_bars(
    warehouse: Warehouse, open_page: OpenPage
) -> None:
    warehouse.execute(
        "update marts.kpi_catalog set minimum_cases = 1 where kind = 'terms'"
    )
    warehouse.execute(
        "update marts.mart_quality_comments set comment_text = %s",
        "# **ruim** <b>x</b> ![](http://example.com/x.png)",
    )
    app = open_page(warehouse, QUALITY, p="90d")
    assert {text.value for text in app.text} == {
        "# **ruim** <b>x</b> ![](http://example.com/x.png)"
    }
    app = table_of(app, "terms feedback_terms_positive")
    (value,) = expected(ninety_days(), Filters(), ["feedback_terms_positive"]).values()
    terms = [str(part.key) for part in value.parts[: quality.MOST_TERMS]]
    assert terms
    assert list(app.table[0].value.index) == terms


@pytest.mark.parametrize("page", [AI, QUALITY])
def test_pages_speak_english_and_offer_the_way_back(
    shared: Warehouse, open_page: OpenPage, page: str
) -> None:
    app = open_page(shared, page, p="90d", idioma="en")
    assert not app.exception
    assert not app.error
    assert app.title[0].value in ("AI agent", "Quality")
    for known in ("Atendimentos", "Ver tabela", "Crítico", "comentários", "não foi"):
        assert known not in words(app)
    label = shared.value("select min(label) from marts.mart_labels")
    day = str(marts.now().local_date)
    link = {"p": "personalizado", "de": day, "ate": day, "res": "human", "et": label}
    app = open_page(shared, page, **link)
    assert not app.exception
    app.button(key="clear empty").click().run()
    assert not app.exception
    assert not link_of(app)
    assert metrics(app)


def test_pages_begin_with_known_kpis(shared: Warehouse, open_page: OpenPage) -> None:
    open_page(shared)
    known = set(kpis.catalogue(marts.marts()))
    assert {*ai.IDENTITY, *ai.FIRST, ai.CONTAINMENT} <= known
    assert {*quality.FIRST, quality.SENTIMENT} <= known


def test_the_interval_of_a_mean() -> None:
    assert mean_interval({}) is None
    assert mean_interval({4: 1}) is None
    assert mean_interval({5: 30}) == (5, 5)
    low, high = mean_interval({1: 50, 5: 50}) or (0.0, 0.0)
    assert (low, high) == pytest.approx((3 - 0.394, 3 + 0.394), abs=0.001)
