"""Whether the warehouse is exactly the source: keys, and every value of every row."""

from typing import Protocol

import yaml

from loader.contract import SOURCES, declared_columns
from loader.history import RAW_SCHEMA
from loader.source import DIMENSION_VIEWS, REPLICATED_VIEWS

AI_USER = "assistente.ia@allpfit.example"

CANONICAL = {
    "json": "{}::jsonb::text",
    "jsonb": "{}::jsonb::text",
    "numeric": "{}::float8::text",
    "uuid": "{}::text",
}


class Database(Protocol):
    """What can be asked, such as a Chatwoot or a warehouse of the tests."""

    def execute(self, statement: str, *values: object) -> None: ...

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]: ...

    def value(self, statement: str, *values: object) -> object: ...


def volatile_columns() -> set[str]:
    """The columns computed from now(), which no replica can hold."""
    (source,) = yaml.safe_load(SOURCES.read_text())["sources"]
    (table,) = (entry for entry in source["tables"] if entry["name"] == "conversations")
    return {
        column["name"]
        for column in table["columns"]
        if column.get("config", {}).get("meta", {}).get("volatile")
    }


def columns_of(chatwoot: Database, view: str) -> dict[str, str]:
    """Column name -> PostgreSQL type of a view."""
    return dict(
        chatwoot.query(
            """
            select attname::text, format_type(atttypid, null)
            from pg_attribute
            where attrelid = %s::regclass and attnum > 0
            """,
            view,
        )
    )


def hashes(
    database: Database,
    relation: str,
    columns: dict[str, str],
    key: str = "conversation_id",
) -> dict[object, object]:
    """Key -> hash of the row, each value as text that is the same on both sides."""
    expressions = [
        CANONICAL.get(type_name, "{}::text").format(f'"{name}"')
        for name, type_name in columns.items()
    ]
    rows = database.query(
        f"select {key}, md5(row({', '.join(expressions)})::text) from {relation}"
    )
    assert len(rows) == len({key for key, _ in rows}), f"{relation} repeats a key"
    return dict(rows)


def assert_replicated(chatwoot: Database, warehouse: Database) -> None:
    """Fail unless the raw tables hold the source's rows, and no others."""
    for relation, expected, actual in compared(chatwoot, warehouse):
        assert actual == expected, differences(relation, expected, actual)


def compared(
    chatwoot: Database, warehouse: Database
) -> list[tuple[str, dict[object, object], dict[object, object]]]:
    """Each replicated table with key -> hash at the source and in the warehouse."""
    ids = chatwoot.query("select id from users where email = %s", AI_USER)
    chatwoot.execute(
        "select set_config('allpfit.ai_user_ids', %s, false)",
        "{" + ",".join(str(user_id) for (user_id,) in ids) + "}",
    )
    volatile = volatile_columns()
    tables = {
        "conversations": (
            REPLICATED_VIEWS["conversations"],
            "conversation_id",
            {
                name: type_name
                for name, type_name in declared_columns().items()
                if name not in volatile
            },
        )
    }
    context = REPLICATED_VIEWS["conversation_context"]
    tables["conversation_context"] = (
        context,
        "conversation_id",
        columns_of(chatwoot, context),
    )
    for table, (view, key) in DIMENSION_VIEWS.items():
        tables[table] = (view, key, columns_of(chatwoot, view))
    found = [
        (
            table,
            hashes(chatwoot, view, columns, key),
            hashes(warehouse, f"{RAW_SCHEMA}.{table}", columns, key),
        )
        for table, (view, key, columns) in tables.items()
    ]
    loads = warehouse.query(
        f"select conversation_id from {RAW_SCHEMA}.conversation_loads"
    )
    keys = {key: None for (key,) in chatwoot.query("select id from conversations")}
    return [*found, ("conversation_loads", keys, {key: None for (key,) in loads})]


def differences(
    relation: str, expected: dict[object, object], actual: dict[object, object]
) -> str:
    """Which keys differ, in one line."""
    changed = [key for key in expected.keys() & actual if expected[key] != actual[key]]
    return (
        f"{relation}: missing {sorted(expected.keys() - actual)[:9]}, "
        f"left over {sorted(actual.keys() - expected)[:9]}, "
        f"different {sorted(changed)[:9]}"
    )


def assert_nothing_orphaned(warehouse: Database) -> None:
    """Fail unless what dbt built has the rows of the raw tables, each of them once."""
    rows = "select conversation_id, md5(message_compiled::text), contact_name from "
    for built, raw in (
        (f"{rows} analytics.conversations", f"{rows} raw_chatwoot.conversations"),
        (
            "select conversation_id, message_id from analytics.messages",
            """
            select conversation_id, (message ->> 'message_id')::bigint
            from
                raw_chatwoot.conversations,
                jsonb_array_elements(message_compiled) as message
            """,
        ),
    ):
        actual, expected = (
            sorted(warehouse.query(built), key=str),
            sorted(warehouse.query(raw), key=str),
        )
        assert actual == expected, built
