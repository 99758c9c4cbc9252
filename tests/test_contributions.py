"""What a change consists of adds up to it."""

import random

import pytest

from kpis.contributions import Sums, contributions, whole


def test_parts_of_a_sum_add_what_they_changed() -> None:
    now = {"a": Sums(10), "b": Sums(3), "new": Sums(2)}
    before = {"a": Sums(4), "b": Sums(5), "gone": Sums(1)}
    found = contributions(now, before)
    assert [(part.part, part.total) for part in found] == [
        ("a", 6), ("b", -2), ("new", 2), ("gone", -1),
    ]  # fmt: skip
    assert all(part.by_mix == 0 for part in found)


def test_a_ratio_moves_by_performance_or_by_mix() -> None:
    better = contributions(
        {"a": Sums(60, 100), "b": Sums(20, 100)},
        {"a": Sums(40, 100), "b": Sums(20, 100)},
    )
    assert [(c.part, c.by_performance, c.by_mix) for c in better] == [
        ("a", pytest.approx(0.1), 0), ("b", 0, 0),
    ]  # fmt: skip
    # The same ratios, more of the better part: only mix, and both parts have it.
    more = contributions(
        {"a": Sums(150, 300), "b": Sums(10, 100)},
        {"a": Sums(50, 100), "b": Sums(30, 300)},
    )
    assert [c.by_performance for c in more] == [0, 0]
    assert [c.by_mix for c in more] == pytest.approx([0.1, 0.1])


def test_there_is_nothing_to_tell_of_a_ratio_of_nothing() -> None:
    assert contributions({}, {}) == []
    assert contributions({"a": Sums(1, 2)}, {}) == []
    assert contributions({"a": Sums(1, 2)}, {"a": Sums(0, 0)}) == []
    assert Sums(1, 0).value is None


@pytest.mark.parametrize("seed", range(200))
@pytest.mark.parametrize("is_ratio", [True, False])
def test_contributions_add_up_to_the_change(seed: int, is_ratio: bool) -> None:
    chance = random.Random(seed)

    def side() -> dict[object, Sums]:
        parts = {}
        for name in "abcdef"[: chance.randint(1, 6)]:
            denominator = chance.choice([0, 1, chance.randint(1, 5000)])
            numerator = chance.uniform(0, 1) * denominator
            if chance.random() < 0.8:
                parts[name] = Sums(numerator, denominator if is_ratio else None)
        return parts or {"a": Sums(1, 2 if is_ratio else None)}

    now, before = side(), side()
    found = contributions(now, before)
    ends = [whole(list(sums.values())).value for sums in (now, before)]
    if None in ends:
        assert found == []
        return
    change = (ends[0] or 0) - (ends[1] or 0)
    assert sum(part.total for part in found) == pytest.approx(change, abs=1e-9)
