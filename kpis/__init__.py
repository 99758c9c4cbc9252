"""The query layer: catalogue, filters and period become values. All readers use it."""

from kpis.catalogue import Kpi, catalogue
from kpis.database import DatabaseDownError, Marts, NoDataError
from kpis.filters import Filters
from kpis.kinds import kind_of
from kpis.limits import Limits
from kpis.listing import (
    Comments,
    Conversation,
    Listing,
    Timeline,
    comments,
    conversation,
    listing,
    messages,
)
from kpis.marks import Mark
from kpis.periods import Days, Period
from kpis.query import Histogram, histogram, values
from kpis.reader import Components, components
from kpis.values import Part, Value

__all__ = [
    "Comments",
    "Components",
    "Conversation",
    "DatabaseDownError",
    "Days",
    "Filters",
    "Histogram",
    "Kpi",
    "Limits",
    "Listing",
    "Mark",
    "Marts",
    "NoDataError",
    "Part",
    "Period",
    "Timeline",
    "Value",
    "catalogue",
    "comments",
    "components",
    "conversation",
    "histogram",
    "kind_of",
    "listing",
    "messages",
    "values",
]
