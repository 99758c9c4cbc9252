"""Qualidade: whether customers are satisfied, and what they say."""

from datetime import date

from kpis import Kpi, Value
from kpis.listing import RATINGS
from kpis.statistics import mean_interval
from reporting import formats
from reporting.kpi_words import explain, show_value
from reporting.texts import Language, say
from reporting.view import View

FIRST = ("csat_avg", "csat_response_rate", "csat_net", "feedback_written_rate")
# Drawn apart from the cards.
SENTIMENT = "sentiment_by_rating"
ACTIVITY = "mart_executive_activity_days"
COUNTS = {rating: f"ratings_{rating}" for rating in RATINGS}
BAD, GOOD = (1, 2), (4, 5)
MOST_TERMS = 10

Weeks = dict[date, dict[int, float]]


def survey_off(csat: Value, language: Language) -> str:
    """Say how to have ratings, where no inbox asks for any."""
    return say(language, "survey_off", how=explain(csat, language))


def ratings_by_week(view: View) -> Weeks:
    """Return how often each rating was given, by the week of the answer."""
    rows = view.components(ACTIVITY, tuple(COUNTS.values()), "week")
    return {
        row.group: {rating: row.sums[name] for rating, name in COUNTS.items()}
        for row in rows
        if row.span == "shown"
        and isinstance(row.group, date)
        and any(row.sums.values())
    }


def totals(weeks: Weeks) -> dict[int, float]:
    """Add up the ratings of weeks."""
    return {
        rating: sum(counts[rating] for counts in weeks.values()) for rating in RATINGS
    }


def summary(view: View) -> str | None:
    """Say the mean rating, and how sure it is; None where there is none."""
    language = view.language
    (csat,) = view.values(("csat_avg",)).values()
    if isinstance(csat, Exception) or csat.value is None:
        return None
    cases = formats.count(csat.cases, language)
    counted = totals(ratings_by_week(view))
    ends = mean_interval({rating: n for rating, n in counted.items() if n})
    if ends is None or csat.reason is not None:
        return say(language, "csat_few", cases=cases)
    low, high = (show_value(csat.kpi, end, language) for end in ends)
    value = show_value(csat.kpi, csat.value, language)
    return say(language, "csat_sentence", value=value, low=low, high=high, cases=cases)


def weeks_finding(weeks: Weeks, language: Language) -> str | None:
    """Say which part of the ratings is good, and which bad; None without any."""
    counted = totals(weeks)
    n = sum(counted.values())
    if not n:
        return None
    share = {
        side: formats.whole_percent(sum(counted[r] for r in of) / n, language)
        for side, of in (("good", GOOD), ("bad", BAD))
    }
    return say(language, "weeks_finding", **share)


def sentiments(view: View) -> dict[int, Value]:
    """Return the sentiment of the episodes with each rating."""
    return {
        int(str(value.group)): value
        for value in view.groups((SENTIMENT,), "csat_rating")
        if value.value is not None and value.group in RATINGS
    }


# ------------------------------------------------------------------ what they say


def ratings_of_terms(kpi: Kpi) -> tuple[int, ...]:
    """Return with which ratings the terms of a KPI come."""
    return GOOD if kpi.sentiment_side == "positive" else BAD


def terms_caption(ratings: tuple[int, ...], language: Language) -> str:
    """Say of whose comments the terms are."""
    return say(language, "terms_positive" if ratings == GOOD else "terms_negative")


def has_few_comments(value: Value) -> bool:
    """Whether there are too few comments to find terms that come often."""
    return value.reason == "small_sample" or bool(value.cases and not value.parts)


def few_comments(value: Value, language: Language) -> str:
    """Say how few comments there are."""
    few = "one_term_few" if value.cases == 1 else "terms_few"
    return say(language, few, cases=formats.count(value.cases, language))


def terms_finding(value: Value, language: Language) -> str:
    """Say which term comes most often."""
    top = value.parts[0]
    share = formats.whole_percent(top.value or 0.0, language)
    return say(language, "terms_finding", term=top.key, share=share)


def comments_title(total: int, language: Language) -> str:
    """Say how many comments there are."""
    key = "one_comment" if total == 1 else "comments_title"
    return say(language, key, count=formats.count(total, language))
