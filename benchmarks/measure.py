"""Run one program and measure what it costs: the client, and both servers."""

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from ground.embedded import Cluster
from ground.settings import PROJECT_ROOT

SAMPLE_EVERY_SECONDS = 0.05
MEMORY_SHARE = 0.8  # of the machine's: more would push the servers out


class RunError(Exception):
    """A measured program failed or was stopped; the message says why."""


@dataclass(frozen=True)
class Cost:
    """What one run took. CPU seconds are user and system, of all processes."""

    wall_seconds: float
    client_cpu_seconds: float
    source_cpu_seconds: float
    warehouse_cpu_seconds: float
    # Of the client: the kernel's own peak of a single process; for several, the sum of
    # their proportional sizes (PSS), sampled every 50 ms.
    peak_bytes: int


def measure(
    command: list[str],
    environment: dict[str, str],
    source: Cluster,
    warehouse: Cluster,
    log: Path,
    max_seconds: float,
) -> Cost:
    """Run a command to its end; its output goes to `log`.

    Raises RunError when it fails, takes too long or too much memory.
    """
    source_before, warehouse_before = cpu_seconds(source), cpu_seconds(warehouse)
    with log.open("wb") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=PROJECT_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = _Watch(process.pid, began + max_seconds)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall_seconds = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            watch.end()
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if watch.stopped_because:
        raise RunError(watch.stopped_because)
    if process.returncode != 0:
        raise RunError(_last_line(log) or f"exit code {process.returncode}")
    return Cost(
        wall_seconds,
        usage.ru_utime + usage.ru_stime,
        cpu_seconds(source) - source_before,
        cpu_seconds(warehouse) - warehouse_before,
        watch.peak_bytes,
    )


def cpu_seconds(cluster: Cluster) -> float:
    """CPU that a server has used so far, by live processes and by those that ended."""
    postmaster = psutil.Process(cluster.pid())
    while True:
        ended = postmaster.cpu_times()
        total: float = sum(ended[:4])
        for child in postmaster.children():
            try:
                total += sum(child.cpu_times()[:2])
            except psutil.NoSuchProcess:
                break
        # A process that ended meanwhile would count twice or not at all.
        if postmaster.cpu_times()[2:4] == ended[2:4]:
            return total


class _Watch:
    """Samples the memory of a process tree, and stops it when it takes too much."""

    def __init__(self, pid: int, deadline: float) -> None:
        self.peak_bytes = 0
        self.stopped_because = ""
        self._pid = pid
        self._deadline = deadline
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        limit_bytes = psutil.virtual_memory().total * MEMORY_SHARE
        while not self._ended.wait(SAMPLE_EVERY_SECONDS):
            try:
                self.peak_bytes = max(self.peak_bytes, memory_bytes(self._pid))
            except OSError:
                continue  # one of them has just ended
            if self.peak_bytes > limit_bytes:
                self._stop(f"stopped: it had taken {self.peak_bytes / 1e9:.0f} GB")
            elif time.monotonic() > self._deadline:
                self._stop("stopped: it took longer than --max-minutes")

    def _stop(self, reason: str) -> None:
        self.stopped_because = reason
        os.killpg(self._pid, signal.SIGKILL)
        self._ended.set()


def memory_bytes(pid: int) -> int:
    """The peak of a single process so far; what several have now, shared counted once.

    Read from /proc, for psutil looks at every process of the machine, which costs as
    much as what is measured. Raises OSError when one of the processes ends meanwhile.
    """
    pids = [pid]
    for parent in pids:
        for task in Path(f"/proc/{parent}/task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    if len(pids) == 1:
        return _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM:") * 1024
    return 1024 * sum(
        _kilobytes(Path(f"/proc/{each}/smaps_rollup"), "Pss:") for each in pids
    )


def _kilobytes(file: Path, name: str) -> int:
    """A figure of the kernel; 0 for a process that has ended and is not yet reaped."""
    for line in file.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
