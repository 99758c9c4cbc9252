"""The KPIs, as the catalogue defines them."""

from dataclasses import dataclass
from typing import Literal

from psycopg2 import sql

from kpis.database import Marts

Status = Literal["met", "attention", "critical"]
# Rates are compared in percentage points, ratings and indices by their difference.
CHANGE_UNITS = {"rate": "pp", "points": "pp", "rating": "points", "index": "points"}


@dataclass(frozen=True)
class Kpi:
    """A row of the catalogue; dbt_project/seeds/_seeds.yml describes the columns."""

    kpi_id: str
    kpi_number: int | None
    pack: str
    level: str
    kind: str
    mart: str
    numerator: str
    denominator: str | None
    metric: str | None
    responder_class: str | None
    quantile: float | None
    dimension: str | None
    axis: str
    unit: str
    direction: str
    feature: str | None
    target: float | None
    amber: float | None
    red: float | None
    has_confirmed_target: bool | None
    minimum_cases: int
    counted_by: str | None
    prior_cases: int | None
    coverage_of: str | None
    sentiment_side: str | None
    made_of_kpis: str | None
    left_out_kpi: str | None
    also_by: str | None
    label_pt: str
    label_en: str
    definition_pt: str
    definition_en: str
    caveat_pt: str | None
    caveat_en: str | None

    @property
    def unit_of_cases(self) -> str | None:
        """What the cases are, if the catalogue names what counts them: episodes, ..."""
        return self.counted_by and self.counted_by.rpartition("_")[2]

    @property
    def components(self) -> tuple[str, ...]:
        """The columns of the numerator; a distribution has several."""
        return tuple(self.numerator.split(","))

    @property
    def made_of(self) -> tuple[str, ...]:
        """The KPIs that it compares agents or teams by, the volume first."""
        return tuple(self.made_of_kpis.split(",")) if self.made_of_kpis else ()

    @property
    def change_unit(self) -> str:
        """Return pp, points or %."""
        return CHANGE_UNITS.get(self.unit, "%")

    def change(self, now: float | None, before: float | None) -> float | None:
        """Return the change in `change_unit`."""
        if now is None or before is None:
            return None
        if self.change_unit == "pp":
            return 100 * (now - before)
        if self.change_unit == "points":
            return now - before
        return 100 * (now / before - 1) if before else None

    def status(self, value: float | None) -> Status | None:
        """Judge a value against the target; None without one of the two."""
        if value is None or self.target is None:
            return None
        if self._is_worse(value, self.red):
            return "critical"
        limit = self.target if self.amber is None else self.amber
        return "attention" if self._is_worse(value, limit) else "met"

    def _is_worse(self, value: float, limit: float | None) -> bool:
        if limit is None:
            return False
        return value > limit if self.direction == "down" else value < limit


def catalogue(marts: Marts) -> dict[str, Kpi]:
    """Every KPI by its id, in the order of the catalogue.

    Raises DatabaseDownError or NoDataError.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, Kpi.__dataclass_fields__))
    rows = marts.read(
        sql.SQL(
            "select {} from marts.kpi_catalog"
            " order by kpi_number nulls last, pack, kpi_id"
        ).format(names)
    )
    return {row["kpi_id"]: Kpi(**row) for row in rows}
