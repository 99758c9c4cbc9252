"""Glossário e saúde dos dados: what a number means, and whether to rely on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kpis import Filters, Kpi, Period, Value, dimensions, health, temporal
from kpis.checks import Check
from kpis.periods import month_of
from kpis.temporal import WHOLE
from reporting import formats, rows
from reporting.findings.trends import judged
from reporting.kpi_words import definition, show_change, show_label, show_value
from reporting.texts import Language, say
from reporting.view import View

LEVELS = ("executive", "operational", "quality", "segment", "temporal", "ai")


def by_level(view: View, sought: str) -> dict[str, list[Kpi]]:
    """Return the KPIs of each level in whose words there is what is sought."""
    found: dict[str, list[Kpi]] = {level: [] for level in LEVELS}
    for kpi in view.catalogue.values():
        told = (kpi.label_pt, kpi.label_en, kpi.kpi_id, definition(kpi, view.language))
        if sought.casefold() in " ".join(told).casefold():
            found.setdefault(kpi.level, []).append(kpi)
    return found


def target(kpi: Kpi, language: Language) -> str:
    """Write the target, its limits, and whether it is confirmed (O) or proposed (P)."""
    if kpi.target is None:
        return say(language, "no_target")
    sign = "≤" if kpi.direction == "down" else "≥"
    mark = "(O)" if kpi.has_confirmed_target else "(P)"
    text = f"{sign} {show_value(kpi, kpi.target, language)} {mark}"
    if kpi.red is not None:
        beyond = ">" if kpi.direction == "down" else "<"
        red = show_value(kpi, kpi.red, language)
        text += f", {say(language, 'critical').lower()} {beyond} {red}"
    return text


# ------------------------------------------------------------------ old and new


@dataclass(frozen=True)
class OldAndNew:
    """A month by the old definitions and by the new."""

    of: health.Before
    moved: list[tuple[str, ...]]
    same: int


def old_and_new(view: View) -> OldAndNew | None:
    """Return what moved with the definitions, where the old values are kept.

    Each row has the name, the old value, the new one, the change and why.
    """
    before = {
        old.kpi_id: old
        for old in view.ask(health.before)
        if old.kpi_id in view.catalogue
    }
    if not before:
        return None
    first = next(iter(before.values()))
    month = month_of(first.local_month)
    of_month = replace(view, period=Period(month, month, None), filters=Filters())
    found = of_month.values(tuple(i for i in view.catalogue if i in before))
    found_rows = [
        _old_and_new(before[kpi_id], view.catalogue[kpi_id], new, view.language)
        for kpi_id, new in found.items()
        if not isinstance(new, Exception)
    ]
    moved = [row for row in found_rows if row[1] != row[2]]
    return OldAndNew(first, moved, len(found_rows) - len(moved))


def _old_and_new(
    old: health.Before, kpi: Kpi, new: Value, language: Language
) -> tuple[str, ...]:
    label = show_label(kpi, language)
    change = kpi.change(new.value, old.value)
    if kpi.axis == "snapshot":
        label = say(language, "before_of_the_load", label=label)
        change = None
    shown = show_change(replace(new, change=change), language)
    why = old.why_pt if language == "pt" else old.why_en
    return (
        label,
        show_value(kpi, old.value, language),
        show_value(kpi, new.value, language),
        str(shown or formats.NO_VALUE),
        why or "",
    )


# ------------------------------------------------------------------ parameters


def parameter_name(parameter: health.Parameter, language: Language) -> str:
    """Name a parameter."""
    name = parameter.parameter
    return say(language, f"parameter_{name}", or_else=name)


def parameter_row(parameter: health.Parameter, language: Language) -> dict[str, str]:
    """Return what the table of parameters says of one, by the names of its columns."""
    ours = replace(parameter, value=parameter.our_value)
    is_ours = parameter.origin == "ours"
    return {
        say(language, "parameter"): parameter_name(parameter, language),
        say(language, "value"): parameter_value(parameter, language),
        say(language, "whose"): say(language, f"origin_{parameter.origin}"),
        say(language, "our_value"): "" if is_ours else parameter_value(ours, language),
        "config/parameters.csv": parameter.parameter,
    }


def configured_title(
    file: str, rows: Sequence[health.Configured], language: Language
) -> str:
    """Name a file of the configuration, and say how many rows are the owner's."""
    own = sum(row.origin == "owner" for row in rows)
    return say(
        language,
        "configured_own" if own else "configured_count",
        file=say(language, f"config_{file}", or_else=file),
        count=formats.count(len(rows), language),
        own=formats.count(own, language),
    )


def configured_row(
    row: health.Configured, catalogue: Mapping[str, Kpi], language: Language
) -> dict[str, str]:
    """Return what the table of a file says of a row, by the names of its columns."""
    entry, value, ours = row.entry, row.value or "", row.our_value or ""
    kpi = catalogue.get(entry) if row.file == "targets" else None
    if kpi is not None:
        entry = f"{show_label(kpi, language)} ({entry})"
        value, ours = (_thresholds(kpi, text, language) for text in (value, ours))
    return {
        say(language, "entry"): entry,
        say(language, "value"): say(language, "removed") if row.is_removed else value,
        say(language, "whose"): say(language, f"origin_{row.origin}"),
        say(language, "our_value"): ours,
    }


def _thresholds(kpi: Kpi, text: str, language: Language) -> str:
    """Write the thresholds of a KPI, such as "target 4.5, red 3", in its unit."""
    told = []
    for part in filter(None, text.split(", ")):
        name, _, number = part.rpartition(" ")
        is_count = name == "minimum_cases"
        write = formats.count if is_count else partial(show_value, kpi)
        told.append(
            f"{say(language, f'threshold_{name}')} {write(float(number), language)}"
        )
    return " · ".join(told)


def parameter_value(parameter: health.Parameter, language: Language) -> str:
    """Write a parameter with its unit."""
    if parameter.value is None:
        return say(language, "not_given")
    if parameter.unit == "currency_brl":
        return formats.money(parameter.value, language)
    is_whole = parameter.value.is_integer()
    number = (formats.count if is_whole else formats.decimal)(parameter.value, language)
    return f"{number} {say(language, f'unit_{parameter.unit}', or_else=parameter.unit)}"


# ------------------------------------------------------------------ data health


def rows_brought(load: health.LastLoad) -> int | None:
    """Return how many rows a load brought, where that is known."""
    if load.rows_new is None or load.rows_changed is None:
        return None
    return load.rows_new + load.rows_changed


def checked(found: Sequence[Check], view: View) -> list[tuple[str, str, str]]:
    """Return of each check its name, whether it holds, and examples."""
    language = view.language
    told = []
    for name in dict.fromkeys(check.name for check in found):
        members = [check for check in found if check.name == name]
        bad = [check for check in members if not check.is_good]
        told.append(
            (
                say(language, f"check_{name}"),
                say(
                    language,
                    "check_bad" if bad else "check_good",
                    good=len(members) - len(bad),
                    count=len(members),
                ),
                "; ".join(_difference(check, view) for check in (bad or members[:2])),
            )
        )
    return told


def _difference(check: Check, view: View) -> str:
    language = view.language
    kpi = view.catalogue.get(check.of)
    name = (
        show_label(kpi, language) if kpi else say(language, check.of, or_else=check.of)
    )
    write = partial(formats.count, language=language)
    if not float(check.expected).is_integer():
        write = partial(formats.decimal, language=language)
    sign = "=" if check.is_good else "≠"
    return f"{name}: {write(check.expected)} {sign} {write(check.found)}"


def run_row(run: health.Run, language: Language) -> dict[str, str]:
    """Return what a run of the loader did, by the name of it."""
    write = partial(count, language=language)
    return {
        say(language, "started"): formats.full_moment(run.local_started_at, language),
        say(language, "status"): status_name(run.status, language),
        say(language, "mode"): mode_name(run.mode, language),
        say(language, "rows_read"): write(run.rows_read),
        say(language, "rows_new"): write(run.rows_new),
        say(language, "rows_changed"): write(run.rows_changed),
        say(language, "rows_deleted"): write(run.rows_deleted),
        say(language, "time"): rows.duration(run.load_seconds, language),
    }


def failure_text(failure: health.Failure, language: Language) -> str:
    """Say what failed, and when."""
    return say(
        language,
        f"failure_of_{failure.kind}",
        run=failure.run_id,
        what=failure.failed_at or "",
        status=status_name(failure.status, language),
        moment=formats.full_moment(failure.local_started_at, language),
    )


def backtest_rows(view: View) -> list[tuple[str, ...]]:
    """Return how far off earlier forecasts were, of the whole and of each inbox."""
    language, inboxes = view.language, view.ask(dimensions.inboxes)
    found: list[tuple[str, ...]] = []
    for scope, trial in view.ask(temporal.backtest).items():
        name = say(language, "everything")
        if scope != WHOLE and trial.inbox_id is not None:
            name = inboxes.get(trial.inbox_id, f"#{trial.inbox_id}")
        told = judged(trial, language)
        mase = formats.NO_VALUE
        if trial.mase is not None:
            mase = formats.decimal(trial.mase, language, 2)
        found.append(
            (name, told["wape"], told["naive"], mase, told["coverage"], str(trial.days))
        )
    return found


def status_name(status: str, language: Language) -> str:
    """Name the state in which a run ended."""
    return say(language, f"run_{status}", or_else=status)


def mode_name(mode: str | None, language: Language) -> str:
    """Name the way a run went."""
    return say(language, f"mode_{mode}", or_else=mode or formats.NO_VALUE)


def count(value: int | None, language: Language) -> str:
    """Write a number that may not be known."""
    return formats.NO_VALUE if value is None else formats.count(value, language)
