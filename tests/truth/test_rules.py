"""That `python -m tests.truth.without` can take each rule away."""

from collections import Counter

import pytest

from truth.rules import RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.without_it)
def test_text_of_a_rule_stands_once_in_its_file(rule: Rule) -> None:
    assert rule.times_found() == 1


def test_every_rule_that_cases_can_show_is_there() -> None:
    assert {rule.number for rule in RULES} == {*range(1, 13), 14, 15, 16}


def test_no_rule_is_taken_away_twice() -> None:
    ways = Counter((rule.file, rule.text, rule.instead) for rule in RULES)
    assert max(ways.values()) == 1
