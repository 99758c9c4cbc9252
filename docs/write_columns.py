"""Write docs/conversas_analytics.md from the dbt project, where its columns stand."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
PAGE = FOLDER / "conversas_analytics.md"
DECLARED = FOLDER.parent / "dbt_project/models/staging/chatwoot/_chatwoot__sources.yml"
MARKS = {"pii": "personal data", "volatile": "computed at query time"}


def page() -> str:
    """Return the page: one row per column, in order."""
    models = yaml.safe_load(DECLARED.read_text())["models"]
    (model,) = (model for model in models if model["name"] == "conversas_analytics")
    lines = [
        "# conversas_analytics",
        "",
        model["description"],
        "The warehouse's owner needs no schema: `select count(*) from",
        "conversas_analytics`. This page is written by `make docs`; do not edit it.",
        "",
        "| # | Column | Type | Meaning |",
        "|---|---|---|---|",
    ]
    for number, column in enumerate(model["columns"], start=1):
        meta = column.get("config", {}).get("meta", {})
        marks = [text for mark, text in MARKS.items() if meta.get(mark)]
        meaning = " ".join(column["description"].split())
        if marks:
            meaning += f" *({', '.join(marks)})*"
        lines.append(
            f"| {number} | `{column['name']}` | {column['data_type']} | {meaning} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
