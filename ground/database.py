"""PostgreSQL databases: where they are, how to log in, how to ask for one row."""

import ipaddress
import os
import re
from typing import Any, Literal, Self, TypeAlias, TypedDict

import psycopg2
import psycopg2.extensions

PgConnection: TypeAlias = psycopg2.extensions.connection
PgCursor: TypeAlias = psycopg2.extensions.cursor

SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
ENCRYPTED_MODES = ("require", "verify-ca", "verify-full")

# A peer that went silent is lost after a minute.
KEEPALIVES: dict[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def forget_variables_of_libpq() -> None:
    """Take PGHOSTADDR, PGSERVICE, PGOPTIONS and their like out of our environment.

    libpq takes what we do not name from the user's shell, and so would reach another
    server or set another session; dlt, dbt and pg_dump use libpq too. `PG_...` is ours.
    """
    for name in [name for name in os.environ if re.match("PG[A-Z]", name)]:
        del os.environ[name]


# Whatever of ours opens a connection has imported this file.
forget_variables_of_libpq()


class Connection(TypedDict):
    """Keyword arguments of `psycopg2.connect`."""

    host: str
    port: int
    user: str
    password: str
    dbname: str


class Database:
    """Where a PostgreSQL database is and how to log in; never shows the password."""

    def __init__(
        self,
        login: Connection,
        sslmode: SslMode = "prefer",
        sslrootcert: str | None = None,
    ) -> None:
        self.host = login["host"]
        self.port = login["port"]
        self.name = login["dbname"]
        self.user = login["user"]
        self.password = login["password"]
        self.sslmode = sslmode
        self.sslrootcert = sslrootcert

    def __repr__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.name}"

    def connect(self, **options: Any) -> PgConnection:
        """Open a connection; keyword arguments, for a DSN can leak in an error."""
        if self.sslrootcert is not None:
            options["sslrootcert"] = self.sslrootcert
        connection: PgConnection = psycopg2.connect(
            host=self.host,
            port=self.port,
            dbname=self.name,
            user=self.user,
            password=self.password,
            sslmode=self.sslmode,
            connect_timeout=15,
            **KEEPALIVES,
            **{"application_name": "allpfit_analytics"} | options,
        )
        return connection

    def as_user(self, user: str, password: str) -> Self:
        """Return the same database for another role."""
        return type(self)(
            Connection(
                host=self.host,
                port=self.port,
                dbname=self.name,
                user=user,
                password=password,
            ),
            self.sslmode,
            self.sslrootcert,
        )


def is_loopback(host: str) -> bool:
    """Whether a connection to the host stays on this machine."""
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def one_row(cursor: PgCursor, statement: str, *values: Any) -> tuple[Any, ...]:
    """Run a query that always gives one row, and return it."""
    cursor.execute(statement, values or None)
    (row,) = cursor.fetchall()
    return row
