"""One load: find what changed, read exactly that, merge it, move the watermark."""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import psycopg2

from ground import private
from ground.access_log import prepare_access_log
from ground.failures import UnreachableError, explain
from ground.settings import Settings
from loader import reshape, source
from loader.changes import Batch, Changes, Warehouse, locked
from loader.history import Request, Watermark

Result = TypeVar("Result")
Attempt = TypeVar("Attempt", bound="Run")
Report = Callable[[int, int], None]  # conversations read so far, of how many

# When the source breaks off: pauses before attempts, as long as these load nothing.
SECONDS_BETWEEN_ATTEMPTS = (1.0, 5.0, 15.0)

log = logging.getLogger("loader")


@dataclass(frozen=True)
class Summary:
    """What a run did; the fields are columns of the run history."""

    mode: str
    rows_read: int
    rows_new: int
    rows_changed: int
    rows_deleted: int
    bytes_read: int
    source_seconds: float
    source_statements: int


def run(
    settings: Settings,
    report: Report = lambda read, total: None,
    full: bool = False,
    since: date | None = None,
) -> Summary:
    """Bring the raw schema to the state of the source at one moment.

    Each batch is committed with what it stands for: a run that is killed anywhere loses
    nothing, and the next one goes on. `full` reads every conversation again, `since`
    those created on or after a day.
    """
    request = Request(since) if full or since else None
    with locked(settings.warehouse) as session:
        prepare_access_log(settings.warehouse, settings.dashboard_db_user)
        return persist(
            lambda: Run(settings, session, report), lambda a: a.load(request)
        )


def persist(begin: Callable[[], Attempt], work: Callable[[Attempt], Result]) -> Result:
    """Try again where the source broke off, as long as that gets anywhere."""
    fruitless = 0
    was_interrupted = False
    while True:
        attempt = begin()
        try:
            return work(attempt)
        except (source.SourceInterruptedError, UnreachableError) as error:
            # A server that cannot be reached at all is a matter of settings.
            was_interrupted |= isinstance(error, source.SourceInterruptedError)
            fruitless = 0 if attempt.rows_committed else fruitless
            if not was_interrupted or fruitless == len(SECONDS_BETWEEN_ATTEMPTS):
                raise
            log.warning("%s; trying again", explain(error, attempt.source))
            time.sleep(SECONDS_BETWEEN_ATTEMPTS[fruitless])
            fruitless += 1


class Run:
    """One attempt: a row of the run history, and one snapshot of the source."""

    def __init__(
        self,
        settings: Settings,
        session: Warehouse,
        report: Report = lambda read, total: None,
    ) -> None:
        self._settings = settings
        self._session = session
        self._report = report
        self._folder = settings.data_dir / "load"
        self._facts: dict[str, Any] = {}
        self.source = settings.source
        self.rows_committed = 0

    def load(self, request: Request | None) -> Summary:
        """Replicate what changed since the last run, and what is asked for."""
        with self._attempt(request) as (snapshot, watermark):
            if (
                request is None
                and watermark is not None
                and source.is_untouched(watermark, self._facts)
            ):
                self._facts["dimensions_fingerprint"] = watermark.dimensions_fingerprint
                self._facts["source_tables"] = watermark.source_tables
                return self._finish(snapshot, Changes(), "none")
            return self._replicate(snapshot, watermark, request)

    def _replicate(
        self,
        snapshot: source.Snapshot,
        watermark: Watermark | None,
        request: Request | None,
    ) -> Summary:
        touched = self._find_touched(snapshot, watermark)
        changes = self._compare_fingerprints(snapshot, None if request else touched)
        dimensions = self._read_dimensions(snapshot, watermark)
        mode = "none"
        if changes.is_first or 0 < changes.rows_read == changes.rows:
            mode = "full" if changes.is_complete else "incremental"
        elif changes.rows_read or changes.rows_deleted or dimensions:
            mode = "incremental"
        self._load_changed(snapshot, changes, dimensions)
        return self._finish(snapshot, changes, mode)

    @contextmanager
    def _attempt(
        self, request: Request | None = None
    ) -> Iterator[tuple[source.Snapshot, Watermark | None]]:
        """Open a run in the history and a snapshot; note how it failed, if it does."""
        watermark = self._session.begin_run(request)
        shutil.rmtree(self._folder, ignore_errors=True)  # what a killed run left
        private.make_folder(self._folder)
        try:
            with private.umask(), source.snapshot(self._settings) as snapshot:
                snapshot.check_views()
                snapshot.begin(locked=True)
                snapshot.check_contract()  # now nobody can change it
                if reshape.follow(self._settings.warehouse, snapshot.loaded_columns()):
                    watermark = None
                chosen = snapshot.use_accounts(self._session.known_accounts())
                snapshot.use_ai_users()
                self._facts |= snapshot.facts() | {
                    "account_ids": chosen.ids,
                    "new_accounts": [str(account) for account in chosen.new],
                }
                yield snapshot, watermark
        except BaseException as error:
            # Without a warehouse nothing can be noted: the next run does it.
            with suppress(psycopg2.Error):
                self._session.fail_run(
                    self._facts | {"error": explain(error, self.source)}
                )
            raise
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _finish(
        self, snapshot: source.Snapshot, changes: Changes, mode: str
    ) -> Summary:
        summary = Summary(
            mode=mode,
            rows_read=changes.rows_read,
            rows_new=changes.rows_new,
            rows_changed=changes.rows_read - changes.rows_new,
            rows_deleted=changes.rows_deleted,
            bytes_read=snapshot.bytes_read,
            source_seconds=snapshot.seconds,
            source_statements=snapshot.statements,
        )
        self._facts |= asdict(summary)
        self._session.finish_run(self._facts, is_complete=changes.is_complete)
        return summary

    def _find_touched(
        self, snapshot: source.Snapshot, watermark: Watermark | None
    ) -> list[int] | None:
        """List the conversations written since; None if fingerprints must tell."""
        known = watermark if source.is_same_life(watermark, self._facts) else None
        states = snapshot.table_states(known)
        shown_values = snapshot.shown_values()
        self._facts["source_tables"] = {"shown_values": shown_values} | {
            table: {"ids_digest": str(state.ids_digest), "last_id": state.last_id}
            for table, state in states.items()
        }
        if known is None or not source.are_only_writes(known, states, shown_values):
            return None
        limit = int(self._session.count_loaded() * source.MAX_TOUCHED_SHARE)
        return snapshot.touched_conversations(known, states, limit)

    def _compare_fingerprints(
        self, snapshot: source.Snapshot, conversation_ids: list[int] | None
    ) -> Changes:
        with (self._folder / "fingerprints").open("w+b") as file:
            salt = self._facts["settings_fingerprint"]
            snapshot.fingerprints(file, salt, conversation_ids)
            file.seek(0)
            return self._session.compare(file, is_complete=conversation_ids is None)

    def _read_dimensions(
        self, snapshot: source.Snapshot, watermark: Watermark | None
    ) -> dict[str, Path]:
        """Read the small tables; return them if they are not loaded as they are."""
        files, fingerprint = snapshot.dimensions(self._folder)
        self._facts["dimensions_fingerprint"] = fingerprint
        is_loaded = (
            watermark is not None
            and watermark.is_last_run
            and watermark.dimensions_fingerprint == fingerprint
        )
        return {} if is_loaded else files

    def _read(self, snapshot: source.Snapshot, batch: Batch) -> dict[str, Path]:
        files = {}
        for table, view in source.REPLICATED_VIEWS.items():
            first = next(iter(batch.conversation_ids), 0)
            files[table] = self._folder / f"{table}_{first}.csv"
            with files[table].open("wb") as file:
                snapshot.copy_batch(view, batch.conversation_ids, file)
            time.sleep(self._settings.load_pause_seconds)
        return files

    def _load_changed(
        self,
        snapshot: source.Snapshot,
        changes: Changes,
        dimensions: dict[str, Path],
    ) -> None:
        """Load the batches that changed, each read while the one before is loaded."""
        columns = snapshot.loaded_columns()
        batches = self._session.batches(self._settings.load_batch_size)
        if changes.is_first and not changes.rows_read:
            batches = iter([Batch([], is_absent=True)])  # makes the tables
        batch = next(batches, None)
        if batch is None and not dimensions:
            return
        read = 0
        with ThreadPoolExecutor(max_workers=1) as reader:
            try:
                if batch is not None:
                    coming = reader.submit(self._read, snapshot, batch)
                pipeline = self._pipeline(columns)  # takes a second, of the reader's
                while batch is not None:
                    files = coming.result()
                    read += len(batch.conversation_ids)
                    self._report(read, changes.rows_read)
                    following = next(batches, None)
                    if following is None:
                        snapshot.close()
                    else:
                        coming = reader.submit(self._read, snapshot, following)
                    pipeline.load(files | dimensions, are_absent=batch.is_absent)
                    dimensions = {}
                    self._session.commit_batch(batch)
                    self.rows_committed += len(batch.conversation_ids)
                    batch = following
                if dimensions:
                    pipeline.load(dimensions, are_absent=False)
                pipeline.drop_staging()
            except BaseException:
                snapshot.abort()
                raise

    def _pipeline(self, columns: dict[str, dict[str, str]]) -> Any:
        # dlt looks for secrets in a notebook and in Streamlit, which takes a second to
        # import, unless it finds a file of them.
        (self._folder / ".dlt").mkdir()
        (self._folder / ".dlt" / "secrets.toml").touch()
        os.environ |= {
            "DLT_PROJECT_DIR": str(self._folder),
            "DLT_DATA_DIR": str(self._folder / "dlt"),
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "RUNTIME__LOG_LEVEL": "CRITICAL",
            "LOAD__DELETE_COMPLETED_JOBS": "true",
        }
        # After its settings, and only with work to do: dlt is slow to import.
        from loader.pipeline import RawPipeline  # noqa: PLC0415

        return RawPipeline(
            self._settings.warehouse, self._session.lock_pid, self._folder, columns
        )
