"""Every mark of a chart opens a list of exactly what it counts."""

import pytest
from conftest import Warehouse
from test_dashboard import OpenPage, link_of, open_page, words

import kpis
from dashboards import marts
from kpis import Days, Filters, Mark, periods
from reporting import formats, marks
from reporting.findings import ai, changes, executive, operation, quality, trends
from reporting.view import View

__all__ = ["open_page"]  # the fixture

Counted = tuple[str, str, Mark, Days, float]  # KPI, side, mark, days, count


@pytest.fixture
def view(shared: Warehouse, open_page: OpenPage) -> View:
    """The last thirty days, as a page sees them."""
    open_page(shared)
    status = marts.now()
    period = periods.choose("30d", status.first_date, status.local_date)
    return View("pt", status, period, Filters(), marts.as_of(status.version))


def of_executive(view: View) -> list[Counted]:
    shown, previous = view.period.shown, view.period.previous
    assert previous is not None
    found: list[Counted] = []
    for day, outcomes in executive.by_day(view, "shown").items():
        for of in executive.STACKS.values():
            n = sum(outcomes[outcome] for outcome in of)
            mark = Mark(outcomes=of)
            found.append(("episodes_total", "numerator", mark, Days(day, day), n))
    for span, days in (("shown", shown), ("previous", previous)):
        total = executive.total(executive.by_day(view, span))
        for outcome, n in total.items():
            mark = Mark(outcomes=(outcome,))
            found.append(("episodes_total", "numerator", mark, days, n))
    for name, n in executive.funnel(view).items():
        mark = Mark(steps=executive.FUNNEL[name])
        found.append(("unanswered_rate", "denominator", mark, shown, n))
    return found[::7] + found[-25:]  # each list takes its time


def of_changes(view: View) -> list[Counted]:
    found: list[Counted] = []
    for kpi_id, side in (
        ("episodes_total", "numerator"),
        ("ai_automation_rate", "denominator"),
    ):
        kpi = view.catalogue[kpi_id]
        for part in changes.found_parts(view, kpi, changes.LAST_AGENT)[:6]:
            mark = Mark(last_agents=(int(str(part.part or 0)),))
            n = part.now.denominator if kpi.denominator else part.now.numerator
            found.append((kpi_id, side, mark, view.period.shown, n or 0.0))
    return found


def of_operation(view: View) -> list[Counted]:
    shown = view.period.shown
    rows = view.components(
        "mart_temporal_episode_hours", ("inbound_episodes",), "weekday", ("local_hour",)
    )
    found: list[Counted] = [
        (
            "episodes_total",
            "numerator",
            Mark(weekdays=(int(str(row.group)),), hours=(int(str(row.by[0])),)),
            shown,
            row.sums["inbound_episodes"],
        )
        for row in rows
        if row.span == "shown"
    ][:12]
    for row in view.components(
        "mart_executive_activity_days", operation.SENDERS, "day"
    )[:2]:
        if row.span == "shown":
            for sender, n in row.sums.items():
                day = row.group
                found.append(
                    (
                        "messages_total",
                        "numerator",
                        Mark(parts=(sender,)),
                        Days(day, day),  # type: ignore[arg-type]
                        n,
                    )
                )
    for kpi_id in ("first_response_time", "human_response_time"):
        bars = view.histogram(kpi_id, operation.EDGES_OF_BARS).bars
        found += [
            (kpi_id, "numerator", Mark(seconds=(low, high)), shown, n)
            for low, high, n in bars[::3]
        ]
        assert bars
    return found


def of_ai(view: View) -> list[Counted]:
    shown = view.period.shown
    found: list[Counted] = [
        ("unanswered_rate", "denominator", ai.mark_of_step(*step), shown, n)
        for step, n in ai.flow(view).items()
    ]
    found += [
        ("handoff_rate", "numerator", Mark(handoff_messages=(messages,)), shown, n)
        for messages, n in ai.messages_before_handoff(view).items()
    ]
    found += [
        (
            "handoff_reason_mix",
            "denominator",
            Mark(reasons=(reason or "",)),
            shown,
            n,
        )
        for reason, n in ai.reasons(view).items()
    ]
    return found


def of_quality(view: View) -> list[Counted]:
    total = quality.totals(quality.ratings_by_week(view))
    return [
        (
            "csat_distribution",
            "numerator",
            Mark(parts=(quality.COUNTS[rating],)),
            view.period.shown,
            n,
        )
        for rating, n in total.items()
    ]


def of_trends(view: View) -> list[Counted]:
    found: list[Counted] = []
    for kpi_id in ("busiest_weekday", "peak_hour"):
        value = view.values((kpi_id,))[kpi_id]
        assert isinstance(value, kpis.Value)
        for part in value.parts[::5]:
            mark = trends.mark_of_profile(kpi_id, int(str(part.key)))
            days = view.period.shown
            found.append(("episodes_total", "numerator", mark, days, part.cases))
    return found


@pytest.mark.parametrize(
    "counted",
    [of_executive, of_changes, of_operation, of_ai, of_quality, of_trends],
)
def test_a_list_has_what_its_mark_counts(view: View, counted) -> None:  # type: ignore[no-untyped-def]
    found = counted(view)
    assert any(n for *_, n in found)
    for kpi_id, side, mark, days, n in found:
        listing = kpis.listing(
            marts.marts(), kpi_id, days, view.filters, side, limit=1, mark=mark
        )
        assert listing.total == n, (kpi_id, mark)
        assert marks.read(marks.said(mark)) == mark
        assert len(marks.describe(mark, view)) >= bool(mark.used)


def test_the_funnel_only_narrows(view: View) -> None:
    found = executive.funnel(view)
    (rate,) = view.values(("unanswered_rate",)).values()
    assert isinstance(rate, kpis.Value)
    steps = list(found.values())[:-1]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] == rate.denominator
    assert 0 < found["funnel_with_human"] <= found["funnel_answered"]


def test_the_page_lists_a_mark_and_lets_go_of_it(
    shared: Warehouse, open_page: OpenPage
) -> None:
    mark = Mark(outcomes=("ai_resolved_confirmed",))
    app = open_page(shared, "conversas", p="90d", so=marks.said(mark))
    assert not app.exception
    status = marts.now()
    period = periods.choose("90d", status.first_date, status.local_date)
    n = kpis.listing(
        marts.marts(), "episodes_total", period.shown, limit=1, mark=mark
    ).total
    assert app.subheader[0].value.startswith(f"{formats.count(n, 'pt')} ")
    outcomes = set(app.dataframe[0].value["outcome"])
    assert outcomes == {"IA resolveu, confirmado"}
    app.button(key="chip mark").click().run()
    assert "so" not in link_of(app)
    assert not app.exception
    everything = kpis.listing(marts.marts(), "episodes_total", period.shown, limit=1)
    title = app.subheader[0].value
    assert title.startswith(f"{formats.count(everything.total, 'pt')} ")


@pytest.mark.parametrize(
    "said", [["passo:x"], ["nota:²", "semana:-1"], ["segundos:9", "x"], ["parte:'; --"]]
)
def test_a_wrong_mark_of_a_link_harms_nothing(
    shared: Warehouse, open_page: OpenPage, said: list[str]
) -> None:
    app = open_page(shared, "conversas", so=said)
    assert not app.exception
    assert "Algo deu errado" not in words(app)
