"""The documents say what the project is."""

import importlib.util
import re
from pathlib import Path

from conftest import PROJECT_ROOT


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
