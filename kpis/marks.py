"""Which of the rows that a KPI counts a mark of a chart stands for."""

from dataclasses import dataclass, fields

from psycopg2 import sql

EPISODES = "mart_drilldown_episodes"
DURATIONS = "mart_drilldown_durations"
DAYS = "mart_drilldown_days"
MOST_HANDOFF_MESSAGES = 10  # stands for itself and all above

# What an episode went through; each is true of a row or not.
STEPS = {
    "answered": "mart.first_response_class is not null",
    "resolved": "mart.resolver <> 'none'",
    "rated": "mart.csat_rating is not null",
    "with_ai": "mart.has_ai",
    "without_ai": "not mart.has_ai",
    "with_human": "mart.has_human",
    "handed_off": "mart.has_handoff",
    "not_handed_off": "not mart.has_handoff",
    "returned": "mart.has_returned",
}
# The columns of a day that a mark may count alone.
PARTS = (
    "contact_messages", "ai_messages", "human_messages", "human_phone_messages",
    "ratings_1", "ratings_2", "ratings_3", "ratings_4", "ratings_5",
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """What to keep of the rows that a KPI counts; an empty one keeps all.

    Weekday 0 is Sunday; reason "" stands for none, last agent 0 for nobody. Seconds
    are two, from which time on and below which. All of the steps must
    hold, one of the others. `parts` has the column counted instead of the KPI's own.
    """

    outcomes: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    seconds: tuple[float, ...] = ()
    handoff_messages: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    ratings: tuple[int, ...] = ()
    last_agents: tuple[int, ...] = ()
    steps: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    is_without_holidays: bool = False

    @property
    def used(self) -> frozenset[str]:
        """The names of what keeps only some."""
        return frozenset(f.name for f in fields(self) if getattr(self, f.name))

    def bound(self) -> dict[str, list[object]]:
        """The values to bind, by name."""
        named = self.used - {"steps", "parts", "is_without_holidays"}
        return {f"mark_{name}": list(getattr(self, name)) for name in named}


CONDITIONS = {
    "outcomes": "mart.outcome = any(%(mark_outcomes)s)",
    "weekdays": "extract(dow from mart.local_date)::integer = any(%(mark_weekdays)s)",
    "hours": "mart.local_hour = any(%(mark_hours)s)",
    "seconds": (
        "mart.value >= (%(mark_seconds)s::double precision[])[1]"
        " and mart.value < (%(mark_seconds)s::double precision[])[2]"
    ),
    "handoff_messages": (
        f"least(mart.messages_before_handoff, {MOST_HANDOFF_MESSAGES})"
        " = any(%(mark_handoff_messages)s)"
    ),
    "reasons": "coalesce(mart.handoff_reason, '') = any(%(mark_reasons)s)",
    "ratings": "mart.csat_rating = any(%(mark_ratings)s)",
    "last_agents": "coalesce(mart.last_human_agent_id, 0) = any(%(mark_last_agents)s)",
    "is_without_holidays": (
        "not exists (select from marts.mart_temporal_days as days"
        " where days.local_date = mart.local_date and days.is_holiday)"
    ),
}
# Where there is the column that a mark asks for; days have all but the queue.
KNOWN_BY = {
    EPISODES: {
        "outcomes", "weekdays", "hours", "handoff_messages", "reasons", "ratings",
        "last_agents", "steps", "is_without_holidays",
    },
    DURATIONS: {"seconds", "weekdays", "is_without_holidays"},
    DAYS: {"parts", "weekdays", "is_without_holidays"},
}  # fmt: skip


def where(relation: str, mark: Mark) -> sql.Composable:
    """Return the condition of a mark on the rows of a mart, called `mart`.

    Raises KeyError for what the mart does not know.
    """
    unknown = mark.used - KNOWN_BY.get(relation, set())
    unknown |= (set(mark.steps) - set(STEPS)) | (set(mark.parts) - set(PARTS))
    if unknown:
        raise KeyError(f"{relation} has no {', '.join(sorted(unknown))}")
    conditions = [CONDITIONS[name] for name in sorted(mark.used) if name in CONDITIONS]
    conditions += [STEPS[step] for step in mark.steps]
    conditions += [f"mart.{part} <> 0" for part in mark.parts]
    return sql.SQL(" and ".join(["true", *conditions]))
