"""Compare every value with the source, and heal what differs."""

import time
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ground.settings import Settings
from loader import contract, source
from loader.changes import Changes, locked
from loader.history import KEY, Watermark
from loader.run import Report, Run, persist


@dataclass(frozen=True)
class Reconciliation:
    """What a comparison of every value with the source found, and healed."""

    rows_compared: int
    rows_missing: int
    rows_left_over: int
    rows_different: int
    columns_different: dict[str, int]  # "table.column" -> rows
    seconds: float
    source_seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether the warehouse was the source already."""
        return not (self.rows_missing or self.rows_left_over or self.columns_different)


def reconcile(
    settings: Settings, report: Report = lambda read, total: None
) -> Reconciliation:
    """Load, then compare every value with the source, and heal what differs.

    In a healthy system there is nothing to heal: a difference is a change that `run`
    missed, or somebody else's write in the raw schema.
    """
    with locked(settings.warehouse) as session:
        persist(lambda: Run(settings, session), lambda a: a.load(None))
        return persist(
            lambda: Comparison(settings, session, report), Comparison.reconcile
        )


class Comparison(Run):
    """A run that looks at every value, also of what has not changed."""

    def reconcile(self) -> Reconciliation:
        """Compare every value at one moment; read again what differs."""
        began = time.monotonic()
        with self._attempt() as (snapshot, watermark):
            # What changed since the load that ended a moment ago is no finding.
            touched = self._find_touched(snapshot, watermark)
            changes = self._compare_fingerprints(snapshot, None)
            dimensions = self._read_dimensions(snapshot, None)
            self._compare_values(snapshot, watermark, changes, dimensions)
            missing, different, columns_different = self._session.differences(
                self._session.changed_conversations() if touched is None else touched
            )
            differing = self._session.take_differences(changes)
            result = Reconciliation(
                rows_compared=changes.rows,
                rows_missing=missing,
                rows_left_over=0 if touched is None else changes.rows_deleted,
                rows_different=different,
                columns_different=columns_different,
                seconds=time.monotonic() - began,
                source_seconds=snapshot.seconds,
            )
            # Before it is healed: the finding outlives an attempt that dies.
            self._facts["reconciliation"] = asdict(result)
            self._load_changed(snapshot, differing, dimensions)
            self._finish(snapshot, differing, "reconcile")
        return result

    def _compare_values(
        self,
        snapshot: source.Snapshot,
        watermark: Watermark | None,
        changes: Changes,
        dimensions: dict[str, Path],
    ) -> None:
        self._session.begin_comparison()
        fingerprint = self._facts["dimensions_fingerprint"]
        if watermark is not None and watermark.dimensions_fingerprint == fingerprint:
            for table, (view, key) in source.DIMENSION_VIEWS.items():
                columns = list(snapshot.columns(view))
                self._session.compare_values(table, key, columns, dimensions[table])
        stable_columns = {
            table: _without(snapshot.columns(view), contract.volatile_columns(table))
            for table, view in source.REPLICATED_VIEWS.items()
        }
        compared = 0
        size = self._settings.load_batch_size
        for batch in self._session.batches(size, of="probe"):
            for table, file in self._read(snapshot, batch).items():
                self._session.compare_values(table, KEY, stable_columns[table], file)
                file.unlink()
            compared += len(batch.conversation_ids)
            self._report(compared, changes.rows)


def _without(columns: Iterable[str], others: Container[str]) -> list[str]:
    return [column for column in columns if column not in others]
