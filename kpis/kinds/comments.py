"""Kinds of KPIs out of what customers wrote with their ratings."""

from collections.abc import Mapping

from psycopg2 import sql

from kpis.catalogue import Kpi
from kpis.kinds.base import ONE, Kind, Rows, Side, columns_of, each
from kpis.periods import Period
from kpis.reader import Reader, counted_once
from kpis.values import Part, Value

COMMENTS = "mart_quality_comments"
MOST_TERMS = 20
FEWEST_COMMENTS_WITH_TERM = 2


def terms(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The terms that most comments of one side hold, each counted once a comment."""
    of_side, spans = _is_of_side(kpi), {"shown": period.shown}
    columns = {"comments": counted_once(kpi.numerator)}
    rows = reader.rows(kpi.mart, columns, spans, by=("term",), condition=of_side)
    # A comment of signs alone holds no term, and is one.
    totals = reader.rows(COMMENTS, columns, spans, condition=of_side)
    comments = totals[0]["comments"] if totals else 0
    parts = sorted(
        (
            Part(row["term"], row["comments"] / comments, row["comments"])
            for row in rows
            if row["comments"] >= FEWEST_COMMENTS_WITH_TERM
        ),
        key=lambda part: (-part.cases, str(part.key)),
    )[:MOST_TERMS]
    return [Value(kpi, None, None, cases=comments, parts=tuple(parts))]


def _is_of_side(kpi: Kpi) -> sql.Composable:
    return sql.SQL("mart.sentiment_side = {}").format(sql.Literal(kpi.sentiment_side))


def _comments(kpi: Kpi, side: Side) -> Rows:
    columns_of(kpi, side)  # or there is no such side
    return Rows(COMMENTS, ONE, _is_of_side(kpi))


KINDS: Mapping[str, Kind] = {
    "terms": Kind(
        formula=("distintos({numerator})", "distinct({numerator})"),
        in_words="terms found in the most different {numerator}",
        compute=each(terms),
        rows=_comments,
        has_groups=False,
        has_value=False,
    ),
}
