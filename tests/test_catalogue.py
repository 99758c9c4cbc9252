"""The KPI catalogue is complete, readable in both languages, and documented."""

import csv
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import get_type_hints

import pytest
from conftest import PROJECT_ROOT

from docs import write_kpis
from kpis import Kpi, Part, Value, kind_of
from kpis.kinds import KINDS, agents
from kpis.kinds.base import Language, Side

CATALOGUE = PROJECT_ROOT / "dbt_project" / "defaults" / "kpi_catalog.csv"
CHANGES = PROJECT_ROOT / "dbt_project" / "seeds" / "kpi_changes.csv"
CONDITIONS = PROJECT_ROOT / "dbt_project" / "models" / "marts" / "_kpi_catalog.yml"
LANGUAGES: tuple[Language, ...] = ("pt", "en")
SIDES: tuple[Side, ...] = ("numerator", "denominator")


def catalogue() -> list[dict[str, str]]:
    with CATALOGUE.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_of_the_core_stands_once() -> None:
    core = [kpi for kpi in catalogue() if kpi["pack"] == "core"]
    numbers = sorted(int(kpi["kpi_number"]) for kpi in core)
    assert numbers == list(range(1, len(core) + 1))


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
    assert write_kpis.PAGE.read_text() == write_kpis.page(), "run make docs"
    for kpi in catalogue():
        assert f"- `{kpi['kpi_id']}` = " in write_kpis.page()


# ------------------------------------------------------------------ kinds


def kpis() -> list[Kpi]:
    """The rows of the file, as the query layer reads them from the table."""
    types = get_type_hints(Kpi)

    def read(name: str, text: str) -> object:
        if not text:
            return None
        if types[name] in (bool, bool | None):
            return text == "true"
        number = {int: int, int | None: int, float | None: float}.get(types[name])
        return number(text) if number else text

    return [
        Kpi(**{name: read(name, text) for name, text in row.items()})  # type: ignore[arg-type]
        for row in catalogue()
    ]


def test_kinds_of_the_catalogue_are_those_that_there_are() -> None:
    assert {kpi.kind for kpi in kpis()} == set(KINDS)
    (allowed,) = re.findall(
        r"kind_is_known: >-\s+kind in \(([^)]*)\)", CONDITIONS.read_text()
    )
    assert sorted(re.findall(r"'(\w+)'", allowed)) == sorted(KINDS)
    assert len(set(map(id, KINDS.values()))) == len(KINDS)


def test_a_kind_that_there_is_not_is_named() -> None:
    wrong = replace(kpis()[0], kind="ratoi")
    with pytest.raises(KeyError, match=r"conversations_new is of .* kind: ratoi"):
        kind_of(wrong)


@pytest.mark.parametrize("kpi", kpis(), ids=lambda kpi: kpi.kpi_id)
def test_a_kind_answers_every_question(kpi: Kpi) -> None:
    kind = kind_of(kpi)
    for language in LANGUAGES:
        formula = kind.written(kpi, language)
        assert "None" not in formula
        assert "{" not in formula
        names = (kpi.metric,) if kpi.metric else (*kpi.components, kpi.denominator)
        assert all(name in formula for name in names if name)
    for side in SIDES:
        if not kind.has_list or (side == "denominator" and not kpi.denominator):
            if not kpi.metric:
                with pytest.raises(KeyError, match=kpi.kpi_id):
                    kind.rows(kpi, side)
            continue
        assert kind.rows(kpi, side).facts.startswith("mart_")
    first = date(2026, 2, 1)
    parts = (Part(first - timedelta(days=31), 1.0), Part(first, 2.0))
    days = kind.own_days(Value(kpi, parts=parts))
    assert (days is None) != kind.is_change
    if days is not None:
        assert days.first == first
        assert len(days) in (7, 28)
        assert kind.own_days(Value(kpi)) is None
    # What has a course, or can be split, is a number that groups have.
    if kind.has_course or kind.can_be_split:
        assert kind.has_list
        assert kind.has_groups
        assert kind.has_value
    assert not (kind.is_mean and kind.is_count)


def test_only_rates_of_outcomes_wait_for_these() -> None:
    waiting = {kpi.kpi_id for kpi in kpis() if kind_of(kpi).is_judged_later(kpi)}
    assert {"resolution_rate", "csat_response_rate"} <= waiting
    assert not waiting & {"csat_avg", "episodes_total", "first_response_time"}


def test_what_is_made_of_other_kpis_names_some_that_stand_for_themselves() -> None:
    by_id = {kpi.kpi_id: kpi for kpi in kpis()}
    made = [kpi for kpi in by_id.values() if kpi.made_of]
    assert {kpi.kind for kpi in made} == {"ranking", "scorecard"}
    for kpi in made:
        assert {by_id[name].kind for name in kpi.made_of} <= set(agents.PLAIN)
    beside = {kpi.left_out_kpi for kpi in by_id.values()} - {None}
    assert beside == {"stopped_at_our_question_rate"}
    assert beside <= set(by_id)
