"""What a run says about itself: its progress, and in one line what it did."""

import logging
import sys
import time
from typing import Any

from tqdm import tqdm

from ground.configuration import Configuration, Entry, show_key
from loader.reconcile import Reconciliation
from loader.run import Report, Summary
from operations.transform import Built

LINE_EVERY_SECONDS = 5.0

log = logging.getLogger("loader")


class progress:  # noqa: N801 (used as a function)
    """A bar for a person, a line now and then for a log."""

    def __enter__(self) -> Report:
        """Return what to call with the conversations read, and of how many."""
        self._bar: tqdm[Any] | None = None
        self._began_at = self._last_line_at = time.monotonic()
        if not sys.stderr.isatty():
            return self._log_line
        self._bar = tqdm(unit=" conversations", leave=False)
        return self._show_bar

    def __exit__(self, *_: object) -> None:
        """Leave the line clean."""
        if self._bar is not None:
            self._bar.close()

    def _show_bar(self, read: int, total: int) -> None:
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(read - self._bar.n)

    def _log_line(self, read: int, total: int) -> None:
        now = time.monotonic()
        if read == total or now - self._last_line_at > LINE_EVERY_SECONDS:
            self._last_line_at = now
            log.info(describe_progress(read, total, now - self._began_at))


def describe_progress(read: int, total: int, seconds: float) -> str:
    """Say how far a load is, how fast, and when everything is read."""
    line = f"read {read:,} of {total:,} conversations"
    if not read or seconds <= 0:
        return line
    rate = read / seconds
    line += f", {rate:,.0f}/s"
    return line if read == total else f"{line}, {(total - read) / rate:,.0f} s left"


def describe(summary: Summary, seconds: float) -> str:
    """Say in one line what a run did."""
    if summary.mode == "none":
        return f"load: nothing changed ({seconds:.1f} s)"
    has_conversations = summary.rows_read or summary.rows_deleted
    if summary.mode == "incremental" and not has_conversations:
        return f"load: inboxes, agents and teams renewed ({seconds:.1f} s)"
    return (
        f"load, {summary.mode}: {summary.rows_new} new, "
        f"{summary.rows_changed} changed, {summary.rows_deleted} deleted "
        "conversations; "
        f"{summary.bytes_read / 1e6:.1f} MB in {seconds:.1f} s, of which the source "
        f"worked {summary.source_seconds:.1f} s"
    )


def describe_reconciliation(found: Reconciliation) -> str:
    """Say what a comparison with the source found, and which columns had differed."""
    line = f"reconcile: {found.rows_compared:,} rows compared in {found.seconds:.1f} s"
    if found.is_clean:
        return f"{line}, all as in the source"
    line += (
        f"; healed: {found.rows_missing:,} missing, {found.rows_different:,} different,"
        f" {found.rows_left_over:,} left over"
    )
    columns = sorted(found.columns_different.items(), key=lambda item: -item[1])
    return "\n".join([line, *(f"  {name}: {rows:,} rows" for name, rows in columns)])


def describe_build(built: Built) -> str:
    """Say what failed in a build, what each test asked and found, and what to do."""
    lines = [
        f"build {built.build_id}: {built.error}",
        *(f"  {failure}" for failure in built.failures[1:]),
    ]
    for failure in built.failures:
        if failure.rows:
            columns, *rows = failure.rows
            lines += [
                "",
                f"{failure.what} asks:",
                *(f"  {line}" for line in failure.query.splitlines() if line.strip()),
                f"its first rows ({columns}):",
                *(f"  {row}" for row in rows),
            ]
    if built.is_complete:
        lines.append(
            "The marts show this load; the dashboard warns of the failed test."
        )
    else:
        lines.append("The dashboard says that it shows an earlier load, or two.")
    return "\n".join([*lines, 'what to do: docs/operations.md, "A build failed"'])


def describe_configuration(configuration: Configuration) -> str:
    """Say what counts beside what we ship, a line per row."""
    lines = []
    for name, entries in configuration.entries.items():
        for entry in entries.values():
            if entry.origin != "ours":
                what = "removed" if entry.is_removed else _told(entry)
                key = show_key(configuration.tables[name], entry.values)
                lines.append(f"{entry.place}: {key}{what and f': {what}'}")
    return "\n".join(lines) or "nothing is configured: all is as we ship it"


def _told(entry: Entry) -> str:
    """What a row says that ours does not."""
    ours = entry.ours or {}
    return ", ".join(
        f"{name} {value}" + (f" (ours: {ours[name]})" if ours.get(name) else "")
        for name, value in entry.values.items()
        if value is not None and value != ours.get(name)
    )
