"""Who may open the dashboard: sign-in with a real provider, roles, limits, the log."""

import asyncio
import gzip
import http.client
import importlib
import inspect
import os
import pkgutil
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import oidc_provider_mock
import psutil
import pytest
import requests
import streamlit
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Warehouse
from oidc_provider_mock import User
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.caching.cache_utils import CachedFunc
from visitor import Visitor

import dashboards
import kpis
from dashboards import access, marts
from dashboards.access import AccessError, Reader, Refused
from dashboards.assets import CompressedAssets
from ground.access_log import ACCESS_LOG_TABLE, prepare_access_log
from ground.database import Database
from kpis import Days, Filters, Limits, Marts, dimensions, periods

CONVERSATIONS = 400
UNIT = "AllpFit Moema"
STATIC = Path(streamlit.__file__).parent / "static" / "static"
AUTH = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "dashboard"
client_secret = "only-for-tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""
PEOPLE = f"""
[[people]]
email = "Gestora@example.com"
role = "gestor"

[[people]]
email = "supervisora@example.com"
role = "supervisor"
units = ["{UNIT}"]

[[people]]
email = "antiga@example.com"
role = "supervisor"
units = ["Unidade Que Fechou"]

[[people]]
email = "auditor@example.com"
role = "auditor"

[[people]]
email = "administradora@example.com"
role = "admin"
"""


# ------------------------------------------------------------------ fixtures


@pytest.fixture(scope="module")
def warehouse(
    template: str, new_warehouse: Callable[..., Warehouse]
) -> Iterator[Warehouse]:
    """A built warehouse; tests only add to the log of openings."""
    made = new_warehouse(template)
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    people = [
        User(sub=name, claims={"email": f"{name}@example.com"} | claims)
        for name, claims in (
            ("gestora", {}),
            ("supervisora", {"email_verified": True}),
            ("antiga", {}),
            ("auditor", {}),
            ("administradora", {}),
            ("estranha", {}),
            ("falsa", {"email": "auditor@example.com", "email_verified": False}),
        )
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(warehouse: Warehouse, **others: str) -> dict[str, str]:
    login = warehouse.reader
    return (
        os.environ
        | {
            "PYTHONPATH": str(PROJECT_ROOT),
            "LOCAL_DB_HOST": login["host"],
            "LOCAL_DB_PORT": str(login["port"]),
            "LOCAL_DB_NAME": login["dbname"],
            "LOCAL_DB_USER": "nobody",
            "LOCAL_DB_PASSWORD": "unused",
            "DASHBOARD_DB_USER": login["user"],
            "DASHBOARD_DB_PASSWORD": login["password"],
        }
        | others
    )


# To which it is always the moment of the demo.
DASHBOARD = str(Path(__file__).with_name("dashboard_of_the_demo.py"))


@contextmanager
def serving(
    warehouse: Warehouse, folder: Path, port: int, *arguments: str, **others: str
) -> Iterator[str]:
    """Serve the dashboard; return its address once it is ready."""
    server = subprocess.Popen(
        [sys.executable, DASHBOARD, "--port", str(port), *arguments],
        cwd=folder,
        env=environment(warehouse, **others),
        stdout=subprocess.PIPE,
        stderr=(folder / "errors.log").open("w"),
        text=True,
    )
    assert server.stdout is not None
    try:
        said = server.stdout.readline()
        assert said.startswith("dashboard: "), (folder / "errors.log").read_text()
        yield f"http://localhost:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=SECONDS_AT_MOST)


@contextmanager
def guarding(warehouse: Warehouse, provider: str, folder: Path) -> Iterator[str]:
    """Serve the dashboard to those who sign in; return its address."""
    port, file = free_port(), folder / "secrets.toml"
    file.touch(mode=0o600)
    file.write_text(AUTH.format(port=port, provider=provider) + PEOPLE)
    with serving(
        warehouse, folder, port, "--address", "0.0.0.0", DASHBOARD_ACCESS_FILE=str(file)
    ) as address:
        yield address


@pytest.fixture(scope="module")
def guarded(
    warehouse: Warehouse, provider: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard where people sign in."""
    folder = tmp_path_factory.mktemp("guarded")
    with guarding(warehouse, provider, folder) as address:
        yield address


@pytest.fixture(scope="module")
def unguarded(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard that anybody on this machine reads."""
    with serving(
        warehouse, tmp_path_factory.mktemp("unguarded"), free_port()
    ) as address:
        yield address


def signed_in(address: str, person: str) -> Visitor:
    visitor = Visitor(address)
    visitor.sign_in(person)
    return visitor


def openings(warehouse: Warehouse, conversation_id: object) -> list[tuple[object, ...]]:
    return warehouse.query(
        f"select email, role from {ACCESS_LOG_TABLE} where conversation_id = %s"
        " order by opened_at",
        conversation_id,
    )


def a_conversation(warehouse: Warehouse, condition: str) -> tuple[object, ...]:
    """One with a full phone number: its id, the phone, the masked phone."""
    (found, *_) = warehouse.query(
        "select conversation_id, contact_phone, masked_contact_phone"
        " from marts.mart_drilldown_conversations"
        f" where contact_phone is not null and {condition} order by 1"
    )
    return found


INSIDE, OUTSIDE = f"unit = '{UNIT}'", f"unit like 'AllpFit %' and unit <> '{UNIT}'"

# ------------------------------------------------------------------ signing in


def test_nobody_sees_anything_before_signing_in(
    guarded: str, warehouse: Warehouse
) -> None:
    number = a_conversation(warehouse, INSIDE)[0]
    for page, query in (("", ""), ("operacao", ""), ("conversas", f"id={number}")):
        shown = Visitor(guarded).open(page, query)
        assert "Entre para ver o painel" in shown
        assert UNIT not in shown
        assert "AllpFit" not in shown
    assert not openings(warehouse, number)


def test_a_manager_sees_every_unit_and_masked_contacts(
    guarded: str, warehouse: Warehouse
) -> None:
    visitor = signed_in(guarded, "gestora")
    shown = visitor.open()
    assert "gestora@example.com" in shown
    assert UNIT in shown
    assert "AllpFit Centro" in shown
    number, phone, masked = a_conversation(warehouse, OUTSIDE)
    shown = visitor.open("conversas", f"id={number}")
    assert masked in shown
    assert phone not in shown
    assert openings(warehouse, number)[-1] == ("gestora@example.com", "gestor")


def test_a_supervisor_sees_his_unit_only(guarded: str, warehouse: Warehouse) -> None:
    signed_in(guarded, "gestora").open()  # what she read must not be shown to others
    visitor = signed_in(guarded, "supervisora")
    others = [
        name
        for (name,) in warehouse.query(
            "select distinct unit from marts.mart_inboxes where unit <> %s", UNIT
        )
    ]
    assert len(others) > 5
    for page in ("", "operacao", "segmentos", "conversas", "tendencias", "glossario"):
        for query in ("p=90d", "p=90d&un=AllpFit+Centro"):
            shown = visitor.open(page, query)
            assert UNIT in shown
            assert not [name for name in others if name in shown], page
            assert "exception" not in shown.kinds()
    inside, outside = (a_conversation(warehouse, c) for c in (INSIDE, OUTSIDE))
    shown = visitor.open("conversas", f"id={inside[0]}")
    assert inside[2] in shown
    assert inside[1] not in shown
    before = openings(warehouse, outside[0])
    shown = visitor.open("conversas", f"id={outside[0]}")
    assert outside[1] not in shown
    assert outside[2] not in shown
    assert openings(warehouse, outside[0]) == before


def test_a_supervisor_of_a_unit_that_is_gone_is_told(guarded: str) -> None:
    shown = signed_in(guarded, "antiga").open()
    assert "Unidade Que Fechou" in shown
    assert "AllpFit Centro" not in shown


def test_an_auditor_sees_contacts_and_is_logged(
    guarded: str, warehouse: Warehouse
) -> None:
    visitor = signed_in(guarded, "auditor")
    number, phone, _ = a_conversation(warehouse, OUTSIDE)
    before = len(openings(warehouse, number))
    assert phone in visitor.open("conversas", f"id={number}")
    made = openings(warehouse, number)
    assert made[before:] == [("auditor@example.com", "auditor")]


@pytest.mark.parametrize(
    ("person", "says"),
    [("estranha", "Você não tem acesso"), ("falsa", "E-mail não confirmado")],
)
def test_whoever_is_not_on_the_list_sees_nothing(
    guarded: str, person: str, says: str
) -> None:
    visitor = signed_in(guarded, person)
    for page in ("", "conversas"):
        shown = visitor.open(page)
        assert says in shown
        assert "AllpFit" not in shown
    visitor.sign_out()
    assert "Entre para ver o painel" in visitor.open()


def test_who_signs_out_sees_nothing_any_more(guarded: str) -> None:
    visitor = signed_in(guarded, "gestora")
    assert UNIT in visitor.open()
    visitor.sign_out()
    shown = visitor.open()
    assert "Entre para ver o painel" in shown
    assert UNIT not in shown


def test_a_cookie_of_ones_own_making_opens_nothing(guarded: str) -> None:
    visitor = Visitor(guarded)
    visitor.http.cookies.set("_streamlit_user", '{"email":"auditor@example.com"}')
    shown = visitor.open()
    assert "Entre para ver o painel" in shown
    assert "AllpFit" not in shown


# ------------------------------------------------------------------ the log


def test_nothing_is_shown_that_cannot_be_logged(
    unguarded: str, warehouse: Warehouse
) -> None:
    number, _, masked = a_conversation(warehouse, INSIDE)
    user = warehouse.reader["user"]
    warehouse.execute(f"revoke insert on {ACCESS_LOG_TABLE} from {user}")
    shown = Visitor(unguarded).open("conversas", f"id={number}")
    assert "não pôde ser registrada" in shown
    assert masked not in shown
    prepare_access_log(Database(warehouse.owner), user)  # as the next load does
    before = len(openings(warehouse, number))
    shown = Visitor(unguarded).open("conversas", f"id={number}")
    assert masked in shown
    assert openings(warehouse, number)[before:] == [("local", "local")]


def test_the_dashboard_may_add_to_the_log_and_nothing_else(
    warehouse: Warehouse,
) -> None:
    user = warehouse.reader["user"]
    rights = {
        name: warehouse.value(
            "select has_table_privilege(%s, %s, %s)", user, ACCESS_LOG_TABLE, name
        )
        for name in ("select", "insert", "update", "delete", "truncate")
    }
    assert [name for name, is_held in rights.items() if is_held] == ["insert"]


def test_making_the_log_again_keeps_it(warehouse: Warehouse) -> None:
    database, user = Database(warehouse.owner), warehouse.reader["user"]
    warehouse.execute(
        f"insert into {ACCESS_LOG_TABLE} (email, role, conversation_id)"
        " values ('a@example.com', 'gestor', -1)"
    )
    prepare_access_log(database, user)
    prepare_access_log(database, "a_role_that_is_not_there")
    assert openings(warehouse, -1) == [("a@example.com", "gestor")]


# ------------------------------------------------------------------ the file


GOOD = AUTH.format(port=1, provider="http://localhost:2") + PEOPLE


def test_the_file_says_who_may_read_what(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    assert access.read_people(file) is None
    file.write_text(GOOD)
    people = access.read_people(file)
    assert people is not None
    assert people["gestora@example.com"] == Reader("gestora@example.com", "gestor")
    assert people["supervisora@example.com"].limits == Limits((UNIT,), ())
    assert people["auditor@example.com"].sees_contacts
    assert not people["supervisora@example.com"].sees_contacts


@pytest.mark.parametrize("role", ["gestor", "supervisor", "auditor", "admin"])
def test_accounts_limit_any_role(tmp_path: Path, role: str) -> None:
    file = tmp_path / "secrets.toml"
    person = f"""
    [[people]]
    email = "alguem@example.com"
    role = "{role}"
    accounts = ["AllpFit"]
    """
    file.write_text(AUTH.format(port=1, provider="http://localhost:2") + person)
    people = access.read_people(file)
    assert people is not None
    assert people["alguem@example.com"].limits == Limits(accounts=("AllpFit",))


def test_the_example_is_a_file_that_works() -> None:
    assert access.read_people(PROJECT_ROOT / access.EXAMPLE) == {}


@pytest.fixture
def configured_access(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], dict[str, Reader] | None]]:
    """Return who may sign in, by the text of the secrets and the rows of readers."""
    config = tmp_path / "config"
    config.mkdir()
    secrets = tmp_path / "secrets.toml"
    monkeypatch.setenv("CONFIG_DIR", str(config))

    def people(text: str, rows: str) -> dict[str, Reader] | None:
        (config / "readers.csv").write_text(f"email,role,units,teams,accounts\n{rows}")
        (config / "targets.csv").write_text("no such column\n")  # of no concern here
        if text:
            secrets.touch(mode=0o600)
            secrets.write_text(text)
            monkeypatch.setenv("DASHBOARD_ACCESS_FILE", str(secrets))
        access.people.cache_clear()
        return access.people()

    yield people
    access.people.cache_clear()


ONLY_AUTH = AUTH.format(port=1, provider="http://localhost:2")
SUPERVISOR = "Ana@example.com,supervisor,Centro | Moema,Vendas,\n"


def test_readers_stand_in_the_configuration(
    configured_access: Callable[[str, str], dict[str, Reader] | None],
) -> None:
    people = configured_access(ONLY_AUTH, SUPERVISOR + "b@example.com,auditor,,,\n")
    assert people is not None
    assert people["ana@example.com"].limits == Limits(("Centro", "Moema"), ("Vendas",))
    assert people["b@example.com"].sees_contacts
    assert set(configured_access(GOOD, SUPERVISOR) or ()) == {
        "ana@example.com",
        *(access.read_people(Path(os.environ["DASHBOARD_ACCESS_FILE"])) or ()),
    }


@pytest.mark.parametrize(
    ("text", "rows", "says"),
    [
        ("", SUPERVISOR, "there is none, and config/readers.csv names people"),
        (ONLY_AUTH, "", "nobody may sign in: name people in config/readers.csv"),
        (GOOD, "gestora@example.com,admin,,,\n", "readers.csv names gestora@example"),
        (ONLY_AUTH, "x@example.com,chefe,,,\n", "line 2: role: chefe: one of gestor"),
    ],
)
def test_readers_that_cannot_be_right_are_refused(
    configured_access: Callable[[str, str], dict[str, Reader] | None],
    text: str,
    rows: str,
    says: str,
) -> None:
    with pytest.raises(AccessError) as raised:
        configured_access(text, rows)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('role = "gestor"', 'role = "chefe"'), "people.1.role: "),
        ((f'units = ["{UNIT}"]', ""), "people.2: a supervisor needs units, teams or"),
        (
            (f'units = ["{UNIT}"]', 'accounts = [" "]'),
            "people.2.accounts.1: String should have at least 1 character",
        ),
        (('role = "auditor"', 'role = "auditor"\nteams = ["Vendas"]'), "people.4: "),
        (('units = ["Unidade', 'lojas = ["Unidade'), "people.3.lojas: no such entry"),
        (("auditor@", "GESTORA@"), "gestora@example.com is named twice"),
        (("auditor@example.com", "auditor"), "people.4.email: not an e-mail"),
        (("client_id", "clientid"), "auth.client_id: missing"),
        (("/oauth2callback", "/"), "redirect_uri must be"),
        (('"0123456789abcdef', '"'), "auth.cookie_secret: "),
        (("[[people]]", "[[persons]]"), "persons: no such entry"),
        (("[auth]", "[oauth]"), "auth: missing"),
        (("[auth]", "[auth"), "not TOML: "),
    ],
)
def test_a_wrong_file_is_one_line_a_fault_and_no_secret(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    file = tmp_path / "secrets.toml"
    assert change[0] in GOOD
    file.write_text(GOOD.replace(*change))
    with pytest.raises(AccessError) as error:
        access.read_people(file)
    assert any(
        line.startswith(says) or says in line for line in str(error.value).split("\n")
    )
    assert "only-for-tests" not in str(error.value)


def test_claims_of_the_provider() -> None:
    known = {"a@example.com": Reader("a@example.com", "gestor")}
    ok = known["a@example.com"]
    assert access.allowed(known, {"email": " A@Example.com "}) == ok
    assert (
        access.allowed(known, {"email": "a@example.com", "email_verified": True}) == ok
    )
    for claims in (
        {"email": "a@example.com", "email_verified": False},
        {"email": "a@example.com", "email_verified": "false"},
        {"email": "b@example.com"},
        {"email": None},
        {},
    ):
        assert isinstance(access.allowed(known, claims), Refused)


# ------------------------------------------------------------------ the server


@pytest.mark.parametrize(
    ("arguments", "variables", "says"),
    [
        (["--address", "0.0.0.0"], {}, "--open-to-network"),
        (["--address", "::"], {}, "--open-to-network"),
        ([], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "--open-to-network"),
        ([], {"DASHBOARD_ACCESS_FILE": "gone.toml"}, "gone.toml"),
        (
            [],
            {"DASHBOARD_ACCESS_FILE": "wrong.toml"},
            "nobody may sign in: name people",
        ),
    ],
)
def test_what_would_open_it_to_all_is_refused(
    warehouse: Warehouse,
    tmp_path: Path,
    arguments: list[str],
    variables: dict[str, str],
    says: str,
) -> None:
    (tmp_path / "wrong.toml").touch(mode=0o600)
    (tmp_path / "wrong.toml").write_text(AUTH.format(port=1, provider="http://x"))
    variables = {
        name: str(tmp_path / value) if value.endswith(".toml") else value
        for name, value in variables.items()
    }
    ended = subprocess.run(
        [sys.executable, "-m", "dashboards", *arguments],
        cwd=tmp_path,
        env=environment(warehouse, **variables),
        capture_output=True,
        text=True,
        timeout=SECONDS_AT_MOST,
    )
    assert ended.returncode == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not ended.stdout


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_may_read_is_refused(
    warehouse: Warehouse, tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(GOOD)
    file.chmod(mode)
    ended = subprocess.run(
        [sys.executable, "-m", "dashboards", "--address", "0.0.0.0"],
        cwd=tmp_path,
        env=environment(warehouse, DASHBOARD_ACCESS_FILE=str(file)),
        capture_output=True,
        text=True,
        timeout=SECONDS_AT_MOST,
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.endswith(f"others may read it, and it holds secrets: chmod 600 {file}")
    assert "only-for-tests" not in line
    assert not ended.stdout


def test_a_config_file_cannot_open_it_either(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / ".streamlit").mkdir()
    config = tmp_path / ".streamlit" / "config.toml"
    config.write_text('[server]\naddress = "0.0.0.0"\nport = 8599\n')
    # Ours is nearer to the script, and says this machine.
    with serving(warehouse, tmp_path, port := free_port()):
        addresses = {
            found.laddr.ip
            for found in psutil.net_connections("tcp")
            if found.status == psutil.CONN_LISTEN and found.laddr.port == port
        }
    assert addresses == {"127.0.0.1"}


def test_it_may_be_opened_by_name(warehouse: Warehouse, tmp_path: Path) -> None:
    with serving(
        warehouse, tmp_path, free_port(), "--address", "0.0.0.0", "--open-to-network"
    ) as address:
        assert UNIT in Visitor(address).open()


def test_a_link_to_a_page_works_as_the_first_request(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    number = a_conversation(warehouse, INSIDE)[0]
    with serving(warehouse, tmp_path, free_port()) as address:
        shown = Visitor(address).open("conversas", f"id={number}")
    assert "page_not_found" not in shown.kinds()
    assert "Voltar à lista" in shown or "Conversa #" in shown


def test_a_script_is_made_once() -> None:
    asked = []

    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        headers = {"cache-control": "immutable", "content-type": "text/javascript"}
        response = Response("let x = 1", headers=headers)
        await response(scope, receive, send)

    async def ask() -> list[bytes]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"accept-encoding", b"gzip")]
        scope = {
            "type": "http", "method": "GET", "path": "/static/x.js", "headers": headers,
        }  # fmt: skip
        for _ in range(2):
            await served(scope, None, send)
        return [message["body"] for message in sent if "body" in message]

    served = CompressedAssets(streamlit)
    first, second = asyncio.run(ask())
    assert first == second
    assert gzip.decompress(first) == b"let x = 1"
    assert asked == ["/static/x.js"]


def test_a_reader_who_leaves_spoils_no_script_for_others() -> None:
    """Starlette stops reading a file when its reader is gone; nothing may be kept."""
    script = max(STATIC.rglob("*.js"), key=lambda file: file.stat().st_size)
    served = CompressedAssets(StaticFiles(directory=STATIC.parent))

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def ask(receive: Receive) -> bytes:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.3"},  # as uvicorn says
            "method": "GET",
            "path": f"/static/{script.relative_to(STATIC)}",
            "headers": [(b"accept-encoding", b"gzip")],
        }
        await served(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent)

    asyncio.run(ask(gone))
    assert gzip.decompress(asyncio.run(ask(gone))) == script.read_bytes()


def test_scripts_are_compressed(unguarded: str) -> None:
    biggest = max(STATIC.rglob("*.js"), key=lambda file: file.stat().st_size)
    url = f"{unguarded}/static/{biggest.relative_to(STATIC)}"
    answers = [
        requests.get(
            url,
            headers={"Accept-Encoding": "gzip"},
            stream=True,
            timeout=SECONDS_AT_MOST,
        )
        for _ in range(2)
    ]
    bodies = [answer.raw.read() for answer in answers]
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    assert gzip.decompress(bodies[0]) == biggest.read_bytes()
    assert bodies[1] == bodies[0]
    assert len(bodies[0]) < biggest.stat().st_size / 3
    assert "immutable" in answers[0].headers["cache-control"]
    plain = requests.get(
        url, headers={"Accept-Encoding": "identity"}, timeout=SECONDS_AT_MOST
    )
    assert plain.content == biggest.read_bytes()
    assert "content-encoding" not in plain.headers
    missing = requests.get(f"{unguarded}/static/js/none.js", timeout=SECONDS_AT_MOST)
    assert "gzip" not in missing.headers.get("content-encoding", "")


@pytest.mark.parametrize(("query", "tag"), [("", "pt-BR"), ("?idioma=en", "en")])
def test_a_page_says_its_language(unguarded: str, query: str, tag: str) -> None:
    answer = requests.get(
        f"{unguarded}/operacao{query}",
        headers={"Accept": "text/html"},
        timeout=SECONDS_AT_MOST,
    )
    assert re.findall(r"<html lang=\"([^\"]+)\"", answer.text) == [tag]


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1", 101), ("rebound.example.com", 403)]
)
def test_only_names_of_this_machine_are_answered(
    unguarded: str, host: str, status: int
) -> None:
    """A web page could have a name of its own point to this machine."""
    port = unguarded.rpartition(":")[2]
    with closing(http.client.HTTPConnection("127.0.0.1", int(port))) as client:
        client.putrequest("GET", "/_stcore/stream", skip_host=True)
        for name, value in {
            "Host": f"{host}:{port}",
            "Origin": f"http://{host}:{port}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }.items():
            client.putheader(name, value)
        client.endheaders()
        assert client.getresponse().status == status


def how_often(marts: Marts, unit: str, days: Days | None = None) -> tuple[object, ...]:
    """A question that nobody else asks."""
    asked.append((unit, days))
    return (len(asked), marts.limits)


def another(marts: Marts, unit: str) -> tuple[object, ...]:
    """Another question about the same."""
    asked.append((unit, None))
    return (len(asked), marts.limits)


asked: list[object] = []


def test_an_answer_is_kept_by_version_question_and_what_is_given(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marts, "_database", lambda: Database(warehouse.reader))
    day = date(2026, 11, 1)
    ask, later = marts.as_of("1 gestor"), marts.as_of("2 gestor")
    first = ask(how_often, UNIT)
    assert ask(how_often, UNIT) == first
    others = [
        later(how_often, UNIT),
        ask(how_often, UNIT + " "),
        ask(how_often, UNIT, Days(day, day)),
        ask(how_often, UNIT, days=Days(day, date(2026, 11, 2))),
        ask(another, UNIT),
    ]
    assert len({first, *others}) == 1 + len(others)
    assert later(how_often, UNIT) == others[0]
    monkeypatch.setattr(marts, "ALWAYS_ASKED", (how_often,))
    assert ask(how_often, UNIT) != ask(how_often, UNIT)
    # By its name it would be taken for any other one.
    with pytest.raises(ValueError, match="lambda"):
        ask(lambda marts: marts.limits)


def test_pages_keep_nothing_but_what_they_ask_for() -> None:
    """And that by a version first, which holds what the reader may see."""
    kept = {
        f"{module.name}.{name}": next(iter(inspect.signature(read).parameters), "")
        for module in pkgutil.walk_packages(dashboards.__path__, "dashboards.")
        if module.name != "dashboards.__main__"
        for name, read in vars(importlib.import_module(module.name)).items()
        if isinstance(read, CachedFunc)
    }
    assert kept.pop("dashboards.marts._database") == ""
    assert set(kept) == {"dashboards.marts._numbers", "dashboards.marts._rows"}
    assert set(kept.values()) == {"version"}


def test_an_answer_is_never_shown_to_one_who_may_see_less(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marts, "_database", lambda: Database(warehouse.reader))
    everything, his = (
        Reader("a", "auditor"),
        Reader("c", "supervisor", Limits((UNIT,))),
    )
    found = {}
    # Each asks twice: the second answer is one that was kept.
    for reader in (everything, his, everything, his):
        monkeypatch.setattr(access, "current", lambda reader=reader: reader)
        status = marts.now()
        period = periods.choose("90d", status.first_date, status.local_date)
        ask = marts.as_of(status.version)
        (value,) = ask(kpis.values, ("episodes_total",), period, Filters())
        listing = ask(kpis.listing, "episodes_total", period.shown)
        answer = (set(ask(dimensions.places)), value.value, listing.row_count)
        contacts = {row["contact_phone"] for row in listing.rows}
        assert found.setdefault(reader, (answer, contacts)) == (answer, contacts)
    (places, total, rows), phones = found[everything]
    (his_places, his_total, his_rows), masked = found[his]
    assert his_places < places
    assert his_total < total
    assert his_rows < rows
    assert not masked & (phones - {None, ""})


def test_versions_differ_with_what_a_reader_may_see(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [
        Reader("a", "gestor"),
        Reader("b", "auditor"),
        Reader("c", "supervisor", Limits((UNIT,))),
        Reader("d", "supervisor", Limits((), (UNIT,))),
        Reader("e", "supervisor", Limits(("AllpFit Centro",))),
    ]
    monkeypatch.setattr(marts, "_database", lambda: Database(warehouse.reader))
    versions = set()
    for reader in readers:
        monkeypatch.setattr(access, "current", lambda reader=reader: reader)
        versions.add(marts.now().version)
    assert len(versions) == len(readers)
    monkeypatch.setattr(access, "current", lambda: Reader("f", "gestor"))
    assert marts.now().version in versions
