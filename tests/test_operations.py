"""What runs by itself and what it shows: schedules, status, the scheduled command."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import sleep

import psutil
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Chatwoot, Warehouse
from replica import Replica, environment, fill

from ground.settings import Settings
from loader.locks import BUILD_LOCK_KEY, LOAD_LOCK_KEY
from loader.run import run
from operations import backup, schedule, status
from operations.schedule import ScheduleError, When

# Keeps a table in a file, which is all that crontab does besides telling cron.
CRONTAB = """#!/bin/sh
case "$1" in
-l) cat "$CRONTAB_FILE" 2> /dev/null || { echo "no crontab for me" >&2; exit 1; } ;;
-) cat > "$CRONTAB_FILE" ;;
esac
"""
OF_OTHERS = """\
MAILTO=someone
# 0 3 * * * commented out

0   0 * * *\t  backup  --all  # allpfit-analytics-of-another
@reboot   start
00 03 * * 7 weekly 100\\% sure
"""


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a crontab program that stands in for the machine's."""
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(CRONTAB)
    program.chmod(0o755)
    file = tmp_path / "crontab"
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CRONTAB_FILE", str(file))
    # No units of the machine's own.
    monkeypatch.setattr(schedule, "_unit_folder", lambda: tmp_path / "units")
    return file


@pytest.fixture
def replica(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> Iterator[Replica]:
    """A few conversations, not loaded yet."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    fill(chatwoot, 10)
    yield Replica(chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner))
    chatwoot.connection.close()
    warehouse.connection.close()


def loader(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "loader", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment(settings),
        text=True,
        capture_output=True,
        check=False,
        timeout=SECONDS_AT_MOST,
    )


# ----------------------------------------------------------------------------- schedule


def test_cron_line_comes_once_and_goes_without_touching_others(crontab: Path) -> None:
    settings = Settings()
    crontab.write_text(OF_OTHERS)
    schedule.install(settings, "cron", When())
    schedule.install(settings, "cron", When(every_minutes=15))
    kept, ours = (
        crontab.read_text()[: len(OF_OTHERS)],
        crontab.read_text()[len(OF_OTHERS) :],
    )
    assert kept == OF_OTHERS
    assert ours == f"{schedule.cron_line(When(every_minutes=15), 'UTC')}\n"
    assert schedule.installed() == [f"cron: {ours.strip()}"]

    assert schedule.remove(settings) == [f"cron: {ours.strip()}"]
    assert crontab.read_text() == OF_OTHERS
    assert schedule.installed() == schedule.remove(settings) == []


def test_first_crontab_of_a_user(crontab: Path) -> None:
    assert schedule.installed() == []
    schedule.install(Settings(), "cron", When())
    assert crontab.read_text().count("\n") == 1


def test_command_of_the_cron_line_runs_in_a_path_with_spaces(
    crontab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a project's 100% folder"
    folder.mkdir()
    monkeypatch.setattr(schedule, "PROJECT_ROOT", folder)
    monkeypatch.setattr(
        schedule, "COMMAND", (sys.executable, "-c", "open('was here', 'x')")
    )
    line = schedule.cron_line(When(), "America/Sao_Paulo")
    # What cron does: six fields, % only behind a backslash, the rest to sh.
    command = line.split(" ", 5)[5]
    assert "%" not in command.replace(r"\%", "")
    subprocess.run(["sh", "-c", command.replace(r"\%", "%")], check=True)
    assert (folder / "was here").exists()


@pytest.mark.parametrize(
    ("machine", "expected"),
    [("UTC", "30 6"), ("America/Sao_Paulo", "30 3"), ("Asia/Kolkata", "0 12")],
)
def test_cron_gets_the_machine_s_time(machine: str, expected: str) -> None:
    line = subprocess.check_output(
        [
            sys.executable,
            "-c",
            "from datetime import time; from operations import schedule; print("
            "schedule.cron_line(schedule.When(time(3, 30)), 'America/Sao_Paulo'))",
        ],
        cwd=PROJECT_ROOT,
        env=os.environ | {"TZ": machine},
        text=True,
    )
    assert line.startswith(f"{expected} * * * cd ")


@pytest.mark.parametrize(
    ("at", "every_minutes", "expected"),
    [
        (None, None, When(time(3))),
        ("4:05", None, When(time(4, 5))),
        (None, 5, When(every_minutes=5)),
        (None, 60, When(every_minutes=60)),
        (None, 720, When(every_minutes=720)),
    ],
)
def test_options_of_schedule(
    at: str | None, every_minutes: int | None, expected: When
) -> None:
    assert schedule.parse(at, every_minutes) == expected


@pytest.mark.parametrize(
    ("at", "every_minutes"),
    [("24:00", None), ("3", None), ("03:00; rm", None)]
    + [(None, minutes) for minutes in (0, -5, 7, 45, 90, 300, 2880)],
)
def test_uneven_schedules_are_refused(
    at: str | None, every_minutes: int | None
) -> None:
    with pytest.raises(ScheduleError):
        schedule.parse(at, every_minutes)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(time(3, 5)), ["03:05"]),
        (When(every_minutes=20), ["00:00", "00:20", "00:40", "01:00"]),
        (When(every_minutes=360), ["00:00", "06:00", "12:00", "18:00"]),
        (When(every_minutes=1440), ["00:00"]),
    ],
)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_systemd_understands_the_timer(when: When, expected: list[str]) -> None:
    (timer,) = (
        text
        for name, text in schedule.units(when, "America/Sao_Paulo").items()
        if name.endswith(".timer")
    )
    (calendar,) = (
        line.removeprefix("OnCalendar=")
        for line in timer.splitlines()
        if line.startswith("OnCalendar=")
    )
    shown = subprocess.check_output(
        [
            "systemd-analyze",
            "calendar",
            "--base-time=2026-01-11 02:59:30 UTC",
            f"--iterations={len(expected)}",
            calendar,
        ],
        env=os.environ | {"TZ": "America/Sao_Paulo", "LC_ALL": "C"},
        text=True,
    )
    assert [
        line.split(" 2026-01-11 ")[1][:5]
        for line in shown.splitlines()
        if " 2026-01-11 " in line and "UTC" not in line
    ] == expected
    assert "Persistent=true" in timer


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
@pytest.mark.parametrize("user", [None, "root"])
def test_systemd_verifies_the_units_of_a_path_with_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str | None
) -> None:
    """As the units of one user, and as those of the whole machine."""
    folder = tmp_path / "a project's 100% $HOME folder"
    program = folder / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(schedule, "PROJECT_ROOT", folder)
    monkeypatch.setattr(schedule, "COMMAND", (str(program), *schedule.COMMAND[1:]))
    # Of a user that logged in.
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    def verify(units: dict[str, str]) -> tuple[int, str]:
        for name, text in units.items():
            (tmp_path / name).write_text(text)
        done = subprocess.run(
            ["systemd-analyze", "verify", *([] if user else ["--user"])]
            + [str(tmp_path / name) for name in units],
            text=True,
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stderr

    units = schedule.units(When(), "America/Sao_Paulo", user)
    assert verify(units) == (0, "")
    service, _ = units.values()
    assert ("User=root\n" in service) is (user is not None)
    assert ("network-online" in service) is (user is not None)
    # What a user's systemd cannot do: namespaces of the file system.
    assert not re.search("^(Private|Protect|ReadWrite|ReadOnly)", service, re.M)

    broken = {name: text.replace("NoNew", "NoOld") for name, text in units.items()}
    assert "NoOldPrivileges" in verify(broken)[1]


def test_root_schedules_for_who_owns_the_checkout(
    crontab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a systemctl that says yes."""
    systemctl = crontab.parent / "bin" / "systemctl"
    systemctl.write_text("#!/bin/sh\n")
    systemctl.chmod(0o755)
    monkeypatch.setattr(schedule, "_need_systemd", lambda: None)

    def service_of(uid: int) -> str:
        monkeypatch.setattr(os, "geteuid", lambda: uid)
        said = schedule.install(Settings(), "systemd", When())
        assert ("enable-linger" in said) is (uid != 0)
        return (tmp_path / "units" / f"{schedule.MARK}.service").read_text()

    owner = PROJECT_ROOT.owner()
    assert f"\nUser={owner}\n" in service_of(0)
    assert "User=" not in service_of(1000)


@pytest.mark.skipif(Path("/run/systemd/system").exists(), reason="systemd runs here")
@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_machine_without_a_scheduler_is_told_so(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(schedule, "_unit_folder", lambda: tmp_path / "units")
    with pytest.raises(ScheduleError) as raised:
        schedule.install(Settings(), kind, When())
    other = {"cron": "systemd", "systemd": "cron"}[kind]
    assert f"use {other}" in str(raised.value)
    assert not (tmp_path / "units").exists()


def test_doctor_shows_the_schedule(replica: Replica, crontab: Path) -> None:
    assert "schedule: none" in loader(replica.settings, "doctor").stdout
    done = loader(replica.settings, "schedule", "cron", "--every-minutes", "30")
    assert done.returncode == 0, done.stderr
    assert "cron, every 30 minutes" in done.stdout
    assert (
        "ok    schedule: cron: */30 * * * *"
        in loader(replica.settings, "doctor").stdout
    )
    assert loader(replica.settings, "unschedule").stdout.startswith("removed: cron: ")
    assert loader(replica.settings, "unschedule").stdout == "nothing to remove\n"


# ---------------------------------------------------------------------------- scheduled


def modes(replica: Replica) -> list[object]:
    return [
        mode
        for (mode,) in replica.warehouse.query(
            "select mode from raw_chatwoot.load_runs order by run_id"
        )
    ]


def days_pass(replica: Replica, days: int) -> None:
    """Everything so far was that long ago."""
    replica.warehouse.execute(
        "update raw_chatwoot.load_runs set"
        " started_at = started_at - %s * interval '1 day',"
        " finished_at = finished_at - %s * interval '1 day'",
        days,
        days,
    )
    for file in backup.backups(replica.settings):
        moment = backup.taken_at(file) - timedelta(days=days)
        file.rename(file.with_name(f"raw_chatwoot-{moment:{backup.STAMP}}.dump"))


def test_scheduled_does_what_is_due(replica: Replica) -> None:
    def work() -> str:
        done = loader(replica.settings, "scheduled")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return (replica.settings.data_dir / "logs" / "scheduled.log").read_text()

    log = work()
    assert modes(replica) == ["full", "none", "reconcile"]
    assert "load, full: 10 new" in log
    assert "dbt: " in log
    assert "mart_load_status" in log
    assert len(backup.backups(replica.settings)) == 1
    days_pass(replica, 1)
    work()
    assert modes(replica) == ["full", "none", "reconcile", "none"]
    assert len(backup.backups(replica.settings)) == 2


@pytest.mark.parametrize(
    ("every_days", "hours_ago", "expected"),
    [
        (0, None, False),
        (0, 9999, False),
        (1, None, True),
        (1, 0, False),
        (1, 24, True),
        (7, 6 * 24, False),
        (7, 7 * 24, True),
    ],
)
def test_due(every_days: int, hours_ago: int | None, expected: bool) -> None:
    now = datetime.now(UTC)
    last = None if hours_ago is None else now - timedelta(hours=hours_ago)
    assert schedule._is_due(Settings(), every_days, last) is expected


def test_scheduled_leaves_quietly_while_another_load_runs(replica: Replica) -> None:
    replica.warehouse.execute("select pg_advisory_lock(%s)", LOAD_LOCK_KEY)
    done = loader(replica.settings, "scheduled")
    assert (done.returncode, done.stdout, done.stderr) == (75, "", "")


def test_scheduled_says_why_it_failed(replica: Replica) -> None:
    replica.chatwoot.execute("drop view vw_teams")
    done = loader(replica.settings, "scheduled")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: the view vw_teams is missing")
    assert done.stderr.count("\n") == 1
    log = (replica.settings.data_dir / "logs" / "scheduled.log").read_text()
    assert "failed: the view vw_teams is missing" in log


def test_a_time_out_ends_the_build_too(replica: Replica) -> None:
    """systemd ends the main process alone, for embedded servers are to live on."""
    replica.load()
    replica.warehouse.execute("select pg_advisory_lock(%s)", BUILD_LOCK_KEY)
    with subprocess.Popen(
        [sys.executable, "-m", "loader", "scheduled"],
        cwd=PROJECT_ROOT,
        env=os.environ | environment(replica.settings),
    ) as process:
        waits = (
            "select 1 from pg_stat_activity"
            " where datname = current_database() and wait_event = 'advisory'"
        )
        while not replica.warehouse.query(waits):
            assert process.poll() is None
            sleep(0.1)
        (build,) = psutil.Process(process.pid).children()
        process.terminate()
        assert process.wait(SECONDS_AT_MOST) == -signal.SIGTERM
        build.wait(SECONDS_AT_MOST)


def test_log_rotates(replica: Replica) -> None:
    program = (
        "import logging; from operations import schedule; from ground.settings import"
        " load_settings; schedule.LOG_BYTES = 1000;"
        " schedule.log_to_file(load_settings());"
        " [logging.info('line %s', number) for number in range(1000)]"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        env=os.environ | environment(replica.settings),
        check=True,
    )
    logs = [*(replica.settings.data_dir / "logs").iterdir()]
    assert len(logs) == 1 + schedule.LOGS_KEPT
    assert all(file.stat().st_size <= 1000 for file in logs)


# ------------------------------------------------------------------------------- status


def test_status_of_an_empty_warehouse(replica: Replica) -> None:
    done = loader(replica.settings, "status")
    assert done.returncode == 0
    assert done.stdout.startswith("nothing loaded yet: make run\n")
    shown = json.loads(loader(replica.settings, "status", "--json").stdout)
    assert (shown["runs"], shown["rows"], shown["loaded_at"]) == ([], {}, None)
    assert not replica.warehouse.value(
        "select to_regnamespace('raw_chatwoot') is not null"
    )


def test_status_shows_what_happened(replica: Replica) -> None:
    run(replica.settings)
    replica.chatwoot.execute("delete from conversations where id = 1")
    run(replica.settings)
    replica.chatwoot.execute("alter view vw_teams rename to other")
    assert loader(replica.settings, "run").returncode == 1
    file = backup.backup(replica.settings)

    shown = json.loads(loader(replica.settings, "status", "--json").stdout)
    failed, second, first = shown["runs"]
    assert (first["mode"], first["rows_new"], first["rows_deleted"]) == ("full", 10, 0)
    assert (second["mode"], second["rows_deleted"]) == ("incremental", 1)
    assert failed["status"] == "failed"
    assert "vw_teams is missing" in failed["error"]
    assert shown["failures_of_7_days"] == 1
    assert shown["rows"]["conversations"] == 9
    assert shown["rows"]["inboxes"] == 3
    assert shown["last_backup"]["file"] == str(file)
    assert shown["loaded_at"] == second["finished_at"]
    assert not shown["is_late"]
    assert not shown["is_loading"]

    text = loader(replica.settings, "status").stdout
    assert "failures       1 in the last 7 days" in text
    assert "vw_teams is missing" in text

    days_pass(replica, 8)
    later = status.collect(replica.settings)
    assert later.is_late
    assert later.failures_of_7_days == 0
    assert "LATE" in status.describe(later)


def test_status_shows_what_a_reconcile_healed(replica: Replica) -> None:
    run(replica.settings)
    assert "last reconcile never" in loader(replica.settings, "status").stdout
    replica.warehouse.execute(
        "update raw_chatwoot.conversations set contact_name = 'Wrong'"
        " where conversation_id in (2, 3);"
        "delete from raw_chatwoot.conversation_context where conversation_id = 4"
    )
    done = loader(replica.settings, "reconcile", "--json")
    healed = json.loads(done.stdout)
    assert healed["columns_different"]["conversations.contact_name"] == 2
    assert not healed["is_clean"]
    shown = json.loads(loader(replica.settings, "status", "--json").stdout)
    assert shown["last_reconcile"]["rows_missing"] == healed["rows_missing"]
    assert shown["last_reconcile"]["columns_different"] == healed["columns_different"]
    assert "2 conversations.contact_name" in loader(replica.settings, "status").stdout


def test_status_while_a_load_runs_and_after_it_was_killed(replica: Replica) -> None:
    run(replica.settings)
    replica.warehouse.execute("insert into raw_chatwoot.load_runs default values")
    assert status.collect(replica.settings).runs[0].status == "interrupted"
    replica.warehouse.execute("select pg_advisory_lock(%s)", LOAD_LOCK_KEY)
    seen = status.collect(replica.settings)
    assert (seen.is_loading, seen.runs[0].status) == (True, "running")


def test_status_of_another_database_on_the_server(
    replica: Replica, new_warehouse: Callable[..., Warehouse]
) -> None:
    run(replica.settings)
    other = new_warehouse()
    other.execute("select pg_advisory_lock(%s)", LOAD_LOCK_KEY)
    assert not status.collect(replica.settings).is_loading
    other.connection.close()
