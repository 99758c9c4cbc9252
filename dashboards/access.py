"""Who opens the dashboard, what he may see, and the log of what he opened.

Without a file of access everybody who reaches the dashboard reads it; it then listens
on this machine only. With one, people sign in with the provider that it names.
docs/access.md describes the file.
"""

import logging
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

import psycopg2
import streamlit as st
from psycopg2 import errors
from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ground import configuration, private
from ground.access_log import ACCESS_LOG_TABLE
from ground.configuration import FilesError
from ground.embedded import EmbeddedPostgresError
from ground.settings import ConfigurationError, Settings, load_settings
from kpis import Limits
from kpis.database import NO_LIMITS

Role = Literal["gestor", "supervisor", "auditor", "admin"]
SEE_CONTACTS = ("auditor", "admin")
CALLBACK = "/oauth2callback"
EXAMPLE = ".streamlit/secrets.toml.example"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

log = logging.getLogger(__name__)


class AccessError(Exception):
    """The file of access is wrong: a line per fault."""


class LogUnavailableError(Exception):
    """An opening cannot be logged, so that nothing may be opened."""


@dataclass(frozen=True)
class Reader:
    """Who reads, and what of it."""

    email: str
    role: Role | Literal["local"]
    limits: Limits = NO_LIMITS

    @property
    def sees_contacts(self) -> bool:
        """Whether names and phones are shown as they are."""
        return self.role in SEE_CONTACTS


# Who reads where nobody signs in.
LOCAL = Reader("local", "local")

# For whom a thread without a session reads.
_handed_on: ContextVar[Reader | None] = ContextVar("handed_on", default=None)


@dataclass(frozen=True)
class Refused:
    """Somebody who may read nothing, and why. Without an e-mail nobody signed in."""

    reason: Literal["signed_out", "unknown_person", "unverified_email"]
    email: str = ""


class _Auth(BaseModel):
    """What st.login needs; it may have more, such as client_kwargs."""

    model_config = ConfigDict(extra="allow")

    redirect_uri: Text
    cookie_secret: Annotated[str, StringConstraints(min_length=32)]
    client_id: Text
    client_secret: Text
    server_metadata_url: Text

    @model_validator(mode="after")
    def _comes_back(self) -> Self:
        if not self.redirect_uri.endswith(CALLBACK):
            raise ValueError(
                f"redirect_uri must be the dashboard's address and end in {CALLBACK}"
            )
        return self


class _Person(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(pattern=r"^\s*[^@\s]+@[^@\s]+\s*$")]
    role: Role
    units: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()
    accounts: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _is_limited_as_his_role(self) -> Self:
        has_parts = bool(self.units or self.teams)
        if self.role != "supervisor" and has_parts:
            raise ValueError("only a supervisor has units or teams")
        if self.role == "supervisor" and not (has_parts or self.accounts):
            raise ValueError("a supervisor needs units, teams or accounts")
        return self


class _Access(BaseModel):
    model_config = ConfigDict(extra="forbid")

    auth: _Auth
    people: list[_Person] = []


MESSAGES = {
    "extra_forbidden": "no such entry",
    "missing": "missing",
    "string_pattern_mismatch": "not an e-mail",
}


def read_people(file: Path) -> dict[str, Reader] | None:
    """Return who may sign in, by e-mail in lower case; None where there is no file.

    Raises AccessError with a line per fault and no values, for one may be a secret.
    """
    try:
        text = file.read_text()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"cannot be read: {type(error).__name__}") from None
    try:
        said = _Access.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise AccessError(f"not TOML: {error}") from None
    except ValidationError as error:
        raise AccessError("\n".join(_faults(error))) from None
    people: dict[str, Reader] = {}
    for person in said.people:
        email = person.email.strip().casefold()
        if email in people:
            raise AccessError(f"people: {email} is named twice")
        limits = Limits(person.units, person.teams, person.accounts)
        people[email] = Reader(email, person.role, limits)
    return people


def _faults(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        where = ".".join(
            str(part + 1) if isinstance(part, int) else str(part)
            for part in problem["loc"]
        )
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{where}: {MESSAGES.get(problem['type'], message)}")
    return lines


@cache
def people() -> dict[str, Reader] | None:
    """Return who may sign in, as it was at the start: changes need another one.

    A file that is taken away meanwhile opens nothing. Raises AccessError, and
    ConfigurationError for a file that others may read.
    """
    settings = load_settings()
    file = settings.dashboard_access_file
    if file.exists() and private.is_open(file):
        raise ConfigurationError(
            f"{file.name}: others may read it, and it holds secrets: chmod 600 {file}"
        )
    found = read_people(file)
    if found is None and "dashboard_access_file" in settings.model_fields_set:
        raise AccessError("there is no such file; DASHBOARD_ACCESS_FILE names it")
    listed = _listed(settings)
    if found is None:
        if listed:
            raise AccessError(
                "there is none, and config/readers.csv names people who sign in:"
                f" copy {EXAMPLE} for the provider"
            )
        return None
    if twice := sorted(found.keys() & listed.keys()):
        raise AccessError(f"people: readers.csv names {', '.join(twice)}, too")
    if not found | listed:
        raise AccessError("nobody may sign in: name people in config/readers.csv")
    return found | listed


def _listed(settings: Settings) -> dict[str, Reader]:
    """Return who the configuration says may sign in, by e-mail in lower case.

    Whatever else is wrong with the configuration does not keep people out.
    """
    try:
        rows = configuration.read_alone("readers", settings.config_dir)
    except FilesError as error:
        raise AccessError(str(error)) from None
    found = {}
    for row in rows:
        email = str(row["email"]).casefold()
        limits = Limits(*(_names(row[name]) for name in ("units", "teams", "accounts")))
        found[email] = Reader(email, cast(Role, row["role"]), limits)
    return found


def _names(cell: object) -> tuple[str, ...]:
    """Return what stands in a cell with | between."""
    names = (name.strip() for name in str(cell or "").split("|"))
    return tuple(name for name in names if name)


def reader() -> Reader | Refused:
    """Return who reads. Raises AccessError."""
    known = people()
    if known is None:
        return LOCAL
    claims: dict[str, Any] = st.user.to_dict()
    if claims.get("is_logged_in") is not True:
        return Refused("signed_out")
    return allowed(known, claims)


def allowed(known: dict[str, Reader], claims: dict[str, Any]) -> Reader | Refused:
    """Return whom the provider's claims name, if he is among those known."""
    email = str(claims.get("email") or "").strip()
    if str(claims.get("email_verified", True)).casefold() == "false":
        return Refused("unverified_email", email)
    return known.get(email.casefold()) or Refused("unknown_person", email)


@contextmanager
def reading_as(reader: Reader) -> Iterator[None]:
    """Read for somebody whom the shell has let in, where there is no session to ask."""
    token = _handed_on.set(reader)
    try:
        yield
    finally:
        _handed_on.reset(token)


def current() -> Reader:
    """Return who reads; only the shell asks before it has let him in.

    Raises PermissionError for one who may read nothing, AccessError.
    """
    found = _handed_on.get() or reader()
    if isinstance(found, Refused):
        raise PermissionError(found.reason)
    return found


def log_opening(conversation_id: int) -> None:
    """Write down that a conversation is opened: once a session.

    Raises LogUnavailableError.
    """
    opened: set[int] = st.session_state.setdefault("opened", set())
    if conversation_id in opened:
        return
    who = current()
    try:
        database = load_settings().dashboard
        with (
            closing(
                database.connect(
                    application_name="allpfit_dashboard",
                    # The role reads only, by default.
                    options="-c default_transaction_read_only=off"
                    " -c statement_timeout=5s",
                )
            ) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"insert into {ACCESS_LOG_TABLE} (email, role, conversation_id)"
                " values (%s, %s, %s)",
                (who.email, who.role, conversation_id),
            )
    except (psycopg2.Error, EmbeddedPostgresError, ConfigurationError) as error:
        is_missing = isinstance(
            error,
            errors.UndefinedTable
            | errors.InvalidSchemaName
            | errors.InsufficientPrivilege,
        )
        hint = "; make run makes the log" if is_missing else ""
        log.error("an opening cannot be logged: %s%s", str(error).strip(), hint)
        raise LogUnavailableError(str(error).strip()) from error
    opened.add(conversation_id)
