"""Kinds of KPIs that compare agents, or teams, by other KPIs."""

import statistics
from collections import defaultdict
from collections.abc import Mapping

from kpis.catalogue import Kpi
from kpis.kinds import percentiles, snapshots, sums
from kpis.kinds.base import Kind, computed, each
from kpis.periods import Period
from kpis.reader import Reader, counted_once, summed
from kpis.statistics import variation, z_scores
from kpis.values import Part, Value

# Kinds of KPIs that stand for themselves, so that others can be made of them.
PLAIN: Mapping[str, Kind] = {**sums.KINDS, **percentiles.KINDS, **snapshots.KINDS}
BEST_SCORE = 1.5  # more of one does not make up for any lack of another


def balance(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """The spread of episodes per worked day between agents."""
    columns = {"n": summed(kpi.numerator), "days": counted_once("local_date")}
    loads: dict[str, list[Part]] = {"shown": [], "complete": [], "previous": []}
    for row in reader.rows(kpi.mart, columns, period.spans, "agent"):
        if row["n"]:
            part = Part(row["group_key"], row["n"] / row["days"], round(row["n"]))
            loads[row["span"]].append(part)
    if period.complete == period.shown:
        loads["complete"] = loads["shown"]
    shown, now, before = (
        variation([part.value or 0.0 for part in loads[span]])
        for span in ("shown", "complete", "previous")
    )
    return [
        Value(
            kpi,
            None,
            shown,
            cases=sum(part.cases for part in loads["shown"]),
            complete=now,
            previous=before,
            previous_cases=sum(part.cases for part in loads["previous"]),
            change=kpi.change(now, before),
            parts=tuple(sorted(loads["shown"], key=lambda part: -(part.value or 0.0))),
        )
    ]


def ranking(reader: Reader, kpi: Kpi, period: Period, group: str | None) -> list[Value]:
    """Agents by their mean z-score over the KPIs that it is made of."""
    by_agent = _by_group(reader, kpi, period, "agent")
    volumes = {key: found.cases for key, found in by_agent[kpi.made_of[0]].items()}
    ranked = [key for key, cases in volumes.items() if cases >= kpi.minimum_cases]
    scores: dict[object, list[float]] = defaultdict(list)
    for values in by_agent.values():
        known = [
            key
            for key in ranked
            if key in values
            and values[key].value is not None
            and values[key].cases >= values[key].kpi.minimum_cases
        ]
        numbers = [values[key].value or 0.0 for key in known]
        for key, score in zip(known, z_scores(numbers), strict=True):
            is_better_low = values[key].kpi.direction == "down"
            scores[key].append(-score if is_better_low else score)
    parts = sorted(
        (Part(key, statistics.fmean(scores[key]), volumes[key]) for key in ranked),
        key=lambda part: -(part.value or 0.0),
    )
    cases = sum(volumes.values())
    return [Value(kpi, None, None, cases=cases, parts=tuple(parts))]


def scorecard(
    reader: Reader, kpi: Kpi, period: Period, group: str | None
) -> list[Value]:
    """How much of their targets teams reach: the mean over KPIs with a value."""
    if group not in (None, "team"):
        raise KeyError(f"{kpi.kpi_id} has no group {group}")
    by_team = _by_group(reader, kpi, period, "team")
    volumes = by_team.pop(kpi.made_of[0])
    found = []
    for key, volume in volumes.items():
        parts = tuple(
            Part(kpi_id, _attainment(values[key]), values[key].cases)
            for kpi_id, values in by_team.items()
            if key in values and values[key].cases >= values[key].kpi.minimum_cases
        )
        reached = [part.value for part in parts if part.value is not None]
        mean = statistics.fmean(reached) if reached else None
        found.append(Value(kpi, key, mean, cases=volume.cases, parts=parts))
    if group == "team":
        return found
    total = sum(value.cases for value in found if value.value is not None)
    weighted = sum((value.value or 0.0) * value.cases for value in found)
    return [
        Value(
            kpi,
            None,
            weighted / total if total else None,
            cases=total,
            parts=tuple(Part(value.group, value.value, value.cases) for value in found),
        )
    ]


def _by_group(
    reader: Reader, kpi: Kpi, period: Period, group: str
) -> dict[str, dict[object, Value]]:
    """Return what a KPI is made of, each by group; the first is the volume."""
    kpis = [reader.known[kpi_id] for kpi_id in kpi.made_of]
    asked = [(each_kpi, PLAIN[each_kpi.kind]) for each_kpi in kpis]
    # Nothing else is compared than the days shown.
    period = Period(period.shown, period.shown, None)
    found = computed(asked, reader, period, group)
    return {
        kpi_id: {value.group: value for value in found[kpi_id]}
        for kpi_id in kpi.made_of
    }


def _attainment(value: Value) -> float | None:
    """Return the share of the target that is reached, as a fraction of 1."""
    target = value.kpi.target
    if value.value is None or target is None:
        return None
    if value.kpi.direction == "down":
        return min(target / value.value, BEST_SCORE) if value.value else BEST_SCORE
    return min(value.value / target, BEST_SCORE)


KINDS: Mapping[str, Kind] = {
    "balance": Kind(
        formula=("desvio_sobre_média({numerator})", "deviation_over_mean({numerator})"),
        in_words="standard deviation / mean of Σ {numerator} per day worked",
        compute=each(balance),
        has_groups=False,
    ),
    "ranking": Kind(
        formula=("média_dos_z({numerator})", "mean_of_z({numerator})"),
        in_words="mean z-score of the agent's KPIs, of which volume is Σ {numerator}",
        compute=each(ranking),
        has_groups=False,
        has_value=False,
    ),
    "scorecard": Kind(
        formula=(
            "média_das_metas_alcançadas({numerator})",
            "mean_of_targets_reached({numerator})",
        ),
        in_words="mean of the team's KPIs / targets, beside the volume Σ {numerator}",
        compute=each(scorecard),
    ),
}
