"""Columns, rights and values that are not as expected: rows 12 to 16, and 33."""

import json
import threading
from contextlib import closing

import psycopg2
import pytest
from conftest import SECONDS_AT_MOST
from replica import Replica, connect

from faults.matrix import Chance, new_conversation, row
from faults.test_kills import (
    assert_one_clear_line,
    end,
    holding,
    waits,
)
from loader import views
from loader.source import OTHER_VERSION, Snapshot

FINAL = "vw_conversations_analytics_final"
CONTEXT = "vw_conversation_context"


def reshape(replica: Replica, view: str, columns: str) -> None:
    """Put other columns into a view; `redeploy` takes them back."""
    replica.chatwoot.execute(
        f"""
        alter view {view} rename to {view}_before;
        create view {view} as select {columns} from {view}_before;
        grant select on {view} to allpfit_reader;
        """
    )


def redeploy(replica: Replica) -> None:
    """Make the views of this version anew, with the rights to read them."""
    before = replica.chatwoot.query(
        "select string_agg(relname::text, ', ') from pg_class"
        " where relkind = 'v' and relname like %s",
        "%\\_before",
    )
    if before != [(None,)]:
        replica.chatwoot.execute(f"drop view {before[0][0]} cascade")
    with closing(psycopg2.connect(**replica.chatwoot.owner)) as owner:
        views.deploy(owner)
    replica.chatwoot.execute(
        f"grant select on {', '.join(Snapshot.views())} to allpfit_reader"
    )


def columns_without(replica: Replica, view: str, name: str, instead: str = "") -> str:
    """The columns of a view, one of them left out or replaced."""
    names = replica.chatwoot.query(
        "select attname::text from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 order by attnum",
        view,
    )
    kept = (instead if other == name else other for (other,) in names)
    return ", ".join(filter(None, kept))


BREACHES = {
    "added": ("*, 1 as novelty", ["novelty: declared nowhere, found integer"]),
    "dropped": (("priority", ""), ["priority: declared integer, found nothing"]),
    "renamed": (
        ("priority", "priority as urgency"),
        [
            "priority: declared integer, found nothing",
            "urgency: declared nowhere, found integer",
        ],
    ),
    "retyped": (
        ("priority", "priority::bigint as priority"),
        ["priority: declared integer, found bigint"],
    ),
}


@row(12)
@pytest.mark.parametrize(
    "breach",
    [
        "renamed",
        *(
            pytest.param(breach, marks=pytest.mark.slow)
            for breach in ("added", "dropped", "retyped")
        ),
    ],
)
def test_contract_breach_stops_before_anything_is_read(
    replica: Replica, chance: Chance, breach: str
) -> None:
    columns, lines = BREACHES[breach]
    if isinstance(columns, tuple):
        columns = columns_without(replica, FINAL, *columns)
    chance.change(replica)
    reshape(replica, FINAL, columns)
    before = replica.warehouse.value(
        "select md5(string_agg(raw::text, '' order by conversation_id))"
        " from raw_chatwoot.conversations as raw"
    )
    done = replica.finished("run")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"error: {FINAL}.{lines[0]}",
        *(f"{FINAL}.{line}" for line in lines[1:]),
        OTHER_VERSION,
    ]
    assert_one_clear_line(done.returncode, done.stderr)
    assert before == replica.warehouse.value(
        "select md5(string_agg(raw::text, '' order by conversation_id))"
        " from raw_chatwoot.conversations as raw"
    )
    redeploy(replica)
    replica.load()


@row(12)
@pytest.mark.parametrize(
    "view",
    [
        CONTEXT,
        "vw_teams",
        pytest.param("vw_inboxes", marks=pytest.mark.slow),
        pytest.param("vw_agents", marks=pytest.mark.slow),
    ],
)
def test_column_beside_the_contract_stops_the_load_too(
    replica: Replica, chance: Chance, view: str
) -> None:
    value = chance.choice(
        ("'texto'::text", "7", "true", "now()::timestamp", "'{}'::json")
    )
    reshape(replica, view, f"*, {value} as novelty")
    done = replica.finished("run")
    assert done.returncode == 1
    assert f"{view}.novelty: declared nowhere" in done.stderr
    assert_one_clear_line(done.returncode, done.stderr)
    redeploy(replica)
    chance.change(replica)
    replica.load()


@row(12)
def test_columns_of_chatwoot_come_go_and_change_names(
    replica: Replica, chance: Chance
) -> None:
    changes = [
        "alter table messages rename content to body",
        "alter table contacts add novelty text default 'x'",
        "alter table messages add novelty jsonb",
        "alter table contacts rename name to full_name",
        "alter table messages drop sentiment",
        "alter table teams rename to departments",
    ]
    for change in chance.sample(changes, 2 if chance.is_short else 6):
        replica.chatwoot.execute(change)
        replica.load()


def retype(replica: Replica, table: str, column: str, to_type: str) -> None:
    """Change the type of a column that views use."""
    replica.chatwoot.execute((views.FOLDER / "drop_views.sql").read_text())
    replica.chatwoot.execute(f"alter table {table} alter {column} type {to_type}")
    redeploy(replica)


@row(13)
def test_column_retyped_between_runs(replica: Replica, chance: Chance) -> None:
    harmless = [
        ("contacts", "name", "varchar(5) using left(name, 5)"),
        ("messages", "id", "bigint"),
        ("reporting_events", "value", "numeric"),
    ]
    for change in chance.sample(harmless, 1 if chance.is_short else 3):
        retype(replica, *change)
        replica.load()
    seen = [
        ("contacts", "phone_number", "text", "varchar"),
        ("conversations", "priority", "bigint", "integer"),
        ("conversations", "custom_attributes", "text", "jsonb"),
    ]
    for table, column, to_type, back in chance.sample(
        seen, 1 if chance.is_short else 3
    ):
        retype(replica, table, column, f"{to_type} using {column}::{to_type}")
        done = replica.finished("run")
        assert done.returncode == 1
        assert_one_clear_line(done.returncode, done.stderr)
        chance.change(replica)
        retype(replica, table, column, f"{back} using {column}::{back}")
        replica.load()


@row(13)
def test_context_column_retyped_stops_and_heals(
    replica: Replica, chance: Chance
) -> None:
    chance.change(replica)
    other_type = columns_without(
        replica, CONTEXT, "account_id", "account_id::text as account_id"
    )
    reshape(replica, CONTEXT, other_type)
    done = replica.finished("run")
    assert done.returncode == 1
    assert_one_clear_line(done.returncode, done.stderr)
    redeploy(replica)
    replica.load()


@row(13)
def test_tables_altered_while_they_are_read(replica: Replica, chance: Chance) -> None:
    """Migrations wait for the run, which sees the tables as they were."""
    slowly = replica.with_settings(load_batch_size=5, load_pause_seconds=0.05)
    chance.change(replica)
    statements = [
        "alter table messages alter processed_message_content type varchar",
        "alter table contacts alter middle_name type text",
        "alter table conversations alter cached_label_list type varchar(9)",
        "alter table conversations add novelty integer default 7",
    ]
    with closing(connect(replica.chatwoot.owner)) as other, other.cursor() as cursor:
        with holding(replica.chatwoot.owner, "taggings", "access exclusive"):
            process = slowly.command("run", "--full")
            assert waits(replica.chatwoot.owner, process), end(process)
            migration = threading.Thread(
                target=lambda: cursor.execute(chance.choice(statements))
            )
            migration.start()
        _, error = process.communicate(timeout=SECONDS_AT_MOST)
        migration.join(SECONDS_AT_MOST)
    assert process.returncode == 0, error
    replica.load()


@row(13)
@pytest.mark.parametrize("rewrite", ["truncate", "alter"])
def test_table_rewritten_between_snapshot_and_read_is_not_taken_for_empty(
    replica: Replica, chance: Chance, rewrite: str
) -> None:
    """A rewritten table looks empty to a snapshot that is older (not MVCC)."""
    statements = {
        "truncate": """
            begin;
            create temporary table kept on commit drop as select * from conversations;
            truncate conversations;
            insert into conversations select * from kept;
            commit
        """,
        "alter": """
            alter table conversations alter sla_policy_id type integer
        """,
    }
    chance.change(replica)
    with holding(replica.chatwoot.owner, "users", "access exclusive"):
        process = replica.command("run")
        assert waits(replica.chatwoot.owner, process), end(process)
        with closing(connect(replica.chatwoot.owner)) as other:
            other.cursor().execute("set lock_timeout = '500ms'")
            try:
                other.cursor().execute(statements[rewrite])
            except psycopg2.errors.LockNotAvailable:
                other.rollback()  # the run keeps others from rewriting: as good
    _, error = process.communicate(timeout=SECONDS_AT_MOST)
    assert_one_clear_line(process.returncode, error)
    assert replica.warehouse.value("select count(*) from raw_chatwoot.conversations")
    replica.load()


@row(14)
def test_view_that_is_missing_or_forbidden_is_named(
    replica: Replica, chance: Chance
) -> None:
    """Nothing is loaded: what was read at one moment belongs together."""
    chance.change(replica)
    missing, forbidden = chance.sample(Snapshot.views(), 2)
    replica.chatwoot.execute(f"revoke select on {forbidden} from allpfit_reader")
    done = replica.finished("run")
    assert done.returncode == 1
    assert f"may not read {forbidden}" in done.stderr
    assert_one_clear_line(done.returncode, done.stderr)
    redeploy(replica)

    replica.chatwoot.execute(f"drop view {missing} cascade")
    done = replica.finished("run")
    assert done.returncode == 1
    assert f"the view {missing} is missing" in done.stderr
    assert_one_clear_line(done.returncode, done.stderr)
    redeploy(replica)
    replica.load()


ODD_JSON = (
    r'"{\"a\": \"\\u0000\"}"',
    r'{"a": "\u0000"}',
    r'{"a": "\ud800"}',
    r'"\udfff\ud800"',
    r'{"external_echo": "\u0000", "a": {"a": 1, "a": 2}}',
    "[]",
    "null",
)
ODD_NUMBERS = ("'NaN'", "'Infinity'", "'-Infinity'", "1e-300", "-0", "1.7976931e308")


@row(15)
def test_values_that_json_and_numbers_allow(replica: Replica, chance: Chance) -> None:
    for value in ODD_JSON:
        replica.chatwoot.execute(
            "update messages set content_attributes = %s::json"
            " where conversation_id = %s",
            *(value, *chance.ids(replica)),
        )
    for value in ODD_NUMBERS:
        replica.chatwoot.execute(
            f"""
            insert into reporting_events (
                name, value, account_id, conversation_id, event_end_time, created_at,
                updated_at
            )
            values ('conversation_resolved', {value}, 1, %s, now(), now(), now())
            """,
            *chance.ids(replica),
        )
    numbers = (
        '{"small": 1e-300, "large": 1e400, "long": 123456789012345678901234567890}'
    )
    replica.chatwoot.execute(
        "update conversations set custom_attributes = %s where id = %s",
        *(numbers, *chance.ids(replica)),
    )
    assert replica.load().mode == "incremental"
    if not chance.is_short:
        replica.build()


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@row(16)
@pytest.mark.parametrize(
    "megabytes",
    [pytest.param(1, id="1MB"), pytest.param(40, id="40MB", marks=pytest.mark.slow)],
)
def test_huge_values_arrive_unchanged(
    replica: Replica, chance: Chance, megabytes: int
) -> None:
    text, large, wide, deep, named = chance.ids(replica, 5)
    length = megabytes * 1_000_000
    replica.chatwoot.execute(
        "update messages set content = left(%s || repeat(md5(id::text), %s), %s)"
        " where id = (select min(id) from messages where conversation_id = %s)",
        *("ã", length // 32 + 1, length, text),
    )
    for number, value in (
        (large, json.dumps({"a": "ç" * (length // 4)}, ensure_ascii=False)),
        (wide, json.dumps({f"key {key}": key for key in range(1_000)})),
        (deep, nested(chance.randint(500, 1_000))),
    ):
        replica.chatwoot.execute(
            "update conversations set additional_attributes = %s, custom_attributes ="
            " %s where id = %s",
            *(value, value, number),
        )
    replica.chatwoot.execute(
        "update contacts set name = repeat('nome ', 100000) where id = %s", named
    )
    assert replica.load().rows_changed == 5
    if not chance.is_short:
        replica.build()


@row(33)
def test_poisoned_load_heals_when_the_source_is_repaired(
    replica: Replica, chance: Chance
) -> None:
    """The warehouse refuses a value; later runs are not bound to the failed load."""
    poison = chance.choice((r"""'"\u0000"'""", r"""'{"a": "\ud800"}'"""))
    chance.change(replica)
    reshape(
        replica,
        CONTEXT,
        columns_without(
            replica,
            CONTEXT,
            "slas",
            f"case when conversation_id = 7 then {poison} else slas end::json as slas",
        ),
    )
    for _ in range(2):
        done = replica.finished("run")
        assert done.returncode == 1
        assert_one_clear_line(done.returncode, done.stderr)
    redeploy(replica)
    new_conversation(replica)
    replica.load()
