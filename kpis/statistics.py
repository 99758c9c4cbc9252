"""Numbers out of numbers: quantiles of histograms, slopes, spreads."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

Bucket = tuple[float, float, int]  # where it starts, where it ends, values in it


def unpacked(buckets: bytes) -> dict[int, int]:
    """Count how often each bucket stands among those of mart_operational_durations."""
    counts = np.bincount(np.frombuffer(buckets, dtype=">i2"))
    return {int(bucket): int(counts[bucket]) for bucket in np.flatnonzero(counts)}


def bucket_ends(bucket: int) -> tuple[float, float]:
    """Return where a bucket starts and ends; macros/duration_bucket.sql cuts them."""
    return (0.0 if bucket == 0 else 1.1 ** (bucket - 1)), 1.1**bucket


def quantile(buckets: Iterable[Bucket], share: float) -> float | None:
    """Return the value that `share` of the values of a histogram do not exceed.

    Within a bucket the values are taken as evenly spread. Buckets may come in any
    order and more than once; None if they are empty.
    """
    counts: Counter[tuple[float, float]] = Counter()
    for start, end, n in buckets:
        counts[start, end] += n
    merged = sorted((*ends, n) for ends, n in counts.items() if n > 0)
    wanted = share * sum(n for _, _, n in merged)
    passed = 0
    for start, end, n in merged:
        if passed + n >= wanted:
            return start + (end - start) * max(0.0, wanted - passed) / n
        passed += n
    return None


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
