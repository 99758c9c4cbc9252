"""One load: find what changed, read exactly that, merge it, move the watermark."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import IO, Any

from loader import source, warehouse
from loader.settings import Settings

Report = Callable[[int, int], None]  # conversations read so far, of how many


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


@dataclass(frozen=True)
class Reconciliation:
    """What a comparison with the source found, and healed."""

    rows_compared: int = 0
    rows_missing: int = 0
    rows_left_over: int = 0
    rows_different: int = 0
    columns_different: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    source_seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing had to be healed."""
        return not (self.rows_missing or self.rows_left_over or self.rows_different)


def reconcile(
    settings: Settings, report: Report = lambda read, total: None
) -> Reconciliation:
    """Stub: reads everything again and says that all was well."""
    began = time.monotonic()
    summary = _load(settings, report, full=True, mode="reconcile")
    return Reconciliation(
        rows_compared=summary.rows_read,
        rows_missing=summary.rows_new,
        rows_left_over=summary.rows_deleted,
        seconds=time.monotonic() - began,
        source_seconds=summary.source_seconds,
    )


def run(
    settings: Settings,
    report: Report = lambda read, total: None,
    full: bool = False,
    since: date | None = None,
) -> Summary:
    """Bring the raw schema to the state of the source at one moment.

    A run that is killed anywhere leaves the old watermark, and the next one reads the
    same changes again. `full` reads every conversation.
    """
    return _load(settings, report, full or since is not None)


def _load(
    settings: Settings, report: Report, full: bool, mode: str | None = None
) -> Summary:
    with warehouse.locked(settings.warehouse) as session:
        watermark = session.begin_run()
        facts: dict[str, Any] = {}
        folder = settings.data_dir / "load"
        shutil.rmtree(folder, ignore_errors=True)  # what a killed run left
        folder.mkdir(parents=True)
        try:
            with source.snapshot(settings) as snapshot:
                snapshot.check_contract()
                snapshot.use_ai_users()
                facts |= snapshot.facts()
                if full or not source.is_comparable(watermark, facts):
                    watermark = None
                if watermark is not None and source.is_untouched(watermark, facts):
                    facts["dimensions_fingerprint"] = watermark.dimensions_fingerprint
                    changes = warehouse.Changes([], 0, 0)
                else:
                    changes = _replicate(
                        settings, session, snapshot, watermark, folder, report, facts
                    )
            if mode is not None:
                facts["mode"] = mode
            summary = Summary(
                mode=facts.setdefault("mode", "none"),
                rows_read=len(changes.conversation_ids),
                rows_new=changes.rows_new,
                rows_changed=len(changes.conversation_ids) - changes.rows_new,
                rows_deleted=changes.rows_deleted,
                bytes_read=snapshot.bytes_read,
                source_seconds=snapshot.seconds,
                source_statements=snapshot.statements,
            )
            facts |= {
                field.name: getattr(summary, field.name) for field in fields(summary)
            }
            session.finish_run(facts)
        except BaseException as error:
            session.fail_run(facts | {"error": first_line(error)})
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return summary


def _replicate(
    settings: Settings,
    session: warehouse.Warehouse,
    snapshot: source.Snapshot,
    watermark: warehouse.Watermark | None,
    folder: Path,
    report: Report,
    facts: dict[str, Any],
) -> warehouse.Changes:
    """Copy what changed since the watermark, everything without one; add to facts."""
    everything = watermark is None
    with (folder / "fingerprints.csv").open("w+b") as file:
        snapshot.fingerprints(file)
        file.seek(0)
        changes = session.compare(file, everything=everything)
    dimensions, fingerprint = snapshot.dimensions(folder)
    facts["dimensions_fingerprint"] = fingerprint
    if (
        watermark is not None
        and watermark.is_last_run
        and fingerprint == watermark.dimensions_fingerprint
    ):
        dimensions = {}
    ids = changes.conversation_ids
    size = settings.load_batch_size
    batches = [ids[start : start + size] for start in range(0, len(ids), size)]
    if everything and not batches:
        batches = [[]]  # an empty source makes the tables too

    if batches or dimensions:
        _pipe(settings, snapshot, folder, batches, dimensions, report)
    if everything:
        facts["mode"] = "full"
    elif ids or dimensions or changes.rows_deleted:
        facts["mode"] = "incremental"
    return changes


def _pipe(
    settings: Settings,
    snapshot: source.Snapshot,
    folder: Path,
    batches: list[list[int]],
    dimensions: dict[str, Path],
    report: Report,
) -> None:
    os.environ |= {
        "DLT_DATA_DIR": str(folder / "dlt"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "CRITICAL",
    }
    # After its settings, and only with work to do: dlt takes over a second to import.
    from loader import pipeline

    total = sum(map(len, batches))
    read = 0

    def write_batch(table: str, number: int, load_id: str, file: IO[bytes]) -> None:
        nonlocal read
        snapshot.copy_batch(table, batches[number], load_id, file)
        if table == "conversations":
            read += len(batches[number])
            report(read, total)
        time.sleep(settings.load_pause_seconds)

    columns = {
        table: snapshot.columns(view) for table, view in source.REPLICATED_VIEWS.items()
    } | {
        table: snapshot.columns(view)
        for table, (view, _) in source.DIMENSION_VIEWS.items()
    }
    pipeline.run(
        settings.warehouse,
        folder,
        columns,
        len(batches),
        write_batch,
        dimensions,
        snapshot.close,
    )


def first_line(error: BaseException) -> str:
    """Return what went wrong in one line: the root cause's, not its wrappers'."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
