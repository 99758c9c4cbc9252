"""What runs by itself: one command, and the cron line or systemd timer that calls it.

There is no scheduler here: cron or systemd calls `python -m loader scheduled`.
"""

import logging
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from hashlib import sha256
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from ground import private
from ground.embedded import die_with_parent
from ground.settings import PROJECT_ROOT, Settings
from loader.reconcile import reconcile
from loader.run import run
from operations import backup, status, summaries

DEFAULT_TIME = time(3)
MINUTES_OF_A_DAY = 24 * 60
COMMAND = (sys.executable, "-m", "loader", "scheduled")
# Tells our line and our units from those of others, and of other checkouts.
MARK = f"allpfit-analytics-{sha256(str(PROJECT_ROOT).encode()).hexdigest()[:8]}"
# Longer than a first load of some millions of conversations takes.
TIME_OUT = "12h"
LOG_BYTES, LOGS_KEPT = 1_000_000, 5

log = logging.getLogger("loader.scheduled")


class ScheduleError(Exception):
    """It cannot be scheduled, or what is scheduled failed; says why."""


@dataclass(frozen=True)
class When:
    """Daily at a business-local time, or every so many minutes."""

    at: time = DEFAULT_TIME
    every_minutes: int | None = None

    def __str__(self) -> str:
        """Return it for people."""
        if self.every_minutes is not None:
            return f"every {self.every_minutes} minutes"
        return f"daily at {self.at:%H:%M}"


def parse(at: str | None, every_minutes: int | None) -> When:
    """Return what the options ask for.

    Raises ScheduleError for what cron cannot repeat evenly.
    """
    if every_minutes is not None:
        divides_an_hour = every_minutes > 0 and 60 % every_minutes == 0
        divides_a_day = every_minutes > 0 and MINUTES_OF_A_DAY % every_minutes == 0
        if not divides_an_hour and not (divides_a_day and every_minutes % 60 == 0):
            raise ScheduleError(
                "--every-minutes must divide an hour (5, 10, 15, 20, 30, 60), or be "
                "hours that divide a day (120, 180, 240, 360, 480, 720, 1440)"
            )
        return When(every_minutes=every_minutes)
    if at is None:
        return When()
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", at):
        raise ScheduleError(f"--at must be a time such as 03:00, not {at!r}")
    hour, minute = at.split(":")
    return When(at=time(int(hour), int(minute)))


def install(settings: Settings, kind: str, when: When) -> str:
    """Schedule with cron or systemd instead of whatever was before; say what was done.

    Raises ScheduleError if the machine has no such scheduler.
    """
    if kind == "cron":
        line = cron_line(when, settings.business_timezone)
        _write_crontab([*_foreign_lines(_crontab()), line])
        _remove_units()
        return f"cron, {when} ({_zone_of(when, settings)}):\n{line}"
    _need_systemd()
    user = _owner_of_the_checkout() if os.geteuid() == 0 else None
    files = units(when, settings.business_timezone, user)
    folder = _unit_folder()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for name, text in files.items():
            (folder / name).write_text(text)
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", f"{MARK}.timer")
        _systemctl("restart", f"{MARK}.timer")  # one that ran has the old time
    except ScheduleError:
        for name in files:
            (folder / name).unlink(missing_ok=True)
        raise
    if shutil.which("crontab"):
        _remove_cron_line()
    note = (
        "\nso that it also runs while you are logged out: loginctl enable-linger"
        if user is None
        else f"\nfor the whole machine; it runs as {user}"
    )
    zone = _zone_of(when, settings)
    return f"systemd, {when} ({zone}): {folder / MARK}.timer{note}"


def remove(settings: Settings) -> list[str]:
    """Take back what was scheduled, by cron or systemd; return what that was."""
    removed = installed()
    if shutil.which("crontab"):
        _remove_cron_line()
    _remove_units()
    return removed


def installed() -> list[str]:
    """What is scheduled, a line each: normally none or one."""
    found = []
    if shutil.which("crontab"):
        found += [f"cron: {line}" for line in _crontab() if _is_ours(line)]
    timer = _unit_folder() / f"{MARK}.timer"
    if timer.exists():
        (calendar,) = re.findall(r"^OnCalendar=(.*)", timer.read_text(), re.M)
        found.append(f"systemd: {timer} at {calendar}")
    return found


# ------------------------------------------------------------------------------- cron


def cron_line(when: When, zone: str) -> str:
    """The line of the crontab; cron knows the machine's time zone only."""
    if when.every_minutes is None:
        today = datetime.now(ZoneInfo(zone)).date()
        here = datetime.combine(today, when.at, ZoneInfo(zone)).astimezone()
        moment = f"{here.minute} {here.hour} * * *"
    elif when.every_minutes < 60:
        moment = f"*/{when.every_minutes} * * * *"
    elif when.every_minutes < MINUTES_OF_A_DAY:
        moment = f"0 */{when.every_minutes // 60} * * *"
    else:
        moment = "0 0 * * *"
    command = f"cd {shlex.quote(str(PROJECT_ROOT))} && {shlex.join(COMMAND)}"
    # To cron, a bare % ends the command. The shell skips the mark.
    return f"{moment} {command} # {MARK}".replace("%", r"\%")


def _is_ours(line: str) -> bool:
    return line.endswith(f"# {MARK}")


def _foreign_lines(lines: list[str]) -> list[str]:
    return [line for line in lines if not _is_ours(line)]


def _crontab() -> list[str]:
    if shutil.which("crontab") is None:
        raise ScheduleError(
            "there is no crontab on this machine: install cron, or use systemd"
        )
    done = subprocess.run(
        ["crontab", "-l"], text=True, capture_output=True, check=False
    )
    if done.returncode != 0 and "no crontab for" not in done.stderr:
        raise ScheduleError(f"crontab -l failed: {done.stderr.strip()}")
    return done.stdout.splitlines()


def _write_crontab(lines: list[str]) -> None:
    done = subprocess.run(
        ["crontab", "-"],
        input="".join(f"{line}\n" for line in lines),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise ScheduleError(f"crontab refused: {done.stderr.strip()}")


def _remove_cron_line() -> None:
    lines = _crontab()
    if any(map(_is_ours, lines)):
        _write_crontab(_foreign_lines(lines))


# ---------------------------------------------------------------------------- systemd


def units(when: When, zone: str, user: str | None = None) -> dict[str, str]:
    """Unit file -> its text: a service, and the timer that starts it.

    With a user for the whole machine, else for the systemd of who is logged in. Only
    what both can do: a user's cannot give a service a file system of its own.
    """
    if when.every_minutes is None:
        calendar = f"*-*-* {when.at:%H:%M}:00 {zone}"
    elif when.every_minutes < 60:
        calendar = f"*-*-* *:00/{when.every_minutes}:00"
    else:
        calendar = f"*-*-* 00/{when.every_minutes // 60}:00:00 {zone}"
        if when.every_minutes == MINUTES_OF_A_DAY:
            calendar = f"*-*-* 00:00:00 {zone}"
    # systemd refuses a program whose own path has quotes in it; env may be given one.
    command = " ".join(["/usr/bin/env", *(_quoted(word) for word in COMMAND)])
    folder = str(PROJECT_ROOT).replace("%", "%%")
    run_as = network = ""
    if user is not None:
        run_as = f"User={user}\n"
        # A target that a user's systemd does not have.
        network = "Wants=network-online.target\nAfter=network-online.target\n"
    return {
        f"{MARK}.service": f"""\
[Unit]
Description=AllpFit Analytics: load, build, reconcile, backup
{network}
[Service]
Type=oneshot
{run_as}WorkingDirectory={folder}
ExecStart={command}
# Another load was running: that is no failure.
SuccessExitStatus=75
# What hangs would keep the timer from starting another.
TimeoutStartSec={TIME_OUT}
# Embedded servers that it starts live on, as with make.
KillMode=process
UMask=0077
NoNewPrivileges=true
LockPersonality=true
RestrictRealtime=true
""",
        f"{MARK}.timer": f"""\
[Unit]
Description=AllpFit Analytics, {when}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
""",
    }


def _owner_of_the_checkout() -> str:
    try:
        return PROJECT_ROOT.owner()
    except KeyError:  # a number without a name
        return str(PROJECT_ROOT.stat().st_uid)


def _quoted(word: str) -> str:
    """Return a word of ExecStart, where % and $ mean something."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("%", "%%").replace("$", "$$") + '"'


def _unit_folder() -> Path:
    if os.geteuid() == 0:
        return Path("/etc/systemd/system")
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "systemd" / "user"


def _need_systemd() -> None:
    # What sd_booted(3) looks at.
    if shutil.which("systemctl") is None or not Path("/run/systemd/system").is_dir():
        raise ScheduleError("systemd does not run on this machine: use cron")


def _remove_units() -> None:
    files = [_unit_folder() / f"{MARK}{suffix}" for suffix in (".timer", ".service")]
    if not any(file.exists() for file in files):
        return
    _need_systemd()
    _systemctl("disable", "--now", files[0].name)
    for file in files:
        file.unlink(missing_ok=True)
    _systemctl("daemon-reload")


def _systemctl(*arguments: str) -> None:
    scope = [] if os.geteuid() == 0 else ["--user"]
    done = subprocess.run(
        ["systemctl", *scope, *arguments], text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["it did not say why"]
        raise ScheduleError(f"systemctl {arguments[0]} failed: {lines[0]}")


def _zone_of(when: When, settings: Settings) -> str:
    return settings.business_timezone if when.every_minutes is None else "all day"


# ----------------------------------------------------------------------- what it runs


class _PrivateLog(RotatingFileHandler):
    """A log for its owner alone: dbt and PostgreSQL name values in it."""

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename, "a", encoding=self.encoding, opener=private.opener
        )


def log_to_file(settings: Settings) -> None:
    """Write the log to `logs/scheduled.log` in DATA_DIR, with some older ones kept."""
    folder = settings.data_dir / "logs"
    private.make_folder(folder)
    handler = _PrivateLog(
        folder / "scheduled.log",
        maxBytes=LOG_BYTES,
        backupCount=LOGS_KEPT,
        encoding="utf-8",
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def work(settings: Settings) -> None:
    """Load and build; reconcile and back up when that is due.

    Raises AnotherRunError while another load is running, and what failed otherwise.
    """
    began = monotonic()
    with summaries.progress() as on_progress:
        summary = run(settings, on_progress)
    log.info(summaries.describe(summary, monotonic() - began))
    # Before all that may fail: it needs the raw schema alone.
    saved = status.last_backup(settings)
    saved_at = None if saved is None else saved.taken_at
    if _is_due(settings, settings.backup_every_days, saved_at):
        log.info("backup: %s", backup.backup(settings))
    _build()
    last = status.collect(settings).last_reconcile
    last_at = None if last is None else last.finished_at
    if _is_due(settings, settings.reconcile_every_days, last_at):
        with summaries.progress() as on_progress:
            found = reconcile(settings, on_progress)
        log.info(summaries.describe_reconciliation(found))
        if not found.is_clean:
            log.warning("reconcile healed what loads had missed: make status")
            _build()
    log.info("done")


def _is_due(settings: Settings, every_days: int, last: datetime | None) -> bool:
    """Compare business-local dates, so that a daily one is not late by minutes."""
    if every_days == 0 or last is None:
        return every_days != 0
    zone = ZoneInfo(settings.business_timezone)
    days = datetime.now(zone).date() - last.astimezone(zone).date()
    return days >= timedelta(days=every_days)


def _build() -> None:
    """Build in a process of its own, which gives all that it prints to our log."""
    with subprocess.Popen(
        [sys.executable, "-m", "loader", "build", "--verbose"],
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Who ends us, as a time-out does, ends it too.
        preexec_fn=partial(die_with_parent, signal.SIGTERM),
    ) as process:
        for line in process.stdout or ():
            log.info("dbt: %s", line.rstrip())
    if process.returncode != 0:
        raise ScheduleError("the build failed: logs/scheduled.log in DATA_DIR says why")
