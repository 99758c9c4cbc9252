"""Labelled texts, and what the macros of `dbt_project/macros/phrases.sql` make of them.

The macros are Jinja that needs nothing of dbt, so a test reads texts in seconds.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import psycopg2

from ground.settings import PROJECT_ROOT

DBT = PROJECT_ROOT / "dbt_project"
MACROS = DBT / "macros" / "phrases.sql"
PATTERNS = DBT / "models" / "analytics" / "phrase_patterns.sql"
DEFAULTS = DBT / "defaults" / "phrases.csv"
NEAR_MISSES = Path(__file__).parent / "near_misses.csv"
FILES = sorted({*Path(__file__).parent.glob("*.csv")} - {NEAR_MISSES})


class Text(NamedTuple):
    """A text, who sent it (ours or customer), and what it is."""

    id: str
    sender: str
    text: str
    label: str


def read(file: Path) -> list[Text]:
    """The texts of a file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Text(row["id"], row["sender"], row["text"], row["label"])
            for row in csv.DictReader(lines)
        ]


class Reader:
    """Reads texts on a PostgreSQL server, by our phrases less some of its lists."""

    def __init__(
        self, connection: psycopg2.extensions.connection, without: Sequence[str] = ()
    ) -> None:
        """Make the patterns, once."""
        environment = jinja2.Environment()  # noqa: S701 - it writes SQL, no HTML
        self.macros: Any = environment.from_string(MACROS.read_text()).module
        patterns = environment.from_string(
            PATTERNS.read_text(),
            globals={
                "config": lambda **_: "",
                "source": lambda _, name: f"pg_temp.{name}",
                "plain": self.macros.plain,
                "phrase_lists": self.macros.phrase_lists,
                "telling_lists": self.macros.telling_lists,
            },
        ).render()
        self.cursor = connection.cursor()
        self.cursor.execute(
            "drop table if exists pg_temp.phrase_patterns, pg_temp.phrases, texts;"
            "create temp table phrases (language text, list text, words text);"
            "create temp table texts (id text, sender text, text text)"
        )
        with DEFAULTS.open(encoding="utf-8") as file:
            self.cursor.copy_expert("copy phrases from stdin csv header", file)
        # A list that is gone finds nothing.
        self.cursor.execute(
            "update phrases set words = case when list like '%%sign' then '🀄'"
            " else 'zzz' end where list = any(%s)",
            (list(without),),
        )
        self.cursor.execute(f"create temp table phrase_patterns as {patterns}")

    def read(self, texts: Sequence[Text]) -> dict[str, dict[str, object]]:
        """What each text says, by its id."""
        self.cursor.execute("truncate texts")
        self.cursor.executemany(
            "insert into texts values (%s, %s, %s)", [text[:3] for text in texts]
        )
        return self._read("ours", self.macros.what_we_say("texts.text")) | self._read(
            "customer", self.macros.what_the_customer_says("texts.text")
        )

    def _read(self, sender: str, query: str) -> dict[str, dict[str, object]]:
        self.cursor.execute(
            "select texts.id, said.* from texts"
            f" left join lateral ({query}) as said on true where sender = '{sender}'"
        )
        names = [column.name for column in self.cursor.description or ()]
        return {
            row[0]: dict(zip(names, row, strict=True)) for row in self.cursor.fetchall()
        }
