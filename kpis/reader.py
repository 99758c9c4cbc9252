"""What the marts add up to: sums by span and group, under the same filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2 import sql

from kpis import filters as filtering
from kpis.catalogue import Kpi
from kpis.database import Marts, Row
from kpis.filters import Filters
from kpis.periods import Days, Period

# The rows behind the sums of a mart; they know every dimension.
FACTS = {
    "mart_executive_episode_days": "mart_drilldown_episodes",
    "mart_executive_activity_days": "mart_drilldown_days",
    "mart_operational_durations": "mart_drilldown_durations",
    "mart_segment_agent_days": "mart_drilldown_agent_episodes",
    "mart_temporal_episode_hours": "mart_drilldown_episodes",
}
QUEUE = "mart_operational_queue"
# Values packed, in rows that know every dimension.
DURATIONS = "mart_operational_durations"
DAY_AND_INBOX_ONLY = {
    "mart_temporal_episode_hours": {"inboxes", "units", "channel_kinds", "accounts"}
}

IS_THERE = "rows"

# What to compute of the rows of a mart for which a condition holds.
Aggregate = Callable[[sql.Composable], sql.Composable]


@dataclass(frozen=True)
class Components:
    """What columns of a mart add up to, over the days shown or those before.

    `span` is shown, complete or previous, as Period.spans names them; `by` has the
    values of the further columns asked for.
    """

    span: str
    group: object
    by: tuple[object, ...]
    sums: dict[str, float]


def components(
    marts: Marts,
    mart: str,
    names: Sequence[str],
    period: Period,
    filters: Filters | None = None,
    group: str | None = None,
    by: Sequence[str] = (),
) -> list[Components]:
    """Add up components of a mart by group, and by further columns of the mart.

    For what several numbers show together, such as the outcomes of a day. Only what
    has rows is returned. Raises KeyError for an unknown group, DatabaseDownError,
    NoDataError.
    """
    reader = Reader(marts, filters or Filters())
    columns = {name: summed(name) for name in names}
    rows = reader.rows(mart, columns, period.spans, group, by)
    found = [
        Components(
            row["span"],
            row["group_key"],
            tuple(row[name] for name in by),
            {name: row[name] or 0.0 for name in names},
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.span, in_order(row.group)))


@dataclass(frozen=True)
class Reader:
    """Reads what was added up, under the same filters.

    `known` is the catalogue, for KPIs that are made of others.
    """

    marts: Marts
    filters: Filters
    known: Mapping[str, Kpi] = field(default_factory=dict)

    def relation(self, mart: str, group: str | None) -> str:
        """Return the mart, or its facts where only these know what is asked."""
        asked = self.filters.used | ({group} if group else set())
        needs_facts = asked & filtering.ONLY_IN_FACTS
        if mart == DURATIONS:
            return mart
        if mart == "mart_segment_agent_days":
            needs_facts = needs_facts - {"agents", "agent"}
        allowed = DAY_AND_INBOX_ONLY.get(mart)
        if allowed is not None and self.filters.used - allowed:
            return FACTS[mart]
        return FACTS.get(mart, mart) if needs_facts else mart

    def rows(
        self,
        mart: str,
        columns: Mapping[str, Aggregate],
        spans: Mapping[str, Days],
        group: str | None = None,
        by: Sequence[str] = (),
        condition: sql.Composable | None = None,
        never_null: str | None = None,
    ) -> list[Row]:
        """Aggregate a mart by span and group, and by further columns of it.

        One pass over the days of all spans, which may overlap. `never_null` names a
        column that is NULL only where there are no rows, so that none are counted.
        """
        relation = self.relation(mart, group)
        key, join = filtering.group(relation, group)
        all_days = Days(
            min(days.first for days in spans.values()),
            max(days.last for days in spans.values()),
        )
        is_there = never_null or IS_THERE
        counted = columns if never_null else {**columns, IS_THERE: _count}
        aggregates = {
            (span, name): aggregate(_within(days, all_days))
            for span, days in spans.items()
            for name, aggregate in counted.items()
        }
        query = sql.SQL(
            "select {key} as group_key{extra}, {aggregates}"
            " from marts.{mart} as mart {join}"
            " where {days} and {where} and {condition} group by {positions}"
        ).format(
            key=key,
            extra=sql.SQL("").join(
                sql.SQL(", mart.{}").format(sql.Identifier(name)) for name in by
            ),
            aggregates=_named(
                {f"{span} {name}": call for (span, name), call in aggregates.items()}
            ),
            mart=sql.Identifier(relation),
            join=join,
            days=_within(all_days),
            where=filtering.where(relation, self.filters),
            condition=condition or sql.SQL("true"),
            positions=sql.SQL(", ").join(
                sql.SQL(str(i + 1)) for i in range(1 + len(by))
            ),
        )
        return [
            {"span": span, "group_key": row["group_key"]}
            | {name: row[name] for name in by}
            | {name: row[f"{span} {name}"] for name in columns}
            for row in self.marts.read(query, **self.filters.bound())
            for span in spans
            if row[f"{span} {is_there}"]
        ]

    def snapshot(
        self, columns: Mapping[str, Aggregate], group: str | None = None
    ) -> list[Row]:
        """Aggregate the queue of the last load by group."""
        key, join = filtering.group(QUEUE, group)
        return self.marts.read(
            sql.SQL(
                "select {key} as group_key, {aggregates}"
                " from marts.{mart} as mart {join} where {where} group by 1"
            ).format(
                key=key,
                aggregates=_named(
                    {name: call(sql.SQL("true")) for name, call in columns.items()}
                ),
                mart=sql.Identifier(QUEUE),
                join=join,
                where=filtering.where(QUEUE, self.filters),
            ),
            **self.filters.bound(),
        )


def _named(columns: Mapping[str, sql.Composable]) -> sql.Composable:
    return sql.SQL(", ").join(
        sql.SQL("{} as {}").format(expression, sql.Identifier(name))
        for name, expression in columns.items()
    )


def column(name: str) -> sql.Composable:
    """Return a column of the mart."""
    return sql.SQL("mart.{}").format(sql.Identifier(name))


def summed(name: str) -> Aggregate:
    """Return the sum of a component."""
    return lambda rows: sql.SQL("(sum({}) filter (where {}))::double precision").format(
        column(name), rows
    )


def counted_once(name: str) -> Aggregate:
    """Return how many different values a key has."""
    return lambda rows: sql.SQL("count(distinct {}) filter (where {})").format(
        column(name), rows
    )


def _count(rows: sql.Composable) -> sql.Composable:
    return sql.SQL("count(*) filter (where {})").format(rows)


def _within(days: Days, of: Days | None = None) -> sql.Composable:
    """Return the condition that rows are of some days, where they are `of` others."""
    conditions = []
    if of is None or days.first > of.first:
        conditions.append(
            sql.SQL("mart.local_date >= {}").format(sql.Literal(days.first))
        )
    if of is None or days.last < of.last:
        conditions.append(
            sql.SQL("mart.local_date <= {}").format(sql.Literal(days.last))
        )
    return sql.SQL(" and ").join(conditions or [sql.SQL("true")])


def in_order(key: object) -> tuple[bool, str, Any]:
    """Sort keys of groups by this: those of each type, and None last."""
    return key is None, type(key).__name__, key if key is not None else 0
