"""The documents say what the project is."""

import importlib.util
import re
from pathlib import Path

from conftest import PROJECT_ROOT

from docs import write_chatwoot_numbers
from kpis.chatwoot import NUMBERS

DOCS = PROJECT_ROOT / "docs"


def test_page_of_the_columns_is_the_dbt_project_s() -> None:
    script = PROJECT_ROOT / "docs" / "write_columns.py"
    spec = importlib.util.spec_from_file_location("write_columns", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text() == module.page(), "run make docs"


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*PROJECT_ROOT.glob("*.md"), *PROJECT_ROOT.glob("*/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / Path(target)).exists(), f"{page}: {target}"


def test_page_of_chatwoot_s_numbers_says_what_the_glossary_says() -> None:
    assert write_chatwoot_numbers.PAGE.read_text() == write_chatwoot_numbers.page(), (
        "run make docs"
    )


def test_chatwoot_s_numbers_lead_to_the_definitions_of_kpis() -> None:
    headings = re.findall(r"^### (.*)$", (DOCS / "kpis.md").read_text(), re.M)
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }
    page = write_chatwoot_numbers.PAGE.read_text()
    linked = re.findall(r"\(kpis\.md#([^)]+)\)", page)
    assert len(linked) == len(NUMBERS)
    assert set(linked) <= anchors
