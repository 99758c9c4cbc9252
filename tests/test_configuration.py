"""What the owner configures: taken above what we ship, or refused line by line."""

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ground import configuration
from ground.configuration import FILES, FilesError, make_examples
from ground.settings import PROJECT_ROOT

DEFAULTS = PROJECT_ROOT / "dbt_project" / "defaults"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files of a configuration; return its folder."""
    folder = tmp_path / "config"

    def make(**files: str) -> Path:
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return make


def rows(folder: Path, table: str, demo: bool = False) -> list[configuration.Values]:
    return configuration.read(folder, has_demo_source=demo).rows(table)


def faults(folder: Path) -> list[str]:
    with pytest.raises(FilesError) as raised:
        configuration.read(folder, has_demo_source=False)
    return [line.replace(f"{folder}/", "") for line in str(raised.value).splitlines()]


def target(folder: Path, kpi_id: str) -> tuple[object, ...]:
    (row,) = [r for r in rows(folder, "kpi_catalog") if r["kpi_id"] == kpi_id]
    return tuple(row[name] for name in ("target", "amber", "red", "origin"))


# ------------------------------------------------------------------- row by row


def test_an_owners_row_takes_the_place_of_ours_and_no_other(write: Write) -> None:
    shipped = rows(write(), "kpi_catalog")
    before = target(write(), "csat_avg")
    folder = write(targets="kpi_id,target\ncsat_avg,4.75\n")
    assert target(folder, "csat_avg") == (4.75, *before[1:3], "owner")
    assert [r for r in rows(folder, "kpi_catalog") if r["origin"] == "ours"] == [
        r for r in shipped if r["kpi_id"] != "csat_avg"
    ]


def test_a_cell_left_empty_keeps_ours_and_none_takes_it_away(write: Write) -> None:
    _, amber, red, _ = target(write(), "csat_avg")
    folder = write(targets="kpi_id,target,amber,red\ncsat_avg,,,none\n")
    assert target(folder, "csat_avg")[1:3] == (amber, None)
    assert red is not None


def test_a_target_of_the_owners_is_confirmed_and_a_smaller_sample_is_not(
    write: Write,
) -> None:
    folder = write(
        targets="kpi_id,target,minimum_cases\ncsat_avg,4.5,\ncsat_net,,7\n",
    )
    found = {r["kpi_id"]: r for r in rows(folder, "kpi_catalog")}
    assert found["csat_avg"]["has_confirmed_target"] is True
    assert found["csat_net"]["minimum_cases"] == 7
    assert found["csat_net"]["has_confirmed_target"] is not True


def test_a_row_of_ours_can_be_taken_away(write: Write) -> None:
    (first, *_) = rows(write(), "stop_words")
    word = first["word"]
    folder = write(stop_words=f"word,is_negation,remove\n{word},,yes\n")
    assert word not in [row["word"] for row in rows(folder, "stop_words")]


def test_case_and_accents_do_not_make_another_row(write: Write) -> None:
    count = len(rows(write(), "phrases"))
    folder = write(phrases="language,list,words\nen,thanks,ÓBRIGAD*\n")
    found = [row for row in rows(folder, "phrases") if row["origin"] == "owner"]
    assert [row["language"] for row in found] == ["en"]
    assert len(rows(folder, "phrases")) == count


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffkpi_id;target\r\ncsat_avg;4,6\r\n",
        '# mine\n\nkpi_id,target\n# of March\ncsat_avg,"4,6"\n\n',
        "target,kpi_id\n 4.6 , csat_avg \n",
    ],
    ids=["as Excel in Portuguese writes it", "comments", "another order and spaces"],
)
def test_files_may_look_as_programs_write_them(write: Write, text: str) -> None:
    assert target(write(targets=text), "csat_avg")[0] == 4.6


def test_dates_may_be_written_as_in_brazil(write: Write) -> None:
    folder = write(holidays="holiday_date,holiday_name\n25/01/2026,Cidade\n")
    (row,) = [r for r in rows(folder, "holidays") if r["origin"] == "owner"]
    assert str(row["holiday_date"]) == "2026-01-25"


def test_rows_of_the_demo_count_only_where_the_source_is_the_demo(
    write: Write,
) -> None:
    for table in ("ai_users", "inbox_map", "handoff_reasons"):
        assert rows(write(), table) == []
        found = rows(write(), table, demo=True)
        assert found
        assert {row["origin"] for row in found} == {"demo"}
    folder = write(inbox_map="inbox,unit\nAllpFit Moema,Moema\n")
    moema = next(
        row
        for row in rows(folder, "inbox_map", demo=True)
        if row["inbox"] == "AllpFit Moema"
    )
    assert moema["unit"], moema["channel_kind"] == ("Moema", "whatsapp")


def test_a_changed_file_is_read_again(write: Write) -> None:
    folder = write(ai_users="ai_user\na@x.example\n")
    assert [r["ai_user"] for r in rows(folder, "ai_users")] == ["a@x.example"]
    write(ai_users="ai_user\nb@x.example\nc@x.example\n")
    assert len(rows(folder, "ai_users")) == 2


# ------------------------------------------------------------------- mistakes

LIST = "unknown list thank; one of "


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("ai_users", "user\nx\n", "line 1: unknown column user; one of ai_user"),
        ("ai_users", "ai_user\na\nA\n", "line 3: A stands in line 2 already"),
        ("ai_users", "ai_user,ai_user\na,b\n", "line 1: the column ai_user stands"),
        ("inbox_map", "unit\nx\n", "line 1: the column inbox is missing"),
        ("inbox_map", "inbox,unit\n,x\n", "line 2: inbox must be filled in"),
        ("inbox_map", "inbox,unit\nx\n", "line 2: 1 cells below 2 columns"),
        (
            "inbox_map",
            "inbox,unit,channel_kind\nx,y,Whats App\n",
            "line 2: channel_kind: Whats App: such as whatsapp",
        ),
        (
            "ignored_contacts",
            "phone,identifier,label\n+5511988887777,teste-1,\n",
            "line 2: one of phone, identifier, label must be filled in, and no other",
        ),
        (
            "ignored_contacts",
            "phone,identifier,label\nabc,,\n",
            "line 2: phone: abc: such as +55 11 91234-5678",
        ),
        (
            "handoff_reasons",
            "label,reason\nx,\n",
            "line 2: reason must be filled in",
        ),
        (
            "funnel_map",
            "source,name,value,funnel_stage\ntag,x,,visit\n",
            "line 2: source: tag: one of label, custom_attribute",
        ),
        ("phrases", "language,list,words\npt-BR,thank,valeu\n", f"line 2: {LIST}"),
        (
            "phrases",
            "language,list,words\npt-BR,thanks,(valeu\n",
            "line 2: (valeu: only words",
        ),
        (
            "phrases",
            "language,list,words\nfr,thanks,merci\n",
            "line 2: language: fr: one of pt-BR, en, any",
        ),
        ("stop_words", "word,is_negation\nÁgua,no\n", "line 2: word: Água: such as"),
        (
            "stop_words",
            "word,is_negation\nagua,maybe\n",
            "line 2: is_negation: maybe is not yes or no",
        ),
        (
            "stop_words",
            "word,is_negation,remove\nbicicleta,no,yes\n",
            "line 2: there is no bicicleta",
        ),
        (
            "holidays",
            "holiday_date,holiday_name\n2026-02-30,x\n",
            "line 2: holiday_date: 2026-02-30 is not a date such as 2026-12-31",
        ),
        (
            "parameters",
            "parameter,value\nepisode_gap_hour,2\n",
            "line 2: there is no episode_gap_hour; did you mean episode_gap_hours?",
        ),
        (
            "parameters",
            "parameter,value\nepisode_gap_hours,two\n",
            "line 2: episode_gap_hours: two is not a number",
        ),
        (
            "parameters",
            "parameter,value\nepisode_gap_hours,0\n",
            "line 2: episode_gap_hours: 0 hours: from 1 to 720",
        ),
        (
            "parameters",
            "parameter,value,most\nepisode_gap_hours,900,1000\n",
            "line 1: unknown column most; one of parameter, value",
        ),
        (
            "targets",
            "kpi_id,target\ncsat_average,4\n",
            "line 2: there is no csat_average; did you mean csat_avg",
        ),
        (
            "targets",
            "kpi_id,target\ncsat_avg,nan\n",
            "line 2: target: nan is not a number",
        ),
        (
            "targets",
            "kpi_id,minimum_cases\ncsat_avg,1.5\n",
            "line 2: minimum_cases: 1.5 is not a whole number",
        ),
        (
            "kpis",
            "kpi_id,level\ncsat_avg,quality\n",
            "line 2: csat_avg is one of ours; targets.csv changes its target",
        ),
        (
            "readers",
            "email,role\nnobody,gestor\n",
            "line 2: email: nobody: such as gestora@empresa.example",
        ),
        (
            "readers",
            "email,role\na@x.example,chefe\n",
            "line 2: role: chefe: one of gestor, supervisor, auditor, admin",
        ),
        (
            "readers",
            "email,role,units\na@x.example,gestor,Moema\n",
            "line 2: only a supervisor has units or teams",
        ),
        (
            "readers",
            "email,role\na@x.example,supervisor\n",
            "line 2: a supervisor needs units, teams or accounts",
        ),
        ("accounts", "account_id\n0\n", "line 2: account_id: give the number"),
        ("accounts", "account_id\nx\n", "line 2: account_id: x is not a whole number"),
    ],
)
def test_a_mistake_is_one_line(
    write: Write, file: str, text: str, expected: str
) -> None:
    (line,) = faults(write(**{file: text}))
    assert line.startswith(f"{file}.csv, {expected}")


def test_a_kpi_of_the_owners_needs_what_pages_and_links_need(write: Write) -> None:
    folder = write(kpis="kpi_id,level,label_pt\nMy KPI,quality,Meu\n")
    found = [line.partition(", line 2: ")[2] for line in faults(folder)]
    assert found[0] == "kpi_id: My KPI: small letters, digits and _ alone"
    missing = {line.removesuffix(" must be filled in") for line in found[1:]}
    assert missing == set(configuration.OF_EVERY_KPI) - {"level", "label_pt"}


def test_every_mistake_of_every_file_is_told_at_once(write: Write) -> None:
    folder = write(
        ai_users="user\nx\n",
        targets="kpi_id,target\nx,1\ny,2\n",
        holydays="holiday_date,holiday_name\n",
    )
    (folder / "inbox_map.csv").write_bytes("inbox\nCaixa é\n".encode("latin-1"))
    found = faults(folder)
    assert [line.partition(":")[0] for line in found] == [
        "ai_users.csv, line 1",
        "inbox_map.csv",
        "targets.csv, line 2",
        "targets.csv, line 3",
        "holydays.csv",
    ]
    assert "not UTF-8; save it as CSV UTF-8" in found[1]
    assert "there is no such file; one of " in found[-1]


# ------------------------------------------------------------------- examples


def test_examples_are_made_once_and_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    made = make_examples(folder)
    assert {file.stem for file in made} == {file.name for file in FILES}
    for table in ("phrases", "parameters", "kpi_catalog"):
        assert rows(folder, table) == rows(tmp_path / "none", table)
    (folder / "ai_users.csv").write_text("ai_user\nx@y.example\n")
    (folder / "targets.csv").unlink()
    assert [file.name for file in make_examples(folder)] == ["targets.csv"]
    assert [row["ai_user"] for row in rows(folder, "ai_users")] == ["x@y.example"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_examples_can_be_taken_over_as_they_are(
    tmp_path: Path, file: configuration.File
) -> None:
    folder = tmp_path / "config"
    make_examples(folder)
    path = folder / f"{file.name}.csv"
    text = path.read_text()
    assert all(f"#   {example}" in text for example in file.examples)
    path.write_text(text + "\n".join([*file.examples, ""]))
    found = configuration.read(folder, has_demo_source=False)
    owners = [
        entry for entry in found.entries[file.table].values() if entry.origin == "owner"
    ]
    assert len(owners) == len(file.examples)


def test_what_we_ship_has_no_row_twice_and_every_cell_is_a_value() -> None:
    """What the owner's files are refused for must not stand in ours."""
    for file in sorted(DEFAULTS.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            shipped = list(csv.DictReader(lines))
        found = configuration.read(Path("none"), has_demo_source=False)
        assert len(found.rows(file.stem)) == len(shipped)


def test_a_command_says_what_is_wrong_and_ends_with_two(write: Write) -> None:
    folder = write(targets="kpi_id,target\ncsat_average,4\n")
    done = subprocess.run(
        [sys.executable, "-m", "loader", "config"],
        cwd=PROJECT_ROOT,
        env={"CONFIG_DIR": str(folder), "DATA_DIR": str(folder.parent), "PATH": "/bin"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first == "error: wrong configuration:"
    assert second.startswith(f"{folder}/targets.csv, line 2: there is no csat_average")


def test_an_upgrade_leaves_what_is_configured_alone(tmp_path: Path) -> None:
    """`git pull` goes through, and nothing of the owner's is git's."""

    def git(folder: Path, *arguments: str) -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        return subprocess.run(
            ["git", *who, *arguments],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    upstream, checkout = tmp_path / "upstream", tmp_path / "checkout"
    catalogue = "dbt_project/defaults/kpi_catalog.csv"
    for name in (".gitignore", catalogue):
        (upstream / name).parent.mkdir(parents=True, exist_ok=True)
        (upstream / name).write_text((PROJECT_ROOT / name).read_text())
    git(upstream, "init", "--quiet")
    git(upstream, "add", ".")
    git(upstream, "commit", "--quiet", "-m", "A release")
    git(tmp_path, "clone", "--quiet", str(upstream), str(checkout))

    make_examples(checkout / "config")
    (checkout / "config/targets.csv").write_text("kpi_id,target\ncsat_avg,4.9\n")
    (checkout / "dbt_project/profiles.yml").write_text("# written by our commands\n")
    assert git(checkout, "status", "--porcelain") == ""

    with (upstream / catalogue).open("a") as file:
        file.write("\n")
    git(upstream, "commit", "--quiet", "--all", "-m", "The next one")
    git(checkout, "pull", "--quiet")
    assert git(checkout, "status", "--porcelain") == ""
    assert target(checkout / "config", "csat_avg")[0] == 4.9
