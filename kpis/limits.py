"""Whose rows one may read: every table of `marts` becomes what is within the limits.

Queries name tables as `marts.name`. For each of them stands a subquery that keeps the
rows of one's units, teams and accounts, and masks contacts, so that no query can forget
it. A table without a rule cannot be read at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

TABLE = re.compile(
    r'"?\bmarts\b"?\s*\.\s*(?P<quote>"?)(?P<name>\w+)(?P=quote)(?P<alias>\s+as\b)?',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Limits:
    """The units, teams and accounts, by name, whose rows one may read; none means all.

    Where several kinds are named, rows must be of each.
    """

    units: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.units or self.teams or self.accounts)

    def bound(self) -> dict[str, list[str]]:
        """The values to bind, by name."""
        named = {
            "limit_units": list(self.units),
            "limit_teams": list(self.teams),
            "limit_accounts": list(self.accounts),
        }
        return {name: values for name, values in named.items() if values}


def within(query: str, limits: Limits, sees_contacts: bool) -> str:
    """Let a query read what is within the limits, and `limits.bound()` besides.

    Raises KeyError for a table without a rule.
    """

    def relation(found: re.Match[str]) -> str:
        name = found["name"]
        allowed = _relation(name, limits, sees_contacts)
        return allowed + (found["alias"] or f" as {name}")

    return TABLE.sub(relation, query)


# The dimensions of most tables, and what is limited by other ways.
BY_INBOX_AND_TEAM = frozenset(
    {
        "mart_commercial_episodes",
        "mart_drilldown_agent_episodes",
        "mart_drilldown_conversations",
        "mart_drilldown_days",
        "mart_drilldown_durations",
        "mart_drilldown_episodes",
        "mart_executive_activity_days",
        "mart_executive_chatwoot_bot_days",
        "mart_executive_chatwoot_days",
        "mart_executive_episode_days",
        "mart_ignored_conversations",
        "mart_operational_durations",
        "mart_operational_queue",
        "mart_quality_comment_terms",
        "mart_quality_comments",
        "mart_segment_agent_days",
    }
)
# Made for the chain and for each inbox, never for a team.
BY_SCOPE = frozenset(
    {
        "mart_temporal_anomalies",
        "mart_temporal_backtest",
        "mart_temporal_expectations",
        "mart_temporal_forecast",
        "mart_temporal_scope_days",
    }
)
# They hold nothing of any unit or team.
OF_ALL = frozenset(
    {"kpi_catalog", "mart_failed_loads", "mart_features", "mart_parameters"}
)
# Tables of the whole chain: what is left of them where its numbers are left out.
WITHOUT_NUMBERS = {
    "mart_load_status": (
        "select run_id, build_id, mode, null::bigint as conversations,"
        " null::bigint as messages, null::bigint as rows_read,"
        " null::bigint as rows_new, null::bigint as rows_changed,"
        " null::bigint as rows_deleted, load_seconds,"
        " is_building, is_mixed, has_failed_build, has_failed_checks,"
        " has_failed_load,"
        " local_date, as_of, local_as_of, loaded_at, local_loaded_at,"
        " unbuilt_local_loaded_at, build_failed_local_since,"
        " null::text as new_accounts"
        " from marts.mart_load_status"
    ),
    "mart_load_runs": (
        "select run_id, mode, status, null::bigint as rows_read,"
        " null::bigint as rows_new, null::bigint as rows_changed,"
        " null::bigint as rows_deleted, null::bigint as bytes_read, load_seconds,"
        " source_seconds, started_at, local_started_at, finished_at, local_finished_at"
        " from marts.mart_load_runs"
    ),
    "mart_temporal_days": (
        "select holiday_name, weekday, good_loads, null::bigint as inbound_episodes,"
        " is_complete, is_holiday, local_date from marts.mart_temporal_days"
    ),
}
CONVERSATIONS = "mart_drilldown_conversations"
# Those who may not see contacts read the masked ones under the names of the others.
MASKED = (
    "select conversation_id, account_id, display_id, inbox_id, team_id, assignee_id,"
    " contact_key, status, priority_label, ignored_reason, inbox_name, unit,"
    " channel_kind, team_name,"
    " assignee_name, masked_contact_name as contact_name,"
    " masked_contact_phone as contact_phone, null::text as contact_email, labels,"
    " null::jsonb as custom_attributes, local_timezone, local_date, created_at,"
    f" last_activity_at from marts.{CONVERSATIONS}"
)


def _relation(name: str, limits: Limits, sees_contacts: bool) -> str:
    table = f"marts.{name}"
    if name == CONVERSATIONS and not sees_contacts:
        return f"({MASKED} where {_of_rows(limits)})"
    if not limits or name in OF_ALL:
        return table
    if name in BY_INBOX_AND_TEAM:
        return f"(select * from {table} where {_of_rows(limits)})"
    if name in BY_SCOPE:
        of_one_inbox = "false" if limits.teams else f"{_of_rows(limits)}"
        return f"(select * from {table} where {of_one_inbox})"
    if name in WITHOUT_NUMBERS:
        return f"({WITHOUT_NUMBERS[name]})"
    return f"({OTHERS[name](limits)})"


def _of_rows(limits: Limits) -> str:
    """Return the condition on inbox_id and team_id."""
    conditions = []
    if limits.units:
        conditions.append(
            "inbox_id in (select kept.inbox_id from marts.mart_inboxes as kept"
            " where kept.unit = any(%(limit_units)s))"
        )
    if limits.accounts:
        conditions.append(
            "inbox_id in (select kept.inbox_id from marts.mart_inboxes as kept"
            " where kept.account_name = any(%(limit_accounts)s))"
        )
    if limits.teams:
        conditions.append(
            "team_id in (select kept.team_id from marts.mart_teams as kept"
            " where kept.team_name = any(%(limit_teams)s))"
        )
    return " and ".join(conditions) or "true"


def _conversations(limits: Limits) -> str:
    return f"select * from marts.{CONVERSATIONS} where {_of_rows(limits)}"


def _messages(limits: Limits) -> str:
    return (
        "select * from marts.mart_drilldown_messages where conversation_id in"
        f" (select kept.conversation_id from ({_conversations(limits)}) as kept)"
    )


def _hours(limits: Limits) -> str:
    """The sums by hour know no team; the episodes behind them do."""
    if not limits.teams:
        table = "marts.mart_temporal_episode_hours"
        return f"select * from {table} where {_of_rows(limits)}"
    return (
        "select local_date, local_hour, inbox_id, inbound_episodes,"
        " episodes_to_answer, episodes_answered_in_target"
        f" from marts.mart_drilldown_episodes where {_of_rows(limits)}"
    )


def _inboxes(limits: Limits) -> str:
    """A team's inboxes are those in which it has conversations."""
    condition = "unit = any(%(limit_units)s)" if limits.units else "true"
    if limits.accounts:
        condition += " and account_name = any(%(limit_accounts)s)"
    if limits.teams:
        condition += (
            " and inbox_id in"
            f" (select kept.inbox_id from ({_conversations(limits)}) as kept)"
        )
    return f"select * from marts.mart_inboxes where {condition}"


def _accounts(limits: Limits) -> str:
    """Those of the inboxes that are left."""
    return (
        "select * from marts.mart_accounts where account_id in"
        f" (select kept.account_id from ({_inboxes(limits)}) as kept)"
    )


def _teams(limits: Limits) -> str:
    condition = "team_name = any(%(limit_teams)s)" if limits.teams else "true"
    if limits.accounts:
        condition += (
            " and account_id in (select kept.account_id"
            " from marts.mart_accounts as kept"
            " where kept.account_name = any(%(limit_accounts)s))"
        )
    if limits.units:
        condition += (
            " and team_id in"
            f" (select kept.team_id from ({_conversations(limits)}) as kept)"
        )
    return f"select * from marts.mart_teams where {condition}"


def _agents(limits: Limits) -> str:
    """Those who wrote within the limits."""
    return (
        "select * from marts.mart_agents where agent_id in"
        " (select kept.agent_id from marts.mart_segment_agent_days as kept"
        f" where {_of_rows(limits)})"
    )


def _labels(limits: Limits) -> str:
    return (
        "select titles.label, count(*) as conversations"
        f" from ({_conversations(limits)}) as kept"
        " cross join lateral jsonb_array_elements_text(kept.labels) as titles (label)"
        " group by 1"
    )


OTHERS: dict[str, Callable[[Limits], str]] = {
    "mart_accounts": _accounts,
    "mart_agents": _agents,
    # What it says of inboxes and people is of the whole.
    "mart_configuration": lambda _: (
        "select * from marts.mart_configuration"
        " where file in ('kpis', 'parameters', 'targets')"
    ),
    "mart_drilldown_messages": _messages,
    "mart_inboxes": _inboxes,
    # Of the whole, and nobody can tell any more what of it is within.
    "mart_kpis_before": lambda _: "select * from marts.mart_kpis_before where false",
    "mart_labels": _labels,
    "mart_teams": _teams,
    "mart_temporal_episode_hours": _hours,
}
