"""Numbers out of numbers: quantiles of histograms, slopes, spreads."""

import statistics
from collections.abc import Iterable, Sequence
from itertools import combinations

Bucket = tuple[float, float, int]  # where it starts, where it ends, values in it


def quantile(buckets: Iterable[Bucket], share: float) -> float | None:
    """Return the value that `share` of the values of a histogram do not exceed.

    Within a bucket the values are taken as evenly spread. Buckets may come in any
    order and more than once; None if they are empty.
    """
    merged = sorted(bucket for bucket in buckets if bucket[2] > 0)
    wanted = share * sum(n for _, _, n in merged)
    passed = 0
    for start, end, n in merged:
        if passed + n >= wanted:
            return start + (end - start) * max(0.0, wanted - passed) / n
        passed += n
    return None


def theil_sen(values: Sequence[float]) -> float:
    """Return the median slope per step over all pairs of evenly spaced values.

    Sen, P. K. (1968), Estimates of the regression coefficient based on Kendall's tau.
    """
    return statistics.median(
        (values[j] - values[i]) / (j - i)
        for i, j in combinations(range(len(values)), 2)
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
