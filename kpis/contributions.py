"""What the change of a number consists of: how much each part of the whole adds to it.

A sum changes by what its parts change. A ratio R = Σ num ÷ Σ den of parts with the
ratios r and the weights w = den ÷ Σ den changes by

    ΔR = Σ  w̄ · Δr  +  Δw · (r̄ − R̄)

where a bar is the mean of before and now: the part performed better or worse, or there
is more or less of a part that is better or worse than the whole. That is the indicator
of Bennet, T. L. (1920), The Theory of Measurement of Changes in Cost of Living, Journal
of the Royal Statistical Society 83 (3), with R̄ taken off, which adds nothing as the
weights always add up to 1. Both halves of a period are treated alike, and nothing is
left over.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sums:
    """What a part has of a ratio; a sum has no denominator."""

    numerator: float = 0.0
    denominator: float | None = None

    @property
    def value(self) -> float | None:
        """The sum, or the ratio."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Contribution:
    """How much a part adds to the change of the whole, in the unit of the value.

    `by_performance` and `by_mix` add up to it; a sum has no mix.
    """

    part: object
    by_performance: float
    by_mix: float
    now: Sums
    before: Sums

    @property
    def total(self) -> float:
        """What the part adds."""
        return self.by_performance + self.by_mix


def contributions(
    now: Mapping[object, Sums], before: Mapping[object, Sums]
) -> list[Contribution]:
    """Return what each part adds to the change, the largest first.

    They add up to the change of the whole. There are none where the whole has no value
    in one of the two, such as a ratio of nothing.
    """
    parts = list(dict.fromkeys([*now, *before]))
    if not parts:
        return []
    is_ratio = any(
        sums.denominator is not None for sums in (*now.values(), *before.values())
    )
    nothing = Sums(0.0, 0.0 if is_ratio else None)
    pairs = {
        part: (now.get(part, nothing), before.get(part, nothing)) for part in parts
    }
    if not is_ratio:
        found = [
            Contribution(part, after.numerator - earlier.numerator, 0.0, after, earlier)
            for part, (after, earlier) in pairs.items()
        ]
        return sorted(found, key=_size)
    wholes = [whole([pair[side] for pair in pairs.values()]) for side in (0, 1)]
    if any(not each.denominator for each in wholes):
        return []
    mean = sum(each.numerator / (each.denominator or 1.0) for each in wholes) / 2
    found = []
    for part, (after, earlier) in pairs.items():
        weights = [
            (sums.denominator or 0.0) / (each.denominator or 1.0)
            for sums, each in zip((after, earlier), wholes, strict=True)
        ]
        # A part that is in one of the two only has no ratio to compare: all is mix.
        known = [r for r in (after.value, earlier.value) if r is not None] or [mean]
        ratios = known if len(known) == 2 else known * 2
        found.append(
            Contribution(
                part,
                sum(weights) / 2 * (ratios[0] - ratios[1]),
                (weights[0] - weights[1]) * (sum(ratios) / 2 - mean),
                after,
                earlier,
            )
        )
    return sorted(found, key=_size)


def whole(parts: list[Sums]) -> Sums:
    """Add up parts."""
    is_ratio = any(part.denominator is not None for part in parts)
    return Sums(
        sum(part.numerator for part in parts),
        sum(part.denominator or 0.0 for part in parts) if is_ratio else None,
    )


def _size(contribution: Contribution) -> tuple[float, str]:
    return -abs(contribution.total), str(contribution.part)
