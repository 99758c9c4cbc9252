"""The demo Chatwoot database: its tables, its history, and how it lives on."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import psycopg2.extensions

FOLDER = Path(__file__).parent
Shape = Literal["current", "3.0"]
SHAPES: tuple[Shape, ...] = ("current", "3.0")


def exists(connection: psycopg2.extensions.connection) -> bool:
    """Whether the database has Chatwoot's tables."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('public.conversations') is not null")
        return bool(cursor.fetchone() == (True,))


def create(
    connection: psycopg2.extensions.connection, shape: Shape = "current"
) -> None:
    """Make Chatwoot's tables, as of 4.16 or of the oldest version supported."""
    with connection.cursor() as cursor:
        cursor.execute((FOLDER / "schema.sql").read_text())
    if shape == "3.0":
        downgrade(connection)


def downgrade(connection: psycopg2.extensions.connection) -> None:
    """Give a current Chatwoot, empty or filled, the shape of the oldest version."""
    with connection.cursor() as cursor:
        cursor.execute((FOLDER / "downgrade_to_3_0.sql").read_text())


def generate(
    connection: psycopg2.extensions.connection,
    conversations: int,
    seed: int = 42,
    until: datetime | None = None,
) -> None:
    """Fill an empty, current Chatwoot with a history that ends now or at `until`."""
    with connection.cursor() as cursor:
        cursor.execute("create schema demo")
        for part in sorted((FOLDER / "generator").glob("*.sql")):
            cursor.execute(part.read_text())
        cursor.execute(
            "select demo.generate(%s, %s, coalesce(%s, now() at time zone 'UTC'))",
            (conversations, seed, until),
        )


def live(
    connection: psycopg2.extensions.connection, until: datetime | None = None
) -> dict[str, int]:
    """Let a generated Chatwoot live on until now or `until`; count what happened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select demo.live(coalesce(%s, now() at time zone 'UTC'))", (until,)
        )
        ((changes,),) = cursor.fetchall()
    return dict(changes)
