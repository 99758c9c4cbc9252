"""One load: find what changed, read exactly that, merge it, move the watermark."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from loader import source, warehouse
from loader.settings import Settings

Report = Callable[[int, int], None]  # conversations read so far, of how many


@dataclass(frozen=True)
class Summary:
    """What a run did."""

    run_id: int
    mode: str
    rows_read: int
    rows_new: int
    rows_changed: int
    rows_deleted: int
    bytes_read: int
    source_seconds: float
    source_statements: int


def run(
    settings: Settings, report: Report = lambda read, total: None, full: bool = False
) -> Summary:
    """Bring the raw schema to the state of the source at one moment.

    A run that is killed anywhere leaves the old watermark, and the next one reads the
    same changes again. `full` reads every conversation.
    """
    with warehouse.locked(settings.warehouse) as session:
        watermark = session.begin_run()
        facts: dict[str, Any] = {}
        folder = settings.data_dir / "load"
        shutil.rmtree(folder, ignore_errors=True)  # what a killed run left
        folder.mkdir(parents=True)
        try:
            with source.snapshot(settings) as snapshot:
                summary = _load(
                    settings, session, snapshot, watermark, folder, report, full, facts
                )
        except BaseException as error:
            session.fail_run(facts | {"error": first_line(error)})
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return summary


def _load(
    settings: Settings,
    session: warehouse.Warehouse,
    snapshot: source.Snapshot,
    watermark: warehouse.Watermark | None,
    folder: Path,
    report: Report,
    full: bool,
    facts: dict[str, Any],
) -> Summary:
    snapshot.check_contract()
    snapshot.use_ai_users()
    facts |= snapshot.facts()
    if watermark is not None and not source.is_continuous(watermark, facts):
        watermark = None
    everything = full or watermark is None
    with (folder / "probe.txt").open("w+b") as file:
        snapshot.probe(watermark, file)
        file.seek(0)
        changes = session.compare(file, everything=everything)
    files, dimensions_fingerprint = snapshot.dimensions(folder)
    if (
        watermark is not None
        and not full
        and dimensions_fingerprint == watermark.dimensions_fingerprint
    ):
        files = {}
    ids = changes.conversation_ids
    size = settings.load_batch_size
    batches = [ids[start : start + size] for start in range(0, len(ids), size)]
    if everything and not batches:
        batches = [[]]  # makes the tables
    has_work = bool(batches or files)

    if has_work:
        _pipe(settings, snapshot, folder, batches, files, report)
    facts |= {
        "mode": "full" if everything else "incremental" if ids else "none",
        "dimensions_fingerprint": dimensions_fingerprint,
        "rows_read": len(ids),
        "rows_new": changes.rows_new,
        "rows_changed": len(ids) - changes.rows_new,
        "rows_deleted": changes.rows_deleted,
        "bytes_read": snapshot.bytes_read,
        "source_seconds": snapshot.seconds,
        "source_statements": snapshot.statements,
    }
    if facts["mode"] == "none" and (changes.rows_deleted or files):
        facts["mode"] = "incremental"
    session.finish_run(facts, has_loaded=has_work or changes.rows_deleted > 0)
    return Summary(
        run_id=session.run_id,
        **{name: facts[name] for name in Summary.__dataclass_fields__ if name in facts},
    )


def _pipe(
    settings: Settings,
    snapshot: source.Snapshot,
    folder: Path,
    batches: list[list[int]],
    dimension_files: dict[str, Path],
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
        dimension_files,
    )


def first_line(error: BaseException) -> str:
    """Return what went wrong in one line: the root cause's, not its wrappers'."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
