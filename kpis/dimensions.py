"""What one can filter and group by, with its names."""

import itertools
from operator import itemgetter

from kpis.database import Marts


def places(marts: Marts) -> dict[str, tuple[int, ...]]:
    """What one can filter by, with the inboxes it stands for.

    Each unit, and each inbox of a unit that has several.
    """
    inboxes = marts.read(
        "select unit, inbox_name, inbox_id from marts.mart_inboxes order by 1, 2, 3"
    )
    result: dict[str, tuple[int, ...]] = {}
    for unit, rows in itertools.groupby(inboxes, key=itemgetter("unit")):
        members = list(rows)
        result[unit] = tuple(row["inbox_id"] for row in members)
        if len(members) > 1:
            for row in members:
                label = f"{unit} · {row['inbox_name']}"
                result[label] = (*result.get(label, ()), row["inbox_id"])
    return result


def inboxes(marts: Marts) -> dict[int, str]:
    """The names of the inboxes."""
    return _names(marts, "inbox_id", "inbox_name", "mart_inboxes")


def accounts(marts: Marts) -> list[str]:
    """The accounts of Chatwoot that the numbers are of."""
    rows = marts.read("select account_name from marts.mart_accounts order by 1")
    return [row["account_name"] for row in rows]


def channel_kinds(marts: Marts) -> list[str]:
    """The kinds of channels that inboxes have."""
    rows = marts.read("select distinct channel_kind from marts.mart_inboxes order by 1")
    return [row["channel_kind"] for row in rows]


def teams(marts: Marts) -> dict[int, str]:
    """The names of the teams; 0 stands for none and has no name."""
    return {0: ""} | _names(marts, "team_id", "team_name", "mart_teams")


def agents(marts: Marts) -> dict[int, str]:
    """The names of the people who answer, those who left among them."""
    return _names(marts, "agent_id", "agent_name", "mart_agents where not is_ai")


def labels(marts: Marts) -> list[str]:
    """The labels that conversations carry, the most frequent first."""
    rows = marts.read(
        "select label from marts.mart_labels order by conversations desc, label"
    )
    return [row["label"] for row in rows]


def _names(marts: Marts, key: str, name: str, mart: str) -> dict[int, str]:
    rows = marts.read(f"select {key}, {name} from marts.{mart} order by {name}, {key}")
    return {row[key]: row[name] for row in rows}
