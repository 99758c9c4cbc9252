"""The contract with the remote views: the columns that dbt declares for its source."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ground.project import DBT_PROJECT, read_yaml

SOURCES = DBT_PROJECT / "models/staging/chatwoot/_chatwoot__sources.yml"


class ContractError(Exception):
    """The remote views are not those of this version.

    One line per column that differs, and a last one that says what to do.
    """


def declared_columns(table: str = "conversations") -> dict[str, str]:
    """Column name -> PostgreSQL type of a raw table, in the contract's order."""
    return {
        column["name"]: column["data_type"]
        for column in _tables(SOURCES)[table]
        if not column["name"].startswith("_dlt_")
    }


def volatile_columns(table: str) -> list[str]:
    """The columns computed from now(), which no replica can hold."""
    return [
        column["name"]
        for column in _tables(SOURCES)[table]
        if column.get("config", {}).get("meta", {}).get("volatile")
    ]


@cache
def _tables(file: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        (source,) = read_yaml(file)["sources"]
    except yaml.YAMLError as error:
        place = str(error).replace('"<unicode string>"', file.name)
        raise ContractError(" ".join(place.split())) from None
    return {table["name"]: table["columns"] for table in source["tables"]}


def breaches(declared: dict[str, str], actual: dict[str, str]) -> list[str]:
    """How the actual columns break the contract, one line each."""
    lines = [
        f"{name}: declared {declared.get(name, 'nowhere')}, "
        f"found {actual.get(name, 'nothing')}"
        for name in declared | actual  # declared first, then what nobody declared
        if declared.get(name) != actual.get(name)
    ]
    if not lines and list(declared) != list(actual):
        pairs = zip(declared, actual, strict=True)
        first = next((mine, theirs) for mine, theirs in pairs if mine != theirs)
        lines = [f"{first[1]}: found where {first[0]} is declared (order differs)"]
    return lines
