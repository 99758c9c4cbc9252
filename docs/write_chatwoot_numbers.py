"""Write docs/chatwoot_numbers.md from what the glossary page says of these numbers.

.venv/bin/python -m docs.write_chatwoot_numbers
"""

import csv
import re
from pathlib import Path

from kpis.chatwoot import NUMBERS, VERSION, ChatwootNumber
from reporting.texts import CHATWOOT_NOTES, Language, say

FOLDER = Path(__file__).parent
PAGE = FOLDER / "chatwoot_numbers.md"
CATALOGUE = FOLDER.parent / "dbt_project/defaults/kpi_catalog.csv"

LANGUAGES: tuple[Language, ...] = ("pt", "en")

INTRODUCTION = f"""\
# Chatwoot's own numbers beside ours

Who knows Chatwoot's reports asks first why they show something else. The glossary page
of the dashboard has both sides for the days and inboxes that are chosen; this page says
what each number of Chatwoot {VERSION} counts, which KPI of ours answers the same
question, and why the two differ. It is written by `make docs`, from
[texts.py](../reporting/texts.py) and [chatwoot.py](../kpis/chatwoot.py): do not edit
it.

"""

SOURCE = """
## Where they come from

`analytics.chatwoot_days` counts each conversation by day; what changed is counted anew.
`marts.mart_executive_chatwoot_days` adds it up by day, inbox and team, so that any days
add up and a mean is a sum divided by a count. Bot resolutions do not add up: one counts
only if none of the days asked for has a handoff of its conversation. So
`marts.mart_executive_chatwoot_bot_days` keeps a row for each conversation and day.

Events are those of `analytics.reporting_events`: `recorded_at` is when Chatwoot's job
wrote the event (`reporting_events.created_at`), by which its reports count;
`occurred_at` is when it happened, by which our KPIs do. They are mostly seconds apart,
more where jobs had to wait. `value_in_business_hours_seconds` was counted with the
hours that the inbox had then; it is 0, not NULL, where the inbox had none.

Of Chatwoot's filters, inbox and team (the one that the conversation has now) are there,
and what follows from an inbox: unit and channel. Whoever may read only some units or
teams has the numbers of these; the response rate then divides by the surveys of these.
"""


def page() -> str:
    """Return the page: what holds for all, then one part per number."""
    with CATALOGUE.open(newline="") as file:
        kpis = {kpi["kpi_id"]: kpi for kpi in csv.DictReader(file)}
    notes = [
        f"- **{language}** {say(language, note)}"
        for note in (*CHATWOOT_NOTES, "chatwoot_business_hours_help")
        for language in LANGUAGES
    ]
    parts = [_part(number, kpis[number.kpi_id]) for number in NUMBERS]
    return (
        INTRODUCTION
        + "\n".join(notes)
        + "\n"
        + SOURCE
        + "\n## The numbers\n\n"
        + "\n".join(parts)
    )


def anchor(kpi: dict[str, str]) -> str:
    """Return where docs/kpis.md defines a KPI."""
    number = f"{kpi['kpi_number']}. " if kpi["kpi_number"] else ""
    heading = f"{number}{kpi['label_pt']} · {kpi['label_en']}"
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _part(number: ChatwootNumber, kpi: dict[str, str]) -> str:
    names = " · ".join(
        say(language, f"chatwoot_{number.name}") for language in LANGUAGES
    )
    lines = [f"### {names}", ""]
    for language in LANGUAGES:
        counted, differs = (
            say(language, f"chatwoot_{number.name}_{part}")
            for part in ("is", "differs")
        )
        why = say(language, "chatwoot_why")
        lines.append(f"- **{language}** {counted} *{why}: {differs}*")
    side = "" if number.side == "value" else f"the {number.side} of "
    label = f"{kpi['label_pt']} · {kpi['label_en']}"
    lines.append(f"- Ours: {side}[{label}](kpis.md#{anchor(kpi)}), `{kpi['kpi_id']}`")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
