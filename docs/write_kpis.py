"""Write docs/kpis.md from the KPI catalogue, a seed of the dbt project."""

import csv
from itertools import groupby
from pathlib import Path

from kpis.kinds import KINDS

FOLDER = Path(__file__).parent
PAGE = FOLDER / "kpis.md"
CATALOGUE = FOLDER.parent / "dbt_project/defaults/kpi_catalog.csv"

LEVELS = {
    "executive": "Executivo · Executive",
    "operational": "Operacional · Operational",
    "quality": "Qualidade · Quality",
    "segment": "Segmentos · Segments",
    "temporal": "Tempo · Time",
    "ai": "Agente de IA · AI agent",
    "commercial": "Comercial · Commercial",
}

QUANTILES = {"0.5": "median", "0.95": "95th percentile", "1": "maximum"}

BETTER = {"up": ", higher is better", "down": ", lower is better", "neutral": ""}

INTRODUCTION = """\
# KPIs

What managers see, in Portuguese and English. This page is written from
[kpi_catalog.csv](../dbt_project/defaults/kpi_catalog.csv) by `make docs`; do not edit
it: targets and KPIs of your own go into config/ ([configuration.md](configuration.md)).

- **Σ** adds up a column of the mart over the period and the filters; rates are divided
  after that, never averaged. Times are exact quantiles
  (`percentile_cont`) of all the values, however few these are.
- **Axis**: by `cohort`, things count on the date on which the episode began (or the
  survey was sent); by `event`, on which they happened; a `snapshot` is the state at the
  last load; a `forecast` looks at the days around it.
- **Targets**: (O) was given by the owner, (P) is proposed. Beyond *attention* on the
  bad side, a value needs attention; beyond *critical* it is critical.
- With fewer **cases** than stated, a value is shown as not reliable. They are the
  denominator, or what is counted; where neither is a count, the column that is named.
- The trap in reading a KPI follows its definition, *in italics*.
"""


def page() -> str:
    """Return the page: one section per level, one part per KPI."""
    with CATALOGUE.open(newline="") as file:
        kpis = list(csv.DictReader(file))
    order = list(LEVELS)
    kpis.sort(key=lambda kpi: order.index(kpi["level"]))
    parts = [INTRODUCTION]
    for level, in_level in groupby(kpis, key=lambda kpi: kpi["level"]):
        parts += [f"## {LEVELS[level]}\n", *map(_part, in_level)]
    return "\n".join(parts)


def _part(kpi: dict[str, str]) -> str:
    number = f"{kpi['kpi_number']}. " if kpi["kpi_number"] else ""
    facts = [
        f"`{kpi['kpi_id']}` = {_formula(kpi)}",
        f"`{kpi['mart']}`",
        kpi["axis"],
        kpi["unit"] + BETTER[kpi["direction"]],
    ]
    if kpi["counted_by"]:
        facts.append(f"cases: Σ `{kpi['counted_by']}`")
    if kpi["minimum_cases"] != "0":
        facts.append(f"at least {kpi['minimum_cases']} cases")
    lines = [
        f"### {number}{kpi['label_pt']} · {kpi['label_en']}",
        "",
        f"- **pt** {kpi['definition_pt']}" + _caveat(kpi["caveat_pt"]),
        f"- **en** {kpi['definition_en']}" + _caveat(kpi["caveat_en"]),
        f"- {' · '.join(facts)}",
    ]
    if kpi["target"]:
        lines.append(f"- Target {_target(kpi)}")
    return "\n".join(lines) + "\n"


def _caveat(text: str) -> str:
    return f" *{text}*" if text else ""


def _formula(kpi: dict[str, str]) -> str:
    pattern = KINDS[kpi["kind"]].in_words
    formula = pattern.format(
        numerator=", ".join(f"`{name}`" for name in kpi["numerator"].split(",")),
        denominator=f"`{kpi['denominator']}`",
        metric=f"`{kpi['metric']}`",
        quantile=QUANTILES.get(kpi["quantile"], kpi["quantile"]),
        dimension=kpi["dimension"],
    )
    if kpi["responder_class"]:
        formula += f", {kpi['responder_class']} only"
    if kpi["dimension"] and "{dimension}" not in pattern:
        formula += f", by {kpi['dimension']}"
    return formula


def _target(kpi: dict[str, str]) -> str:
    mark = "O" if kpi["has_confirmed_target"] == "true" else "P"
    good, bad = ("≥", "<") if kpi["direction"] == "up" else ("≤", ">")
    attention = kpi["amber"] or kpi["target"]
    text = f"{good} {_amount(kpi['target'], kpi['unit'])} ({mark})"
    text += f", attention {bad} {_amount(attention, kpi['unit'])}"
    if kpi["red"]:
        text += f", critical {bad} {_amount(kpi['red'], kpi['unit'])}"
    return text


def _amount(text: str, unit: str) -> str:
    amount = float(text)
    if unit in ("rate", "percent_per_month"):
        return f"{amount:.0%}"
    if unit == "points":
        return f"{amount * 100:g} pp"
    if unit != "seconds":
        return f"{amount:g}"
    for size, name in ((3600, "h"), (60, "min")):
        if amount >= size:
            return f"{amount / size:g} {name}"
    return f"{amount:g} s"


if __name__ == "__main__":
    PAGE.write_text(page())
