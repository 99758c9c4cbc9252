"""The warehouse is the source, whatever happened in between."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from conftest import PROJECT_ROOT, Chatwoot, TestServer, Warehouse, grant_reader
from oracle import assert_replicated

from loader import views
from loader.run import Summary, run
from loader.settings import Settings
from loader.warehouse import LOAD_LOCK_KEY

FILL = """
insert into accounts (id, name, created_at, updated_at)
values (1, 'AllpFit', now(), now());

insert into users (id, uid, name, email, created_at, updated_at)
values
    (1, 'ana', 'Ana', 'ana@allpfit.example', now(), now()),
    (2, 'ia', 'Assistente', 'assistente.ia@allpfit.example', now(), now());

insert into teams (id, name, account_id, created_at, updated_at)
values (1, 'Recepção', 1, now(), now());

insert into inboxes (id, channel_id, account_id, name, created_at, updated_at, {csat})
select number, number, 1, 'Unidade ' || number, now(), now(), '{{}}'
from generate_series(1, 3) as number;

insert into contacts (id, name, account_id, phone_number, created_at, updated_at)
select number, 'Contato ' || number, 1, '+55119000' || number, now(), now()
from generate_series(1, %(conversations)s) as number;

insert into conversations (
    id, account_id, inbox_id, contact_id, assignee_id, team_id, display_id,
    created_at, updated_at, last_activity_at
)
select
    number, 1, 1 + number %% 3, number, 1, 1, number,
    now() - number * interval '1 hour', now(), now()
from generate_series(1, %(conversations)s) as number;

insert into messages (
    content, account_id, inbox_id, conversation_id, message_type, sender_type,
    sender_id, created_at, updated_at
)
select
    'Quanto custa o plano? ' || step,
    1,
    1 + number %% 3,
    number,
    step %% 2,
    case when step %% 2 = 0 then 'Contact' else 'User' end,
    case when step %% 2 = 0 then number else 1 + step / 4 end,
    now() - number * interval '1 hour' + step * interval '1 minute',
    now()
from
    generate_series(1, %(conversations)s) as number,
    generate_series(0, 5) as step;

insert into csat_survey_responses (
    account_id, conversation_id, message_id, rating, contact_id, created_at, updated_at
)
select 1, number, number, 4, number, now(), now() from generate_series(5, 8) as number;

insert into reporting_events (
    name, value, account_id, conversation_id, event_end_time, created_at, updated_at
)
select 'conversation_resolved', 60, 1, number, now(), now(), now()
from generate_series(1, 9) as number;

insert into tags (id, name) values (1, 'matrícula'), (2, 'reclamação');

insert into taggings (tag_id, taggable_type, taggable_id, context, created_at)
select 1, 'Conversation', number, 'labels', now()
from generate_series(1, 4) as number;
"""


@dataclass(frozen=True)
class Replica:
    """A Chatwoot and a warehouse that has been loaded from it once."""

    chatwoot: Chatwoot
    warehouse: Warehouse
    settings: Settings

    def load(self) -> Summary:
        """Run once more, and check that the result is exact."""
        summary = run(self.settings)
        assert_replicated(self.chatwoot, self.warehouse)
        return summary

    def command(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `python -m loader` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "loader", *arguments],
            cwd=PROJECT_ROOT,
            env=os.environ | environment(self.settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make the same settings in another process."""
    secret = {"source_db_password", "local_db_password", "dashboard_db_password"}
    return {
        name.upper(): (
            getattr(settings, name).get_secret_value()
            if name in secret
            else str(getattr(settings, name))
        )
        for name in settings.model_fields_set
    }


@pytest.fixture
def replica(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    request: pytest.FixtureRequest,
) -> Iterator[Replica]:
    """Forty conversations, loaded; a parameter of the test changes the number."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    fill(chatwoot, getattr(request, "param", 40))
    made = Replica(chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner))
    run(made.settings)
    yield made
    chatwoot.connection.close()
    warehouse.connection.close()


def fill(chatwoot: Chatwoot, conversations: int, csat: str = "csat_config") -> None:
    with chatwoot.connection.cursor() as cursor:
        cursor.execute(FILL.format(csat=csat), {"conversations": conversations})


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


def test_late_commits_and_long_transactions_are_not_lost(replica: Replica) -> None:
    with closing(psycopg2.connect(**replica.chatwoot.owner)) as slow:
        with slow.cursor() as cursor:
            cursor.execute("update messages set content = 'Tarde' where id = 50")
            cursor.execute("savepoint midway")
            cursor.execute("update messages set content = 'Dentro' where id = 80")
        for number in (1, 2):
            replica.chatwoot.execute(
                "update conversations set priority = 2 where id = %s", number
            )
            assert replica.load().rows_changed >= 1
        slow.commit()
    replica.load()
    assert replica.load().mode == "none"


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        r"\N",
        'aspas " e \\ barra',
        "linha\r\noutra\ttab",
        "=1+1",
        "ação 💪 \u202eRTL\u202c \u200b",
        "'; drop table messages; --",
        "x" * 150_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_odd_text_arrives_unchanged(replica: Replica, text: str) -> None:
    replica.chatwoot.execute("update messages set content = %s where id = 1", text)
    replica.chatwoot.execute("update contacts set name = %s where id = 1", text)
    replica.load()


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


def test_restored_source_is_followed(
    replica: Replica,
    source_server: TestServer,
    settings_for: Callable[..., Settings],
) -> None:
    """A copy of the files keeps the transaction ids of rows that have changed since."""
    replica.chatwoot.connection.close()
    name = source_server.create_database(
        f"{replica.chatwoot.name}_restored", replica.chatwoot.name
    )
    grant_reader(source_server, name)
    with (
        closing(psycopg2.connect(**replica.chatwoot.owner)) as lived_on,
        closing(psycopg2.connect(**source_server.owner_of(name))) as restored,
    ):
        lived_on.autocommit = restored.autocommit = True
        with lived_on.cursor() as cursor:
            cursor.execute("update conversations set status = 1, priority = 3")
            cursor.execute("delete from messages where id = 1")
            cursor.execute("delete from conversations where id = 9")
        run(replica.settings)
        chatwoot = Chatwoot(
            name,
            restored,
            source_server.owner_of(name),
            source_server.reader_of(name),
        )
        settings = settings_for(chatwoot.reader, replica.warehouse.owner)
        Replica(chatwoot, replica.warehouse, settings).load()


def test_another_way_to_compute_rows_reads_all_again(replica: Replica) -> None:
    settings = replica.settings.model_copy(
        update={"business_timezone": "America/Manaus"}
    )
    assert run(settings).mode == "full"
    assert run(settings).mode == "none"


def test_second_run_at_once_leaves_with_75(replica: Replica) -> None:
    with closing(psycopg2.connect(**replica.warehouse.owner)) as other:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (LOAD_LOCK_KEY,))
        process = replica.command("run")
        out, error = process.communicate(timeout=60)
    assert (process.returncode, out) == (75, "")
    assert error == "error: another load is running on this warehouse\n"


def test_contract_breach_stops_before_anything_is_read(replica: Replica) -> None:
    replica.chatwoot.execute(
        """
        drop view vw_conversations_analytics_final;
        create view vw_conversations_analytics_final as
        select 1::bigint as conversation_id, 2 as novelty;
        grant select on vw_conversations_analytics_final to allpfit_reader
        """
    )
    process = replica.command("run")
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "conversation_id: declared integer, found bigint\n" in error
    assert "display_id: declared integer, found nothing\n" in error
    assert "novelty: declared nowhere, found integer\n" in error
    assert replica.warehouse.query(
        "select status, rows_read from raw_chatwoot.load_runs order by run_id"
    ) == [("succeeded", 40), ("failed", None)]
    assert replica.warehouse.value("select count(*) from raw_chatwoot.conversations")

    with closing(psycopg2.connect(**replica.chatwoot.owner)) as owner:
        views.deploy(owner)
    replica.load()


def killed_before_the_watermark_moves(settings: Settings) -> None:
    """Run until all rows are merged, and no further."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loader.warehouse.Warehouse.finish_run", die)
        patch.setattr("loader.warehouse.Warehouse.fail_run", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            run(settings)


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("update contacts set name = 'Bia'", "update contacts set name = 'Ana'"),
        ("update inboxes set name = 'Centro'", "update inboxes set name = 'Ana'"),
        ("update teams set name = 'Vendas'", "update teams set name = 'Ana'"),
    ],
)
def test_what_a_killed_run_merged_does_not_outlive_its_reversal(
    replica: Replica, change: str, back: str
) -> None:
    replica.chatwoot.execute(back)
    replica.load()
    replica.chatwoot.execute(change)
    killed_before_the_watermark_moves(replica.settings)
    replica.chatwoot.execute(back)
    replica.load()
    for table in ("inboxes", "teams"):
        name = {"inboxes": "inbox_name", "teams": "team_name"}[table]
        assert replica.warehouse.query(
            f"select {name} from raw_chatwoot.{table} order by 1"
        ) == replica.chatwoot.query(f"select {name} from vw_{table} order by 1")


def test_setting_taken_back_after_a_killed_run(replica: Replica) -> None:
    killed_before_the_watermark_moves(
        replica.settings.model_copy(update={"business_timezone": "Asia/Tokyo"})
    )
    replica.load()


@pytest.mark.parametrize("replica", [600], indirect=True)
def test_killed_anywhere_the_next_run_is_exact(replica: Replica) -> None:
    """kill -9 at moments spread over a whole run, each after new changes."""
    began = time.monotonic()
    assert replica.command("run", "--full").wait(120) == 0
    whole_seconds = time.monotonic() - began
    killed = 0
    for tenth in range(3, 10):
        replica.chatwoot.execute(
            "update messages set content = content || %s where id %% 3 = 0", str(tenth)
        )
        replica.chatwoot.execute("delete from conversations where id = %s", tenth)
        replica.chatwoot.execute(
            "insert into conversations (id, account_id, inbox_id, display_id,"
            " created_at, updated_at, last_activity_at)"
            " values (%s, 1, 1, %s, now(), now(), now())",
            1000 + tenth,
            1000 + tenth,
        )
        process = replica.command("run", "--full")
        try:
            process.wait(whole_seconds * tenth / 10)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        replica.chatwoot.execute(
            "delete from conversations where id = %s", 1000 + tenth
        )
        replica.load()
    assert killed >= 4
    folder: Path = replica.settings.data_dir / "load"
    assert not folder.exists()


def test_killed_warehouse_the_next_run_is_exact(
    replica: Replica, warehouse_server: TestServer
) -> None:
    replica.chatwoot.execute("update messages set content = 'Nova'")
    process = replica.command("run", "--full")
    deadline = time.monotonic() + 60
    while not replica.warehouse.value(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and query ilike 'copy %'"
    ):
        assert time.monotonic() < deadline, "the load never copied"
        assert process.poll() is None
    warehouse_server.cluster.kill()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in error, error
    assert error.splitlines()[-1].startswith("error: the database refused"), error
    warehouse_server.cluster.start()
    with closing(psycopg2.connect(**replica.warehouse.owner)) as connection:
        connection.autocommit = True
        warehouse = Warehouse(
            replica.warehouse.name,
            connection,
            replica.warehouse.owner,
            replica.warehouse.reader,
        )
        Replica(replica.chatwoot, warehouse, replica.settings).load()
