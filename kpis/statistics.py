"""Numbers out of numbers: quantiles, slopes, spreads."""

import statistics
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def unpacked(packed_values: bytes) -> Values:
    """Return the values that macros/packed_values.sql made bytes of."""
    return np.frombuffer(packed_values, dtype=">f8").astype(np.float64)


def quantiles(values: Values, shares: Sequence[float]) -> list[float | None]:
    """Return for each share the value that so many of the values do not exceed.

    Between two values it is as far as the share is, as percentile_cont of PostgreSQL
    has it; None of no values.
    """
    if not len(values):
        return [None] * len(shares)
    last = len(values) - 1
    places = [share * last for share in shares]
    around = [(int(place), min(int(place) + 1, last)) for place in places]
    # Put where they would stand in order, without ordering all the others.
    placed = np.partition(values, sorted({place for pair in around for place in pair}))
    return [
        float(placed[low] + (place - low) * (placed[high] - placed[low]))
        for place, (low, high) in zip(places, around, strict=True)
    ]


def theil_sen(values: Sequence[float | None]) -> float:
    """Return the median slope per step over all pairs of evenly spaced values.

    None leaves a gap.

    Sen, P. K. (1968), Estimates of the regression coefficient based on Kendall's tau.
    """
    known = [(step, value) for step, value in enumerate(values) if value is not None]
    return statistics.median(
        (later - earlier) / (j - i)
        for (i, earlier), (j, later) in combinations(known, 2)
    )


def variation(values: Sequence[float]) -> float | None:
    """Return the coefficient of variation, or None of fewer than two values."""
    if len(values) < 2 or not (mean := statistics.fmean(values)):
        return None
    return statistics.pstdev(values) / mean


def z_scores(values: Sequence[float]) -> list[float]:
    """Return how many standard deviations each value is above the mean."""
    spread = statistics.pstdev(values) if len(values) > 1 else 0.0
    if not spread:
        return [0.0] * len(values)
    mean = statistics.fmean(values)
    return [(value - mean) / spread for value in values]


def mean_interval(counts: Mapping[float, float]) -> tuple[float, float] | None:
    """Return where the mean of what was counted lies, with 95% confidence.

    None for fewer than two values, which have no spread.
    """
    n = sum(counts.values())
    if n < 2:
        return None
    mean = sum(value * count for value, count in counts.items()) / n
    squares = sum(count * (value - mean) ** 2 for value, count in counts.items())
    half = 1.96 * (squares / (n - 1) / n) ** 0.5
    # The mean itself is never outside of what can be answered.
    return max(mean - half, min(counts)), min(mean + half, max(counts))
