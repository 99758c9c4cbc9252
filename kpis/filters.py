"""Filters and groups, as SQL over the dimensions that every mart shares."""

from dataclasses import dataclass, fields

from psycopg2 import sql


@dataclass(frozen=True)
class Filters:
    """What to keep, by dimension; an empty one keeps all.

    A unit, kind of channel or account stands for its inboxes. Team 0 is "no team". An
    agent keeps the episodes in which he wrote, and of replies his own.
    """

    inboxes: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    channel_kinds: tuple[str, ...] = ()
    teams: tuple[int, ...] = ()
    agents: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    @property
    def used(self) -> frozenset[str]:
        """The names of the dimensions that keep only some."""
        return frozenset(f.name for f in fields(self) if getattr(self, f.name))

    def bound(self) -> dict[str, list[object]]:
        """The values to bind, by name."""
        return {name: list(getattr(self, name)) for name in self.used}


# Dimensions that only the facts have, not the sums by day.
ONLY_IN_FACTS = {
    "agents", "labels", "agent", "label", "handoff_reason", "outcome", "csat_rating",
    "closed_by",
}  # fmt: skip

CONDITIONS = {
    "inboxes": "mart.inbox_id = any(%(inboxes)s)",
    "units": (
        "mart.inbox_id in"
        " (select inbox_id from marts.mart_inboxes where unit = any(%(units)s))"
    ),
    "channel_kinds": (
        "mart.inbox_id in (select inbox_id from marts.mart_inboxes"
        " where channel_kind = any(%(channel_kinds)s))"
    ),
    "accounts": (
        "mart.inbox_id in (select inbox_id from marts.mart_inboxes"
        " where account_name = any(%(accounts)s))"
    ),
    "teams": "coalesce(mart.team_id, 0) = any(%(teams)s)",
    "agents": "mart.agent_ids && %(agents)s::bigint[]",
    "labels": "mart.labels && %(labels)s::text[]",
    "resolvers": "mart.resolver = any(%(resolvers)s)",
}
# Marts in which an agent is the one who wrote the row's message.
MARTS_OF_AGENTS = {"mart_drilldown_agent_episodes", "mart_segment_agent_days"}
# A reply is of who wrote it, any other time of all who wrote in the episode.
AGENTS_OF_DURATIONS = (
    "cross join lateral unnest("
    "case when mart.metric in ('reply', 'reply_working')"
    " then array_remove(array[mart.agent_id], null) else mart.agent_ids end"
    ") as agents (agent_id)"
)
OF_DURATIONS = (
    "case when mart.metric in ('reply', 'reply_working')"
    " then mart.agent_id = any(%(agents)s)"
    " else mart.agent_ids && %(agents)s::bigint[] end"
)
MARTS_OF_DURATIONS = {"mart_drilldown_durations", "mart_operational_durations"}
CONDITION_OF_AGENTS = dict.fromkeys(MARTS_OF_DURATIONS, OF_DURATIONS) | {
    "mart_drilldown_agent_episodes": "mart.agent_id = any(%(agents)s)",
    "mart_segment_agent_days": "mart.agent_id = any(%(agents)s)",
}

INBOXES = "left join marts.mart_inboxes as inboxes on mart.inbox_id = inboxes.inbox_id"
# Each group: what it is called in the mart, and the join that knows it.
GROUPS = {
    "day": ("mart.local_date", ""),
    "week": ("date_trunc('week', mart.local_date)::date", ""),
    "month": ("date_trunc('month', mart.local_date)::date", ""),
    "weekday": ("extract(dow from mart.local_date)::integer", ""),
    "hour": ("mart.local_hour", ""),
    "inbox": ("mart.inbox_id", ""),
    "unit": ("inboxes.unit", INBOXES),
    "channel_kind": ("inboxes.channel_kind", INBOXES),
    "account": ("inboxes.account_name", INBOXES),
    "team": ("coalesce(mart.team_id, 0)", ""),
    "agent": (
        "agents.agent_id",
        "cross join lateral unnest(mart.agent_ids) as agents (agent_id)",
    ),
    "label": (
        "titles.label",
        "cross join lateral unnest(mart.labels) as titles (label)",
    ),
    "resolver": ("mart.resolver", ""),
    "responder_class": ("mart.responder_class", ""),
    "handoff_reason": ("mart.handoff_reason", ""),
    "outcome": ("mart.outcome", ""),
    "closed_by": ("mart.closed_by", ""),
    "csat_rating": ("mart.csat_rating", ""),
}
OF_TIME = {"day", "week", "month", "weekday", "hour"}
# Groups that only some marts know.
ONLY_OF = {
    "hour": {"mart_temporal_episode_hours", "mart_drilldown_episodes"},
    "responder_class": MARTS_OF_DURATIONS,
    "handoff_reason": {"mart_drilldown_episodes"},
    "outcome": {"mart_drilldown_episodes"},
    "closed_by": {"mart_drilldown_episodes"},
    "csat_rating": {"mart_drilldown_episodes"},
}  # fmt: skip


def where(mart: str, filters: Filters) -> sql.Composable:
    """Return the condition of the filters on the rows of a mart, called `mart`."""
    conditions = CONDITIONS
    if mart in CONDITION_OF_AGENTS:
        conditions = CONDITIONS | {"agents": CONDITION_OF_AGENTS[mart]}
    return sql.SQL(
        " and ".join(["true", *(conditions[name] for name in sorted(filters.used))])
    )


def group(mart: str, name: str | None) -> tuple[sql.Composable, sql.Composable]:
    """Return a group's expression and join; NULL for the whole.

    Raises KeyError for a group that does not exist.
    """
    if name is None:
        return sql.SQL("null"), sql.SQL("")
    if name == "agent" and mart in MARTS_OF_DURATIONS:
        return sql.SQL("agents.agent_id"), sql.SQL(AGENTS_OF_DURATIONS)
    if name == "agent" and mart in MARTS_OF_AGENTS:
        return sql.SQL("mart.agent_id"), sql.SQL("")
    lacks_time = mart == "mart_operational_queue" and name in OF_TIME
    if lacks_time or mart not in ONLY_OF.get(name, {mart}):
        raise KeyError(f"{mart} has no group {name}")
    expression, join = GROUPS[name]
    return sql.SQL(expression), sql.SQL(join)
