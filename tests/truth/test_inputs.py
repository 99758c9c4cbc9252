"""Inputs that once went wrong, written into a demo Chatwoot as its owner would.

`inputs/inputs.sql` has a comment above each line: what was seen -> what is right. Each
line is looked at here in the warehouse, all of them loaded in one run.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Chatwoot, Warehouse, loaded_at

from demo import chatwoot as demo
from ground.settings import Settings
from loader import run
from operations import transform
from truth.not_yet import INPUTS_NOT_YET

FOLDER = Path(__file__).parent / "inputs"
CONVERSATIONS = 60

# After all that the inputs say, and their maturity.
LOADED = datetime(2026, 11, 28, 12, 0)

HOUR = 3_600
Row = dict[str, object]

# Each line: the conversations that it makes, in the order of the file, and the
# episodes that each must become.
NO_PERSON_WAITED_FOR = {
    "human_response_seconds": None,
    "has_handoff": False,
    "has_takeover": True,
    "is_takeover_of_waiting": False,
}
LINES: dict[str, dict[int, list[Row]]] = {
    "takeover, the customer not waiting": {0: [NO_PERSON_WAITED_FOR]},
    "announced, answered 3 h later": {
        1: [
            {
                "handoff_signal": "announced",
                "human_response_seconds": 3 * HOUR - 5,
                "has_takeover": False,
            }
        ]
    },
    "announced, nobody came": {
        2: [{"outcome": "waiting_us", "handoff_signal": "announced"}]
    },
    "refused by WhatsApp": {
        3: [
            {
                "outcome": "unanswered",
                "first_response_seconds": None,
                "undelivered_messages": 1,
            }
        ]
    },
    "refused, delivered after 3 h": {4: [{"first_response_seconds": 3 * HOUR}]},
    "menu as text": {5: [{"outcome": "ai_abandoned"}]},
    "menu as type": {6: [{"outcome": "ai_abandoned"}]},
    "request for data": {7: [{"outcome": "ai_abandoned"}]},
    "question above a signature": {8: [{"outcome": "ai_abandoned"}]},
    "an agent's reaction": {9: [{"first_response_seconds": 2_400}]},
    "a customer's reaction": {10: [{"outcome": "ai_resolved_assumed"}]},
    "WhatsApp group": {11: [{"has_demand": False}]},
    "delivered twice": {12: [{"contact_messages": 1, "ai_messages": 1}]},
    "ninth digit": {
        13: [{"has_returned": True, "contact_key": "1:+5562987654321"}],
        14: [{"contact_key": "1:+5562987654321"}],
    },
    "name prefix": {15: [{"outcome": "ai_abandoned"}]},
    "thanks with a name": {16: [{"outcome": "ai_resolved_confirmed"}]},
    "tá bom então": {17: [{"outcome": "ai_resolved_confirmed"}]},
    "year 58,000": {18: []},
    "history imported": {
        19: [{"first_response_seconds": 90, "human_response_seconds": 90}]
    },
    "a person's open question": {20: [{"outcome": "waiting_customer"}]},
    "campaign, then our message months later": {
        21: [
            {"outcome": "outbound_no_reply", "has_demand": False},
            {
                "started_at": datetime(2026, 10, 5, 15, 0),
                "has_demand": True,
                "first_response_seconds": 60,
                "resolution_seconds": 120,
            },
        ]
    },
}


@pytest.fixture(scope="module")
def episodes(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[list[Row]]]:
    """The episodes of each conversation of the inputs, in the order of the file."""
    target = str(tmp_path_factory.mktemp("dbt"))
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = settings_for(chatwoot.reader, warehouse.owner)
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=LOADED)
        last = chatwoot.value("select max(id) from conversations")
        for name in ("prelude.sql", "inputs.sql"):
            chatwoot.execute((FOLDER / name).read_text())
        made = chatwoot.query(
            "select id from conversations where id > %s order by id", last
        )
        patch.setenv("DBT_TARGET_PATH", target)
        patch.setenv("DBT_LOG_PATH", target)
        run.run(settings)
        loaded_at(warehouse, LOADED)
        assert transform.build(settings).error is None
        yield [episodes_of(warehouse, conversation) for (conversation,) in made]


def episodes_of(warehouse: Warehouse, conversation: object) -> list[Row]:
    with warehouse.connection.cursor() as cursor:
        cursor.execute(
            "select * from analytics.episodes where conversation_id = %s"
            " order by episode_number",
            (conversation,),
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def each_line() -> list[pytest.ParameterSet]:
    to_come = pytest.mark.xfail(strict=True, reason="its rule is not built yet")
    return [
        pytest.param(line, marks=[to_come] if line in INPUTS_NOT_YET else [])
        for line in LINES
    ]


@pytest.mark.parametrize("line", each_line())
def test_line(episodes: list[list[Row]], line: str) -> None:
    for number, expected in LINES[line].items():
        found = episodes[number]
        assert len(found) == len(expected)
        for row, stated in zip(found, expected, strict=True):
            assert {name: row.get(name, "missing") for name in stated} == stated


def test_every_conversation_has_a_line() -> None:
    """A line that the file gains is looked at, or this fails."""
    calls = (FOLDER / "inputs.sql").read_text().count("pg_temp.conv(")
    numbers = [number for line in LINES.values() for number in line]
    assert numbers == list(range(calls))


def test_what_is_not_built_yet_is_a_line() -> None:
    assert set(LINES) >= INPUTS_NOT_YET
