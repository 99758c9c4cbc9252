"""The word lists of `dbt_project/seeds/phrases.csv`, checked before anything is built.

A slip there would not fail: it would quietly change what thousands of texts mean.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ground.settings import PROJECT_ROOT

FILE = PROJECT_ROOT / "dbt_project" / "seeds" / "phrases.csv"
MACROS = PROJECT_ROOT / "dbt_project" / "macros" / "phrases.sql"
COLUMNS = ["language", "list", "words"]
LANGUAGES = ("pt-BR", "en", "any")
SIGNS = ("approving_sign", "laughing_sign", "doubting_sign")
# One word a token: a/b, a?, a*, or * alone.
TOKEN = re.compile(r"\*|[a-z0-9]+\*?(?:/[a-z0-9]+\*?)*\??")


class PhraseError(Exception):
    """A word list cannot be used; the message names the file and the row."""


def check(file: Path = FILE) -> None:
    """Raise PhraseError for the first row that cannot be used."""
    with file.open(encoding="utf-8", newline="") as lines:
        for fault in _faults(csv.reader(lines)):
            raise PhraseError(f"{file.name}, {fault}")


def lists() -> set[str]:
    """The lists that the macros know."""
    found = re.search(r"macro phrase_lists\(\) -%}(.*?){%-", MACROS.read_text(), re.S)
    return {*SIGNS, *(found[1].split() if found else ())}


def _faults(rows: Iterator[list[str]]) -> Iterator[str]:
    if next(rows, []) != COLUMNS:
        yield f"row 1: the columns must be {', '.join(COLUMNS)}"
    known = lists()
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS) or not all(field.strip() for field in row):
            yield f"row {number}: language, list and words must all be filled"
        language, name, words = row
        if language not in LANGUAGES:
            yield f"row {number}: unknown language {language}: one of {_all(LANGUAGES)}"
        if name not in known:
            yield f"row {number}: unknown list {name}"
        plain = _plain(words)
        if name not in SIGNS and not all(map(TOKEN.fullmatch, plain.split(" "))):
            yield (
                f"row {number}: {words}: only words with single spaces, and a/b, a?, a*"
            )
        if (name, plain) in seen:
            yield f"row {number}: {words} stands in row {seen[name, plain]} already"
        seen[name, plain] = number


def _plain(words: str) -> str:
    apart = unicodedata.normalize("NFD", words.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(names)
