"""What changed: the parts that moved a number most."""

from kpis import Kpi, Mark, Value, kind_of
from kpis.contributions import Contribution, Sums, contributions, whole
from reporting import formats, marks
from reporting.findings import segments
from reporting.kpi_words import show_label
from reporting.texts import Language, say
from reporting.view import Link, View

EPISODES = "mart_executive_episode_days"
FACTS = "mart_drilldown_episodes"
CUTS = {
    "unit": segments.UNITS,
    "channel_kind": segments.CHANNELS,
    "team": segments.TEAMS,
}
# Of whom several may write in one episode, only the last is a part of the whole.
LAST_AGENT = "last_human_agent_id"


def ids(view: View, first: tuple[str, ...]) -> list[str]:
    """The KPIs whose change has parts."""
    listed = tuple(
        kpi_id
        for kpi_id in view.ids("executive", first)
        if kind_of(view.catalogue[kpi_id]).can_be_split
    )
    return [
        kpi_id
        for kpi_id, value in view.values(listed).items()
        if isinstance(value, Value) and value.reason != "not_configured"
    ]


def cuts(kpi: Kpi) -> list[str]:
    """Return by what a KPI can be cut into parts."""
    return [*CUTS, *([LAST_AGENT] if kpi.mart in (EPISODES, FACTS) else [])]


def found_parts(view: View, kpi: Kpi, cut: str) -> list[Contribution]:
    """Return what each part of a cut adds to the change of a KPI."""
    names = (*kpi.components, *([kpi.denominator] if kpi.denominator else []))
    if cut == LAST_AGENT:
        rows = view.components(FACTS, names, None, (LAST_AGENT,))
    else:
        rows = view.components(kpi.mart, names, cut)
    now = "complete" if "complete" in view.period.spans else "shown"
    sides: dict[str, dict[object, Sums]] = {now: {}, "previous": {}}
    for row in rows:
        if row.span in sides:
            sides[row.span][row.by[0] if row.by else row.group] = Sums(
                sum(row.sums[name] for name in kpi.components),
                row.sums[kpi.denominator] if kpi.denominator else None,
            )
    return contributions(sides[now], sides["previous"])


def has_mix(found: list[Contribution]) -> bool:
    """Whether the parts change with their weight, too, as those of a rate."""
    return whole([part.now for part in found]).denominator is not None


def caption(kpi: Kpi, total: float, language: Language) -> str:
    """Say how much a KPI changed."""
    label, change = show_label(kpi, language), difference(kpi, total, language)
    return say(language, "changes_caption", label=label, change=change)


def part_text(view: View, kpi: Kpi, cut: str, part: Contribution) -> str:
    """Say how much a part moved the whole, and which it is."""
    sign = "▲" if part.total > 0 else "▼" if part.total < 0 else "="
    text = difference(kpi, part.total, view.language)
    return f"{sign} {text} · {part_name(view, cut, part.part)}"


def reasons(kpi: Kpi, part: Contribution, language: Language) -> str | None:
    """Say how much a part of a rate moved by itself, and how much by its weight."""
    if part.now.denominator is None:
        return None
    return (
        f"{say(language, 'performance')}"
        f" {difference(kpi, part.by_performance, language)} · "
        f"{say(language, 'mix')} {difference(kpi, part.by_mix, language)}"
    )


def others_text(kpi: Kpi, others: list[Contribution], language: Language) -> str:
    """Say how much the parts that are not named moved the whole together."""
    name = say(language, "changes_others", count=len(others))
    return f"{difference(kpi, sum(part.total for part in others), language)} · {name}"


def part_name(view: View, cut: str, part: object) -> str:
    """Name a part of a cut."""
    if cut != LAST_AGENT:
        return formats.NO_VALUE if part is None else CUTS[cut].name(part, view)
    if part is None:
        return say(view.language, "by_nobody")
    agents = view.agents
    return agents.get(int(str(part)), f"#{part}")


def link(view: View, kpi: Kpi, cut: str, part: object) -> Link:
    """Return the link of the list of a part; of a rate, of all that it judges."""
    side = {"lado": "denominador"} if kpi.denominator else {}
    days = view.period.complete
    if cut == LAST_AGENT:
        mark = Mark(last_agents=(int(str(part or 0)),))
        return marks.link_to(view, kpi.kpi_id, mark, days, **side)
    kept = CUTS[cut].link(part, view) if part is not None else view.link
    return marks.link_to(view, kpi.kpi_id, None, days, **side) | {
        CUTS[cut].parameter: kept.get(CUTS[cut].parameter, [])
    }


def difference(kpi: Kpi, value: float, language: Language) -> str:
    """Write a part of a change, in the unit of the change."""
    if kpi.change_unit == "pp":
        text = formats.signed(100 * value, language) or "0"
        return f"{text} {say(language, 'points')}"
    if kpi.change_unit == "points":
        return formats.signed(value, language, 2) or "0"
    if kpi.unit == "hours":
        return f"{formats.signed(value, language) or '0'} h"
    return formats.signed(value, language, 0) or "0"
