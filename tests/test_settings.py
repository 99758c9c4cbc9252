"""Settings: complete, encrypted, and a wrong one is a line that shows no secret."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST

from ground import exit_codes, settings
from ground.configuration import FilesError
from ground.database import Connection
from ground.settings import ConfigurationError, Settings, load_settings

SOURCE = {
    "SOURCE_DB_HOST": "127.0.0.1",
    "SOURCE_DB_NAME": "chatwoot_production",
    "SOURCE_DB_USER": "allpfit_reader",
    "SOURCE_DB_PASSWORD": "c4n4ry",
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    def give(variables: dict[str, str]) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return give


def test_nothing_set_means_demo_and_embedded_warehouse() -> None:
    found = load_settings()
    assert found.has_demo_source
    assert found.has_embedded_warehouse


@pytest.mark.parametrize(
    ("text", "ids"),
    [("", ()), ("1", (1,)), ("77, 1 ,77", (1, 77)), ("2147483647", (2**31 - 1,))],
)
def test_accounts_are_numbers_with_commas(
    given: Callable[[dict[str, str]], None], text: str, ids: tuple[int, ...]
) -> None:
    given({"SOURCE_ACCOUNT_IDS": text})
    assert load_settings().account_ids == ids


def test_the_names_of_an_earlier_env_are_accepted(
    given: Callable[[dict[str, str]], None],
) -> None:
    given(
        SOURCE
        | {"SOURCE_DB_VIEW": "public.vw_conversations_analytics_final"}
        | {"LOCAL_DB_TABLE": "conversas_analytics"}
    )
    assert repr(load_settings().source).startswith("allpfit_reader@")


def test_spaces_around_a_value_do_not_count(
    given: Callable[[dict[str, str]], None],
) -> None:
    given(SOURCE | {"SOURCE_DB_HOST": " 127.0.0.1 ", "SOURCE_DB_PASSWORD": " c4n4ry\r"})
    given({"LOCAL_DB_HOST": "  ", "BUSINESS_TIMEZONE": "America/Bahia\r"})
    found = load_settings()
    assert found.source.host == "127.0.0.1"
    assert found.source.password == " c4n4ry"  # those of a password are its own
    assert found.has_embedded_warehouse
    assert found.business_timezone == "America/Bahia"


def test_the_owner_alone_is_enough_for_the_views(
    given: Callable[[dict[str, str]], None],
) -> None:
    given(
        SOURCE
        | {"SOURCE_DB_USER": "", "SOURCE_DB_PASSWORD": ""}
        | {"SOURCE_DB_OWNER_USER": "chatwoot", "SOURCE_DB_OWNER_PASSWORD": "c4n4ry"}
    )
    found = load_settings()
    assert repr(found.source_owner) == "chatwoot@127.0.0.1:5432/chatwoot_production"
    with pytest.raises(ConfigurationError, match="SOURCE_DB_USER, SOURCE_DB_PASSWORD"):
        _ = found.source


def test_accounts_of_both_places_must_agree(
    given: Callable[[dict[str, str]], None], tmp_path: Path
) -> None:
    (tmp_path / "accounts.csv").write_text("account_id\n77\n1\n")
    given({"CONFIG_DIR": str(tmp_path)})
    assert load_settings().account_ids == (1, 77)
    given({"SOURCE_ACCOUNT_IDS": "77,1"})
    assert load_settings().account_ids == (1, 77)
    given({"SOURCE_ACCOUNT_IDS": "77"})
    with pytest.raises(FilesError, match=r"accounts\.csv and SOURCE_ACCOUNT_IDS name"):
        _ = load_settings().account_ids


@pytest.mark.parametrize("name", ["DATA_DIR", "BACKUP_DIR", "CONFIG_DIR"])
def test_a_folder_that_is_none_is_named_by_its_variable(
    given: Callable[[dict[str, str]], None], tmp_path: Path, name: str
) -> None:
    file = tmp_path / "a file"
    file.touch()
    given({name: str(file / "below")})
    with pytest.raises(ConfigurationError) as raised:
        load_settings().keep_private()
    assert str(raised.value) == f"{name}: {file} is not a folder"


def test_only_the_source_set_means_embedded_warehouse(
    given: Callable[[dict[str, str]], None],
) -> None:
    given(SOURCE)
    found = load_settings()
    assert not found.has_demo_source
    assert found.has_embedded_warehouse
    assert repr(found.source) == ("allpfit_reader@127.0.0.1:5432/chatwoot_production")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (SOURCE | {"SOURCE_DB_PASSWORD": ""}, "SOURCE_DB_PASSWORD: missing"),
        ({"SOURCE_DB_NAME": "chatwoot"}, "SOURCE_DB_HOST: missing"),
        *(
            (
                {"SOURCE_ACCOUNT_IDS": ids},
                "SOURCE_ACCOUNT_IDS: give the numbers of Chatwoot's accounts with"
                " commas between them, such as 1 or 1,77",
            )
            for ids in ("AllpFit", "1;77", "1,,77", "0", "-1", "1.5", "2147483648")
        ),
        (
            SOURCE | {"SOURCE_DB_PORT": "54e2"},
            "SOURCE_DB_PORT: Input should be a valid integer",
        ),
        (SOURCE | {"SOURCE_DB_PORT": "99999"}, "SOURCE_DB_PORT: Input should be less"),
        (SOURCE | {"SOURCE_DB_SSLMODE": "yes"}, "SOURCE_DB_SSLMODE: Input should be"),
        (
            SOURCE | {"SOURCE_DB_HOST": "db.example", "SOURCE_DB_SSLMODE": "prefer"},
            "SOURCE_DB_SSLMODE: prefer would send passwords",
        ),
        (
            {"SOURCE_DB_VIEW": "conversations"},
            "SOURCE_DB_VIEW: it can only be vw_conversations_analytics_final; leave it",
        ),
        (
            {"LOCAL_DB_TABLE": "conversas"},
            "LOCAL_DB_TABLE: it can only be conversas_analytics; leave it out",
        ),
        (
            SOURCE | {"SOURCE_DB_USER": "", "SOURCE_DB_OWNER_USER": "chatwoot"},
            "SOURCE_DB_USER: missing",
        ),
        ({"BUSINESS_TIMEZONE": "Sao Paulo"}, "BUSINESS_TIMEZONE: no such time zone"),
        ({"LOAD_BATCH_SIZE": "0"}, "LOAD_BATCH_SIZE: Input should be greater"),
        ({"LOAD_PAUSE_SECONDS": "inf"}, "LOAD_PAUSE_SECONDS: Input should be a finite"),
        ({"LOAD_PAUSE_SECONDS": "nan"}, "LOAD_PAUSE_SECONDS: Input should be"),
        ({"LOAD_PAUSE_SECONDS": "-1"}, "LOAD_PAUSE_SECONDS: Input should be greater"),
        ({"BACKUPS_KEPT": "0"}, "BACKUPS_KEPT: Input should be greater"),
        ({"RECONCILE_EVERY_DAYS": "-1"}, "RECONCILE_EVERY_DAYS: Input should be"),
        (
            {
                "LOCAL_DB_HOST": "localhost",
                "LOCAL_DB_NAME": "allpfit",
                "LOCAL_DB_USER": "allpfit",
                "LOCAL_DB_PASSWORD": "c4n4ry",
            },
            "DASHBOARD_DB_PASSWORD: missing",
        ),
        (
            {"LOCAL_DB_HOST": "/var/run/postgresql"},
            "LOCAL_DB_HOST: dlt cannot use a socket; name a host",
        ),
    ],
)
def test_wrong_setting_is_one_line_without_secrets(
    given: Callable[[dict[str, str]], None], variables: dict[str, str], message: str
) -> None:
    given(variables)
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    lines = str(raised.value).splitlines()
    assert any(line.startswith(message) for line in lines), lines
    assert "c4n4ry" not in str(raised.value)


@pytest.mark.parametrize(
    ("host", "sslmode", "expected"),
    [
        ("127.0.0.1", "", "prefer"),
        ("localhost", "disable", "disable"),
        ("::1", "", "prefer"),
        ("db.example", "", "require"),
        ("10.0.0.8", "verify-full", "verify-full"),
    ],
)
def test_connections_beyond_the_machine_are_encrypted(
    given: Callable[[dict[str, str]], None], host: str, sslmode: str, expected: str
) -> None:
    given(SOURCE | {"SOURCE_DB_HOST": host, "SOURCE_DB_SSLMODE": sslmode})
    assert load_settings().source.sslmode == expected


def test_encryption_is_switched_off_by_name_only(
    given: Callable[[dict[str, str]], None],
) -> None:
    given(
        SOURCE
        | {
            "SOURCE_DB_HOST": "db.example",
            "SOURCE_DB_SSLMODE": "disable",
            "ALLOW_UNENCRYPTED_CONNECTIONS": "true",
        }
    )
    assert load_settings().source.sslmode == "disable"


def test_backups_go_where_they_are_told(
    given: Callable[[dict[str, str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATA_DIR")
    assert load_settings().backup_folder == PROJECT_ROOT / ".data" / "backups"
    given({"DATA_DIR": "/srv/allpfit"})
    assert load_settings().backup_folder == Path("/srv/allpfit/backups")
    given({"BACKUP_DIR": "~/dumps"})
    assert load_settings().backup_folder == Path.home() / "dumps"


URLS = [
    "postgresql://allpfit:c4n4ry@db.example:5432/chatwoot?sslmode=require",
    "postgres://db.example",
    "allpfit:c4n4ry@db.example",
    "c4n4ry@db.example",
    "db.example:5432",
    "[::1]:5432",
    "[::1]",
    "db.example/chatwoot",
    "db.example?password=c4n4ry",
    "host=db.example password=c4n4ry",
    "password=c4n4ry",
    "db.example c4n4ry",
    "db.example\tc4n4ry",
    "/var/run/c4n4ry@x",
    "//allpfit:c4n4ry@db.example",
]


@pytest.mark.parametrize("prefix", ["SOURCE_DB", "LOCAL_DB"])
@pytest.mark.parametrize("url", URLS)
def test_url_for_a_host_is_one_line_that_does_not_show_it(
    given: Callable[[dict[str, str]], None], prefix: str, url: str
) -> None:
    given({f"{prefix}_{name}": "x" for name in ("NAME", "USER", "PASSWORD")})
    given({f"{prefix}_HOST": url, "DASHBOARD_DB_PASSWORD": "x"})
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"{prefix}_HOST: give the name of the host alone")
    assert "c4n4ry" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    "host",
    [
        "db", "db.example.com", "db_1", "10.0.0.8", "::1", "fe80::1%eth0",
        "2001:db8::8", "bücher.example", "/var/run/postgresql",
    ],
)  # fmt: skip
def test_name_address_or_socket_is_a_host(
    given: Callable[[dict[str, str]], None], host: str
) -> None:
    given(SOURCE | {"SOURCE_DB_HOST": host})
    assert load_settings().source.host == host


@pytest.mark.parametrize("prefix", ["SOURCE_DB", "LOCAL_DB"])
@pytest.mark.parametrize(
    "command",
    [
        "loader run --json", "loader doctor --json", "loader --debug status",
        "loader env", "loader dbt build", "loader scheduled", "demo up", "dashboards",
    ],
)  # fmt: skip
def test_password_of_a_url_shows_nowhere(
    tmp_path: Path, prefix: str, command: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=PROJECT_ROOT,
        env=os.environ
        | {f"{prefix}_{name}": "x" for name in ("NAME", "USER", "PASSWORD")}
        | {f"{prefix}_HOST": URLS[0], "DASHBOARD_DB_PASSWORD": "x"}
        | {"DATA_DIR": str(tmp_path / "data")},
        text=True,
        capture_output=True,
        timeout=SECONDS_AT_MOST,
        check=False,
    )
    assert done.returncode == exit_codes.MISCONFIGURED
    assert f"{prefix}_HOST: give the name of the host alone" in done.stderr
    assert len(done.stderr.splitlines()) == 2  # where from, and what
    assert "c4n4ry" not in done.stdout + done.stderr
    if "--json" in command:
        assert json.loads(done.stdout)["exit_code"] == 2
    assert not (tmp_path / "data").exists()


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    file.write_text("BACKUPS_KEPT=3\n")
    monkeypatch.setattr(settings, "ENV_FILE", file)
    monkeypatch.setitem(Settings.model_config, "env_file", file)
    return file


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_env_that_others_may_read_is_refused(env_file: Path, mode: int) -> None:
    assert load_settings().backups_kept == 3
    env_file.chmod(mode)
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    (line,) = str(raised.value).splitlines()
    assert line == (
        f".env: others may read it, and it holds passwords: chmod 600 {env_file}"
    )


@pytest.mark.parametrize("command", ["run", "run --json", "doctor", "doctor --json"])
def test_every_command_says_what_to_do_about_env(tmp_path: Path, command: str) -> None:
    """Of a checkout of its own, where there is an `.env`."""
    for name in (
        "ground", "loader", "operations", "demo", "kpis", "reporting", "dashboards",
        "dbt_project",
        "pyproject.toml",
    ):  # fmt: skip
        if (PROJECT_ROOT / name).exists():
            (tmp_path / name).symlink_to(PROJECT_ROOT / name)
    (tmp_path / "ground").unlink()
    shutil.copytree(PROJECT_ROOT / "ground", tmp_path / "ground")
    file = tmp_path / ".env"
    file.write_text("SOURCE_DB_PASSWORD=c4n4ry\n")
    file.chmod(0o644)
    done = subprocess.run(
        [sys.executable, "-m", "loader", *command.split()],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"chmod 600 {file}" in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) == 2
    assert "c4n4ry" not in done.stdout + done.stderr
    if "--json" in command:
        assert f"chmod 600 {file}" in json.loads(done.stdout)["error"]


def test_misspelt_variable_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SOURCE_DB_HOTS=db.example\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Settings.model_config, "env_file", file)
        with pytest.raises(ConfigurationError) as raised:
            load_settings()
    assert str(raised.value) == (
        "SOURCE_DB_HOTS: no such setting; .env.example lists them all"
    )


def test_example_file_lists_every_setting_and_works_as_it_is() -> None:
    file = PROJECT_ROOT / ".env.example"
    listed = {
        line.split("=")[0].lower()
        for line in file.read_text().splitlines()
        if line and not line.startswith("#")
    }
    assert listed == set(Settings.model_fields)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Settings.model_config, "env_file", file)
        assert load_settings() == Settings()


def test_refused_password_is_one_line_that_does_not_show_it(
    source_server_login: Connection,
) -> None:
    variables = SOURCE | {
        "SOURCE_DB_PORT": str(source_server_login["port"]),
        "SOURCE_DB_PASSWORD": "c4n4ry",
    }
    done = subprocess.run(
        [sys.executable, "-m", "loader", "doctor"],
        cwd=PROJECT_ROOT,
        env=variables
        | {"LOCAL_DB_HOST": "127.0.0.1", "LOCAL_DB_PORT": "1"}
        | {"LOCAL_DB_NAME": "x", "LOCAL_DB_USER": "x", "LOCAL_DB_PASSWORD": "c4n4ry"}
        | {"DASHBOARD_DB_PASSWORD": "c4n4ry"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert "password authentication failed" in done.stdout
    assert "cannot connect to the source allpfit_reader@" in done.stdout
    assert "-> check its user and password in .env" in done.stdout
    assert "cannot connect to the warehouse x@127.0.0.1:1/x: Conn" in done.stdout
    assert "c4n4ry" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def source_server_login(new_database: Callable[[str], Connection]) -> Connection:
    return new_database("settings")
