"""The query layer: catalogue, filters and period become values. All readers use it."""

from kpis.catalogue import Kpi, catalogue
from kpis.database import DatabaseDownError, Marts, NoDataError
from kpis.filters import Filters
from kpis.listing import Listing, listing
from kpis.periods import Days, Period
from kpis.query import values
from kpis.values import Part, Value

__all__ = [
    "DatabaseDownError",
    "Days",
    "Filters",
    "Kpi",
    "Listing",
    "Marts",
    "NoDataError",
    "Part",
    "Period",
    "Value",
    "catalogue",
    "listing",
    "values",
]
