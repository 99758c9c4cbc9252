"""The KPI catalogue is complete, readable in both languages, and documented."""

import csv
import importlib.util
from collections import Counter

from conftest import PROJECT_ROOT

CATALOGUE = PROJECT_ROOT / "dbt_project" / "defaults" / "kpi_catalog.csv"
CHANGES = CATALOGUE.with_name("kpi_changes.csv")
LANGUAGES = ("pt", "en")


def catalogue() -> list[dict[str, str]]:
    with CATALOGUE.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_pack_is_whole() -> None:
    packs = Counter(kpi["pack"] for kpi in catalogue())
    assert packs == {"core": 66, "ai": 14, "commercial": 7}


def test_every_number_of_the_core_stands_once() -> None:
    numbers = [int(kpi["kpi_number"]) for kpi in catalogue() if kpi["kpi_number"]]
    assert sorted(numbers) == list(range(1, 67))


def test_levels_of_the_core_are_whole() -> None:
    levels = Counter(kpi["level"] for kpi in catalogue() if kpi["pack"] == "core")
    assert levels == {
        "executive": 15,
        "operational": 18,
        "quality": 10,
        "segment": 15,
        "temporal": 8,
    }


def test_every_kpi_speaks_both_languages() -> None:
    for kpi in catalogue():
        for text in ("label", "definition", "caveat"):
            portuguese, english = (kpi[f"{text}_{language}"] for language in LANGUAGES)
            if text == "caveat" and not portuguese + english:
                continue
            assert portuguese, f"{kpi['kpi_id']}: {text}_pt"
            assert english, f"{kpi['kpi_id']}: {text}_en"
            assert portuguese != english, f"{kpi['kpi_id']}: {text}"


def test_what_moves_with_the_new_definitions_is_explained_in_both_languages() -> None:
    kpi_ids = {kpi["kpi_id"] for kpi in catalogue()}
    with CHANGES.open(newline="") as file:
        changes = list(csv.DictReader(file))
    assert len({change["kpi_id"] for change in changes}) == len(changes)
    for change in changes:
        assert change["kpi_id"] in kpi_ids
        sentences = [change[f"why_{language}"] for language in LANGUAGES]
        assert len(set(sentences)) == 2, change["kpi_id"]
        for text in sentences:
            assert " ".join(text.split()) == text, change["kpi_id"]
            assert text.endswith("."), change["kpi_id"]


def test_sentences_are_whole_and_labels_are_none() -> None:
    for kpi in catalogue():
        for name, text in kpi.items():
            where = f"{kpi['kpi_id']}: {name}"
            assert " ".join(text.split()) == text, where
            if text and name.startswith(("definition", "caveat")):
                assert text.endswith("."), where
                assert text[0].isupper(), where
            if name.startswith("label"):
                assert not text.endswith("."), where
                assert len(text) <= 32, where


def test_page_of_the_kpis_is_the_catalogue_s() -> None:
    script = PROJECT_ROOT / "docs" / "write_kpis.py"
    spec = importlib.util.spec_from_file_location("write_kpis", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text() == module.page(), "run make docs"
    for kpi in catalogue():
        assert f"- `{kpi['kpi_id']}` = " in module.page()
