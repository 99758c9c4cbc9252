"""Random writers, random kills, and a warehouse that is the source all the same.

`python -m tests.soak MINUTES [--seed N]` makes two servers and a demo Chatwoot in a
folder of its own, lets threads write to it as Chatwoot would, and loads every few
seconds while it kills the loader, the source's server and the warehouse's. Once a
minute commits are held (transactions stay open), a run must end well, and every row is
compared; in the end all that dbt built as well. It prints a line for each minute, the
figures at the end, and exits with 1 on any difference.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors

from demo import chatwoot
from ground import servers
from ground.database import Connection
from ground.embedded import Cluster
from loader import views
from tests.oracle import (
    assert_nothing_orphaned,
    compared,
    differences,
)

CONVERSATIONS = 120
WRITERS = 4
RUN_DEADLINE_SECONDS = 300.0
# A killed server must keep what it committed; the machine does not lose power.
DURABLE = {"fsync": "off", "full_page_writes": "off"}

# What Chatwoot does, as often as it stands here. `{one}` and `{two}` are conversations,
# `{text}` is new each time.
STATEMENTS = [
    *[
        """
        insert into messages (
            content, account_id, inbox_id, conversation_id, message_type, sender_type,
            sender_id, created_at, updated_at
        )
        select
            '{text}', account_id, inbox_id, id, 0, 'Contact', contact_id, now(), now()
        from conversations where id = {one}
        """
    ]
    * 6,
    *[
        """
        update conversations
        set status = 1 - least(status, 1), updated_at = now() where id = {one}
        """
    ]
    * 2,
    "update messages set content = '{text}'"
    " where conversation_id = {one} and id % 3 = 0",
    "update messages set status = 2 where conversation_id = {one}",
    "delete from messages where id = (select max(id) from messages where"
    " conversation_id = {one})",
    """
    insert into conversations (
        account_id, inbox_id, contact_id, display_id, created_at, updated_at,
        last_activity_at
    )
    select account_id, inbox_id, contact_id, 0, now(), now(), now()
    from conversations where id = {one}
    """,
    "delete from messages where conversation_id = {one};"
    "delete from csat_survey_responses where conversation_id = {one};"
    "delete from conversations where id = {one}",
    """
    update contacts set name = '{text}'
    where id = (select contact_id from conversations where id = {one})
    """,
    "update inboxes set name = '{text}' where id = (select min(id) + {one} % 3"
    " from inboxes)",
    "update users set name = '{text}' where id = (select assignee_id from"
    " conversations where id = {one})",
    "update teams set name = '{text}' where id = (select team_id from conversations"
    " where id = {one})",
    "update users set current_sign_in_at = now()",
    "update conversations set assignee_id = null where id = {one}",
    # A merge of contacts.
    """
    update conversations set contact_id = (
        select contact_id from conversations where id = {two}
    )
    where id = {one};
    delete from csat_survey_responses where conversation_id = {one};
    delete from contacts where id not in (
        select contact_id from conversations where contact_id is not null
    )
    """,
    """
    insert into taggings (tag_id, taggable_type, taggable_id, context)
    select min(id), 'Conversation', {one}, 'labels' from tags
    on conflict do nothing
    """,
    "delete from taggings where taggable_id = {one}",
    "update tags set name = '{text}' where id = (select min(id) + {one} % 5 from tags)",
    """
    insert into csat_survey_responses (
        account_id, conversation_id, message_id, rating, contact_id, created_at,
        updated_at
    )
    select account_id, conversation_id, max(id), 4, 1, now(), now()
    from messages where conversation_id = {one} group by 1, 2
    on conflict do nothing
    """,
    "update csat_survey_responses set rating = 1 + {two} % 5"
    " where conversation_id = {one}",
    "delete from csat_survey_responses where conversation_id = {one}",
    """
    insert into reporting_events (
        name, value, account_id, conversation_id, event_end_time, created_at, updated_at
    )
    values ('conversation_resolved', {two}, 1, {one}, now(), now(), now())
    """,
    "update conversations set updated_at = '2099-01-01' where id = {one}",
    "update conversations set updated_at = now() - interval '1 year' where id = {one}",
    "update working_hours set open_hour = {one} % 9 where day_of_week = {two} % 7",
]


class Writer(threading.Thread):
    """Writes to Chatwoot until told to stop; survives the server's deaths."""

    def __init__(self, soak: "Soak", number: int) -> None:
        super().__init__(name=f"writer {number}")
        self._soak = soak
        self._random = random.Random(f"{soak.seed}/{number}")
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Write; a problem that a dying server does not explain ends the soak."""
        try:
            while not self._soak.is_over.is_set():
                try:
                    self._write()
                except (psycopg2.OperationalError, psycopg2.InterfaceError):
                    self._soak.count("reconnects of writers")
                    self._soak.is_over.wait(0.2)
        except BaseException as error:
            self.problem = error
            self._soak.is_over.set()

    def _write(self) -> None:
        with closing(psycopg2.connect(**self._soak.owner)) as connection:
            while not self._soak.is_over.is_set():
                try:
                    self._transaction(connection)
                except (
                    psycopg2.errors.DeadlockDetected,
                    psycopg2.IntegrityError,
                ):
                    connection.rollback()
                    self._soak.count("conflicts of writers")

    def _transaction(self, connection: Any) -> None:
        """Some statements, most of them quick, some over seconds, few over a minute."""
        chance = self._random
        longest = chance.choices((0.05, 5, 70), weights=(80, 18, 2))[0]
        rows = 0
        with connection.cursor() as cursor:
            for _ in range(chance.randint(1, 6)):
                cursor.execute("savepoint midway")
                written = self._statement(cursor)
                if chance.random() < 0.15:
                    cursor.execute("rollback to midway")
                else:
                    rows += written
                self._soak.is_over.wait(chance.random() * longest / 6)
        if chance.random() < 0.15:
            connection.rollback()
            self._soak.count("rollbacks")
            return
        with self._soak.commits:  # nobody commits while rows are compared
            connection.commit()
        self._soak.count("transactions")
        self._soak.count("rows written", rows)

    def _statement(self, cursor: Any) -> int:
        chance = self._random
        cursor.execute("select max(id) from conversations")
        ((newest,),) = cursor.fetchall()
        cursor.execute(
            chance.choice(STATEMENTS).format(
                one=chance.randint(1, newest),
                two=chance.randint(1, newest),
                text=f"texto {chance.random()} 💪",
            )
        )
        return max(0, int(cursor.rowcount))


class Database:
    """What the oracle asks, by a connection for each question: servers come and go."""

    def __init__(self, login: Connection) -> None:
        self._connection = psycopg2.connect(**login)
        self._connection.autocommit = True

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def execute(self, statement: str, *values: object) -> None:
        """Run a statement."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Return all rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            rows: list[tuple[object, ...]] = cursor.fetchall()
            return rows

    def value(self, statement: str, *values: object) -> object:
        """Return the one value of a query."""
        ((value,),) = self.query(statement, *values)
        return value


class Soak:
    """Servers, writers, runs and kills, and what was counted."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.is_over = threading.Event()
        self.commits = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.longest_run_seconds = 0.0
        self._counting = threading.Lock()
        self._folder = folder
        self._source = Cluster("source", folder, options=DURABLE, dies_with_parent=True)
        self._warehouse = Cluster(
            "warehouse", folder, options=DURABLE, dies_with_parent=True
        )
        self._writers: list[Writer] = []
        self._command: subprocess.Popen[str] | None = None

    def count(self, what: str, number: int = 1) -> None:
        """Add to a figure."""
        with self._counting:
            self.counts[what] += number

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Make the servers, a Chatwoot and its writers; leave nothing."""
        try:
            source = servers.start(
                self._source,
                servers.SOURCE_DATABASE,
                servers.SOURCE_OWNER,
                servers.SOURCE_READER,
            )
            warehouse = servers.start(
                self._warehouse,
                servers.WAREHOUSE_DATABASE,
                servers.WAREHOUSE_OWNER,
                servers.DASHBOARD_USER,
            )
            self.owner, self._reader = source.owner, source.reader
            self._warehouse_owner = warehouse.owner
            with closing(psycopg2.connect(**self.owner)) as connection:
                connection.autocommit = True
                chatwoot.create(connection)
                chatwoot.generate(connection, CONVERSATIONS, self.seed)
                views.deploy(connection)
            login = self._source.connection(servers.SOURCE_DATABASE)
            with (
                closing(psycopg2.connect(**login)) as admin,
                admin,
                admin.cursor() as (cursor),
            ):
                cursor.execute((views.FOLDER / "reader_role.sql").read_text())
            self._writers = [Writer(self, number) for number in range(WRITERS)]
            for writer in self._writers:
                writer.start()
            yield
        finally:
            self.is_over.set()
            if self._command is not None:
                self._command.kill()
                self._command.wait()
            for writer in self._writers:
                if writer.is_alive():
                    writer.join()
            self._source.remove()
            self._warehouse.remove()

    def loader(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `python -m loader`."""
        ends = {"SOURCE_DB": self._reader, "LOCAL_DB": self._warehouse_owner}
        names = {
            "HOST": "host",
            "PORT": "port",
            "NAME": "dbname",
            "USER": "user",
            "PASSWORD": "password",
        }
        variables = {
            f"{end}_{name}": str(login[key])  # type: ignore[literal-required]
            for end, login in ends.items()
            for name, key in names.items()
        }
        self._command = subprocess.Popen(
            [sys.executable, "-m", "loader", *arguments],
            env=os.environ
            | variables
            | {
                "DASHBOARD_DB_PASSWORD": "unused",
                "DATA_DIR": str(self._folder / "data"),
                "DBT_TARGET_PATH": str(self._folder / "dbt"),
                "DBT_LOG_PATH": str(self._folder / "dbt"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self._command

    def cycle(self) -> None:
        """One run, undisturbed or not, or a build."""
        chance = self.random
        kind = chance.random()
        if kind < 0.03:
            self.build()
            return
        if kind < 0.08:
            self.reconcile()
            return
        process = self.loader("run", *(["--full"] if chance.random() < 0.1 else []))
        fault = chance.choices(
            ("none", "loader", "source", "warehouse"), weights=(60, 25, 7, 8)
        )[0]
        if fault != "none":
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.2, 4))
            if process.poll() is None or fault != "loader":
                self.count(f"kills of the {fault}")
            if fault == "loader":
                process.kill()
            else:
                cluster = self._source if fault == "source" else self._warehouse
                cluster.kill()
                time.sleep(chance.random())
                cluster.start()
        self.finish(process)

    def finish(self, process: "subprocess.Popen[str]") -> int:
        """Wait for a run, and count how it ended."""
        began = time.monotonic()
        try:
            _, error = process.communicate(timeout=RUN_DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.count("differences")
            print("a run hangs", flush=True)
            return -signal.SIGKILL
        self.longest_run_seconds = max(
            self.longest_run_seconds, time.monotonic() - began
        )
        self.count("retries", error.count("trying again"))
        outcomes = {0: "done", 75: "left to another", -signal.SIGKILL: "killed"}
        self.count(f"runs {outcomes.get(process.returncode, 'failed')}")
        if "Traceback" in error or process.returncode not in (0, 1, 75, -9):
            self.count("differences")
            print(f"a run ended with {process.returncode}: {error}", flush=True)
        return int(process.returncode)

    def run_to_the_end(self) -> bool:
        """Run undisturbed; a dead run's session may hold the lock for moments."""
        for _ in range(20):
            code = self.finish(self.loader("run"))
            if code != 75:
                break
            time.sleep(0.5)
        if code != 0:
            self.count("differences")
            print(f"an undisturbed run ended with {code}", flush=True)
        return code == 0

    def compare(self) -> None:
        """Run while nobody commits; every row must be the source's."""
        with self.commits:
            if not self.run_to_the_end():
                return
            with (
                closing(Database(self.owner)) as source,
                closing(Database(self._warehouse_owner)) as warehouse,
            ):
                for relation, expected, actual in compared(source, warehouse):
                    self.count("rows compared", len(expected))
                    if actual != expected:
                        self.count("differences")
                        print(differences(relation, expected, actual), flush=True)

    def reconcile(self) -> None:
        """Compare by the loader's own means, while others write: all must be well."""
        process = self.loader("reconcile", "--json")
        out, error = process.communicate(timeout=RUN_DEADLINE_SECONDS)
        self.count("reconciliations")
        if process.returncode == 75:
            return
        if process.returncode != 0 or not json.loads(out)["is_clean"]:
            self.count("differences")
            print(f"reconcile: {out}{error}", flush=True)

    def build(self) -> None:
        """Build with dbt; it must pass, and follow the raw tables."""
        process = self.loader("dbt", "build", "--quiet")
        out, error = process.communicate(timeout=RUN_DEADLINE_SECONDS)
        self.count("builds")
        if process.returncode != 0:
            self.count("differences")
            print(f"dbt build failed: {out}{error}", flush=True)

    def live(self, minutes: float) -> None:
        """Load, kill and compare for so long, then end well."""
        began = time.monotonic()
        minute = 0
        while time.monotonic() - began < minutes * 60 and not self.is_over.is_set():
            self.cycle()
            if time.monotonic() - began > (minute + 1) * 60:
                minute += 1
                self.compare()
                print(f"minute {minute}: {self.figures()}", flush=True)
            time.sleep(self.random.uniform(0, 2))
        self.is_over.set()
        for writer in self._writers:
            writer.join()
            if writer.problem is not None:
                raise writer.problem
        self.compare()
        self.reconcile()
        self.build()
        with closing(Database(self._warehouse_owner)) as warehouse:
            try:
                assert_nothing_orphaned(warehouse)
            except AssertionError as error:
                self.count("differences")
                print(f"orphaned downstream: {error}", flush=True)

    def figures(self) -> str:
        """What was counted, in one line."""
        shown = {"differences": self.counts["differences"]} | dict(
            sorted(self.counts.items())
        )
        return ", ".join(f"{number} {what}" for what, number in shown.items())


def main() -> int:
    """Run the soak; return 1 if anything differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="allpfit-soak-") as folder:
        soak = Soak(Path(folder), arguments.seed)
        with soak.running():
            soak.live(arguments.minutes)
    print(f"{soak.figures()}, longest run {soak.longest_run_seconds:.1f} s")
    return 1 if soak.counts["differences"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
