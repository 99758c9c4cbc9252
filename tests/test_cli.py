"""The commands as a data engineer meets them: messages, exit codes, a real server."""

import contextlib
import json
import os
import pty
import shlex
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from chatwoot_builder import AGENT, AI_USER, Builder, agent, customer
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Chatwoot, TestServer, Warehouse

from demo import chatwoot as demo_chatwoot
from ground.database import Connection
from loader import views
from loader.locks import BUILD_LOCK_KEY, LOAD_LOCK_KEY
from operations import summaries

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def real_servers(
    new_chatwoot: Callable[..., Chatwoot], new_warehouse: Callable[..., Warehouse]
) -> dict[str, str]:
    """What stands in `.env` for servers of one's own."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    return variables(chatwoot.reader, chatwoot.owner, warehouse)


def variables(
    reader: Connection, owner: Connection, warehouse: Warehouse
) -> dict[str, str]:
    return {
        "SOURCE_DB_HOST": reader["host"],
        "SOURCE_DB_PORT": str(reader["port"]),
        "SOURCE_DB_NAME": reader["dbname"],
        "SOURCE_DB_USER": reader["user"],
        "SOURCE_DB_PASSWORD": reader["password"],
        "SOURCE_DB_OWNER_USER": owner["user"],
        "SOURCE_DB_OWNER_PASSWORD": owner["password"],
        "LOCAL_DB_HOST": warehouse.owner["host"],
        "LOCAL_DB_PORT": str(warehouse.owner["port"]),
        "LOCAL_DB_NAME": warehouse.owner["dbname"],
        "LOCAL_DB_USER": warehouse.owner["user"],
        "LOCAL_DB_PASSWORD": warehouse.owner["password"],
        "DASHBOARD_DB_PASSWORD": warehouse.reader["password"],
    }


def warehouse_login(variables: dict[str, str]) -> dict[str, str]:
    return {
        "host": variables["LOCAL_DB_HOST"],
        "port": variables["LOCAL_DB_PORT"],
        "dbname": variables["LOCAL_DB_NAME"],
        "user": variables["LOCAL_DB_USER"],
        "password": variables["LOCAL_DB_PASSWORD"],
    }


def loader(
    environment: dict[str, str], *arguments: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "loader", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=SECONDS_AT_MOST,
    )


def test_doctor_names_what_is_missing_and_how_to_mend_it(
    real_servers: dict[str, str],
) -> None:
    done = loader(real_servers, "doctor")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "ok    source: allpfit_reader can only read" in lines
    # The demo's AI user is in a shipped list, and missed by nobody.
    assert "no such user" not in done.stdout
    assert "ok    source: 0 AI user(s) known" in lines
    assert "WRONG warehouse: nothing loaded yet" in lines
    assert lines[lines.index("WRONG warehouse: nothing loaded yet") + 1].endswith(
        "make run"
    )


def test_doctor_warns_of_a_role_that_may_write(real_servers: dict[str, str]) -> None:
    owner = {
        "SOURCE_DB_USER": real_servers["SOURCE_DB_OWNER_USER"],
        "SOURCE_DB_PASSWORD": real_servers["SOURCE_DB_OWNER_PASSWORD"],
    }
    done = loader(real_servers | owner, "doctor")
    assert done.returncode == 1
    assert "WRONG source: chatwoot may write " in done.stdout


def test_doctor_names_users_who_reply_as_only_a_machine_does(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    tmp_path: Path,
) -> None:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    with closing(chatwoot.connection), closing(warehouse.connection):
        chat = Builder(chatwoot)
        email = "assistente.ia@allpfit.example"  # listed in ai_users.csv
        chat.execute("update users set email = %s where id = %s", email, AI_USER)
        yesterday = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
        midnight = yesterday.replace(hour=0, minute=0, second=0, microsecond=0)

        def answers(
            user: int,
            name: str,
            after: int,
            hours: range,
            replies: int = 30,
            days_ago: int = 1,
        ) -> None:
            """A reply in each of the hours (UTC), day after day backwards."""
            if user not in (AGENT, AI_USER):
                chat.insert("users", id=user, uid=name, name=name)
            for number in range(replies):
                day, place = divmod(number, len(hours))
                chat.conversation(
                    customer("Qual o valor?", after=0),
                    agent("R$ 99 por mês.", user, after=after),
                    created_at=midnight
                    - timedelta(days=days_ago + day, hours=-hours[place]),
                )

        answers(AGENT, "Ana", 5, range(9, 20))  # quick by day, as a person may be
        answers(AI_USER, "Assistente", 5, range(24))
        answers(500_020, "Robô", 5, range(24), replies=48)  # a quarter at night
        answers(500_021, "Vigia", 300, range(24))
        answers(500_022, "Coruja", 5, range(6, 16))  # 3 of 10 hours are before 6 there
        answers(500_023, "Novo", 5, range(24), replies=29)
        answers(500_024, "Antigo", 5, range(24), days_ago=61)
        environment = variables(chatwoot.reader, chatwoot.owner, warehouse) | {
            "DBT_TARGET_PATH": str(tmp_path),
            "DBT_LOG_PATH": str(tmp_path),
        }

        assert loader(environment, "run").returncode == 0
        assert "at all hours" not in loader(environment, "doctor").stdout
        build = ["--quiet", "--select", "+messages", "+last_load"]
        no_tests = ["--exclude-resource-type", "test", "unit_test"]
        done = loader(environment, "dbt", "build", *build, *no_tests)
        assert done.returncode == 0, done.stdout
        lines = loader(environment, "doctor").stdout.splitlines()
        hint = (
            "hint  warehouse: users 500020 Robô, 500022 Coruja"
            " reply within seconds at all hours"
        )
        assert hint in lines
        assert lines[lines.index(hint) + 1].endswith("config/ai_users.csv")


def test_views_are_deployed_on_a_real_server_only_when_asked(
    source_server: TestServer,
    new_database: Callable[[str], Connection],
    new_warehouse: Callable[..., Warehouse],
) -> None:
    owner = new_database("real")
    with closing(psycopg2.connect(**owner)) as connection:
        demo_chatwoot.create(connection)
        connection.commit()
    reader = source_server.reader_of(owner["dbname"])
    environment = variables(reader, owner, new_warehouse())

    done = loader(environment, "run")
    assert done.returncode == 1
    assert done.stderr.startswith("error: the view vw_conversations_analytics_final is")
    assert "sql_remote_views/README.md" in done.stderr

    done = loader(environment, "deploy-views")
    assert done.returncode == 0
    assert done.stdout.startswith(f"{len(views.names())} views deployed on chatwoot@")
    done = loader(environment, "run")
    assert done.returncode == 1
    assert "may not read vw_conversations_analytics_final" in done.stderr

    assert loader(environment, "drop-views").returncode == 0
    with closing(psycopg2.connect(**owner)) as connection:
        assert not views.is_deployed(connection)


def test_deploying_without_an_owner_says_which_settings_are_needed(
    real_servers: dict[str, str],
) -> None:
    done = loader(real_servers | {"SOURCE_DB_OWNER_USER": ""}, "deploy-views")
    assert done.returncode == 2
    assert "SOURCE_DB_OWNER_USER, SOURCE_DB_OWNER_PASSWORD: missing" in done.stderr


@pytest.mark.parametrize(
    ("broken", "code", "message"),
    [
        ({"SOURCE_DB_PORT": "none"}, 2, "SOURCE_DB_PORT: Input should be a valid"),
        (
            {"SOURCE_DB_PORT": "1"},
            1,
            "cannot connect to the source allpfit_reader@127.0.0.1:1/{source}: "
            "Connection refused; check its host and port",
        ),
        (
            {"SOURCE_DB_NAME": "nowhere"},
            1,
            'database "nowhere" does not exist; check its name',
        ),
        (
            {"LOCAL_DB_PASSWORD": "c4n4ry"},
            1,
            'password authentication failed for user "allpfit"; check its user',
        ),
        (
            {
                "LOCAL_DB_HOST": "no.such.host.invalid",
                "ALLOW_UNENCRYPTED_CONNECTIONS": "true",
            },
            1,
            "cannot connect to the warehouse allpfit@no.such.host.invalid:",
        ),
    ],
)
def test_failure_is_one_message_without_traceback_or_password(
    real_servers: dict[str, str], broken: dict[str, str], code: int, message: str
) -> None:
    done = loader(real_servers | broken, "run")
    assert done.returncode == code
    assert message.format(source=real_servers["SOURCE_DB_NAME"]) in done.stderr
    assert "Traceback" not in done.stderr
    assert "c4n4ry" not in done.stdout + done.stderr
    for name in ("SOURCE_DB_PASSWORD", "LOCAL_DB_PASSWORD"):
        assert real_servers[name] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["rum"], 2, "No such command 'rum'"),
        (["run", "--fully"], 2, "No such option"),
        (["run", "--since", "yesterday"], 2, "does not match the format"),
        (["run", "--full", "--since", "2026-01-01"], 2, "leave out --since"),
        (["schedule", "cron", "--at", "1:00", "--every-minutes", "5"], 2, "one of"),
        (["schedule", "cron", "--every-minutes", "7"], 2, "must divide an hour"),
        (["dbt", "buld"], 2, "No such command 'buld'"),
    ],
)
def test_misspelt_command_is_named(
    real_servers: dict[str, str], arguments: list[str], code: int, message: str
) -> None:
    done = loader(real_servers, *arguments)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("time_zone", "days_ahead", "lies_in_the_future"),
    # Where it is still the day before, and where it is the day after already.
    [("BEHIND23:59", 0, False), ("AHEAD-23:59", 1, True)],
)
def test_since_is_a_day_in_utc_wherever_the_machine_stands(
    real_servers: dict[str, str],
    time_zone: str,
    days_ahead: int,
    lies_in_the_future: bool,
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=days_ahead)
    elsewhere = {"TZ": time_zone, "SOURCE_DB_PORT": "1"}  # and nobody answers
    done = loader(real_servers | elsewhere, "run", "--since", str(day))
    assert ("--since lies in the future" in done.stderr) == lies_in_the_future
    assert ("cannot connect" in done.stderr) != lies_in_the_future


def test_second_build_waits_for_the_first(real_servers: dict[str, str]) -> None:
    with (
        closing(psycopg2.connect(**warehouse_login(real_servers))) as first,
        first.cursor() as cursor,
    ):
        cursor.execute("select pg_advisory_lock(%s)", (BUILD_LOCK_KEY,))
        first.commit()
        second = subprocess.Popen(
            [sys.executable, "-m", "loader", "dbt", "debug"],
            cwd=PROJECT_ROOT,
            env=os.environ | real_servers,
            stdout=subprocess.PIPE,
        )
        waiting = "select count(*) from pg_locks where not granted"
        while True:
            cursor.execute(waiting)
            if cursor.fetchone() == (1,):
                break
            assert second.poll() is None, "it did not wait"
    assert second.wait(60) == 0


def exported(done: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    assert done.returncode == 0, done.stderr
    words = shlex.split(done.stdout.replace("export ", ""))
    return dict(word.split("=", 1) for word in words)


def test_variables_for_a_dbt_by_hand(real_servers: dict[str, str]) -> None:
    """The password of a warehouse of one's own stands in no file of ours."""
    found = exported(loader(real_servers, "env"))
    assert found["LOCAL_DB_PASSWORD"] == real_servers["LOCAL_DB_PASSWORD"]
    file = Path(found["DBT_PROFILES_DIR"]) / "profiles.yml"
    assert f"'{real_servers['LOCAL_DB_NAME']}'" in file.read_text()
    assert real_servers["LOCAL_DB_PASSWORD"] not in file.read_text()
    assert loader(real_servers | found, "status").returncode == 0


def test_the_shell_with_these_variables_can_use_our_commands(tmp_path: Path) -> None:
    """Of the embedded warehouse they hold no login, which a command would believe."""
    tmp_path.chmod(0o755)
    servers = {"DATA_DIR": str(tmp_path / "data")}
    try:
        found = exported(loader(servers, "env"))
        assert not any(name.startswith(("LOCAL_DB", "SOURCE_DB")) for name in found)
        file = Path(found["DBT_PROFILES_DIR"]) / "profiles.yml"
        assert file.stat().st_mode & 0o077 == 0
        assert loader(servers | found, "status").returncode == 0
        url = loader(servers | found, "dsn").stdout.strip()
        with closing(psycopg2.connect(url)) as connection:
            assert connection.info.password in file.read_text()
    finally:
        assert loader(servers, "clean").returncode == 0


def test_a_dbt_of_ones_own_sees_what_is_configured(
    real_servers: dict[str, str], tmp_path: Path
) -> None:
    """In its folder and with the variables of `loader env`, and nothing of ours."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "parameters.csv").write_text("parameter,value\nmaturity_hours,71\n")
    done = loader(real_servers | {"CONFIG_DIR": str(config)}, "env")
    found = exported(done)
    model = ["compile", "--quiet", "--select", "episodes"]
    compiled = subprocess.run(
        [Path(sys.executable).with_name("dbt"), *model],
        cwd=PROJECT_ROOT / "dbt_project",
        env={"PATH": os.environ["PATH"]}
        | found
        | {"DBT_TARGET_PATH": str(tmp_path), "DBT_LOG_PATH": str(tmp_path)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    assert "interval '71 hours'" in compiled.stdout


def test_dbt_parses_in_a_fresh_checkout(tmp_path: Path) -> None:
    """With no variable at all, as a CI does, and as editors do before the first run."""
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "parse", "--quiet"],
        cwd=PROJECT_ROOT / "dbt_project",
        env={
            "PATH": os.environ["PATH"],
            "DBT_PROFILES_DIR": "profile",
            "DBT_TARGET_PATH": str(tmp_path),
            "DBT_LOG_PATH": str(tmp_path),
        },
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", ["run", "reconcile", "doctor", "status"])
def test_json_is_all_that_stdout_holds(
    real_servers: dict[str, str], command: str
) -> None:
    done = loader(real_servers, command, "--json")
    shown = json.loads(done.stdout)
    assert isinstance(shown, dict)
    assert done.stdout.count("\n") == 1
    if command == "doctor":
        assert done.returncode == 1
        assert not shown["is_good"]
        wrong = [each for each in shown["findings"] if not each["is_good"]]
        assert "warehouse: nothing loaded yet" in [each["what"] for each in wrong]
    else:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "broken", "code", "message"),
    [
        (["run"], {"LOCAL_DB_PORT": "1"}, 1, "cannot connect to the warehouse"),
        (["reconcile"], {"SOURCE_DB_PORT": "1"}, 1, "cannot connect to the source"),
        (["status"], {"LOCAL_DB_PASSWORD": "x"}, 1, "authentication failed"),
        (["doctor"], {"LOAD_BATCH_SIZE": "0"}, 2, "LOAD_BATCH_SIZE: "),
        (["run", "--fully"], {}, 2, "No such option"),
    ],
)
def test_json_says_why_it_failed(
    real_servers: dict[str, str],
    arguments: list[str],
    broken: dict[str, str],
    code: int,
    message: str,
) -> None:
    done = loader(real_servers | broken, *arguments, "--json")
    failure = json.loads(done.stdout)
    assert set(failure) == {"error", "exit_code"}
    assert (done.returncode, failure["exit_code"]) == (code, code)
    assert message in failure["error"]


def test_json_of_a_second_run(real_servers: dict[str, str]) -> None:
    with (
        closing(psycopg2.connect(**warehouse_login(real_servers))) as first,
        first.cursor() as cursor,
    ):
        cursor.execute("select pg_advisory_lock(%s)", (LOAD_LOCK_KEY,))
        done = loader(real_servers, "run", "--json")
    assert done.returncode == 75
    assert json.loads(done.stdout)["exit_code"] == 75


@pytest.mark.parametrize(
    ("read", "total", "seconds", "expected"),
    [
        (0, 100, 0.0, "read 0 of 100 conversations"),
        (
            40_000,
            100_000,
            8.0,
            "read 40,000 of 100,000 conversations, 5,000/s, 12 s left",
        ),
        (100, 100, 2.0, "read 100 of 100 conversations, 50/s"),
    ],
)
def test_line_of_progress(read: int, total: int, seconds: float, expected: str) -> None:
    assert summaries.describe_progress(read, total, seconds) == expected


def test_person_at_a_terminal_sees_a_bar(real_servers: dict[str, str]) -> None:
    """What a log would get as lines is drawn, and gone at the end."""
    primary, secondary = pty.openpty()
    termios.tcsetwinsize(secondary, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-m", "loader", "run"],
        cwd=PROJECT_ROOT,
        env=os.environ | real_servers | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=secondary,
        text=True,
    )
    os.close(secondary)
    drawn = b""
    # The terminal ends with an error when nobody holds its other side.
    with contextlib.suppress(OSError):
        while part := os.read(primary, 4096):
            drawn += part
    os.close(primary)
    stdout, _ = process.communicate(timeout=SECONDS_AT_MOST)
    assert process.returncode == 0
    assert stdout.startswith("load, full: ")
    assert b" conversations" in drawn
    assert b"\n" not in drawn.strip()


def test_exit_codes_are_in_the_help(real_servers: dict[str, str]) -> None:
    text = " ".join(loader(real_servers, "--help").stdout.split())
    for code in ("0 done", "1 failed", "2 wrong settings", "75 another load"):
        assert code in text
