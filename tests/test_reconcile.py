"""Reading again: what a person asks for, and what a comparison of all values finds."""

from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg2
import pytest
from conftest import TestServer
from dlt.pipeline.exceptions import PipelineStepFailed
from test_loader import Replica, replica

from loader import run as run_module
from loader.changes import Batch, Warehouse
from loader.pipeline import RawPipeline
from loader.reconcile import Comparison, Reconciliation, reconcile
from loader.run import Run, run
from loader.source import Snapshot

__all__ = ["replica"]


def healed(found: Reconciliation) -> tuple[int, int, int, dict[str, int]]:
    return (
        found.rows_missing,
        found.rows_left_over,
        found.rows_different,
        found.columns_different,
    )


def test_healthy_warehouse_has_nothing_to_heal(replica: Replica) -> None:
    replica.chatwoot.execute("update messages set content = 'Nova' where id < 9")
    found = reconcile(replica.settings)
    assert found.is_clean
    assert found.rows_compared == 40
    assert replica.warehouse.query(
        "select mode, reconciliation ->> 'rows_compared' from raw_chatwoot.load_runs"
        " order by run_id desc limit 2"
    ) == [("reconcile", "40"), ("incremental", None)]
    assert replica.load().mode == "none"


DAMAGES = {
    "value changed": (
        "update raw_chatwoot.conversations set t_messages = 99, inbox_name = null"
        " where conversation_id in (3, 4)",
        (0, 0, 2, {"conversations.inbox_name": 2, "conversations.t_messages": 2}),
    ),
    "message compiled changed": (
        "update raw_chatwoot.conversations set message_compiled = '[]'"
        " where conversation_id = 3",
        (0, 0, 1, {"conversations.message_compiled": 1}),
    ),
    "context changed": (
        "update raw_chatwoot.conversation_context set labels = '[]'"
        " where conversation_id = 1",
        (0, 0, 1, {"conversation_context.labels": 1}),
    ),
    "rows missing": (
        "delete from raw_chatwoot.conversations where conversation_id in (3, 4, 5)",
        (3, 0, 0, {}),
    ),
    "row left over": (
        """insert into raw_chatwoot.conversations (conversation_id) values (77);
           insert into raw_chatwoot.conversation_context (conversation_id) values (78)
        """,
        (0, 2, 0, {}),
    ),
    "dimension changed": (
        "update raw_chatwoot.teams set team_name = 'x'",
        (0, 0, 1, {"teams.team_name": 1}),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_reported_and_healed(replica: Replica, damage: str) -> None:
    statements, expected = DAMAGES[damage]
    replica.warehouse.execute(statements)
    settings = replica.settings.model_copy(update={"load_batch_size": 7})
    assert healed(reconcile(settings)) == expected
    assert reconcile(settings).is_clean
    replica.load()


def test_change_that_the_probe_missed_is_found(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if row versions had lied: the probe says that nothing was touched."""
    replica.chatwoot.execute("update conversations set status = 1 where id = 8")
    with monkeypatch.context() as patch:
        patch.setattr(Snapshot, "touched_conversations", lambda *_: [])
        assert run(replica.settings).mode == "none"
    found = reconcile(replica.settings)
    assert found.rows_different == 1
    assert found.columns_different["conversations.status"] == 1
    replica.load()


def test_change_during_a_reconcile_is_no_finding(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Comparison.reconcile

    def after_a_change(attempt: Comparison) -> Reconciliation:
        replica.chatwoot.execute("update messages set content = 'Tarde' where id = 9")
        return original(attempt)

    monkeypatch.setattr(Comparison, "reconcile", after_a_change)
    assert reconcile(replica.settings).is_clean
    replica.load()


def loads_by_run(replica: Replica) -> list[tuple[object, ...]]:
    return replica.warehouse.query(
        "select last_run_id, count(*) from raw_chatwoot.conversation_loads"
        " group by 1 order by 1"
    )


def dies_after(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run end, as if killed, once so many batches are committed."""
    commit, done = Warehouse.commit_batch, 0

    def commit_batch(session: Warehouse, batch: Batch) -> None:
        nonlocal done
        commit(session, batch)
        done += 1
        if done == batches:
            raise KeyboardInterrupt

    monkeypatch.setattr(Warehouse, "commit_batch", commit_batch)


def test_full_goes_on_where_it_was_killed(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replica.settings.model_copy(update={"load_batch_size": 10})
    with monkeypatch.context() as patch:
        dies_after(3, patch)
        with pytest.raises(KeyboardInterrupt):
            run(settings, full=True)
    summary = run(settings, full=True)
    assert summary.rows_read == 10
    assert loads_by_run(replica) == [(2, 30), (3, 10)]
    # Done is done: asked for again, everything is read again.
    assert run(settings, full=True).rows_read == 40
    replica.load()


def test_any_run_goes_on_where_a_first_load_was_killed(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica.warehouse.execute("drop schema raw_chatwoot cascade")
    settings = replica.settings.model_copy(update={"load_batch_size": 10})
    with monkeypatch.context() as patch:
        dies_after(1, patch)
        with pytest.raises(KeyboardInterrupt):
            run(settings)
    assert run(settings).rows_read == 30
    replica.load()


def test_since_reads_what_was_created_on_or_after_a_day(replica: Replica) -> None:
    replica.chatwoot.execute(
        "update conversations set created_at = '2026-01-15' where id in (5, 6)"
    )
    replica.chatwoot.execute(
        "update conversations set created_at = '2026-01-16' where id in (7, 8)"
    )
    replica.chatwoot.execute(
        "update conversations set created_at = '2025-01-01' where id > 8 or id < 5"
    )
    replica.load()
    assert run(replica.settings, since=date(2026, 1, 16)).rows_read == 2
    assert run(replica.settings, since=date(2026, 1, 15)).rows_read == 4
    replica.load()


@pytest.mark.parametrize("replica", [300], indirect=True)
def test_change_costs_only_what_it_touches(replica: Replica) -> None:
    everything = run(replica.settings, full=True).bytes_read
    replica.chatwoot.execute("update messages set content = 'Nova' where id = 9")
    summary = replica.load()
    assert summary.rows_changed == 1
    assert summary.bytes_read < everything / 100


def terminate(server: TestServer, database: str, application_name: str) -> None:
    """End sessions of a program, as an administrator or the network does."""
    with (
        closing(psycopg2.connect(**server.cluster.connection())) as root,
        root.cursor() as cursor,
    ):
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = %s and application_name = %s",
            (database, application_name),
        )
        assert (True,) in cursor.fetchall()


def test_broken_off_source_is_tried_again(
    replica: Replica, source_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "SECONDS_BETWEEN_ATTEMPTS", (0, 0))
    replica.chatwoot.execute("update conversations set priority = 1")
    original = Snapshot.copy_batch
    terminated = []

    def copy_batch(snapshot: Snapshot, *arguments: object) -> None:
        if not terminated:
            terminated.append(True)
            terminate(source_server, replica.chatwoot.name, "allpfit_analytics")
        original(snapshot, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Snapshot, "copy_batch", copy_batch)
    assert run(replica.settings).rows_changed == 40
    assert replica.warehouse.query(
        "select status from raw_chatwoot.load_runs order by run_id"
    ) == [("succeeded",), ("failed",), ("succeeded",)]
    replica.load()


def test_source_that_always_breaks_off_is_given_up(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "SECONDS_BETWEEN_ATTEMPTS", (0, 0))

    def copy_batch(snapshot: Snapshot, *_: object) -> None:
        snapshot.abort()
        snapshot.shown_values()

    replica.chatwoot.execute("update conversations set priority = 1")
    monkeypatch.setattr(Snapshot, "copy_batch", copy_batch)
    with pytest.raises(run_module.source.SourceInterruptedError):
        run(replica.settings)
    assert (
        replica.warehouse.value(
            "select count(*) from raw_chatwoot.load_runs where status = 'failed'"
        )
        == 3
    )


def test_bookkeeping_of_an_earlier_version_is_brought_up_to_date(
    replica: Replica,
) -> None:
    replica.warehouse.execute(
        """
        alter table raw_chatwoot.load_runs
        drop column release, drop column request, drop column source_tables,
        drop column reconciliation,
        add constraint load_runs_mode_check
        check (mode in ('full', 'incremental', 'none'));

        drop table raw_chatwoot.builds
        """
    )
    assert replica.load().rows_read == 0
    assert reconcile(replica.settings).is_clean


def test_run_that_lost_its_lock_does_not_overwrite_what_came_after(
    replica: Replica,
    warehouse_server: TestServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replica.chatwoot.execute("update conversations set status = 1 where id = 5")
    newer = replica.with_settings(data_dir=tmp_path / "newer")
    original = RawPipeline.load

    def load(*arguments: object, **options: object) -> None:
        terminate(warehouse_server, replica.warehouse.name, "allpfit_analytics")
        replica.chatwoot.execute("update conversations set status = 3 where id = 5")
        done = newer.finished("run")
        assert done.returncode == 0, done.stderr
        original(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(RawPipeline, "load", load)
    with pytest.raises(PipelineStepFailed, match="has lost its lock"):
        run(replica.settings)
    monkeypatch.undo()
    replica.load()


def test_finding_outlives_a_reconcile_that_dies(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica.warehouse.execute(
        "update raw_chatwoot.conversations set status = 9 where conversation_id = 3"
    )

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    original = Comparison.reconcile

    def reconcile_and_die(attempt: Comparison) -> Reconciliation:
        monkeypatch.setattr(Run, "_load_changed", die)
        return original(attempt)

    with monkeypatch.context() as patch:
        patch.setattr(Comparison, "reconcile", reconcile_and_die)
        with pytest.raises(KeyboardInterrupt):
            reconcile(replica.settings)
    monkeypatch.undo()
    assert replica.warehouse.value(
        "select reconciliation -> 'columns_different' from raw_chatwoot.load_runs"
        " order by run_id desc limit 1"
    ) == {"conversations.status": 1}
    replica.load()


def test_disk_holds_two_batches_at_most(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0
    commit = Warehouse.commit_batch

    def commit_batch(session: Warehouse, batch: Batch) -> None:
        nonlocal most
        files = replica.settings.data_dir.glob("load/conversation*.csv")
        most = max(most, len(list(files)))
        commit(session, batch)

    monkeypatch.setattr(Warehouse, "commit_batch", commit_batch)
    settings = replica.settings.model_copy(update={"load_batch_size": 4})
    assert run(settings, full=True).rows_read == 40
    assert most <= 2 * 2
