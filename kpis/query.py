"""Values of KPIs: one query per mart, whatever the number of KPIs that it serves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from kpis.catalogue import catalogue
from kpis.database import Marts, Row
from kpis.filters import Filters
from kpis.health import features
from kpis.kinds import kind_of
from kpis.kinds.base import computed
from kpis.kinds.percentiles import measured_by, read_durations, values_of
from kpis.periods import Days, Period
from kpis.reader import Reader, summed
from kpis.values import Reason, Value

# Groups of which one may have no AI though another has.
PLACES = {"inbox", "unit", "channel_kind", "team", "agent", "label"}


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
    filters = filters or Filters()
    with marts.session() as session:
        known = catalogue(session)
        kpis = [known[kpi_id] for kpi_id in dict.fromkeys(kpi_ids)]
        reader = Reader(session, filters, known)
        asked = [(kpi, kind_of(kpi)) for kpi in kpis]
        found = computed(asked, reader, period, group)
        return explained(
            session,
            [value for kpi in kpis for value in found[kpi.kpi_id]],
            period,
            filters,
            group,
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
