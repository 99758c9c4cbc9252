"""A built warehouse, and what the fixture has configured for it."""

from dataclasses import dataclass
from datetime import date

from conftest import Warehouse

from kpis import Marts

COST_PER_AI_EPISODE = 0.35
FUNNEL = (
    ("label", "lead-quente", None, "lead"),
    ("label", "personal", None, "conversion"),
    ("custom_attribute", "visita", "sim", "visit"),
    ("custom_attribute", "interesse", None, "lead"),
)


@dataclass(frozen=True)
class Built:
    """A built warehouse, for the tests as its owner and for the KPIs as the reader."""

    warehouse: Warehouse
    marts: Marts
    first_date: date
    today: date

    def rows(self, statement: str, *values: object) -> list[dict[str, object]]:
        """Rows as the owner sees them, each a dict."""
        with self.warehouse.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
