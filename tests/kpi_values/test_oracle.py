"""Every KPI is what episodes, messages and events say, whatever is asked of it."""

import math
import re
import statistics
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest

from kpi_values.asking import DIMENSIONS, filters_of, period_of, whole
from kpi_values.built import Built
from kpi_values.truth import (
    RULES,
    WEEK,
    Amount,
    Row,
    Shares,
    Truth,
    by_ai,
    coefficient_of_variation,
    judged,
    last_days,
)
from kpis import Days, Filters, Kpi, Period, Value, catalogue, values
from kpis.periods import between

# Computed below from the rows of others, each in its own way.
SPECIAL = {
    "agent_load_balance", "agent_ranking", "team_scorecard", "volume_growth_mom",
    "response_time_trend", "csat_trend", "busiest_weekday", "peak_hour",
    "week_over_week", "volume_forecast", "volume_anomaly", "feedback_terms_positive",
    "feedback_terms_negative",
}  # fmt: skip
SNAPSHOTS = {
    "conversations_active", "queue_waiting", "queue_wait_time", "queue_unassigned",
    "queue_ai_silent", "queue_newly_forgotten", "queue_forgotten",
}  # fmt: skip
BEST_SCORE = 1.5
COMBINATIONS = 10


@pytest.fixture(scope="module")
def kpis(built: Built) -> dict[str, Kpi]:
    return catalogue(built.marts)


def test_every_kpi_is_computed_twice(kpis: dict[str, Kpi]) -> None:
    assert RULES.keys() | SPECIAL == kpis.keys()
    assert not RULES.keys() & SPECIAL


# ------------------------------------------------------------------ what is asked


CASES = ("all", *DIMENSIONS, *(f"mix {n}" for n in range(COMBINATIONS)))
A_FEW = ("all", "units", "agents", "labels", "mix 3", "mix 6")


@pytest.fixture(params=A_FEW)
def asked(
    request: pytest.FixtureRequest, built: Built, truth: Truth
) -> tuple[Filters, Period]:
    return filters_of(truth, request.param), period_of(built, request.param)


# ------------------------------------------------------------------ comparing


def same(actual: float | None, expected: float | None) -> bool:
    if actual is None or expected is None:
        return actual is expected
    return actual == pytest.approx(expected, rel=1e-9, abs=1e-9)


def differences(
    truth: Truth, value: Value, period: Period, filters: Filters
) -> list[str]:
    """Say what of a value is not what the rows say."""
    kpi = value.kpi
    name = kpi.kpi_id
    rule = RULES[name]
    shown = truth.of(name, period.shown, filters)
    wrong = []
    if value.reason == "no_ai":
        # What is not there does not perform badly.
        # Who resolved them says nothing about whether an AI is there.
        everyone = replace(filters, resolvers=())
        episodes = truth.rows("episodes", everyone, period.shown)
        with_ai = [row for row in episodes if row.has_demand and row.ai_messages]
        is_right = any(map(judged, episodes)) and not any(map(judged, with_ai))
        return [] if is_right else [f"{name} has an AI"]

    def check(what: str, is_right: bool, actual: object, expected: object) -> None:
        if not is_right:
            wrong.append(f"{name}.{what} = {actual}, expected {expected}")

    check("cases", value.cases == shown.cases, value.cases, shown.cases)
    check(
        "numerator",
        same(value.numerator, shown.numerator),
        value.numerator,
        shown.numerator,
    )
    if isinstance(rule, Shares):
        parts = [part.cases for part in value.parts]
        check("parts", parts == list(shown.exact), parts, shown.exact)
        return wrong
    check(
        "denominator",
        same(value.denominator, shown.denominator),
        value.denominator,
        shown.denominator,
    )
    check("value", same(value.value, shown.value), value.value, shown.value)
    if name in SNAPSHOTS:
        check("previous", value.previous is None, value.previous, None)
        return wrong
    for what, days in (("previous", period.previous), ("complete", period.complete)):
        actual = getattr(value, what)
        if days is None:
            check(what, actual is None, actual, None)
            continue
        expected = truth.of(name, days, filters)
        check(what, same(actual, expected.value), actual, expected.value)
        if what == "previous":
            cases = value.previous_cases
            check("previous_cases", cases == expected.cases, cases, expected.cases)
    return wrong


@pytest.mark.parametrize("case", CASES)
def test_values_are_what_the_rows_say(built: Built, truth: Truth, case: str) -> None:
    filters, period = filters_of(truth, case), period_of(built, case)
    wrong = [
        difference
        for value in values(built.marts, RULES, period, filters)
        for difference in differences(truth, value, period, filters)
    ]
    assert not wrong, f"{filters}, {period}:\n" + "\n".join(wrong)


def test_no_kpi_is_empty_over_all_days(built: Built, kpis: dict[str, Kpi]) -> None:
    """What is never there is never compared; anomalies have a test of their own."""
    found = values(built.marts, kpis, whole(built))
    assert {
        value.kpi.kpi_id
        for value in found
        if not value.cases or (value.value is None and not value.parts)
    } <= {"volume_anomaly"}


def test_sentiment_of_less_than_half_is_not_shown(built: Built, truth: Truth) -> None:
    reasons = set()
    for day in whole(built).shown:
        period = between(Days(day, day), built.first_date, built.today)
        rows = truth.rows("episodes", Filters(), period.shown)
        judged = [row for row in rows if row.has_demand and row.is_matured]
        known = [row for row in judged if row.sentiment is not None]
        value = one(built, "sentiment_avg", period, Filters())
        assert value.cases == len(known)
        is_hidden = bool(known) and len(known) < len(judged) / 2
        assert (value.reason == "low_coverage") == is_hidden
        assert (value.value is None) == (is_hidden or not known)
        reasons.add(value.reason)
    assert {"low_coverage", "small_sample"} <= reasons


def test_hours_stand_on_episodes_and_not_on_hours(built: Built, truth: Truth) -> None:
    reasons = set()
    for day in whole(built).shown:
        period = between(Days(day, day), built.first_date, built.today)
        value = one(built, "ai_hours_saved", period, Filters())
        rows = truth.rows("episodes", Filters(), period.shown)
        assert value.cases == sum(by_ai(row) for row in rows)
        assert (value.reason == "small_sample") == (0 < value.cases < 20)
        reasons.add(value.reason)
    assert "small_sample" in reasons
    assert one(built, "ai_hours_saved", whole(built), Filters()).reason is None


def test_rating_of_an_agent_is_drawn_towards_the_team(built: Built) -> None:
    period = whole(built)
    team = one(built, "agent_csat", period, Filters())
    assert team.value == team.numerator / team.denominator
    drawn = 0
    for agent in values(built.marts, ["agent_csat"], period, group="agent"):
        if not agent.cases:
            continue
        own = agent.numerator / agent.denominator
        assert agent.value == pytest.approx(
            (agent.numerator + 10 * team.value) / (agent.cases + 10)
        )
        drawn += abs(agent.value - team.value) < abs(own - team.value)
    assert drawn > 10


def test_answer_to_our_campaign_is_no_return(built: Built, truth: Truth) -> None:
    """Who comes back starts an episode with a message; we have not called him."""
    starts: dict[object, list[Row]] = {}
    unanswered = {
        (row.conversation_id, row.episode_number)
        for row in truth.tables["episodes"]
        if row.origin == "outbound" and not row.has_demand
    }
    for row in truth.tables["episodes"]:
        before = (row.conversation_id, row.episode_number - 1)
        if row.has_demand and row.origin == "inbound" and before not in unanswered:
            starts.setdefault(row.contact_key, []).append(row)
    closed = [row for row in truth.tables["episodes"] if row.closed_at is not None]
    returned = {
        row.episode_id
        for row in closed
        # Who answers our question late does not come back.
        if not row.stopped_at_our_question
        and any(
            other is not row
            and row.closed_at <= other.started_at <= row.closed_at + WEEK
            for other in starts.get(row.contact_key, [])
        )
    }
    assert {row.episode_id for row in closed if row.has_returned} == returned


# ------------------------------------------------------------------ the special ones


def one(built: Built, kpi_id: str, period: Period, filters: Filters) -> Value:
    (value,) = values(built.marts, [kpi_id], period, filters)
    return value


def months_before(last: date) -> tuple[Days, Days]:
    """The last month that is over at the end of a day, and the one before."""
    months = []
    first = (last + timedelta(days=1)).replace(day=1)
    for _ in range(2):
        end = first - timedelta(days=1)
        first = end.replace(day=1)
        months.append(Days(first, end))
    return months[0], months[1]


def test_growth_is_by_day_between_whole_months(
    built: Built, truth: Truth, asked: tuple[Filters, Period]
) -> None:
    filters, period = asked
    now, before = months_before(last_days(period))
    counts = [
        truth.of("episodes_total", days, filters).cases / len(days)
        for days in (now, before)
    ]
    value = one(built, "volume_growth_mom", period, filters)
    if before.first < built.first_date:
        assert value.value is None, "the month before is not there as a whole"
        return
    expected = counts[0] / counts[1] - 1 if counts[1] else None
    assert same(value.value, expected), (filters, period)
    assert [part.value for part in value.parts] == pytest.approx(counts[::-1])


def test_change_of_the_rating_is_between_whole_months(
    built: Built, truth: Truth, asked: tuple[Filters, Period]
) -> None:
    filters, period = asked
    now, before = (
        truth.of("csat_avg", days, filters) for days in months_before(last_days(period))
    )
    value = one(built, "csat_trend", period, filters)
    if now.value is None or before.value is None:
        assert value.value is None
        return
    assert same(value.value, now.value - before.value)
    assert value.cases == min(now.cases, before.cases)
    assert (value.reason == "small_sample") == (value.cases < 20)


def test_week_over_week_compares_seven_days_that_are_over(
    built: Built, truth: Truth, asked: tuple[Filters, Period]
) -> None:
    filters, period = asked
    week = Days(last_days(period) - timedelta(days=6), last_days(period))
    now, before = (
        truth.of("episodes_total", days, filters).cases for days in (week, week.back(7))
    )
    value = one(built, "week_over_week", period, filters)
    assert same(value.value, now / before - 1 if before else None)
    assert (value.cases, value.previous_cases) == (now, before)


def test_trend_is_the_slope_of_the_weeks_by_their_dates(
    built: Built, truth: Truth, asked: tuple[Filters, Period]
) -> None:
    """Weeks with too few answers leave a gap, which is no shorter for that."""
    filters, period = asked
    value = one(built, "response_time_trend", period, filters)
    medians = {}
    for number in range(12):
        last = last_days(period) - timedelta(days=7 * number)
        week = Days(last - timedelta(days=6), last)
        weekly = truth.of("first_response_time", week, filters)
        if weekly.cases >= 20:
            medians[week.first] = weekly
    shown = {part.key: part for part in value.parts}
    assert shown.keys() == medians.keys()
    for first, weekly in medians.items():
        assert shown[first].cases == weekly.cases
        assert same(shown[first].value, weekly.value), first
    if len(medians) < 6:
        assert value.value is None
        return
    points = sorted((first, part.value or 0.0) for first, part in shown.items())
    slopes = [
        (later - earlier) / (until - since).days
        for n, (since, earlier) in enumerate(points)
        for until, later in points[n + 1 :]
    ]
    level = statistics.median(median for _, median in points)
    expected = statistics.median(slopes) * (365.25 / 12) / level
    assert same(value.value, expected), (filters, period)


def loads(truth: Truth, days: Days | None, filters: Filters) -> dict[object, float]:
    """Episodes of each agent, by day with any."""
    episodes = truth.rows("agent_episodes", filters, days)
    counts = {}
    for agent in {row.agent_id for row in episodes}:
        his = [row for row in episodes if row.agent_id == agent]
        if demands := sum(row.has_demand for row in his):
            counts[agent] = demands / len({row.day for row in his})
    return counts


def test_balance_is_the_spread_of_loads_by_worked_day(
    built: Built, truth: Truth, asked: tuple[Filters, Period]
) -> None:
    filters, period = asked
    value = one(built, "agent_load_balance", period, filters)
    shown = loads(truth, period.shown, filters)
    assert {part.key: part.value for part in value.parts} == pytest.approx(shown)
    for actual, days in (
        (value.value, period.shown),
        (value.complete, period.complete),
        (value.previous, period.previous),
    ):
        by_day = list(loads(truth, days, filters).values())
        assert same(actual, coefficient_of_variation(by_day)), (filters, period, days)


def test_scorecard_is_the_mean_of_what_is_reached(
    built: Built, truth: Truth, kpis: dict[str, Kpi], asked: tuple[Filters, Period]
) -> None:
    filters, period = asked
    teams = {
        team
        for row in truth.rows("episodes", filters, period.shown)
        for team in row.where["teams"]
    }
    scores: dict[object, float | None] = {}
    volumes: dict[object, int] = {}
    for team in teams:
        reached = []
        of_team = replace(filters, teams=(team,))
        for name in (
            "team_csat", "team_response_time", "resolution_rate", "ai_automation_rate"
        ):  # fmt: skip
            found = truth.of(name, period.shown, of_team)
            target = kpis[name].target
            assert target is not None
            if found.value is None or found.cases < 20:
                continue
            is_time = name == "team_response_time"
            if is_time:
                ratio = target / found.value if found.value else BEST_SCORE
            else:
                ratio = found.value / target
            reached.append(min(ratio, BEST_SCORE))
        volumes[team] = truth.of("team_episodes", period.shown, of_team).cases
        scores[team] = statistics.fmean(reached) if reached else None
    by_team = {
        value.group: value
        for value in values(built.marts, ["team_scorecard"], period, filters, "team")
    }
    for team, score in scores.items():
        assert same(by_team[team].value, score), (team, filters, period)
        assert by_team[team].cases == volumes[team]
    judged = [team for team, score in scores.items() if score is not None]
    total = sum(volumes[team] for team in judged)
    value = one(built, "team_scorecard", period, filters)
    if not total:
        assert value.value is None
        return
    weighted = sum((scores[team] or 0.0) * volumes[team] for team in judged) / total
    assert same(value.value, weighted)


def test_ranking_is_the_mean_score_of_those_with_enough_episodes(
    built: Built, truth: Truth, kpis: dict[str, Kpi]
) -> None:
    period, filters = whole(built), Filters()
    agents = {row.agent_id for row in truth.tables["agent_episodes"]}
    volumes = {
        agent: truth.of(
            "agent_episodes", period.shown, replace(filters, agents=(agent,))
        ).cases
        for agent in agents
    }
    ranked = {agent for agent, volume in volumes.items() if volume >= 20}
    scores: dict[object, list[float]] = {agent: [] for agent in ranked}
    for name in (
        "agent_episodes", "agent_csat", "agent_reply_time", "agent_resolution_rate"
    ):  # fmt: skip
        measured = {}
        for agent in ranked:
            his = replace(filters, agents=(agent,))
            found = truth.of(name, period.shown, his)
            if found.value is not None and found.cases >= kpis[name].minimum_cases:
                measured[agent] = found.value
        mean = statistics.fmean(measured.values()) if measured else 0.0
        spread = statistics.pstdev(measured.values()) if len(measured) > 1 else 0.0
        for agent, number in measured.items():
            score = (number - mean) / spread if spread else 0.0
            scores[agent].append(-score if name == "agent_reply_time" else score)
    expected = {agent: statistics.fmean(mine) for agent, mine in scores.items()}
    value = one(built, "agent_ranking", period, filters)
    assert {part.key: part.value for part in value.parts} == pytest.approx(expected)
    order = [part.value for part in value.parts]
    assert order == sorted(order, reverse=True)
    assert len(expected) > 10


@pytest.fixture(scope="module")
def holidays(built: Built) -> set[object]:
    rows = built.rows("select holiday_date from configuration.holidays")
    return {row["holiday_date"] for row in rows}


@pytest.mark.parametrize(
    ("kpi_id", "key", "known"),
    [
        ("busiest_weekday", lambda row: row.day.isoweekday() % 7, 7),
        ("peak_hour", lambda row: row.local_hour, 24),
    ],
)
def test_peak_is_the_most_by_occurrence_without_holidays(
    built: Built,
    truth: Truth,
    holidays: set[object],
    asked: tuple[Filters, Period],
    kpi_id: str,
    key: Amount,
    known: int,
) -> None:
    filters, period = asked
    days = period.complete or period.shown
    times = dict.fromkeys(range(known), 0)
    for day in days:
        if day not in holidays:
            for spot in times if known == 24 else [day.isoweekday() % 7]:
                times[spot] += 1
    counts = dict.fromkeys(range(known), 0)
    for row in truth.rows("episodes", filters, days):
        if row.has_demand and row.day not in holidays:
            counts[key(row)] += 1
    value = one(built, kpi_id, period, filters)
    means = {spot: counts[spot] / n for spot, n in times.items() if n}
    assert {part.key: part.value for part in value.parts} == pytest.approx(means)
    assert value.cases == sum(counts.values())
    if not value.cases:
        assert value.value is None
        return
    assert value.value is not None
    assert means[int(value.value)] == max(means.values())


SCOPES = (None, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)


def test_forecast_adds_up_the_days_after_the_last_one_that_is_over(
    built: Built,
) -> None:
    """How good it is, others test: that it is the asked-for one, this."""
    period = whole(built)
    sums: dict[int | None, float] = {}
    for inbox in SCOPES:
        filters = Filters() if inbox is None else Filters(inboxes=(inbox,))
        value = one(built, "volume_forecast", period, filters)
        if value.value is None:
            continue
        days = [part.key for part in value.parts]
        assert days == [built.today + timedelta(days=n) for n in range(14)], inbox
        assert value.value == pytest.approx(sum(p.value or 0.0 for p in value.parts))
        sums[inbox] = value.value
    assert len(sums) > 5
    month = Days(built.today - timedelta(days=28), built.today - timedelta(days=1))
    usual = truth_of_demands(built, month) / 2
    assert usual / 2 < sums[None] < usual * 2
    several = one(built, "volume_forecast", period, Filters(inboxes=(1, 2, 12)))
    assert several.value == sum(sums.get(inbox, 0.0) for inbox in (1, 2, 12))


def truth_of_demands(built: Built, days: Days) -> int:
    return cast(
        int,
        built.warehouse.value(
            "select count(*) from analytics.episodes"
            " where has_demand and local_date between %s and %s",
            days.first,
            days.last,
        ),
    )


def test_forecast_of_nothing_is_none(built: Built) -> None:
    """A unit without inboxes is not the whole chain."""
    filters = Filters(units=("no such unit",))
    for kpi_id in ("volume_forecast", "volume_anomaly"):
        value = one(built, kpi_id, whole(built), filters)
        assert not value.value, kpi_id
        assert not value.parts, kpi_id


def test_anomalies_are_far_from_the_weekdays_before(
    built: Built, truth: Truth, holidays: set[object]
) -> None:
    judged = 0
    for inbox in SCOPES:
        filters = Filters() if inbox is None else Filters(inboxes=(inbox,))
        counts: dict[date, int] = {}
        for row in truth.rows("episodes", filters, whole(built).complete):
            counts[row.day] = counts.get(row.day, 0) + row.has_demand
        first = min(day for day, n in counts.items() if n)
        odd = set()
        for day in Days(first, built.today - timedelta(days=1)):
            before = [
                counts.get(earlier, 0)
                for n in range(1, 30)
                if (earlier := day - n * WEEK) >= first and earlier not in holidays
            ][:8]
            if day in holidays or len(before) < 4:
                continue
            judged += 1
            median = statistics.median(before)
            spread = statistics.median(abs(n - median) for n in before)
            noise = max(spread, math.sqrt(median), 1)
            if 0.6745 * abs(counts.get(day, 0) - median) / noise > 3.5:
                odd.add(day)
        value = one(built, "volume_anomaly", whole(built), filters)
        assert {part.key for part in value.parts} == odd, inbox
        for day in odd:
            week = between(
                Days(day - timedelta(days=20), day), built.first_date, built.today
            )
            recent = sum(day - timedelta(days=6) <= other <= day for other in odd)
            assert one(built, "volume_anomaly", week, filters).value == recent
    assert judged > 300


ACCENTS = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn")


def terms(comment: str, stop_words: dict[str, bool]) -> set[str]:
    """Words and pairs of words; stop words are gone, negations stay in pairs."""
    found: set[str] = set()
    previous = None
    for match in re.findall(r"[a-zà-öø-ÿ]+|[.,;:!?()\n]", comment.lower()):
        word = match.translate(ACCENTS)
        if not re.match("[a-z]", match) and not word.isalpha():
            previous = None
            continue
        is_negation = stop_words.get(word)
        if is_negation is False:
            continue
        if not is_negation:
            if previous is not None:
                found.add(f"{previous} {word}")
            if not stop_words.get(previous or "") and len(word) > 1:
                found.add(word)
        previous = word
    return found


@pytest.mark.parametrize("side", ["positive", "negative"])
def test_terms_are_those_of_most_comments(
    built: Built, truth: Truth, side: str, asked: tuple[Filters, Period]
) -> None:
    filters, period = asked
    stop_words = {
        cast(str, row["word"]): cast(bool, row["is_negation"])
        for row in built.rows("select word, is_negation from configuration.stop_words")
    }
    comments = [
        row.feedback
        for row in truth.rows("answers", filters, period.shown)
        if (row.feedback or "").strip()
        and (row.rating >= 4 if side == "positive" else row.rating <= 2)
    ]
    counts = Counter(term for text in comments for term in terms(text, stop_words))
    value = one(built, f"feedback_terms_{side}", period, filters)
    shown = {
        unicodedata.normalize("NFC", str(part.key)).translate(ACCENTS): part.cases
        for part in value.parts
    }
    several = {term: n for term, n in counts.items() if n > 1}
    assert sorted(shown.values()) == sorted(several.values(), reverse=True)[:20][::-1]
    assert shown.items() <= several.items()
    assert value.cases == len(comments)
    for part in value.parts:
        assert part.value == pytest.approx(part.cases / len(comments))
