"""Glossário e saúde dos dados: what does a number mean, and can it be relied on?"""

from functools import partial

import pandas as pd
import streamlit as st

from dashboards.cards import show_way
from dashboards.chatwoot import show_chatwoot
from dashboards.frames import show_section
from dashboards.freshness import BADGES
from dashboards.view import PageView
from ground.project import RELEASE
from kpis import Kpi, checks, health, kind_of
from kpis.status import ignored
from reporting import formats, freshness
from reporting.findings import glossary
from reporting.findings.glossary import LEVELS
from reporting.kpi_words import caveat, definition, how_to_switch_on, show_label
from reporting.rows import duration
from reporting.texts import plain, say

RUNS_SHOWN = 15
FAILURES_SHOWN = 5


def show(view: PageView) -> None:
    """Draw the page."""
    language = view.language
    shown_by_tab = {
        "glossary_kpis": show_glossary,
        "glossary_chatwoot": show_chatwoot,
        "glossary_parameters": show_parameters,
        "glossary_health": show_health,
    }
    tabs = st.tabs([say(language, name) for name in shown_by_tab])
    for tab, part in zip(tabs, shown_by_tab.values(), strict=True):
        with tab:
            show_section(view, part)


# ------------------------------------------------------------------ definitions


def show_glossary(view: PageView) -> None:
    """Define every KPI, by level; a search narrows them down."""
    language = view.language
    show_section(view, show_before)
    sought = st.text_input(
        say(language, "glossary_search"),
        key="glossary_search",
        placeholder=say(language, "glossary_search"),
        label_visibility="collapsed",
        icon=":material/search:",
        width=420,
    )
    st.caption(say(language, "glossary_marks"))
    by_level = glossary.by_level(view, sought)
    if not any(by_level.values()):
        st.info(say(language, "glossary_nothing"), icon=":material/search_off:")
    for level, members in by_level.items():
        if not members:
            continue
        name = say(language, f"level_{level}", or_else=level)
        with st.expander(
            f"{plain(name)} · {len(members)}",
            expanded=bool(sought) or level == LEVELS[0],
        ):
            for kpi in members:
                show_kpi(view, kpi)


def show_kpi(view: PageView, kpi: Kpi) -> None:
    """Define a KPI."""
    language = view.language
    facts = [
        f"{say(language, 'formula')}: `{kind_of(kpi).written(kpi, language)}`",
        f"{say(language, 'source')}: `marts.{kpi.mart}`",
        f"{say(language, 'axis')}: {say(language, f'axis_{kpi.axis}')}",
        f"{say(language, 'target')}: {plain(glossary.target(kpi, language))}",
    ]
    if kpi.counted_by:
        counted_by = kpi.counted_by
        facts.append(say(language, "glossary_counted_by", counted_by=counted_by))
    if kpi.minimum_cases:
        facts.append(say(language, "glossary_minimum", cases=kpi.minimum_cases))
    number = f"{kpi.kpi_number}. " if kpi.kpi_number else ""
    lines = [
        f"**{plain(number + show_label(kpi, language))}** `{kpi.kpi_id}`",
        plain(definition(kpi, language)),
        f":small[{' · '.join(facts)}]",
    ]
    to_mind = caveat(kpi, language)
    if to_mind:
        lines.insert(2, f"*{say(language, 'caveat')}: {plain(to_mind)}*")
    with st.container(border=True, gap="xsmall"):
        st.markdown("  \n".join(lines))
        show_way(view, kpi)


# ------------------------------------------------------------------ old and new


def show_before(view: PageView) -> None:
    """Show a month by the old definitions and by the new, where the old are kept."""
    language = view.language
    found = glossary.old_and_new(view)
    if found is None:
        return
    names = ("before_old", "before_new", "before_change", "before_why")
    columns = ["changes_kpi", *names]
    rows = [[plain(text) for text in row] for row in found.moved]
    written = formats.month(found.of.local_month, language)
    with st.expander(plain(say(language, "before_title", month=written))):
        moment = formats.full_moment(found.of.local_as_of, language)
        st.caption(say(language, "before_caption", moment=moment))
        if rows:
            table = pd.DataFrame(rows, columns=[say(language, c) for c in columns])
            st.table(table.set_index(say(language, "changes_kpi")))
        if found.same:
            same = formats.count(found.same, language)
            st.caption(say(language, "before_same", count=same))
        now = formats.full_moment(view.status.local_as_of, language)
        st.caption(say(language, "before_loads", old=moment, new=now))


# ------------------------------------------------------------------ parameters


def show_parameters(view: PageView) -> None:
    """Show the assumptions, and what is switched on and how to switch on the rest."""
    language = view.language
    st.subheader(say(language, "glossary_parameters"), anchor=False)
    st.caption(say(language, "parameters_caption"))
    rows = [glossary.parameter_row(p, language) for p in view.ask(health.parameters)]
    st.table(pd.DataFrame(rows).set_index(say(language, "parameter")))
    show_section(view, show_configuration)
    st.subheader(say(language, "features"), anchor=False)
    for feature, is_on in view.ask(health.features).items():
        name = say(language, f"feature_{feature}", or_else=feature)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(
                say(language, "feature_on" if is_on else "reason_not_configured"),
                icon=":material/check_circle:" if is_on else ":material/power_off:",
                color="green" if is_on else "gray",
            )
            st.markdown(f"**{plain(name)}**", width="content")
            if not is_on:
                how = how_to_switch_on(feature, language)
                st.caption(plain(how), width="content")


def show_configuration(view: PageView) -> None:
    """Show what is configured, and whose it is."""
    language = view.language
    st.subheader(say(language, "configuration"), anchor=False)
    st.caption(say(language, "configuration_caption"))
    for file, configured in view.ask(health.configuration).items():
        if file == "parameters":
            continue
        title = glossary.configured_title(file, configured, language)
        with st.expander(plain(title), icon=":material/table_rows:"):
            rows = [
                glossary.configured_row(row, view.catalogue, language)
                for row in configured
            ]
            table = pd.DataFrame(rows).map(plain)  # owners write what they like
            st.table(table.set_index(say(language, "entry")))


# ------------------------------------------------------------------ data health


def show_health(view: PageView) -> None:
    """Show the last load, the runs and failures, and how the forecast did."""
    for part in (
        show_last_load,
        show_ignored,
        show_checks,
        show_runs,
        show_failures,
        show_backtest,
    ):
        show_section(view, part)
    st.caption(say(view.language, "release", release=RELEASE))


def show_last_load(view: PageView) -> None:
    """Show what the last good load brought."""
    language = view.language
    load = view.ask(health.last_load)
    if load is None:
        return
    st.subheader(say(language, "last_load"), anchor=False)
    moment = formats.full_moment(load.local_as_of, language)
    color, icon = BADGES[freshness.state(view.status)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(freshness.word(view.status, language), icon=icon, color=color)
        st.caption(
            say(
                language,
                "last_load_caption",
                moment=moment,
                loaded=formats.full_moment(load.local_loaded_at, language),
                mode=glossary.mode_name(load.mode, language),
                run=load.run_id,
            ),
            width="content",
        )
    write = partial(glossary.count, language=language)
    grid = st.grid(4, min_column_width=150, border=True)
    for name, text in (
        ("conversations_page", write(load.conversations)),
        ("messages", write(load.messages)),
        ("rows_brought", write(glossary.rows_brought(load))),
        ("load_time", duration(load.load_seconds, language)),
    ):
        with grid.cell():
            st.metric(say(language, name), text)


def show_ignored(view: PageView) -> None:
    """Show how many conversations are with no customer, and so in no number."""
    language = view.language
    found = view.ask(ignored)
    st.subheader(say(language, "ignored"), anchor=False)
    st.caption(say(language, "ignored_caption"))
    if not found:
        st.caption(say(language, "ignored_none"))
        return
    rows = [
        {
            say(language, "ignored_reason"): say(language, f"ignored_{reason}"),
            say(language, "conversations_page"): formats.count(count, language),
        }
        for reason, count in found.items()
    ]
    st.table(pd.DataFrame(rows).set_index(say(language, "ignored_reason")))


def show_checks(view: PageView) -> None:
    """Check whether the numbers agree, when the reader asks for it."""
    language, days = view.language, view.period.shown
    st.subheader(say(language, "checks"), anchor=False)
    st.caption(
        say(
            language,
            "checks_caption",
            first=formats.full_date(days.first, language),
            last=formats.full_date(days.last, language),
        )
    )
    asked = (view.status.version, days)
    if st.button(say(language, "checks_run"), icon=":material/fact_check:"):
        st.session_state.checks = asked
    if st.session_state.get("checks") != asked:
        return
    with st.spinner(say(language, "checks_running")):
        found = view.ask(checks.checks, days)
    names = ("check", "check_result", "check_details")
    table = pd.DataFrame(
        glossary.checked(found, view), columns=[say(language, name) for name in names]
    )
    st.table(table.set_index(say(language, "check")))
    st.caption(say(language, "checks_source"))


def show_runs(view: PageView) -> None:
    """List the latest runs of the loader."""
    language = view.language
    st.subheader(say(language, "runs"), anchor=False)
    found = view.ask(health.runs, RUNS_SHOWN)
    if not found:
        st.caption(say(language, "runs_none"))
        return
    st.table(
        pd.DataFrame(
            [glossary.run_row(run, language) for run in found],
            index=pd.Index([run.run_id for run in found], name=say(language, "run")),
        )
    )


def show_failures(view: PageView) -> None:
    """List the latest failures."""
    language = view.language
    st.subheader(say(language, "failures"), anchor=False)
    found = view.ask(health.failures, FAILURES_SHOWN)
    if not found:
        st.badge(
            say(language, "failures_none"),
            icon=":material/check_circle:",
            color="green",
        )
        return
    for failure in found:
        st.badge(
            glossary.failure_text(failure, language),
            icon=":material/error:",
            color="red",
        )
    st.caption(say(language, "failures_help"))


def show_backtest(view: PageView) -> None:
    """Show how far off earlier forecasts were, of the whole and of each inbox."""
    language = view.language
    st.subheader(say(language, "backtest"), anchor=False)
    rows = glossary.backtest_rows(view)
    if not rows:
        st.caption(say(language, "forecast_untested"))
        return
    st.caption(say(language, "backtest_caption"))
    names = ("where", "wape", "naive_wape", "mase", "coverage", "days_judged")
    table = pd.DataFrame(rows, columns=[say(language, name) for name in names])
    st.table(table.set_index(say(language, "where")))
