"""Print old and new KPIs as a table of the changelog: `python -m docs.write_changes`.

Of the month whose values by the old definitions the warehouse of the settings has kept.
The demo has some once this release has built what the last one had built, such as

    export DATA_DIR=/some/folder
    cd NEW && python -m demo up
    cd OLD && python -m loader deploy-views && python -m loader run \\
        && python -m loader build
    cd NEW && python -m loader deploy-views && python -m loader run \\
        && python -m loader build && python -m docs.write_changes

with a checkout of each release. It has the KPIs that move by more than 5 %, or come or
go; the sentences why are those of dbt_project/seeds/kpi_changes.csv.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from ground.settings import load_settings
from kpis import Kpi, Marts, Period, catalogue, health, values
from kpis.periods import month_of
from reporting import formats
from reporting.kpi_words import show_change, show_label, show_value
from reporting.texts import Language

LANGUAGE: Language = "en"
MOVES = 0.05
HEADER = (
    "| KPI, {month} | 0.2.0 | 0.3.0 | Change | Why |",
    "|---|---|---|---|---|",
)


def main() -> int:
    """Print the table; say so where nothing was kept."""
    marts = Marts(load_settings().dashboard)
    text = table(marts)
    print(text or "this warehouse has kept no values by the old definitions")
    return 0 if text else 1


def table(marts: Marts) -> str:
    """Return the table; empty where no old values were kept."""
    before = {old.kpi_id: old for old in health.before(marts)}
    if not before:
        return ""
    month = month_of(next(iter(before.values())).local_month)
    header = (
        line.format(month=formats.month(month.first, LANGUAGE)) for line in HEADER
    )
    return "\n".join([*header, *_rows(marts, before, Period(month, month, None))])


def _rows(
    marts: Marts, before: dict[str, health.Before], period: Period
) -> Iterator[str]:
    asked = [kpi_id for kpi_id in catalogue(marts) if kpi_id in before]
    for new in values(marts, asked, period):
        kpi, old = new.kpi, before[new.kpi.kpi_id]
        if not moves(old.value, new.value):
            continue
        change = replace(new, change=kpi.change(new.value, old.value))
        cells = (
            f"{show_label(kpi, LANGUAGE)} (`{kpi.kpi_id}`)",
            *(_written(kpi, value) for value in (old.value, new.value)),
            str(show_change(change, LANGUAGE) or formats.NO_VALUE),
            old.why_en or "",
        )
        yield f"| {' | '.join(cells)} |"


def _written(kpi: Kpi, value: float | None) -> str:
    return show_value(kpi, value, LANGUAGE)


def moves(old: float, new: float | None) -> bool:
    """Whether a value moves so much that it is to be explained."""
    return new is None or abs(new - old) > MOVES * abs(old)


if __name__ == "__main__":
    sys.exit(main())
