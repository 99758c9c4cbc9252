"""The owner's configuration: what the files of `config/` say, above what we ship.

Each file is a table as CSV. A row of the owner's takes the place of ours with the same
key, and a cell that it leaves empty keeps ours; `remove` takes a row of ours away. What
a file may hold stands in the YAML of dbt's source `configuration`.
"""

import csv
import difflib
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ground.project import DBT_PROJECT, PROJECT_ROOT, read_yaml

DEFAULTS = DBT_PROJECT / "defaults"
SOURCES = DBT_PROJECT / "models/staging/configuration/_configuration__sources.yml"
CATALOGUE = DBT_PROJECT / "models/marts/_kpi_catalog.yml"
DEMO = PROJECT_ROOT / "demo" / "config"
REMOVE = "remove"
NOTHING = "none"  # a number that ours has, and the owner does not want

Origin = Literal["ours", "demo", "owner"]
Cell: TypeAlias = str | int | float | bool | date | None
Values: TypeAlias = dict[str, Cell]
Key: TypeAlias = tuple[Cell, ...]


class FilesError(Exception):
    """Files of the configuration are wrong: a line per mistake, with file and line."""


@dataclass(frozen=True)
class Column:
    """A column of a file, and what a cell of it may hold."""

    name: str
    data_type: str
    description: str = ""
    is_required: bool = False
    one_of: tuple[str, ...] = ()
    pattern: str | None = None
    example: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the configuration."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    has_one_filled: bool = False


@dataclass(frozen=True)
class File:
    """A file of `config/`: the table whose rows it has, and what is special about it.

    `columns` are those of the table that the owner may fill in; all unless named.
    `about` is what stands above them, `examples` are rows as one might write them.
    """

    name: str
    table: str
    about: str
    examples: tuple[str, ...]
    columns: tuple[str, ...] = ()
    is_for_ours: bool = False  # it changes rows of ours
    is_for_new: bool = False  # it adds rows to ours


FILES = (
    File(
        "ai_users",
        "ai_users",
        "Who is an AI although it writes as a user of Chatwoot.",
        ("assistente@empresa.example",),
    ),
    File(
        "ai_sender_types",
        "ai_sender_types",
        "Types of senders that are AIs, beside Chatwoot's own bots.",
        ("MyFork::Assistant",),
    ),
    File(
        "inbox_map",
        "inbox_map",
        "Which unit an inbox belongs to, and what kind of channel it is.",
        ("AllpFit Centro,Centro,whatsapp", "12,Moema,"),
    ),
    File(
        "accounts",
        "accounts",
        "Which of Chatwoot's accounts (companies) to load; all rows together.",
        ("1",),
    ),
    File(
        "ignored_contacts",
        "ignored_contacts",
        "Who is no customer: tests, suppliers, the team's own phones.",
        ("+55 11 91234-5678,,", ",fornecedor-17,", ",,teste"),
    ),
    File(
        "handoff_reasons",
        "handoff_reasons",
        "What a label of a conversation says about why the AI handed it over.",
        ("quer-cancelar,Cancelamento",),
    ),
    File(
        "funnel_map",
        "funnel_map",
        "Which labels and attributes say how far a sale has come.",
        ("label,agendou-visita,,visit", "custom_attribute,matriculado,true,conversion"),
    ),
    File(
        "phrases",
        "phrases",
        "Phrases by which texts are told apart; ours are dbt_project/defaults/"
        "phrases.csv.",
        ("pt-BR,thanks,valeu demais",),
    ),
    File(
        "stop_words",
        "stop_words",
        "Words that say nothing about what a comment is about.",
        ("academia,false",),
    ),
    File(
        "holidays",
        "holidays",
        "Holidays of a city or state, beside those of Brazil and São Paulo.",
        ("2026-12-08,Padroeira da cidade",),
    ),
    File(
        "parameters",
        "parameters",
        "Assumptions behind the numbers; ours are dbt_project/defaults/parameters.csv.",
        ("episode_gap_hours,24", "hourly_cost_brl,38.50"),
        columns=("parameter", "value"),
        is_for_ours=True,
    ),
    File(
        "targets",
        "kpi_catalog",
        "Targets of KPIs (docs/kpis.md). Rates are fractions of 1, times are in"
        " seconds. Beyond amber attention is due, beyond red it is critical; the word"
        " none takes one away.",
        ("first_response_time,300,600,1200,", "csat_avg,4.5,,,20"),
        columns=("kpi_id", "target", "amber", "red", "minimum_cases"),
        is_for_ours=True,
    ),
    File(
        "kpis",
        "kpi_catalog",
        "KPIs of your own (docs/extending.md): columns as in dbt_project/defaults/"
        "kpi_catalog.csv.",
        (
            "late_night_episodes,executive,sum,mart_executive_episode_days,"
            "after_hours_episodes,,cohort,episodes,neutral,Fora do expediente,"
            "After hours,Atendimentos iniciados fora do expediente.,"
            "Episodes begun after hours.",
        ),
        columns=(
            "kpi_id", "level", "kind", "mart", "numerator", "denominator", "axis",
            "unit", "direction", "label_pt", "label_en", "definition_pt",
            "definition_en",
        ),
        is_for_new=True,
    ),
    File(
        "readers",
        "readers",
        "Who signs in to the dashboard (docs/access.md), beside the provider in"
        " .streamlit/secrets.toml. Several units, teams or accounts of a supervisor"
        " stand with | between them.",
        (
            "gestora@empresa.example,gestor,,,",
            "supervisor@empresa.example,supervisor,Centro|Moema,,",
        ),
    ),
)  # fmt: skip

# What no dbt model reads.
OTHER_TABLES = (
    Table(
        "accounts",
        (Column("account_id", "integer", "Number of the account in Chatwoot"),),
        ("account_id",),
    ),
    Table(
        "readers",
        (
            Column(
                "email",
                "text",
                "The e-mail that the provider tells",
                pattern=r"[^@\s]+@[^@\s]+",
                example="gestora@empresa.example",
            ),
            Column(
                "role",
                "text",
                "What he may see",
                is_required=True,
                one_of=("gestor", "supervisor", "auditor", "admin"),
            ),
            Column("units", "text", "Units that a supervisor sees"),
            Column("teams", "text", "Teams that a supervisor sees"),
            Column("accounts", "text", "Accounts that he sees; empty for all"),
        ),
        ("email",),
    ),
)


@dataclass(frozen=True)
class Entry:
    """A row that counts, whose it is, and ours that it takes the place of, if any.

    `place` is where it stands, such as "config/targets.csv, line 3".
    """

    values: Values
    origin: Origin
    place: str = ""
    ours: Values | None = None
    is_removed: bool = False


@dataclass(frozen=True)
class Configuration:
    """The rows of each table that count, by their keys, and those taken away."""

    tables: Mapping[str, Table]
    entries: Mapping[str, Mapping[Key, Entry]]

    def rows(self, table: str) -> list[Values]:
        """Return the rows of a table, ours first."""
        return [
            entry.values | {"origin": entry.origin}
            for entry in self.entries[table].values()
            if not entry.is_removed
        ]

    def column(self, table: str, name: str) -> list[str]:
        """Return the texts of a column."""
        return [str(row[name]) for row in self.rows(table)]


def read(folder: Path, has_demo_source: bool) -> Configuration:
    """Read what we ship, the demo's where the source is the demo, and the owner's.

    Files are read again once they have changed. Raises FilesError with a line per
    mistake.
    """
    layers: list[tuple[Origin, Path]] = [("ours", DEFAULTS)]
    if has_demo_source:
        layers.append(("demo", DEMO))
    layers.append(("owner", folder))
    states = [
        (str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for _, where in layers
        for path in sorted(where.glob("*.csv"))
    ]
    return _read(tuple(layers), tuple(states))


@lru_cache(8)
def _read(
    layers: tuple[tuple[Origin, Path], ...], states: tuple[object, ...]
) -> Configuration:
    del states  # what was read is forgotten with them
    tables = _tables()
    faults: list[str] = []
    entries: dict[str, dict[Key, Entry]] = {name: {} for name in tables}
    for origin, where in layers:
        for file in FILES if origin == "owner" else _shipped(tables):
            path = where / f"{file.name}.csv"
            if path.exists():
                table = tables[file.table]
                known = entries[file.table]
                faults += _Reading(file, table, origin, path, known).take_over()
        if origin == "owner":
            faults += _unknown_files(where)
    if faults:
        raise FilesError("\n".join(faults))
    return Configuration(tables, entries)


def read_alone(name: str, folder: Path) -> list[Values]:
    """Read a file of the owner's whatever the others say. Raises FilesError."""
    (file,) = (file for file in FILES if file.name == name)
    table = _tables()[file.table]
    entries: dict[Key, Entry] = {}
    path = folder / f"{name}.csv"
    if path.exists() and (
        faults := _Reading(file, table, "owner", path, entries).take_over()
    ):
        raise FilesError("\n".join(faults))
    return [entry.values for entry in entries.values()]


def make_examples(folder: Path) -> list[Path]:
    """Make the files of the configuration that are missing, with commented examples."""
    tables = _tables()
    made = []
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        path = folder / f"{file.name}.csv"
        if not path.exists():
            path.write_text(_example(file, tables[file.table]), encoding="utf-8")
            made.append(path)
    return made


def similar(name: str, known: Iterable[str]) -> str:
    """Return a question after what somebody may have meant, to follow a sentence."""
    found = difflib.get_close_matches(name, list(known), n=3)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def show_key(table: Table, values: Values) -> str:
    """Name a row by its key."""
    return " / ".join(str(values[name]) for name in table.key if values[name])


# --------------------------------------------------------------------- what may be said


@cache
def _tables() -> dict[str, Table]:
    """Every table by its name."""
    tables = {table.name: table for table in OTHER_TABLES}
    catalogue = read_yaml(CATALOGUE)["models"][0]["columns"]
    (source,) = read_yaml(SOURCES)["sources"]
    for said in source["tables"]:
        meta = said.get("config", {}).get("meta", {})
        if "key" not in meta:
            continue
        columns = said.get("columns", catalogue)
        tables[said["name"]] = Table(
            said["name"],
            tuple(_column(each) for each in columns if each["name"] != "origin"),
            tuple(meta["key"]),
            meta.get("one_filled", False),
        )
    return tables


def _column(said: dict[str, Any]) -> Column:
    meta = said.get("config", {}).get("meta", {})
    return Column(
        said["name"],
        said["data_type"],
        said.get("description", ""),
        meta.get("required", False),
        tuple(meta.get("one_of", ())),
        meta.get("pattern"),
        meta.get("example", ""),
    )


def _shipped(tables: Mapping[str, Table]) -> list[File]:
    """Our files: one for each table, with all of its columns."""
    return [File(name, name, "", ()) for name in tables]


def _unknown_files(folder: Path) -> Iterator[str]:
    known = {file.name for file in FILES}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in known:
            yield (
                f"{_place(path)}: there is no such file; one of "
                + ", ".join(sorted(known))
            )


def _place(path: Path) -> str:
    is_ours = path.is_relative_to(PROJECT_ROOT)
    return str(path.relative_to(PROJECT_ROOT) if is_ours else path)


# ---------------------------------------------------------------------- what files say


class _Reading:
    """Takes over the rows of a file, and finds what is wrong with them."""

    def __init__(
        self,
        file: File,
        table: Table,
        origin: Origin,
        path: Path,
        entries: dict[Key, Entry],
    ) -> None:
        self.file = file
        self.table = table
        self.origin = origin
        self.path = path
        self.entries = entries
        self.faults: list[str] = []
        self.seen: dict[Key, int] = {}
        self.columns = {
            column.name: column
            for column in table.columns
            if origin != "owner"
            or not file.columns
            or column.name in file.columns
            or file.is_for_new
        }

    def take_over(self) -> list[str]:
        """Change the entries; return a line per mistake."""
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            return [f"{_place(self.path)}: not UTF-8; save it as CSV UTF-8"]
        except OSError as error:
            return [f"{_place(self.path)}: cannot be read: {type(error).__name__}"]
        rows = self._rows(text)
        header = next(rows, None)
        if header is None:
            return []
        line, names = header
        if not self._has_good_header(line, names):
            return self.faults
        for line, cells in rows:
            if len(cells) != len(names):
                self._fault(
                    line,
                    f"{len(cells)} cells below {len(names)} columns"
                    " (a cell with a comma in it needs quotes)",
                )
                continue
            self._take_row(line, dict(zip(names, cells, strict=True)))
        return self.faults

    def _fault(self, line: int, what: str) -> None:
        self.faults.append(f"{_place(self.path)}, line {line}: {what}")

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Return the rows with their lines; comments and empty lines are none."""
        lines = text.splitlines()
        # An empty line takes the place of a comment, so that the numbers are right.
        kept = ["" if line.startswith("#") else line for line in lines]
        first = next((line for line in kept if line.strip()), "")
        # A spreadsheet in Portuguese writes semicolons.
        is_theirs = ";" in first and "," not in first
        reader = csv.reader(kept, delimiter=";" if is_theirs else ",")
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]

    def _has_good_header(self, line: int, names: list[str]) -> bool:
        allowed = [*self.columns]
        if _may_remove(self.file):
            allowed.append(REMOVE)
        for name in names:
            if name not in allowed:
                said = ", ".join(self.columns)
                self._fault(line, f"unknown column {name or '(empty)'}; one of {said}")
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._fault(line, f"the column {name} stands there twice")
        for name in self.table.key:
            is_wanted = not self.table.has_one_filled and not self.faults
            if name not in names and is_wanted:
                self._fault(line, f"the column {name} is missing")
        return not self.faults

    def _take_row(self, line: int, cells: dict[str, str]) -> None:
        faults = len(self.faults)
        is_removed = self._flag(line, cells.pop(REMOVE, ""))
        values: Values = dict.fromkeys(column.name for column in self.table.columns)
        emptied = set()
        for name, text in cells.items():
            column = self.columns[name]
            if text == NOTHING and column.data_type in ("integer", "double precision"):
                emptied.add(name)
            elif text:
                values[name] = self._parsed(line, column, text)
        if len(self.faults) > faults:
            return
        key = key_of(self.table, values)
        if all(cell is None for cell in key):
            self._fault(line, f"{' or '.join(self.table.key)} must be filled in")
            return
        if key in self.seen:
            name = show_key(self.table, values)
            self._fault(line, f"{name} stands in line {self.seen[key]} already")
            return
        self.seen[key] = line
        ours = self.entries.get(key)
        if not self._fits(line, ours, values, is_removed):
            return
        if ours is not None:
            values = {
                name: ours.values[name] if value is None else value
                for name, value in values.items()
            } | dict.fromkeys(emptied)
        if not is_removed and not self._is_complete(line, values):
            return
        if self.origin == "owner" and self.table.name == "kpi_catalog":
            values |= self._of_a_kpi(values, cells)
        self.entries[key] = Entry(
            values,
            self.origin,
            f"{_place(self.path)}, line {line}",
            None if ours is None else ours.values,
            is_removed,
        )

    def _of_a_kpi(self, values: Values, cells: dict[str, str]) -> Values:
        """Return what the row of a KPI says without words."""
        said: Values = {}
        if cells.get("target"):
            said["has_confirmed_target"] = True if values["target"] else None
        if self.file.is_for_new:
            said |= {"pack": "own", "minimum_cases": values["minimum_cases"] or 0}
        return said

    def _fits(
        self, line: int, ours: Entry | None, values: Values, is_removed: bool
    ) -> bool:
        """Whether the file may say something of this row."""
        name = show_key(self.table, values)
        is_owner = self.origin == "owner"
        if ours is None and (is_removed or (self.file.is_for_ours and is_owner)):
            known = [
                show_key(self.table, each.values) for each in self.entries.values()
            ]
            self._fault(line, f"there is no {name}{similar(name, known)}")
        elif ours is not None and self.file.is_for_new and is_owner:
            self._fault(line, f"{name} is one of ours; targets.csv changes its target")
        else:
            return True
        return False

    def _is_complete(self, line: int, values: Values) -> bool:
        faults = len(self.faults)
        for column in self.table.columns:
            if column.is_required and values[column.name] is None:
                self._fault(line, f"{column.name} must be filled in")
        if self.table.has_one_filled:
            filled = [name for name in self.table.key if values[name] is not None]
            if len(filled) != 1:
                names = ", ".join(self.table.key)
                self._fault(line, f"one of {names} must be filled in, and no other")
        check = CHECKS.get(self.file.name)
        if check is not None:
            for fault in check(values):
                self._fault(line, fault)
        return len(self.faults) == faults

    def _flag(self, line: int, text: str) -> bool:
        if text and text.casefold() not in YES | NO:
            self._fault(line, f"{REMOVE}: {text}: write yes, or leave it empty")
        return text.casefold() in YES

    def _parsed(self, line: int, column: Column, text: str) -> Cell:
        try:
            value = PARSERS[column.data_type](text)
        except ValueError:
            what = WANTED[column.data_type]
            self._fault(line, f"{column.name}: {text} is not {what}")
            return None
        if column.one_of and text not in column.one_of:
            said = ", ".join(column.one_of)
            self._fault(line, f"{column.name}: {text}: one of {said}")
        if column.pattern and not re.fullmatch(column.pattern, text):
            self._fault(line, f"{column.name}: {text}: such as {column.example}")
        return value


def key_of(table: Table, values: Values) -> Key:
    """Return what a row is known by; case does not matter, nor accents in phrases."""
    if table.name == "phrases":
        return (values["list"], plain(str(values["words"] or "")))
    return tuple(
        value.casefold() if isinstance(value, str) else value
        for value in (values[name] for name in table.key)
    )


def plain(words: str) -> str:
    """Return words in lower case, without accents."""
    apart = unicodedata.normalize("NFD", words.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


YES = {"yes", "true", "sim", "x", "1"}
NO = {"no", "false", "não", "nao", "0"}


def _number(text: str) -> float:
    # A spreadsheet in Portuguese writes 0,8.
    value = float(text.replace(",", ".") if "." not in text else text)
    if value != value or abs(value) == float("inf"):
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    if text.casefold() not in YES | NO:
        raise ValueError(text)
    return text.casefold() in YES


def _date(text: str) -> date:
    if found := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(text)


PARSERS: Mapping[str, Callable[[str], Cell]] = {
    "text": str,
    "integer": int,
    "double precision": _number,
    "boolean": _boolean,
    "date": _date,
}
WANTED = {
    "integer": "a whole number",
    "double precision": "a number",
    "boolean": "yes or no",
    "date": "a date such as 2026-12-31",
}


# --------------------------------------------------------------- what a row must fulfil


def _parameter_faults(values: Values) -> Iterator[str]:
    if values["unit"] == "attribute" or values["value"] is None:
        return
    name, least, most = values["parameter"], values["least"], values["most"]
    try:
        number = _number(str(values["value"]))
    except ValueError:
        yield f"{name}: {values['value']} is not a number"
        return
    values["value"] = f"{number:.15g}"
    if not float(str(least)) <= number <= float(str(most)):
        yield f"{name}: {number:g} {values['unit']}: from {least:g} to {most:g}"


# One word a token: a/b, a?, a*, or * alone.
TOKEN = re.compile(r"\*|[a-z0-9]+\*?(?:/[a-z0-9]+\*?)*\??")
SIGNS = ("approving_sign", "laughing_sign", "doubting_sign")
MACROS = DBT_PROJECT / "macros" / "phrases.sql"


@cache
def phrase_lists() -> frozenset[str]:
    """The lists that the macros know."""
    found = re.search(r"macro phrase_lists\(\) -%}(.*?){%-", MACROS.read_text(), re.S)
    return frozenset({*SIGNS, *(found[1].split() if found else ())})


def _phrase_faults(values: Values) -> Iterator[str]:
    name, words = str(values["list"]), str(values["words"])
    if name not in phrase_lists():
        yield f"unknown list {name}; one of {', '.join(sorted(phrase_lists()))}"
    if name not in SIGNS and not all(map(TOKEN.fullmatch, plain(words).split(" "))):
        yield f"{words}: only words with single spaces, and a/b, a?, a*"


def _reader_faults(values: Values) -> Iterator[str]:
    has_parts = bool(values["units"] or values["teams"])
    if values["role"] != "supervisor" and has_parts:
        yield "only a supervisor has units or teams"
    if values["role"] == "supervisor" and not (has_parts or values["accounts"]):
        yield "a supervisor needs units, teams or accounts"


# What pages, links and files need of a KPI of the owner's.
OF_EVERY_KPI = (
    "level", "kind", "mart", "numerator", "axis", "unit", "direction",
    "label_pt", "label_en", "definition_pt", "definition_en",
)  # fmt: skip
KPI_ID = re.compile(r"[a-z][a-z0-9_]*")


def _own_kpi_faults(values: Values) -> Iterator[str]:
    if not KPI_ID.fullmatch(str(values["kpi_id"])):
        yield f"kpi_id: {values['kpi_id']}: small letters, digits and _ alone"
    for name in OF_EVERY_KPI:
        if values[name] is None:
            yield f"{name} must be filled in"


def _account_faults(values: Values) -> Iterator[str]:
    if not 0 < int(str(values["account_id"])) < 2**31:
        yield "account_id: give the number of an account, such as 1"


# By the name of the file.
CHECKS: Mapping[str, Callable[[Values], Iterator[str]]] = {
    "kpis": _own_kpi_faults,
    "parameters": _parameter_faults,
    "phrases": _phrase_faults,
    "readers": _reader_faults,
    "accounts": _account_faults,
}


# ----------------------------------------------------------------------------- examples


def _example(file: File, table: Table) -> str:
    columns = [
        column
        for column in table.columns
        if not file.columns or column.name in file.columns
    ]
    names = file.columns or tuple(column.name for column in columns)
    lines = [
        *_wrapped(file.about),
        "#",
        *(
            line
            for column in columns
            for line in _wrapped(f"{column.name}: {column.description}")
        ),
        "#",
        "# A line that begins with # is not read. Examples:",
        *(f"#   {example}" for example in file.examples),
    ]
    if _may_remove(file):
        lines.append("# A further column, remove, takes a row of ours away: yes.")
    return "\n".join([*lines, ",".join(names), ""])


def _may_remove(file: File) -> bool:
    """Whether a row of the owner's may take one of ours away."""
    is_shipped = (DEFAULTS / f"{file.table}.csv").exists()
    return is_shipped and not (file.is_for_ours or file.is_for_new)


def _wrapped(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 86)]
