"""What holds personal data is for its owner alone: 0600 in 0700, whatever the umask."""

import logging
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST
from replica import Replica, environment, make_replica

from ground import private, settings
from ground.settings import Settings
from loader.reconcile import reconcile
from loader.run import run
from operations import backup, schedule

replica = pytest.fixture(make_replica)
UMASKS = (0o000, 0o077)
WAY = 0o711 if os.geteuid() == 0 else 0o700


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def open_to_others(folder: Path) -> dict[str, str]:
    """What in a folder, and it, is not 0600 or 0700."""
    return {
        str(path): oct(mode(path))
        for path in (folder, *folder.rglob("*"))
        if mode(path) != (0o700 if path.is_dir() else 0o600)
    }


def loosen(folder: Path) -> None:
    """Leave a folder as an earlier version did, and worse."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture(params=UMASKS, ids=oct)
def fresh(
    replica: Replica, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Settings]:
    """Settings with a DATA_DIR that is not there yet, and the umask of a caller."""
    with umask(request.param):
        made = replica.settings.model_copy(
            update={"data_dir": tmp_path / "some" / "data", "load_batch_size": 7}
        )
        yield made


def command(made: Settings, *arguments: str) -> str:
    """The words of a shell that starts the loader with the umask of this process."""
    folder = str(made.data_dir / "dbt")
    given = environment(made) | {
        "DATA_DIR": str(made.data_dir),
        "LOAD_BATCH_SIZE": str(made.load_batch_size),
        "DBT_TARGET_PATH": folder,
        "DBT_LOG_PATH": folder,
    }
    words = ["env", *(f"{name}={value}" for name, value in given.items())]
    return shlex.join([*words, sys.executable, "-m", "loader", *arguments])


def test_commands_write_for_their_user_alone(fresh: Settings) -> None:
    for arguments in (["scheduled"], ["export"], ["run", "--full"], ["backup"]):
        done = subprocess.run(
            ["bash", "-c", command(fresh, *arguments)],
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS_AT_MOST,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    written = {path.name for path in fresh.data_dir.iterdir()}
    assert written == {"dbt", "logs", "backups", "exports"}
    for name in written:
        assert len(list((fresh.data_dir / name).iterdir())) >= 1
        assert not open_to_others(fresh.data_dir / name)
    assert {mode(fresh.data_dir), mode(fresh.data_dir.parent)} == {WAY}


def test_a_load_is_closed_while_it_runs_and_when_it_was_killed(
    replica: Replica, fresh: Settings
) -> None:
    folder = fresh.data_dir / "load"
    with closing(psycopg2.connect(**replica.warehouse.owner)) as holder:
        holder.cursor().execute("lock table raw_chatwoot.conversations in share mode")
        process = subprocess.Popen(
            ["bash", "-c", "exec " + command(fresh, "run", "--full")],
            cwd=PROJECT_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        # The first batch waits for the lock, the second one is being read.
        while not replica.warehouse.value(
            "select count(*) from pg_locks where not granted"
            " and relation = 'raw_chatwoot.conversations'::regclass"
        ):
            assert process.poll() is None, process.communicate()
        kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
        assert {".csv", ".json", ".toml"} <= kinds, kinds
        assert not open_to_others(folder)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert list(folder.rglob("*.csv"))
    assert not open_to_others(folder)


def test_callers_without_the_command_line_write_as_closed(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []
    before = os.umask(0)
    os.umask(before)

    def look(*_: int) -> None:
        assert list((fresh.data_dir / "load").rglob("*.csv"))
        seen.append(open_to_others(fresh.data_dir / "load"))

    run(fresh, look, full=True)
    reconcile(fresh, look)
    assert len(seen) > 8
    assert not any(seen)
    backup.backup(fresh)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as the command does
    schedule.log_to_file(fresh)
    (handler,) = logging.getLogger().handlers
    schedule.log.error("Ana")
    handler.doRollover()
    schedule.log.error("Ana")
    handler.close()
    assert len(list((fresh.data_dir / "logs").iterdir())) == 2
    for name in ("logs", "backups"):
        assert not open_to_others(fresh.data_dir / name)
    assert os.umask(before) == before


def test_what_an_earlier_version_left_open_is_closed_by_the_next_command(
    replica: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / ".data"
    target = tmp_path / "dbt_project" / "target"
    for name in settings.PRIVATE_FOLDERS:
        (data / name / "deep").mkdir(parents=True)
        (data / name / "deep" / "file").write_text("Ana")
    (target / "compiled").mkdir(parents=True)
    (target / "compiled" / "model.sql").write_text("Ana")
    for folder in (data, target):
        loosen(folder)
    elsewhere = tmp_path / "not ours"
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    (data / "logs" / "link").symlink_to(elsewhere)
    monkeypatch.setattr(settings, "PROJECT_ROOT", tmp_path)
    with umask(0o022):
        Settings.model_validate({"data_dir": data}).keep_private()
        assert os.umask(0o022) == 0o077
    assert mode(data) == 0o711  # a server of another user may have its data below
    for name in settings.PRIVATE_FOLDERS:
        (data / "logs" / "link").unlink(missing_ok=True)
        assert not open_to_others(data / name)
    assert not open_to_others(target)
    assert mode(elsewhere) == 0o644

    # What is not ours is not touched, such as the home of somebody.
    (data / "thesis.txt").write_text("Mine")
    data.chmod(0o755)
    Settings.model_validate({"data_dir": data}).keep_private()
    os.umask(0o022)
    assert mode(data) == 0o755


def test_backup_and_log_close_their_folders(replica: Replica, tmp_path: Path) -> None:
    made = replica.settings.model_copy(update={"backup_dir": tmp_path / "dumps"})
    file = backup.backup(made)
    schedule_folder = made.data_dir / "logs"
    schedule_folder.mkdir()
    (schedule_folder / "scheduled.log").write_text("Ana")
    loosen(schedule_folder)
    loosen(file.parent)
    backup.backup(made)
    assert not open_to_others(file.parent)
    # A disk for backups may hold those of others, too.
    (file.parent / "of others").mkdir()
    file.parent.chmod(0o755)
    newest = backup.backup(made)
    assert mode(file.parent) == 0o755
    assert mode(newest) == 0o600
    done = subprocess.run(
        ["bash", "-c", command(made, "scheduled")],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_AT_MOST,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not open_to_others(schedule_folder)


@pytest.mark.parametrize("value", UMASKS, ids=oct)
def test_a_way_has_its_mode_from_the_start(tmp_path: Path, value: int) -> None:
    seen: list[int] = []
    make: Callable[..., None] = Path.mkdir

    def look(path: Path, *args: object, **others: object) -> None:
        make(path, *args, **others)
        seen.append(mode(path))

    with umask(value), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "mkdir", look)
        private.make_way(tmp_path / "a" / "b")
        private.make_way(tmp_path / "a" / "b")
    assert seen == [WAY, WAY]
