"""The kinds of KPIs: how each is computed, what it counts, what can be asked of it."""

from collections.abc import Mapping

from kpis.catalogue import Kpi
from kpis.kinds import agents, changes, comments, forecasts, peaks
from kpis.kinds.base import Kind

KINDS: Mapping[str, Kind] = {
    **agents.PLAIN,
    **changes.KINDS,
    **peaks.KINDS,
    **forecasts.KINDS,
    **agents.KINDS,
    **comments.KINDS,
}


def kind_of(kpi: Kpi) -> Kind:
    """Return the kind of a KPI. Raises KeyError where there is none of that name."""
    if kpi.kind not in KINDS:
        raise KeyError(f"{kpi.kpi_id} is of an unknown kind: {kpi.kind}")
    return KINDS[kpi.kind]
