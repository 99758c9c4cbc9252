"""Take each rule away, one at a time, and see that a case is then told otherwise.

    python -m tests.truth.without [words that the rules to take away hold]

A rule that no case needs is one that nobody would miss when it breaks. All cases are
loaded once, and for each rule the models that follow from its file are built anew, from
a copy of the project. Ends with exit code 1 if a rule is not missed. `tests.language`
does the same with the word lists.
"""

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from operations import transform

sys.path.insert(0, str(Path(__file__).parents[1]))
from truth.language import CASES
from truth.rules import RULES, Rule
from truth.test_truth import (
    COMPARED,
    Built,
    Written,
    differences_of_case,
    written,  # noqa: F401  pytest takes it from here
)

MODELS = "models"
ONLY = "ONLY_RULES_THAT_HOLD"


class Copy:
    """A copy of the dbt project, in which rules can be taken away."""

    def __init__(self, folder: Path, cases: Written) -> None:
        self.project = folder / "dbt_project"
        self.cases = cases
        self.changed: list[str] = []
        ignored = shutil.ignore_patterns("target", "logs", "tests")
        shutil.copytree(transform.DBT_PROJECT, self.project, ignore=ignored)
        self.environment = transform.environment(cases.settings) | {
            "DBT_PROJECT_DIR": str(self.project),
            "DBT_PROFILES_DIR": str(self.project / "profile"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "target"),
        }

    def failing(self, rule: Rule | None = None) -> list[str]:
        """The cases that fail without the rule, or with all of them."""
        if rule is None:
            return self._failing_after("")
        if rule.times_found(self.project) != 1:
            raise ValueError(f"{rule.without_it}: not once in {rule.file}")
        file = self.project / rule.file
        whole = file.read_text()
        file.write_text(rule.taken_away(self.project))
        try:
            return self._failing_after(rule.file)
        finally:
            file.write_text(whole)

    def _failing_after(self, changed_file: str) -> list[str]:
        # What the last rule left behind is built anew too.
        changed = {*self.changed, changed_file}
        self.changed = [changed_file]
        models = [Path(file).stem for file in changed if file.startswith(MODELS)]
        if len(models) < len(changed):  # a macro, or nothing: all of it
            selected = list(COMPARED)
        else:
            selected = [f"{model}+,{end}" for model in models for end in COMPARED]
        self._run(["run", "--full-refresh", "--quiet", "--select", *selected])
        built = Built(self.cases.writer, self.cases.warehouse)
        return [name for name in CASES if _fails(built, name)]

    def _run(self, command: list[str]) -> None:
        # It takes seconds to import: only when needed.
        from dbt.cli.main import dbtRunner  # noqa: PLC0415

        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            result = dbtRunner().invoke(command)
        if not result.success:
            raise RuntimeError(f"dbt {' '.join(command)} failed: {result.exception}")


def _fails(built: Built, name: str) -> bool:
    try:
        return bool(differences_of_case(built, name))
    except AssertionError:
        return True


def test_every_rule_is_missed(
    written: Written,  # noqa: F811
    tmp_path: Path,
) -> None:
    copy = Copy(tmp_path, written)
    print()
    began = time.monotonic()
    assert copy.failing() == []
    print(f"{len(CASES)} cases, none fails; built in {time.monotonic() - began:.0f} s")
    only = os.environ.get(ONLY, "")
    not_missed = []
    # Rules of one file after each other: so the fewest models are built.
    for rule in sorted(RULES, key=lambda rule: rule.file):
        if only not in rule.without_it:
            continue
        began = time.monotonic()
        try:
            failing = copy.failing(rule)
        except RuntimeError as error:
            print(f"{rule.number:>2} {rule.without_it}: {error}", flush=True)
            not_missed.append(f"{rule.without_it} (cannot be built)")
            continue
        print(
            f"{rule.number:>2} {rule.without_it}: {len(failing)}",
            *failing[:1],
            f"({time.monotonic() - began:.0f} s)",
            flush=True,
        )
        if not failing:
            not_missed.append(rule.without_it)
    assert not not_missed, f"no case fails though: {', '.join(not_missed)}"


def main() -> None:
    """Run the test above, which is too slow for the gate."""
    os.environ[ONLY] = " ".join(sys.argv[1:])
    options = ["-s", "--tb=line", "--disable-warnings", "-p", "no:cacheprovider", "-n0"]
    sys.exit(pytest.main([*options, __file__]))


if __name__ == "__main__":
    main()
