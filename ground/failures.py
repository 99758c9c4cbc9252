"""What to tell a person when something failed: which server, why, what to do.

Libraries wrap errors in each other and say it in many lines; a person gets one.
"""

from typing import ClassVar

import psycopg2
from psycopg2.extensions import parse_dsn

from ground.database import Database, PgConnection

# The first that a server's or libpq's words contain tells what to do.
REMEDIES = {
    "certificate verify failed": (
        "its certificate is not signed by the authority in ..._SSLROOTCERT: ask its"
        " administrator for that authority's certificate"
    ),
    "does not match host name": (
        "its certificate is for another host: put that name into ..._HOST, or ask its"
        " administrator for a certificate with this one"
    ),
    "root certificate": (
        "..._SSLROOTCERT must name the file of the certificate authority"
    ),
    "does not support SSL": (
        "ask its administrator to switch TLS on; ..._SSLMODE in .env asks for it"
    ),
    "pg_hba.conf": "its administrator has to let this machine and user in: pg_hba.conf",
    "too many": "all its connections are taken: try again in a while",
    "authentication failed": "check its user and password in .env",
    'role "': "check its user and password in .env",
    'database "': "check its name in .env",
    "could not translate host name": "check its host in .env",
    "remaining connection slots": "all its connections are taken: try again in a while",
    "is starting up": "try again in a moment",
    "is shutting down": "try again when it is back",
    "in recovery mode": "try again in a moment",
}
OTHERWISE = (
    "check its host and port in .env, that it runs, and that it lets this machine in"
)


class UnreachableError(psycopg2.OperationalError):
    """A server cannot be reached, or refuses the login: which, why, what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy


class Side(Database):
    """A database that says which of the two it is when it cannot be reached."""

    name_of_side: ClassVar[str]

    def connect(self, **options: object) -> PgConnection:
        """Open a connection; raises UnreachableError."""
        try:
            return super().connect(**options)
        except psycopg2.OperationalError as error:
            lines = str(error).strip().splitlines() or ["no answer"]
        # Of several attempts, the server's own words say more than libpq's.
        line = next((line for line in lines if "FATAL:" in line), lines[0])
        reason = line.split(" failed: ", 1)[-1].removeprefix("FATAL:").strip()
        raise UnreachableError(
            f"cannot connect to the {self.name_of_side} {self}: {reason}",
            next((text for key, text in REMEDIES.items() if key in reason), OTHERWISE),
        )


class Source(Side):
    """The Chatwoot database."""

    name_of_side = "source"


class WarehouseSide(Side):
    """The warehouse."""

    name_of_side = "warehouse"


def root_cause(error: BaseException) -> BaseException:
    """Return what the other exceptions were raised from, or because of."""
    seen = {id(error)}
    while (
        cause := getattr(error, "client_exception", None)  # of dlt's jobs
        or error.__cause__
        or error.__context__
    ) is not None and id(cause) not in seen:
        seen.add(id(cause))
        error = cause
    return error


def explain(error: BaseException, source: Database | None = None) -> str:
    """Say in one line what went wrong, and at which server.

    `source` tells the two apart; without it both are called by where they are.
    """
    root = root_cause(error)
    lines = str(root).strip().splitlines()
    line = lines[0] if lines else type(root).__name__
    if isinstance(root, UnreachableError):
        return line
    if isinstance(root, psycopg2.Error):
        verb = "refused"
        if isinstance(root, psycopg2.OperationalError | psycopg2.InterfaceError):
            verb = "broke off"
        return f"{_where(root, source)} {verb}: {line}"
    return line if lines else f"{line} ({type(error).__name__})"


def _where(error: psycopg2.Error, source: Database | None) -> str:
    """Which server an error came from, as far as it tells."""
    connection = getattr(error.cursor, "connection", None)
    if connection is None:
        return "the database"
    login = parse_dsn(connection.dsn)
    where = "{user}@{host}:{port}/{dbname}".format_map(login)
    if source is None:
        return f"the database {where}"
    return f"the {'source' if where == repr(source) else 'warehouse'} {where}"
