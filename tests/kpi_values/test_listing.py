"""The rows behind a number add up to it, page by page, and tell nobody's phone."""

import itertools
import random
import re
from collections import Counter

import pytest

from kpi_values.asking import filters_of, period_of, whole
from kpi_values.built import Built
from kpi_values.truth import Truth
from kpis import Filters, Kpi, Marts, catalogue, listing, values
from kpis.kinds.base import Side
from kpis.listing import ORDERS, Order

# What is computed out of the rows of another KPI lists these.
SAME_ROWS_AS = {
    "volume_growth_mom": "episodes_total",
    "week_over_week": "episodes_total",
    "busiest_weekday": "episodes_total",
    "peak_hour": "episodes_total",
    "team_scorecard": "episodes_total",
    "response_time_trend": "first_response_time",
    "csat_trend": "csat_avg",
}
PAIRS_OF_AGENTS = {"agent_load_balance", "agent_ranking"}
COUNT_NOTHING = {"volume_forecast", "volume_anomaly"}
COUNTED_BY_CASES = {"percentile", "snapshot_quantile", "terms"}
CASES = ("all", "agents", "mix 5")


@pytest.fixture(scope="module")
def kpis(built: Built) -> dict[str, Kpi]:
    return catalogue(built.marts)


@pytest.mark.parametrize("case", CASES)
def test_total_is_the_number_that_is_shown(
    built: Built, truth: Truth, kpis: dict[str, Kpi], case: str
) -> None:
    filters = filters_of(truth, case)
    period = whole(built) if case == "all" else period_of(built, case)
    wrong = []
    with built.marts.session() as marts:
        shown = {v.kpi.kpi_id: v for v in values(marts, kpis, period, filters)}
        for kpi_id, kpi in kpis.items():
            if kpi_id in COUNT_NOTHING | PAIRS_OF_AGENTS:
                continue
            value = shown[SAME_ROWS_AS.get(kpi_id, kpi_id)]
            expected: dict[Side, float | None] = {
                "numerator": value.numerator,
                "denominator": value.denominator,
            }
            if value.kpi.kind in COUNTED_BY_CASES:
                expected["numerator"] = float(value.cases)
            for side, number in expected.items():
                if number is None or (side == "denominator" and not kpi.denominator):
                    continue
                found = listing(marts, kpi_id, period.shown, filters, side, limit=3)
                if found.total != pytest.approx(number, abs=1e-9):
                    wrong.append(f"{kpi_id}.{side}: {found.total}, shown {number}")
                if len(found.rows) != min(3, found.row_count):
                    wrong.append(f"{kpi_id}.{side}: {len(found.rows)} rows")
    assert not wrong, f"{filters}, {period.shown}:\n" + "\n".join(wrong)


def test_cases_of_a_sum_of_fractions_are_the_rows_behind_it(
    built: Built, kpis: dict[str, Kpi]
) -> None:
    period = whole(built)
    summed = [kpi_id for kpi_id, kpi in kpis.items() if kpi.counted_by]
    assert summed == ["ai_hours_saved"]
    for value in values(built.marts, summed, period):
        found = listing(built.marts, value.kpi.kpi_id, period.shown, limit=1)
        assert value.cases == found.row_count > 0
        assert found.total == value.value


@pytest.mark.parametrize("kpi_id", sorted(COUNT_NOTHING))
def test_what_counts_no_conversations_has_no_rows(built: Built, kpi_id: str) -> None:
    with pytest.raises(KeyError):
        listing(built.marts, kpi_id, whole(built).shown)


def test_what_divides_nothing_has_no_denominator(built: Built) -> None:
    with pytest.raises(KeyError):
        listing(built.marts, "episodes_total", whole(built).shown, side="denominator")


PAGED = ("episodes_total", "csat_avg", "contacts_unique", "queue_waiting", "lead_rate")


@pytest.mark.parametrize(
    ("kpi_id", "order"),
    [
        *itertools.product(PAGED, ORDERS),
        ("reply_time", "newest"),
        ("agent_episodes", "oldest"),
        ("messages_total", "largest"),
        ("feedback_terms_negative", "newest"),
    ],
)
def test_pages_are_complete_and_in_order(
    built: Built, kpi_id: str, order: Order
) -> None:
    days = period_of(built, "mix 3").shown
    with built.marts.session() as marts:
        at_once = listing(marts, kpi_id, days, order=order, limit=100_000)
        size = max(7, at_once.row_count // 5)
        pages = [
            listing(marts, kpi_id, days, order=order, limit=size, offset=start)
            for start in range(0, at_once.row_count + size, size)
        ]
    assert at_once.row_count == len(at_once.rows) > 0
    assert not pages[-1].rows
    rows = [row for page in pages for row in page.rows]

    def seen(rows: list[dict[str, object]]) -> Counter[tuple[object, ...]]:
        names = ("conversation_id", "episode_number", "local_date", "amount")
        return Counter(tuple(row[name] for name in names) for row in rows)

    assert seen(rows) == seen(at_once.rows)
    if kpi_id not in ("reply_time", "agent_episodes"):  # which count an episode again
        assert max(seen(rows).values()) == 1
    key = {
        "newest": lambda row: -row["local_date"].toordinal(),
        "oldest": lambda row: row["local_date"],
        "largest": lambda row: -row["amount"],
        "worst_rating": lambda row: row["csat_rating"] or 6,
        "longest_wait": lambda row: 0,
    }[order]
    # The order of the queue knows until when WhatsApp lets us answer, too.
    if order != "longest_wait":
        assert [key(row) for row in rows] == sorted(key(row) for row in rows)
    assert {(page.total, page.row_count) for page in pages} == {
        (at_once.total, at_once.row_count)
    }


def everybody(marts: Marts, built: Built) -> list[dict[str, object]]:
    days = whole(built).shown
    return [
        row
        for kpi_id in ("conversations_new", "queue_waiting", "csat_avg")
        for row in listing(marts, kpi_id, days, limit=100_000).rows
    ]


def test_contacts_are_masked(built: Built) -> None:
    contacts = {
        row["conversation_id"]: row
        for row in built.rows(
            "select conversation_id, contact_name, contact_phone, contact_email"
            " from analytics.conversations"
        )
    }
    shown = everybody(built.marts, built)
    assert len(shown) > 1000
    leaks = []
    for row in shown:
        contact = contacts[row["conversation_id"]]
        text = " ".join(str(value) for name, value in row.items() if "_at" not in name)
        name = str(contact["contact_name"] or "").strip()
        digits = re.sub(r"\D", "", str(contact["contact_phone"] or ""))
        if " " in name and name in text:
            leaks.append(name)
        if len(digits) >= 8 and digits in re.sub(r"[^\w@]", "", text):
            leaks.append(digits)
        if contact["contact_email"] and str(contact["contact_email"]) in text:
            leaks.append(str(contact["contact_email"]))
    assert not leaks, leaks[:5]
    phones = {str(row["contact_phone"]) for row in shown} - {"None"}
    assert all(re.fullmatch(r"\+?\d{0,2} •• •••••-\d{4}", phone) for phone in phones)


def test_filters_keep_the_same_rows_as_their_dimension(
    built: Built, truth: Truth
) -> None:
    dice = random.Random("listing")
    teams = sorted(
        {team for row in truth.tables["episodes"] for team in row.where["teams"]}
    )
    team = dice.choice(teams)
    days = whole(built).shown
    found = listing(
        built.marts, "episodes_total", days, Filters(teams=(team,)), limit=100_000
    )
    expected = {
        (row.conversation_id, row.episode_number)
        for row in truth.tables["episodes"]
        if row.has_demand and row.where["teams"] == {team}
    }
    assert {(row["conversation_id"], row["episode_number"]) for row in found.rows} == (
        expected
    )
