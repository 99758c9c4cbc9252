"""The warehouse is the source after every kind of change."""

import ast
import re
from collections.abc import Callable
from contextlib import closing

import psycopg2
import pytest
from conftest import PROJECT_ROOT, Chatwoot, Warehouse
from oracle import assert_replicated
from replica import Replica, fill, make_replica

from ground.settings import Settings
from loader.locks import BUILD_LOCK_KEY
from loader.pipeline import RawPipeline
from loader.reshape import STORED_AS
from loader.run import run

replica = pytest.fixture(make_replica)


def test_first_load_is_exact_and_in_the_history(replica: Replica) -> None:
    assert_replicated(replica.chatwoot, replica.warehouse)
    assert replica.warehouse.query(
        "select status, mode, rows_new, rows_changed, rows_deleted, error"
        " from raw_chatwoot.load_runs"
    ) == [("succeeded", "full", 40, 0, 0, None)]


def test_nothing_changed_reads_nothing_but_the_probe(replica: Replica) -> None:
    summary = replica.load()
    assert (summary.mode, summary.rows_read) == ("none", 0)
    # One probe line for each conversation, and the small tables.
    assert summary.bytes_read < 5_000


CHANGES = {
    "new conversation": (
        """insert into conversations (id, account_id, inbox_id, display_id, created_at,
           updated_at, last_activity_at) values (99, 1, 1, 99, now(), now(), now())""",
        (1, 0, 0),
    ),
    "new message": (
        """insert into messages (content, account_id, inbox_id, conversation_id,
           message_type, sender_type, sender_id, created_at, updated_at)
           values ('Oi', 1, 1, 7, 0, 'Contact', 7, now(), now())""",
        (0, 1, 0),
    ),
    "back-dated message": (
        """insert into messages (content, account_id, inbox_id, conversation_id,
           message_type, created_at, updated_at)
           values ('Antiga', 1, 1, 7, 0, '2001-01-01', '2001-01-01')""",
        (0, 1, 0),
    ),
    "message without a new timestamp": (
        "update messages set content = 'Editada' where id = 10",
        (0, 1, 0),
    ),
    "status without a new timestamp": (
        "update conversations set status = 1 where id in (3, 4)",
        (0, 2, 0),
    ),
    "future and infinite timestamps": (
        """update conversations set updated_at = 'infinity' where id = 3;
           update conversations set last_activity_at = '9999-12-31' where id = 4""",
        (0, 2, 0),
    ),
    "CSAT answer changed in place": (
        "update csat_survey_responses set rating = 1 where conversation_id = 5",
        (0, 1, 0),
    ),
    "second CSAT answer": (
        """insert into csat_survey_responses (account_id, conversation_id, message_id,
           rating, contact_id, created_at, updated_at)
           values (1, 5, 900, 2, 5, now(), now())""",
        (0, 1, 0),
    ),
    "CSAT answer gone": (
        "delete from csat_survey_responses where conversation_id = 5",
        (0, 1, 0),
    ),
    "reporting event": (
        """insert into reporting_events (name, value, account_id, conversation_id,
           event_end_time, created_at, updated_at)
           values ('conversation_resolved', 9, 1, 20, now(), now(), now())""",
        (0, 1, 0),
    ),
    "label added": (
        """insert into taggings (tag_id, taggable_type, taggable_id, context)
           values (2, 'Conversation', 30, 'labels')""",
        (0, 1, 0),
    ),
    "label removed": ("delete from taggings where taggable_id = 2", (0, 1, 0)),
    "label renamed": ("update tags set name = 'plano' where id = 1", (0, 4, 0)),
    "message deleted": ("delete from messages where id = 1", (0, 1, 0)),
    "conversation deleted": (
        "delete from messages where conversation_id = 9;"
        " delete from conversations where id = 9",
        (0, 0, 1),
    ),
    "deleted and inserted again": (
        """delete from conversations where id = 9;
           insert into conversations (id, account_id, inbox_id, display_id, created_at,
           updated_at, last_activity_at) values (9, 1, 1, 9, now(), now(), now())""",
        (0, 1, 0),
    ),
    "contact renamed": ("update contacts set name = 'Bia' where id = 6", (0, 1, 0)),
    "contact deleted": ("delete from contacts where id = 6", (0, 1, 0)),
    "inbox renamed": ("update inboxes set name = 'Centro' where id = 1", (0, 13, 0)),
    "inbox deleted": ("delete from inboxes where id = 1", (0, 13, 0)),
    "agent renamed": ("update users set name = 'Ana Luz' where id = 1", (0, 40, 0)),
    "team renamed": ("update teams set name = 'Vendas' where id = 1", (0, 40, 0)),
    "account renamed": ("update accounts set name = 'AllpFit 2'", (0, 40, 0)),
    "agent removed": ("update conversations set assignee_id = null", (0, 40, 0)),
    "agent signed in": ("update users set current_sign_in_at = now()", (0, 0, 0)),
    "contact was active": ("update contacts set last_activity_at = now()", (0, 0, 0)),
    "rewritten without a change": ("vacuum full messages", (0, 0, 0)),
    "all of it gone": ("truncate conversations, messages", (0, 0, 40)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_replicated(replica: Replica, change: str) -> None:
    statements, expected = CHANGES[change]
    replica.chatwoot.execute(statements)
    summary = replica.load()
    assert (
        summary.rows_new,
        summary.rows_changed,
        summary.rows_deleted,
    ) == expected
    assert replica.load().mode == "none"


def has_staging(replica: Replica) -> bool:
    return replica.warehouse.value(
        "select to_regnamespace('raw_chatwoot_staging') is not null"
    )


def test_what_dlt_merges_from_goes_with_the_run(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not has_staging(replica)
    with monkeypatch.context() as patch:
        patch.setattr(RawPipeline, "drop_staging", lambda pipeline: None)  # killed
        replica.chatwoot.execute("update conversations set status = 1 where id = 3")
        replica.load()
    assert has_staging(replica)
    assert replica.load().mode == "none"
    assert has_staging(replica)  # a run with nothing new does nothing for it
    replica.chatwoot.execute("update conversations set status = 1 where id = 4")
    assert replica.load().rows_changed == 1
    assert not has_staging(replica)
    replica.chatwoot.execute("update teams set name = 'Vendas' where id = 1")
    assert replica.load().rows_changed == 40
    assert not has_staging(replica)


def test_who_reads_what_dlt_merges_from_keeps_no_run_waiting(replica: Replica) -> None:
    replica.warehouse.execute(
        "create schema raw_chatwoot_staging; create table raw_chatwoot_staging.old ()"
    )
    with closing(psycopg2.connect(**replica.warehouse.owner)) as reader:
        reader.cursor().execute("select from raw_chatwoot_staging.old")
        replica.chatwoot.execute("update conversations set status = 1 where id = 3")
        assert replica.load().rows_changed == 1
        assert has_staging(replica)
    replica.chatwoot.execute("update conversations set status = 1 where id = 4")
    assert replica.load().rows_changed == 1
    assert not has_staging(replica)


def test_rolled_back_changes_do_not_appear(replica: Replica) -> None:
    with closing(psycopg2.connect(**replica.chatwoot.owner)) as undecided:
        with undecided.cursor() as cursor:
            cursor.execute("delete from conversations")
        undecided.rollback()
    assert replica.load().mode == "none"


def test_small_batches_read_the_same(replica: Replica) -> None:
    replica.chatwoot.execute("update conversations set priority = 1")
    settings = replica.settings.model_copy(update={"load_batch_size": 7})
    assert run(settings).rows_changed == 40
    assert_replicated(replica.chatwoot, replica.warehouse)


def test_empty_source_and_growth_from_it(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> None:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    replica = Replica(
        chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner)
    )
    assert replica.load().rows_read == 0
    fill(chatwoot, 10)
    assert replica.load().rows_new == 10


def test_old_chatwoot_is_replicated(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> None:
    chatwoot, warehouse = new_chatwoot("3.0"), new_warehouse()
    fill(chatwoot, 10, csat="email_address")
    replica = Replica(
        chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner)
    )
    assert replica.load().rows_new == 10
    assert replica.load().mode == "none"


def test_another_way_to_compute_rows_reads_all_again(replica: Replica) -> None:
    settings = replica.settings.model_copy(
        update={"business_timezone": "America/Manaus"}
    )
    assert run(settings).mode == "full"
    assert run(settings).mode == "none"


# ---------- what dbt says once more


def said_by_dbt(file: str, pattern: str) -> str:
    """Return what stands in the one place of a macro."""
    (found,) = re.findall(pattern, (PROJECT_ROOT / "dbt_project" / file).read_text())
    return str(found)


def test_dbt_and_the_loader_know_the_same_types_of_dlt() -> None:
    types = said_by_dbt(
        "tests/generic/has_declared_columns.sql", r"types_of_dlt = (\{[^}]*\})"
    )
    assert ast.literal_eval(types) == STORED_AS


def test_dbt_looks_for_the_lock_of_a_build() -> None:
    key = said_by_dbt("macros/is_building.sql", r"objid = (\d+)")
    assert int(key) == BUILD_LOCK_KEY
