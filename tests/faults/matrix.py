"""The fault matrix: what can happen to source, warehouse, network and loader.

`@row(18)` gives a test its seeds and its number. Seed 1 runs always, unless the row is
slow; the others are marked slow, and run where somebody asks for all:
`pytest -m "slow or not slow" tests/faults`. `pytest --collect-only -k row18` lists
what covers a row.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from replica import Replica

SEEDS = (1, 2, 3)
ROWS = {
    1: "late commit with an older updated_at",
    2: "long transaction over many runs",
    3: "equal timestamps at the boundary, new row",
    4: "same key changed within the same timestamp",
    5: "row whose updated_at is not touched",
    6: "timestamp is NULL",
    7: "timestamp in the future, infinite, BC or after the year 9999",
    8: "clock of the loader a day off",
    9: "clock of the source steps back",
    10: "hard delete, delete and insert of the same id",
    11: "truncate and reload of the source",
    12: "column added, dropped, renamed",
    13: "column retyped, between and during runs",
    14: "view or table missing, or no right to read it",
    15: "NUL and lone surrogates in JSON, NaN, infinity, 1e-300",
    16: "texts and JSON of many megabytes, many keys, deep nesting",
    17: "emoji, right-to-left, zero width, line ends, backslashes, quotes",
    18: "source killed while it is read, and restarted",
    19: "warehouse killed while it is loaded, before and after a commit",
    20: "loader killed anywhere, also between data and watermark",
    21: "network cut, silent, slow, reset",
    22: "session terminated by an administrator",
    23: "timeouts of statements, locks and idle transactions",
    24: "recovery conflict on a hot standby",
    25: "standby lags, and is promoted",
    26: "source restored from a dump or a copy of its files",
    27: "disk full: the warehouse's, the loader's",
    28: "two runs at once, by the same folder and by two",
    29: "state folder lost, or from an old backup",
    30: "warehouse restored from an older backup",
    31: "dbt killed in a build, readers all the time",
    32: "too many connections, read-only warehouse, rotated password",
    33: "poisoned load, repaired source",
    34: "all of it at random",
    35: "days of the business's time zone",
}


def row(number: int, *, slow: bool = False) -> Callable[..., Any]:
    """Parametrise a test with the seeds of a row of the matrix."""
    return pytest.mark.parametrize(
        "chance",
        [
            pytest.param(
                (number, seed),
                id=f"row{number}-seed{seed}",
                marks=[pytest.mark.slow] if slow or seed > 1 else [],
            )
            for seed in SEEDS
        ],
        indirect=True,
    )


class Chance(random.Random):
    """What a seed decides; the same on every machine."""

    def __init__(self, number: int, seed: int) -> None:
        super().__init__(f"{number}/{seed}")
        self.is_short = seed == 1

    def ids(self, replica: Replica, count: int = 1) -> list[int]:
        """Some conversations that have messages."""
        found = replica.chatwoot.query(
            "select distinct conversation_id from messages order by 1"
        )
        return self.sample([number for (number,) in found], count)

    def change(self, replica: Replica) -> None:
        """Change something of the source, as Chatwoot would."""
        one, two, three = self.ids(replica, 3)
        text = f"Mudança {self.random()}"
        replica.chatwoot.execute(
            "update messages set content = %s where conversation_id in (%s, %s)",
            text,
            one,
            two,
        )
        replica.chatwoot.execute(
            "update contacts set name = %s where id = %s", text, three
        )
        kind = self.randrange(4)
        if kind == 0:
            replica.chatwoot.execute(
                "delete from messages where conversation_id = %s;"
                " delete from conversations where id = %s",
                one,
                one,
            )
        elif kind == 1:
            new_conversation(replica)
        elif kind == 2:
            replica.chatwoot.execute(
                "update inboxes set name = %s where id = 1 + %s %% 3", text, one
            )
        else:
            replica.chatwoot.execute("update teams set name = %s", text)


def new_conversation(replica: Replica, **values: object) -> int:
    """Insert a conversation with one message; return its id."""
    given = {"created_at": "now()", "updated_at": "now()"} | values
    number = replica.chatwoot.value(
        """
        insert into conversations (
            account_id, inbox_id, contact_id, display_id, created_at, updated_at,
            last_activity_at
        )
        select 1, 1, 1, max(display_id) + 1, %s, %s, now() from conversations
        returning id
        """,
        given["created_at"],
        given["updated_at"],
    )
    replica.chatwoot.execute(
        """
        insert into messages (
            content, account_id, inbox_id, conversation_id, message_type, sender_type,
            sender_id, created_at, updated_at
        )
        values ('Oi', 1, 1, %s, 0, 'Contact', 1, %s, %s)
        """,
        number,
        given["created_at"],
        given["updated_at"],
    )
    return number
