"""Writes the configuration into the warehouse, where dbt reads it.

So a plain dbt sees the same values as ours: those of the last command that wrote them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import md5

from psycopg2 import sql
from psycopg2.extras import execute_values

from ground.configuration import (
    CATALOGUE,
    FILES,
    Configuration,
    Entry,
    FilesError,
    Table,
    Values,
    show_key,
    similar,
)
from ground.database import PgConnection, PgCursor, one_row
from ground.project import DBT_PROJECT, read_yaml

SCHEMA = "configuration"
WRITTEN = f"{SCHEMA}.written_tables"
# What only we read.
NOT_FOR_DBT = ("accounts", "readers")
ENTRIES = {
    "file": "text",
    "entry": "text",
    "value": "text",
    "our_value": "text",
    "is_removed": "boolean",
    "origin": "text",
}
BOOKS = f"""
create schema if not exists {SCHEMA};

create table if not exists {WRITTEN} (
    table_name text primary key,
    rows_hash text not null,
    written_at timestamptz not null
);
"""
# So many rows of ours that the page of parameters would show nothing else.
WORD_LISTS = ("phrases", "stop_words", "holidays")


def write(connection: PgConnection, configuration: Configuration) -> list[str]:
    """Bring the tables to what the files say, all or nothing; name those that changed.

    Raises FilesError for a KPI of the owner's that cannot be computed.
    """
    with connection, connection.cursor() as cursor:
        if one_row(cursor, "select to_regclass(%s)", WRITTEN) == (None,):
            cursor.execute(BOOKS)
        cursor.execute(f"lock table {WRITTEN} in share row exclusive mode")
        cursor.execute(f"select table_name, rows_hash from {WRITTEN}")
        written = dict(cursor.fetchall())
        changed = []
        for name, columns, rows in _tables(configuration):
            rows_hash = hashed(rows)
            if written.get(name) == rows_hash:
                continue
            _replace(cursor, name, columns, rows)
            if name == "kpi_catalog":
                _check_catalogue(cursor, configuration)
            cursor.execute(
                f"insert into {WRITTEN} values (%s, %s, now())"
                " on conflict (table_name) do update set"
                " rows_hash = excluded.rows_hash, written_at = excluded.written_at",
                (name, rows_hash),
            )
            changed.append(name)
    return changed


def hashes(configuration: Configuration) -> dict[str, str]:
    """Return a hash of the rows of each table that dbt reads."""
    return {name: hashed(rows) for name, _, rows in _tables(configuration)}


def parameters(configuration: Configuration) -> dict[str, object]:
    """Return the value of each parameter; None for one that is not known."""
    return {
        str(row["parameter"]): row["value"] for row in configuration.rows("parameters")
    }


def hashed(rows: list[Values]) -> str:
    """Return a hash of rows, in their order."""
    text = json.dumps([list(row.values()) for row in rows], default=str)
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _tables(
    configuration: Configuration,
) -> Iterator[tuple[str, dict[str, str], list[Values]]]:
    """Return each table with the types of its columns and its rows."""
    for name, table in configuration.tables.items():
        if name not in NOT_FOR_DBT:
            columns = {column.name: column.data_type for column in table.columns}
            yield name, columns | {"origin": "text"}, configuration.rows(name)
    yield "entries", ENTRIES, list(_entries(configuration))


def _replace(
    cursor: PgCursor, name: str, columns: Mapping[str, str], rows: list[Values]
) -> None:
    table = sql.Identifier(SCHEMA, name)
    cursor.execute(
        sql.SQL("create table if not exists {} ({})").format(
            table,
            sql.SQL(", ").join(
                sql.SQL(f"{{}} {data_type}").format(sql.Identifier(column))
                for column, data_type in columns.items()
            ),
        )
    )
    for column, data_type in columns.items():  # of a later release
        cursor.execute(
            sql.SQL(
                f"alter table {{}} add column if not exists {{}} {data_type}"
            ).format(table, sql.Identifier(column))
        )
    cursor.execute(sql.SQL("delete from {}").format(table))
    execute_values(
        cursor,
        sql.SQL("insert into {} ({}) values %s")
        .format(table, sql.SQL(", ").join(map(sql.Identifier, columns)))
        .as_string(cursor),
        [tuple(row[column] for column in columns) for row in rows],
    )


# ---------------------------------------------------- what the page of parameters shows


def _entries(configuration: Configuration) -> Iterator[Values]:
    for file in FILES:
        if file.table in NOT_FOR_DBT:
            continue
        table = configuration.tables[file.table]
        names = [name for name in file.columns if name not in table.key]
        names = names or [
            column.name for column in table.columns if column.name not in table.key
        ]
        for entry in configuration.entries[file.table].values():
            if _is_shown(file.name, entry):
                yield {
                    "file": file.name,
                    "entry": show_key(table, _masked(entry.values)),
                    "value": _told(table, names, entry.values),
                    "our_value": (
                        None if entry.ours is None else _told(table, names, entry.ours)
                    ),
                    "is_removed": entry.is_removed,
                    "origin": entry.origin,
                }


def _masked(values: Values) -> Values:
    """Leave of a phone its last digits, for all managers read it."""
    phone = values.get("phone")
    return values | {"phone": f"…{str(phone)[-4:]}"} if phone else values


def _is_shown(file: str, entry: Entry) -> bool:
    """Whether the file is where the row stands, or would be changed."""
    if file == "kpis":
        return entry.origin == "owner" and entry.ours is None
    if file == "targets":
        is_ours = entry.origin == "ours" or entry.ours is not None
        return is_ours and entry.values["target"] is not None
    return file not in WORD_LISTS or entry.origin != "ours"


def _told(table: Table, names: list[str], values: Values) -> str:
    """Write what a row says: numbers with the names of their columns."""
    if table.name == "parameters":
        return str(values["value"] or "")
    return ", ".join(
        str(value)
        if isinstance(value, str)
        else f"{name} {value:g}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else f"{name} {value}"
        for name in names
        if (value := values[name]) is not None
    )


# ------------------------------------------------------------------------ the catalogue


@cache
def _conditions() -> dict[str, str]:
    """The conditions that hold for every KPI, by name, as the test of dbt has them."""
    for test in read_yaml(CATALOGUE)["models"][0]["data_tests"]:
        if isinstance(test, dict) and "holds" in test:
            return dict(test["holds"]["arguments"]["conditions"])
    raise LookupError(f"{CATALOGUE} has no test that conditions hold")


def _check_catalogue(cursor: PgCursor, configuration: Configuration) -> None:
    """Raise FilesError for KPIs that the query layer could not compute."""
    entries = {
        str(entry.values["kpi_id"]): entry
        for entry in configuration.entries["kpi_catalog"].values()
    }
    broken: dict[str, list[str]] = {}
    for name, condition in _conditions().items():
        cursor.execute(
            f"select kpi_id from {SCHEMA}.kpi_catalog as checked"
            # The mart is made of it later.
            f" where ({condition.replace('marts.', f'{SCHEMA}.')}) is not true"
        )
        for (kpi_id,) in cursor.fetchall():
            broken.setdefault(kpi_id, []).append(name)
    faults = [
        f"{entries[kpi_id].place}: {fault}"
        for kpi_id, names in broken.items()
        for fault in _told_conditions(entries[kpi_id].values, names)
    ]
    for name in ("label_pt", "label_en"):
        cursor.execute(
            f"select {name}, array_agg(kpi_id order by origin)"
            f" from {SCHEMA}.kpi_catalog group by 1 having count(*) > 1"
        )
        faults += [
            f"{entries[kpi_ids[-1]].place}: {name}: {kpi_ids[0]} is called {label}, too"
            for label, kpi_ids in cursor.fetchall()
        ]
    for entry in entries.values():
        if entry.origin == "owner":
            faults += _unknown_components(entry)
    if faults:
        raise FilesError("\n".join(faults))


def _told_conditions(values: Values, names: list[str]) -> Iterator[str]:
    """Say which conditions a KPI breaks; where a word is not known, only that."""
    unknown = [name for name in names if name.endswith("_is_known")]
    for name in unknown or names:
        condition = " ".join(_conditions()[name].split())
        column = name.removesuffix("_is_known")
        if name in unknown and column in values:
            words = re.findall(r"'(\w+)'", condition)
            said = similar(str(values[column]).lower(), words)
            yield f"{column}: {values[column]}: one of {', '.join(words)}{said}"
        else:
            rule = name.replace("_", " ")
            yield f"{values['kpi_id']}: {rule}, which does not hold: {condition}"


def _unknown_components(entry: Entry) -> Iterator[str]:
    """Name what a KPI reads and no mart has."""
    marts, mart = _columns_of_marts(), str(entry.values["mart"])
    if mart not in marts:
        yield f"{entry.place}: there is no {mart}{similar(mart, marts)}"
        return
    for name in ("numerator", "denominator", "coverage_of", "counted_by"):
        for component in str(entry.values[name] or "").split(","):
            if component and component not in marts[mart]:
                said = similar(component, marts[mart])
                yield f"{entry.place}: {name}: {mart} has no {component}{said}"


@cache
def _columns_of_marts() -> dict[str, dict[str, str]]:
    """The columns of each mart and their types, by their contracts."""
    return {
        model["name"]: {
            column["name"]: column["data_type"] for column in model["columns"]
        }
        for file in sorted((DBT_PROJECT / "models" / "marts").rglob("*.yml"))
        for model in read_yaml(file).get("models", ())
    }
