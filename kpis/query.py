"""Values of KPIs: one query per mart, whatever the number of KPIs that it serves."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from psycopg2 import sql

from kpis import filters as filtering
from kpis.catalogue import Kpi, catalogue
from kpis.database import Marts, Row
from kpis.filters import Filters
from kpis.health import features
from kpis.periods import Days, Period
from kpis.statistics import Values, quantiles, unpacked
from kpis.values import Part, Reason, Value

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

# What is known of less than half does not speak for all.
FEWEST_COVERED = 0.5

# Groups of which one may have no AI though another has.
PLACES = {"inbox", "unit", "channel_kind", "team", "agent", "label"}

# Kinds that count the different values of a key.
COUNTED_ONCE = {"distinct", "distinct_ratio"}


def values(
    marts: Marts,
    kpi_ids: Iterable[str],
    period: Period,
    filters: Filters | None = None,
    group: str | None = None,
) -> list[Value]:
    """Compute KPIs over a period, for the whole or for each group of a dimension.

    Without a group there is one value per KPI, in the order given. With one there is a
    value for each group that has rows; groups of agents and labels overlap, so that
    they must not be added up. Snapshots are those of the last load in any period.

    Raises KeyError for an unknown KPI or group, DatabaseDownError, NoDataError.
    """
    from kpis.special import SPECIAL  # which builds on the functions below

    filters = filters or Filters()
    with marts.session() as session:
        known = catalogue(session)
        kpis = [known[kpi_id] for kpi_id in dict.fromkeys(kpi_ids)]
        reader = Reader(session, filters, known)
        plain_kpis = [kpi for kpi in kpis if kpi.kind not in SPECIAL]
        found = plain(reader, plain_kpis, period, group)
        for kpi in kpis:
            if kpi.kind in SPECIAL:
                found[kpi.kpi_id] = SPECIAL[kpi.kind](reader, kpi, period, group)
        return explained(
            session,
            [value for kpi in kpis for value in found[kpi.kpi_id]],
            period,
            filters,
            group,
        )


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
    return sorted(found, key=lambda row: (row.span, _order((row.group, None))))


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


def is_of_its_side(kpi: Kpi) -> sql.Composable:
    """Return the condition on comments that a KPI of praise or criticism counts."""
    side = "positive" if kpi.kpi_id.endswith("positive") else "negative"
    return sql.SQL("mart.sentiment_side = {}").format(sql.Literal(side))


def summed(column: str) -> Aggregate:
    """Return the sum of a component."""
    return lambda rows: sql.SQL(
        "(sum(mart.{}) filter (where {}))::double precision"
    ).format(sql.Identifier(column), rows)


def counted_once(column: str) -> Aggregate:
    """Return how many different values a key has."""
    return lambda rows: sql.SQL("count(distinct mart.{}) filter (where {})").format(
        sql.Identifier(column), rows
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


def plain(
    reader: Reader, kpis: Sequence[Kpi], period: Period, group: str | None
) -> dict[str, list[Value]]:
    """Compute KPIs that are sums, shares, counts, percentiles or snapshots."""
    by_mart: dict[str, list[Kpi]] = defaultdict(list)
    for kpi in kpis:
        by_mart["percentile" if kpi.kind == "percentile" else kpi.mart].append(kpi)
    found: dict[str, list[Value]] = {}
    for mart, members in by_mart.items():
        if mart == "percentile":
            found |= _percentiles(reader, members, period, group)
        elif mart == QUEUE:
            found |= _snapshots(reader, members, group)
        else:
            found |= _added_up(reader, mart, members, period, group)
    return found


def _added_up(
    reader: Reader, mart: str, kpis: Sequence[Kpi], period: Period, group: str | None
) -> dict[str, list[Value]]:
    columns: dict[str, Aggregate] = {}
    for kpi in kpis:
        for name in kpi.components:
            once = kpi.kind in COUNTED_ONCE
            columns[f"n_{name}"] = counted_once(name) if once else summed(name)
        if kpi.denominator:
            once = kpi.kind in COUNTED_ONCE
            columns[f"d_{kpi.denominator}"] = (
                _present(kpi) if kpi.kind == "per_distinct"
                else counted_once(kpi.denominator) if once
                else summed(kpi.denominator)
            )  # fmt: skip
        for whole in filter(None, (kpi.coverage_of, kpi.counted_by)):
            columns[f"d_{whole}"] = summed(whole)
    condition = None
    if group is None and all(kpi.kind in COUNTED_ONCE for kpi in kpis):
        # What counts nowhere need not be sorted to be left out.
        condition = _has_one_of(
            {
                name
                for kpi in kpis
                for name in (*kpi.components, kpi.denominator)
                if name
            }
        )
    rows = reader.rows(mart, columns, period.spans, group, condition=condition)
    by_group: dict[object, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_group[row["group_key"]][row["span"]] = row
    if group is None and not by_group:
        by_group[None] = {}
    found = {}
    for kpi in kpis:
        means = _means_of_the_team(reader, kpi, period, group)
        found[kpi.kpi_id] = [
            _value(
                kpi,
                key,
                {
                    span: _sums(kpi, row, means.get((_team_of(group, key), span)))
                    for span, row in spans.items()
                },
                period,
            )
            for key, spans in sorted(by_group.items(), key=_order)
        ]
    return found


def _team_of(group: str | None, key: object) -> object:
    return None if group == "agent" else key


def _means_of_the_team(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> dict[tuple[object, str], float]:
    """Return what a KPI of agents is for all of them, by group and span."""
    is_of_agents = group == "agent" or reader.filters.agents
    if kpi.prior_cases is None or not is_of_agents:
        return {}
    team = replace(reader, filters=replace(reader.filters, agents=()))
    sums = {"n": summed(kpi.numerator), "d": summed(kpi.denominator or "")}
    of_team = None if group == "agent" else group
    return {
        (row["group_key"], row["span"]): row["n"] / row["d"]
        for row in team.rows(kpi.mart, sums, period.spans, of_team)
        if row["d"]
    }


def _has_one_of(keys: set[str]) -> sql.Composable:
    return sql.SQL("({})").format(
        sql.SQL(" or ").join(
            sql.SQL("mart.{} is not null").format(sql.Identifier(key))
            for key in sorted(keys)
        )
    )


def _present(kpi: Kpi) -> Aggregate:
    """How many have any of it, such as agents with episodes."""
    return lambda rows: sql.SQL(
        "count(distinct mart.{}) filter (where mart.{} > 0 and {})"
    ).format(sql.Identifier(kpi.denominator or ""), sql.Identifier(kpi.numerator), rows)


def _sums(kpi: Kpi, row: Row, mean: float | None) -> "Sums":
    parts = tuple(row[f"n_{name}"] or 0.0 for name in kpi.components)
    denominator = row[f"d_{kpi.denominator}"] or 0.0 if kpi.denominator else None
    whole = row[f"d_{kpi.coverage_of}"] or 0.0 if kpi.coverage_of else None
    counted = row[f"d_{kpi.counted_by}"] or 0.0 if kpi.counted_by else None
    return Sums(sum(parts), denominator, parts, mean, whole, counted)


@dataclass(frozen=True)
class Sums:
    """What was added up over a span.

    With the mean that the value is drawn towards, the whole of which the denominator is
    to be half, and what counts the cases, for KPIs that have these.
    """

    numerator: float = 0.0
    denominator: float | None = None
    parts: tuple[float, ...] = ()
    mean: float | None = None
    whole: float | None = None
    counted: float | None = None

    @property
    def cases(self) -> int:
        """What a value of it stands on."""
        known = (self.counted, self.denominator, self.numerator)
        return int(next(count for count in known if count is not None))

    @property
    def is_covered(self) -> bool:
        """Whether enough of the whole is known to speak for it."""
        known = self.denominator or 0.0
        return self.whole is None or known >= FEWEST_COVERED * self.whole

    def value(self, kpi: Kpi) -> float | None:
        """The KPI, as its kind has it."""
        if kpi.kind == "distribution" or not self.is_covered:
            return None
        if self.denominator is None:
            return self.numerator
        if not self.denominator:
            return None
        if self.mean is None:
            return self.numerator / self.denominator
        more = kpi.prior_cases or 0
        return (self.numerator + more * self.mean) / (self.denominator + more)


def _value(kpi: Kpi, key: object, spans: Mapping[str, Sums], period: Period) -> Value:
    nothing = Sums(0.0, 0.0 if kpi.denominator else None, (0.0,) * len(kpi.components))
    shown = spans.get("shown", nothing)
    complete = None
    if period.complete is not None:
        same = period.complete == period.shown
        complete = shown if same else spans.get("complete", nothing)
    previous = spans.get("previous", nothing) if period.previous is not None else None
    now = complete.value(kpi) if complete else None
    before = previous.value(kpi) if previous else None
    return Value(
        kpi=kpi,
        group=key,
        value=shown.value(kpi),
        numerator=shown.numerator,
        denominator=shown.denominator,
        cases=shown.cases,
        complete=now,
        previous=before,
        previous_cases=previous.cases if previous else 0,
        change=kpi.change(now, before),
        reason=None if shown.is_covered or not shown.cases else "low_coverage",
        parts=_shares(kpi, shown),
    )


def _shares(kpi: Kpi, sums: Sums) -> tuple[Part, ...]:
    """Return what each component is of the whole, where there are several."""
    if len(kpi.components) == 1:
        return ()
    total = sums.numerator if sums.denominator is None else sums.denominator
    if sums.denominator is not None and not total:
        return ()
    return tuple(
        Part(name, part / total if total else None, int(part))
        for name, part in zip(kpi.components, sums.parts, strict=True)
    )


def _percentiles(
    reader: Reader, kpis: Sequence[Kpi], period: Period, group: str | None
) -> dict[str, list[Value]]:
    asked = {measured_by(kpi) for kpi in kpis}
    durations = read_durations(reader, asked, period.spans, group)
    keys = sorted({key for _, key, _ in durations}, key=lambda key: _order((key, {})))
    if group is None:
        keys = [None]
    return {
        kpi.kpi_id: [
            value
            for key in keys
            if (value := _percentile(kpi, key, durations, period)).cases
            or value.previous_cases
            or group is None
        ]
        for kpi in kpis
    }


# By span, group and metric: classes of responder, and values of theirs.
Durations = Mapping[tuple[str, object, str], Sequence[tuple[str | None, Values]]]


def measured_by(kpi: Kpi) -> tuple[str, str | None]:
    """Return the metric of a KPI, and the class of responder if not of all."""
    return str(kpi.metric), kpi.responder_class


def read_durations(
    reader: Reader,
    asked: Set[tuple[str, str | None]],
    spans: Mapping[str, Days],
    group: str | None,
) -> Durations:
    """Return the values of metrics, each of a class of responder or of all.

    They come by span and group, in no order.
    """
    # Days that spans share are read once.
    parts = _disjoint(spans.values())
    found: dict[tuple[str, object, str], list[tuple[str | None, Values]]]
    found = defaultdict(list)
    for row in reader.rows(
        DURATIONS,
        {
            "packed_values": lambda rows: sql.SQL(
                "string_agg(mart.packed_values, ''::bytea) filter (where {})"
            ).format(rows)
        },
        parts,
        group,
        by=("metric", "responder_class"),
        condition=_is_one_of(asked),
        never_null="packed_values",
    ):
        values = unpacked(row["packed_values"])
        for span, days in spans.items():
            if days.first <= parts[row["span"]].first <= days.last:
                key = (span, row["group_key"], row["metric"])
                found[key].append((row["responder_class"], values))
    return found


def _is_one_of(asked: Set[tuple[str, str | None]]) -> sql.Composable:
    # The first part finds an index, the second leaves out what nobody asked for.
    return sql.SQL("mart.metric = any({}) and ({})").format(
        sql.Literal(sorted({metric for metric, _ in asked})),
        sql.SQL(" or ").join(
            sql.SQL("mart.metric = {} and {}").format(
                sql.Literal(metric),
                sql.SQL("true")
                if responder_class is None
                else sql.SQL("mart.responder_class = {}").format(
                    sql.Literal(responder_class)
                ),
            )
            for metric, responder_class in asked
        ),
    )


def _disjoint(spans: Iterable[Days]) -> dict[str, Days]:
    """Cut days where a span begins or ends, into parts that no two of them share."""
    spans = list(spans)
    one_day = timedelta(days=1)
    cuts = {days.first for days in spans} | {days.last + one_day for days in spans}
    return {
        first.isoformat(): Days(first, end - one_day)
        for first, end in pairwise(sorted(cuts))
        if any(days.first <= first <= days.last for days in spans)
    }


def values_of(kpi: Kpi, span: str, key: object, durations: Durations) -> Values:
    """Return what a KPI's percentile is of."""
    return np.concatenate(
        [
            np.empty(0),
            *(
                values
                for responder, values in durations.get((span, key, str(kpi.metric)), ())
                if kpi.responder_class in (None, responder)
            ),
        ]
    )


def _percentile(kpi: Kpi, key: object, durations: Durations, period: Period) -> Value:
    shown = values_of(kpi, "shown", key, durations)
    previous = values_of(kpi, "previous", key, durations)
    share = kpi.quantile or 0.5
    value, p90 = quantiles(shown, (share, 0.9))
    (before,) = quantiles(previous, (share,))
    now = value
    if period.complete != period.shown:
        (now,) = quantiles(values_of(kpi, "complete", key, durations), (share,))
    return Value(
        kpi=kpi,
        group=key,
        value=value,
        numerator=float(len(shown)),
        cases=len(shown),
        complete=now,
        previous=before,
        previous_cases=len(previous),
        change=kpi.change(now, before),
        p90=p90,
    )


@dataclass(frozen=True)
class Histogram:
    """How many values of a KPI of time lie where, and within its target.

    `bars` are those with values: where each starts, where it ends, and how many values
    from its start to below its end.
    """

    bars: tuple[tuple[float, float, int], ...]
    within_target: int | None


def histogram(
    marts: Marts,
    kpi_id: str,
    edges: Sequence[float],
    days: Days,
    filters: Filters | None = None,
) -> Histogram:
    """Count the values of a KPI of time between edges, in rising order.

    Raises KeyError for an unknown KPI, DatabaseDownError, NoDataError.
    """
    with marts.session() as session:
        kpi = catalogue(session)[kpi_id]
        reader = Reader(session, filters or Filters())
        durations = read_durations(reader, {measured_by(kpi)}, {"shown": days}, None)
    values = values_of(kpi, "shown", None, durations)
    below = np.searchsorted(np.sort(values), edges).tolist()
    return Histogram(
        tuple(
            (edges[place], edges[place + 1], n)
            for place, (passed, reached) in enumerate(pairwise(below))
            if (n := reached - passed)
        ),
        None if kpi.target is None else int(np.sum(values <= kpi.target)),
    )


def _snapshots(
    reader: Reader, kpis: Sequence[Kpi], group: str | None
) -> dict[str, list[Value]]:
    columns: dict[str, Aggregate] = {}
    for kpi in kpis:
        if kpi.kind == "snapshot_quantile":
            columns[f"v_{kpi.kpi_id}"] = _quantile(kpi)
            columns[f"c_{kpi.kpi_id}"] = _known(kpi.numerator)
        else:
            columns[f"v_{kpi.kpi_id}"] = summed(kpi.numerator)
            columns[f"c_{kpi.kpi_id}"] = columns[f"v_{kpi.kpi_id}"]
    rows = reader.snapshot(columns, group)
    nothing = dict.fromkeys(columns) | {"group_key": None}
    if group is None and not rows:
        rows = [nothing]
    found = {}
    for kpi in kpis:
        found[kpi.kpi_id] = [_snapshot(kpi, row) for row in rows]
    return found


def _quantile(kpi: Kpi) -> Aggregate:
    return lambda rows: sql.SQL(
        "percentile_cont({}) within group (order by mart.{}) filter (where {})"
    ).format(sql.Literal(kpi.quantile), sql.Identifier(kpi.numerator), rows)


def _known(column: str) -> Aggregate:
    return lambda rows: sql.SQL("count(mart.{}) filter (where {})").format(
        sql.Identifier(column), rows
    )


def _snapshot(kpi: Kpi, row: Row) -> Value:
    value, cases = row[f"v_{kpi.kpi_id}"], row[f"c_{kpi.kpi_id}"] or 0
    if kpi.kind == "snapshot":
        value = value or 0.0
    return Value(
        kpi=kpi,
        group=row["group_key"],
        value=value,
        numerator=float(cases),
        cases=int(cases),
    )


def _order(item: tuple[object, Any]) -> tuple[bool, str, Any]:
    key = item[0]
    return key is None, type(key).__name__, key if key is not None else 0


def explained(
    marts: Marts,
    found: list[Value],
    period: Period,
    filters: Filters,
    group: str | None = None,
) -> list[Value]:
    """Say why there is no value, or none to rely on."""
    switched_on = features(marts)
    place = group if group in PLACES else None
    bases: dict[object, Row] = {}
    if any(_may_lack_its_base(value) for value in found):
        names = ("immature_episodes", "matured_episodes", "ai_episodes")
        bases = {
            row["group_key"]: row
            # Who resolved them says nothing about whether an AI is there.
            for row in Reader(marts, replace(filters, resolvers=())).rows(
                "mart_executive_episode_days",
                {name: summed(name) for name in names},
                {"shown": period.shown},
                place,
            )
        }
    return [
        _explained(value, switched_on, bases.get(value.group if place else None, {}))
        for value in found
    ]


def _may_lack_its_base(value: Value) -> bool:
    return value.value is None or (value.kpi.feature == "ai" and not value.value)


def _needs_reason(value: Value) -> bool:
    return value.reason is None and (
        value.value is None or value.cases < max(value.kpi.minimum_cases, 1)
    )


def _explained(
    value: Value, switched_on: Mapping[str, bool], base: Mapping[str, Any]
) -> Value:
    kpi = value.kpi
    if kpi.feature is not None and not switched_on.get(kpi.feature, False):
        # What is switched off does not perform badly.
        return Value(kpi, value.group, reason="not_configured")
    has_no_ai = base.get("matured_episodes") and not base["ai_episodes"]
    if kpi.feature == "ai" and kpi.axis == "cohort" and has_no_ai:
        # Nor does what is not there.
        return replace(
            value, value=None, complete=None, change=None, parts=(), reason="no_ai"
        )
    return replace(value, reason=_reason(value, base))


def _reason(value: Value, base: Mapping[str, Any]) -> Reason | None:
    if not _needs_reason(value):
        return value.reason
    kpi = value.kpi
    if value.value is None and not value.parts:
        is_too_early = base.get("immature_episodes") and not base["matured_episodes"]
        if kpi.axis == "cohort" and is_too_early:
            return "immature"
        is_without_survey = kpi.feature == "csat" and base.get("matured_episodes")
        return "no_survey" if is_without_survey else "no_data"
    return "small_sample" if value.cases and value.cases < kpi.minimum_cases else None
