"""Glossário e saúde dos dados: what does a number mean, and can it be relied on?"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import freshness, marts
from dashboards.cards import show_change, show_label, show_value, show_way
from dashboards.chatwoot import show_chatwoot
from dashboards.frames import show_section
from dashboards.pages.trends import judged
from dashboards.view import View
from kpis import Filters, Kpi, Period, Value, health
from kpis.checks import Check
from kpis.periods import month_of
from kpis.temporal import WHOLE
from reporting import formats
from reporting.texts import Language, plain, say

LEVELS = ("executive", "operational", "quality", "segment", "temporal", "ai")
RUNS_SHOWN = 15
FAILURES_SHOWN = 5
# How the value follows from the columns of the mart.
FORMULAS = {
    "sum": "Σ {numerator}",
    "ratio": "Σ {numerator} ÷ Σ {denominator}",
    "distinct": "{distinct}({numerator})",
    "distinct_ratio": "{distinct}({numerator}) ÷ {distinct}({denominator})",
    "per_distinct": "Σ {numerator} ÷ {distinct}({denominator})",
    "percentile": "p{share}({metric})",
    "distribution": "{numerator} ÷ Σ",
    "snapshot": "Σ {numerator}",
    "snapshot_quantile": "p{share}({numerator})",
    "terms": "{distinct}({numerator})",
}


def show(view: View) -> None:
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


def show_glossary(view: View) -> None:
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
    ).casefold()
    st.caption(say(language, "glossary_marks"))
    by_level: dict[str, list[Kpi]] = {level: [] for level in LEVELS}
    for kpi in view.catalogue.values():
        told = (kpi.label_pt, kpi.label_en, kpi.kpi_id, _definition(kpi, language))
        if sought in " ".join(told).casefold():
            by_level.setdefault(kpi.level, []).append(kpi)
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


def show_kpi(view: View, kpi: Kpi) -> None:
    """Define a KPI."""
    language = view.language
    facts = [
        f"{say(language, 'formula')}: `{formula(kpi, language)}`",
        f"{say(language, 'source')}: `marts.{kpi.mart}`",
        f"{say(language, 'axis')}: {say(language, f'axis_{kpi.axis}')}",
        f"{say(language, 'target')}: {plain(target(kpi, language))}",
    ]
    if kpi.counted_by:
        counted_by = kpi.counted_by
        facts.append(say(language, "glossary_counted_by", counted_by=counted_by))
    if kpi.minimum_cases:
        facts.append(say(language, "glossary_minimum", cases=kpi.minimum_cases))
    number = f"{kpi.kpi_number}. " if kpi.kpi_number else ""
    lines = [
        f"**{plain(number + show_label(kpi, language))}** `{kpi.kpi_id}`",
        plain(_definition(kpi, language)),
        f":small[{' · '.join(facts)}]",
    ]
    caveat = kpi.caveat_pt if language == "pt" else kpi.caveat_en
    if caveat:
        lines.insert(2, f"*{say(language, 'caveat')}: {plain(caveat)}*")
    with st.container(border=True, gap="xsmall"):
        st.markdown("  \n".join(lines))
        show_way(view, kpi)


def formula(kpi: Kpi, language: Language) -> str:
    """Write how the value follows from the columns of its mart."""
    pattern = FORMULAS.get(kpi.kind)
    parts = {
        "numerator": " + ".join(kpi.components),
        "denominator": kpi.denominator or "",
        "metric": kpi.metric or kpi.numerator,
        "share": formats.count(100 * (kpi.quantile or 0.5), language),
        "distinct": say(language, "formula_distinct"),
    }
    if pattern is not None:
        return pattern.format(**parts)
    how = say(language, f"formula_{kpi.kind}", or_else=kpi.kind)
    base = f"{parts['numerator']} ÷ {kpi.denominator}" if kpi.denominator else ""
    return f"{how}({base or kpi.metric or parts['numerator']})"


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


def _definition(kpi: Kpi, language: Language) -> str:
    return kpi.definition_pt if language == "pt" else kpi.definition_en


# ------------------------------------------------------------------ old and new


def show_before(view: View) -> None:
    """Show a month by the old definitions and by the new, where the old are kept."""
    language = view.language
    before = {
        old.kpi_id: old
        for old in marts.before(view.status.version)
        if old.kpi_id in view.catalogue
    }
    if not before:
        return
    first = next(iter(before.values()))
    month = month_of(first.local_month)
    found = marts.values_or_errors(
        view.status.version,
        tuple(kpi_id for kpi_id in view.catalogue if kpi_id in before),
        Period(month, month, None),
        Filters(),
    )
    rows = [
        _old_and_new(before[kpi_id], view.catalogue[kpi_id], new, language)
        for kpi_id, new in found.items()
        if not isinstance(new, Exception)
    ]
    names = ("before_old", "before_new", "before_change", "before_why")
    columns = ["changes_kpi", *names]
    moved = [row for row in rows if row[1] != row[2]]
    written = formats.month(first.local_month, language)
    with st.expander(plain(say(language, "before_title", month=written))):
        moment = formats.full_moment(first.local_as_of, language)
        st.caption(say(language, "before_caption", moment=moment))
        if moved:
            table = pd.DataFrame(moved, columns=[say(language, c) for c in columns])
            st.table(table.set_index(say(language, "changes_kpi")))
        if len(moved) < len(rows):
            same = formats.count(len(rows) - len(moved), language)
            st.caption(say(language, "before_same", count=same))
        now = formats.full_moment(view.status.local_as_of, language)
        st.caption(say(language, "before_loads", old=moment, new=now))


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
        plain(label),
        plain(show_value(kpi, old.value, language)),
        plain(show_value(kpi, new.value, language)),
        plain(str(shown or formats.NO_VALUE)),
        plain(why or ""),
    )


# ------------------------------------------------------------------ parameters


def show_parameters(view: View) -> None:
    """Show the assumptions, and what is switched on and how to switch on the rest."""
    language = view.language
    st.subheader(say(language, "glossary_parameters"), anchor=False)
    st.caption(say(language, "parameters_caption"))
    rows = [
        {
            say(language, "parameter"): say(
                language, f"parameter_{p.parameter}", or_else=p.parameter
            ),
            say(language, "value"): parameter_value(p, language),
            "dbt": p.parameter,
        }
        for p in health.parameters(marts.marts())
    ]
    st.table(pd.DataFrame(rows).set_index(say(language, "parameter")))
    st.subheader(say(language, "features"), anchor=False)
    for feature, is_on in health.features(marts.marts()).items():
        name = say(language, f"feature_{feature}", or_else=feature)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(
                say(language, "feature_on" if is_on else "reason_not_configured"),
                icon=":material/check_circle:" if is_on else ":material/power_off:",
                color="green" if is_on else "gray",
            )
            st.markdown(f"**{plain(name)}**", width="content")
            if not is_on:
                how = say(
                    language,
                    f"how_{feature}",
                    or_else=say(language, "not_configured_help"),
                )
                st.caption(plain(how), width="content")


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


def show_health(view: View) -> None:
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


def show_last_load(view: View) -> None:
    """Show what the last good load brought."""
    language = view.language
    load = health.last_load(marts.marts())
    if load is None:
        return
    st.subheader(say(language, "last_load"), anchor=False)
    moment = formats.full_moment(load.local_as_of, language)
    color, icon = freshness.BADGES[freshness.state(view.status)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(freshness.word(view.status, language), icon=icon, color=color)
        st.caption(
            say(
                language,
                "last_load_caption",
                moment=moment,
                loaded=formats.full_moment(load.local_loaded_at, language),
                mode=_mode(load.mode, language),
                run=load.run_id,
            ),
            width="content",
        )
    write = partial(_count, language=language)
    brought = None
    if load.rows_new is not None and load.rows_changed is not None:
        brought = load.rows_new + load.rows_changed
    grid = st.grid(4, min_column_width=150, border=True)
    for name, text in (
        ("conversations_page", write(load.conversations)),
        ("messages", write(load.messages)),
        ("rows_brought", write(brought)),
        ("load_time", _seconds(load.load_seconds, language)),
    ):
        with grid.cell():
            st.metric(say(language, name), text)


def show_ignored(view: View) -> None:
    """Show how many conversations are with no customer, and so in no number."""
    language = view.language
    found = marts.ignored(view.status.version)
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


def show_checks(view: View) -> None:
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
        found = marts.checks(*asked)
    rows = []
    for name in dict.fromkeys(check.name for check in found):
        members = [check for check in found if check.name == name]
        bad = [check for check in members if not check.is_good]
        rows.append(
            {
                say(language, "check"): say(language, f"check_{name}"),
                say(language, "check_result"): say(
                    language,
                    "check_bad" if bad else "check_good",
                    good=len(members) - len(bad),
                    count=len(members),
                ),
                say(language, "check_details"): "; ".join(
                    _difference(check, view) for check in (bad or members[:2])
                ),
            }
        )
    st.table(pd.DataFrame(rows).set_index(say(language, "check")))
    st.caption(say(language, "checks_source"))


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


def show_runs(view: View) -> None:
    """List the latest runs of the loader."""
    language = view.language
    st.subheader(say(language, "runs"), anchor=False)
    found = health.runs(marts.marts(), RUNS_SHOWN)
    if not found:
        st.caption(say(language, "runs_none"))
        return
    st.table(
        pd.DataFrame(
            [
                {
                    say(language, "started"): formats.full_moment(
                        run.local_started_at, language
                    ),
                    say(language, "status"): say(
                        language, f"run_{run.status}", or_else=run.status
                    ),
                    say(language, "mode"): _mode(run.mode, language),
                    say(language, "rows_read"): _count(run.rows_read, language),
                    say(language, "rows_new"): _count(run.rows_new, language),
                    say(language, "rows_changed"): _count(run.rows_changed, language),
                    say(language, "rows_deleted"): _count(run.rows_deleted, language),
                    say(language, "time"): _seconds(run.load_seconds, language),
                }
                for run in found
            ],
            index=pd.Index([run.run_id for run in found], name=say(language, "run")),
        )
    )


def show_failures(view: View) -> None:
    """List the latest failures."""
    language = view.language
    st.subheader(say(language, "failures"), anchor=False)
    found = health.failures(marts.marts(), FAILURES_SHOWN)
    if not found:
        st.badge(
            say(language, "failures_none"),
            icon=":material/check_circle:",
            color="green",
        )
        return
    for failure in found:
        st.badge(
            say(
                language,
                f"failure_of_{failure.kind}",
                run=failure.run_id,
                what=failure.failed_at or "",
                status=say(language, f"run_{failure.status}", or_else=failure.status),
                moment=formats.full_moment(failure.local_started_at, language),
            ),
            icon=":material/error:",
            color="red",
        )
    st.caption(say(language, "failures_help"))


def show_backtest(view: View) -> None:
    """Show how far off earlier forecasts were, of the whole and of each inbox."""
    language = view.language
    st.subheader(say(language, "backtest"), anchor=False)
    trials = marts.backtest(view.status.version)
    if not trials:
        st.caption(say(language, "forecast_untested"))
        return
    st.caption(say(language, "backtest_caption"))
    inboxes = marts.inboxes(view.status.version)
    rows: list[Sequence[str]] = []
    for scope, trial in trials.items():
        name = say(language, "everything")
        if scope != WHOLE and trial.inbox_id is not None:
            name = inboxes.get(trial.inbox_id, f"#{trial.inbox_id}")
        told = judged(trial, view)
        mase = formats.NO_VALUE
        if trial.mase is not None:
            mase = formats.decimal(trial.mase, language, 2)
        rows.append(
            (name, told["wape"], told["naive"], mase, told["coverage"], str(trial.days))
        )
    names = ("where", "wape", "naive_wape", "mase", "coverage", "days_judged")
    table = pd.DataFrame(rows, columns=[say(language, name) for name in names])
    st.table(table.set_index(say(language, "where")))


def _mode(mode: str | None, language: Language) -> str:
    return say(language, f"mode_{mode}", or_else=mode or formats.NO_VALUE)


def _count(value: int | None, language: Language) -> str:
    return formats.NO_VALUE if value is None else formats.count(value, language)


def _seconds(value: float | None, language: Language) -> str:
    return formats.NO_VALUE if value is None else formats.duration(value, language)
