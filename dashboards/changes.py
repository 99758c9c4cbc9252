"""What changed: the parts that moved a number most, each the way to its list."""

from collections.abc import Sequence

import streamlit as st

from dashboards import marks, marts
from dashboards.cards import show_label
from dashboards.pages import segments
from dashboards.view import Link, View
from kpis import Kpi, Mark, Value
from kpis.contributions import Contribution, Sums, contributions, whole
from reporting import formats
from reporting.texts import Language, plain, say

EPISODES = "mart_executive_episode_days"
FACTS = "mart_drilldown_episodes"
KINDS = {"sum", "ratio"}
CUTS = {
    "unit": segments.UNITS,
    "channel_kind": segments.CHANNELS,
    "team": segments.TEAMS,
}
# Of whom several may write in one episode, only the last is a part of the whole.
LAST_AGENT = "last_human_agent_id"
MOST_SHOWN = 5


def show_changes(view: View, first: tuple[str, ...]) -> None:
    """Choose a KPI and a cut, and show what its change consists of."""
    language = view.language
    listed = tuple(
        kpi_id
        for kpi_id in view.ids("executive", first)
        if view.catalogue[kpi_id].kind in KINDS
    )
    ids = [
        kpi_id
        for kpi_id, value in view.values(listed).items()
        if isinstance(value, Value) and value.reason != "not_configured"
    ]
    with st.container(border=True, height="stretch"):
        st.subheader(say(language, "changes_title"), anchor=False)
        labels = {i: show_label(view.catalogue[i], language) for i in ids}
        kpi_id = st.selectbox(
            say(language, "changes_kpi"),
            ids,
            format_func=labels.__getitem__,
            key=f"changes kpi {language}",
            label_visibility="collapsed",
        )
        kpi = view.catalogue[kpi_id]
        cuts = [*CUTS, *([LAST_AGENT] if kpi.mart in (EPISODES, FACTS) else [])]
        cut = st.selectbox(
            say(language, "changes_by"),
            cuts,
            format_func=lambda name: say(language, f"by_{name}"),
            key=f"changes by {language}",
            label_visibility="collapsed",
        )
        if view.period.previous is None:
            st.caption(say(language, "changes_none"))
            return
        _show_parts(view, kpi, cut, found_parts(view, kpi, cut))


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


def _show_parts(view: View, kpi: Kpi, cut: str, found: Sequence[Contribution]) -> None:
    language = view.language
    total = sum(part.total for part in found)
    if not any(part.total for part in found):
        st.caption(say(language, "changes_nothing"))
        return
    label, change = show_label(kpi, language), difference(kpi, total, language)
    caption = say(language, "changes_caption", label=label, change=change)
    st.caption(plain(caption))
    shown, others = found[:MOST_SHOWN], found[MOST_SHOWN:]
    for part in shown:
        sign = "▲" if part.total > 0 else "▼" if part.total < 0 else "="
        text = difference(kpi, part.total, language)
        st.page_link(
            view.pages["conversas"],
            label=plain(f"{sign} {text} · {part_name(view, cut, part.part)}"),
            query_params=_link(view, kpi, cut, part.part),
            help="",
        )
        if part.now.denominator is not None:
            st.caption(
                plain(
                    f"{say(language, 'performance')}"
                    f" {difference(kpi, part.by_performance, language)} · "
                    f"{say(language, 'mix')} {difference(kpi, part.by_mix, language)}"
                )
            )
    if others:
        name = say(language, "changes_others", count=len(others))
        text = difference(kpi, sum(part.total for part in others), language)
        st.caption(plain(f"{text} · {name}"))
    if whole([part.now for part in found]).denominator is not None:
        st.caption(say(language, "changes_rate"))


def part_name(view: View, cut: str, part: object) -> str:
    """Name a part of a cut."""
    if cut != LAST_AGENT:
        return formats.NO_VALUE if part is None else CUTS[cut].name(part, view)
    if part is None:
        return say(view.language, "by_nobody")
    agents = marts.agents(view.status.version)
    return agents.get(int(str(part)), f"#{part}")


def _link(view: View, kpi: Kpi, cut: str, part: object) -> Link:
    """What the list of a part is called; of a rate, all that it judges."""
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
