"""Whether the warehouse is exactly the source: keys, and every value of every row."""

from conftest import Chatwoot, Warehouse

from loader.contract import SOURCES, declared_columns
from loader.source import REPLICATED_VIEWS

CANONICAL = {
    "json": "{}::jsonb::text",
    "jsonb": "{}::jsonb::text",
    "numeric": "{}::float8::text",
    "uuid": "{}::text",
}


def volatile_columns() -> set[str]:
    """The columns computed from now(), which no replica can hold."""
    import yaml

    (source,) = yaml.safe_load(SOURCES.read_text())["sources"]
    (table,) = (entry for entry in source["tables"] if entry["name"] == "conversations")
    return {
        column["name"]
        for column in table["columns"]
        if column.get("config", {}).get("meta", {}).get("volatile")
    }


def hashes(
    database: Chatwoot | Warehouse, relation: str, columns: dict[str, str]
) -> dict[object, object]:
    """Key -> hash of the row, each value as text that is the same on both sides."""
    expressions = [
        CANONICAL.get(type_name, "{}::text").format(f'"{name}"')
        for name, type_name in columns.items()
    ]
    rows = database.query(
        f"select conversation_id, md5(row({', '.join(expressions)})::text)"
        f" from {relation}"
    )
    assert len(rows) == len({key for key, _ in rows}), f"{relation} repeats a key"
    return dict(rows)


def assert_replicated(chatwoot: Chatwoot, warehouse: Warehouse) -> None:
    """Fail unless the raw tables hold the source's rows, and no others."""
    ids = chatwoot.query(
        "select id from users where email = 'assistente.ia@allpfit.example'"
    )
    chatwoot.execute(
        "select set_config('allpfit.ai_user_ids', %s, false)",
        "{" + ",".join(str(user_id) for (user_id,) in ids) + "}",
    )
    volatile = volatile_columns()
    stable = {
        name: type_name
        for name, type_name in declared_columns().items()
        if name not in volatile
    }
    context = dict(
        chatwoot.query(
            """
            select attname::text, format_type(atttypid, null)
            from pg_attribute
            where attrelid = 'vw_conversation_context'::regclass and attnum > 0
            """
        )
    )
    for table, columns in (
        ("conversations", stable),
        ("conversation_context", context),
    ):
        expected = hashes(chatwoot, REPLICATED_VIEWS[table], columns)
        actual = hashes(warehouse, f"raw_chatwoot.{table}", columns)
        assert actual == expected
    assert warehouse.value(
        "select count(*) from raw_chatwoot.conversation_loads"
    ) == chatwoot.value("select count(*) from conversations")
