"""Operação: where does it jam?"""

from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, marts, tables
from dashboards.cards import show_cards
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import PageView
from kpis import DatabaseDownError, Days, Mark, NoDataError
from reporting import choices, formats
from reporting.findings import operation
from reporting.findings.operation import EDGES_OF_BARS, FIRST, HOURS, LIVE, SENDERS
from reporting.rows import duration
from reporting.texts import say

WAITING_ROWS = 10


def show(view: PageView) -> None:
    """Draw the page."""
    show_now(view)
    st.subheader(say(view.language, "period_title"), anchor=False)
    activity = view.values(("episodes_total", "messages_total"))
    if not any(isinstance(v, Exception) or v.cases for v in activity.values()):
        show_empty(view)
        return
    live = {*LIVE, *operation.snapshots(view)}
    show_cards(view, [i for i in view.ids("operational", FIRST) if i not in live])
    left, right = st.columns(2)
    with left:
        show_section(view, show_heat_map)
    with right:
        show_section(view, show_messages)
    left, right = st.columns(2)
    with left:
        show_section(view, show_histogram, "first_response_time")
    with right:
        show_section(view, show_histogram, "human_response_time")
    left, right = st.columns(2)
    with left:
        show_section(view, show_channels)
    with right:
        show_section(view, show_coverage)
    show_section(view, show_reply_times)


def show_now(view: PageView) -> None:
    """Show the queue as of the last load, and who has waited longest in it."""
    language = view.language
    st.subheader(say(language, "now_title"), anchor=False)
    watch(view.status.version, formats.moment(view.status.local_as_of, language))
    show_cards(view, tuple(dict.fromkeys([*LIVE, *operation.snapshots(view)])))
    show_section(view, show_waiting)


@st.fragment(run_every="60s")
def watch(version: str, moment: str) -> None:
    """Say of when the queue is, and draw the page anew once there is another load.

    Between loads the queue cannot change, so that nothing else is asked or drawn.
    """
    try:
        is_same = marts.now().version == version
    except (DatabaseDownError, NoDataError):
        is_same = False
    if not is_same:
        st.rerun()  # which also says why there is no data
    st.caption(say(st.session_state.language, "now_caption", moment=moment))


def show_waiting(view: PageView) -> None:
    """Show who has waited longest, each the way to the conversation."""
    language = view.language
    waiting = view.listing("queue_waiting", order="longest_wait", limit=WAITING_ROWS)
    with st.container(border=True):
        st.subheader(say(language, "waiting_table"), anchor=False)
        if not waiting.rows:
            st.caption(say(language, "nobody_waits"))
            return
        tables.show_conversations(
            view,
            waiting.rows,
            ("display_id", "waiting", "contact", "unit", "team", "channel"),
            "waiting",
        )


def show_heat_map(view: PageView) -> None:
    """Chart when episodes start, by weekday and hour, per occurrence."""
    language, caption = view.language, say(view.language, "heat_caption")
    found = operation.heat(view)
    if not found.means:
        show_nothing(view, caption)
        return
    table = pd.DataFrame(
        [
            [found.means.get((day, hour), 0.0) for day in charts.WEEKDAYS]
            for hour in HOURS
        ],
        index=[formats.hour_of_day(hour) for hour in HOURS],
        columns=[
            formats.weekday_name(day, language, "abbreviated")
            for day in charts.WEEKDAYS
        ],
    )
    clicked = show_chart(
        view,
        "heat",
        found.finding(language),
        caption,
        charts.heat_map(found.means, found.counts, language),
        table.style.format(partial(formats.decimal, language=language)),
    )
    for mark in clicked:
        day, hour = charts.HEAT_CELLS[mark["point_index"]]
        tables.open_list(
            view, "episodes_total", Mark(weekdays=(day,), hours=(hour,)), found.days
        )


def show_messages(view: PageView) -> None:
    """Chart the messages of each day by who wrote them."""
    language, days = view.language, list(view.period.shown)
    caption = say(language, "messages_caption")
    found = operation.messages(view)
    finding = operation.messages_finding(found, language)
    if finding is None:
        show_nothing(view, caption)
        return
    stacks = {say(language, sender): heights for sender, heights in found.items()}
    names = [formats.weekday(day, language) for day in days]
    table = pd.DataFrame(stacks, index=pd.Index(names, name=say(language, "day")))
    clicked = show_chart(
        view,
        "messages",
        finding,
        caption,
        charts.columns_by_day(
            days, stacks, None, view.period.is_last_day_partial, language
        ),
        table[::-1].style.format(partial(formats.count, language=language)),
    )
    for mark in clicked:
        day = days[mark["point_index"]]
        sender = SENDERS[mark["curve_number"]]
        tables.open_list(view, "messages_total", Mark(parts=(sender,)), Days(day, day))


def show_histogram(view: PageView, kpi_id: str) -> None:
    """Chart how many episodes waited how long, with the target."""
    language, kpi = view.language, view.catalogue[kpi_id]
    metric = str(kpi.metric)
    found = view.histogram(kpi_id, EDGES_OF_BARS)
    bars = found.bars
    caption = say(language, "histogram_caption")
    if not any(n for _, _, n in bars):
        show_nothing(view, caption)
        return
    table = pd.DataFrame(
        {say(language, "episodes"): [n for _, _, n in bars]},
        index=pd.Index(
            [formats.span(low, high, language) for low, high, _ in bars],
            name=say(language, "time"),
        ),
    )
    clicked = show_chart(
        view,
        f"histogram {kpi_id}",
        operation.histogram_finding(found, kpi, language),
        f"{say(language, f'histogram_{metric}')}. {caption}",
        charts.histogram(bars, kpi.target, metric == "human_response", language),
        table.style.format(partial(formats.count, language=language)),
    )
    for mark in clicked:
        low, high, _ = bars[mark["point_index"]]
        tables.open_list(view, kpi_id, Mark(seconds=(low, high)))


# ------------------------------------------------------------------ over time


def show_channels(view: PageView) -> None:
    """Chart how long half and nine in ten wait on each channel; a click opens it."""
    language, caption = view.language, say(view.language, "ranges_caption")
    kpi = view.catalogue[operation.CHANNEL_WAIT]
    found = operation.waits_of_channels(view)
    if not found:
        show_nothing(view, caption)
        return
    write = partial(formats.duration, language=language)
    names = {kind: choices.kind_name(kind, language) for kind in found}
    pairs = {
        names[kind]: (value.value or 0.0, value.p90 or 0.0)
        for kind, value in found.items()
    }
    heads = (say(language, "half"), say(language, "nine_tenths"))
    cases = {
        kind: say(language, "cases", cases=formats.count(value.cases, language))
        for kind, value in found.items()
    }
    clicked = show_chart(
        view,
        "channels",
        operation.channels_finding(found, language),
        caption,
        charts.ranges(
            pairs,
            heads,
            [
                f"{heads[0]} {write(low)} · {heads[1]} {write(high)} · {n}"
                for (low, high), n in zip(pairs.values(), cases.values(), strict=True)
            ],
            kpi.target,
            language,
        ),
        pd.DataFrame(
            [[write(low), write(high)] for low, high in pairs.values()],
            index=pd.Index(list(pairs), name=say(language, "channel")),
            columns=list(heads),
        ).assign(n=[str(value.cases) for value in found.values()]),
    )
    for mark in clicked:
        kind = list(found)[mark["point_index"]]
        tables.open_list(view, kpi.kpi_id, canal=kind)


def show_coverage(view: PageView) -> None:
    """Chart how many are answered in time by hour, and when there is service."""
    language, caption = view.language, say(view.language, "coverage_caption")
    kpi = view.catalogue[operation.ANSWERED_IN_TIME]
    found = operation.coverage(view)
    if not any(found.base):
        show_nothing(view, caption)
        return
    write = partial(formats.percent, language=language)
    texts = [
        f"{formats.hour_of_day(hour)}: "
        + (formats.NO_VALUE if share is None else write(share))
        + f" · {say(language, 'cases', cases=formats.count(n, language))}"
        for hour, share, n in zip(HOURS, found.shares, found.base, strict=True)
    ]
    clicked = show_chart(
        view,
        "coverage",
        found.finding(language),
        caption,
        charts.coverage(
            found.shares, texts, operation.open_hours(view), kpi.target, language
        ),
        pd.DataFrame(
            {
                say(language, "share"): [
                    formats.NO_VALUE if share is None else write(share)
                    for share in found.shares
                ],
                "n": [formats.count(n, language) for n in found.base],
            },
            index=[formats.hour_of_day(hour) for hour in HOURS],
        ),
    )
    for mark in clicked:
        hour = mark["point_index"]
        tables.open_list(view, kpi.kpi_id, Mark(hours=(hour,)), lado="denominador")


def show_reply_times(view: PageView) -> None:
    """Chart how fast customers are replied to, by day; a click opens the day."""
    language, caption = view.language, say(view.language, "reply_caption")
    kpi = view.catalogue[operation.REPLY_TIME]
    found = operation.reply_times(view)
    if not found:
        show_nothing(view, caption)
        return
    days = list(view.period.shown)
    write = partial(formats.duration, language=language)
    halves = [found[day].value if day in found else None for day in days]
    nines = [found[day].p90 if day in found else None for day in days]
    heads = (say(language, "half"), say(language, "nine_tenths"))
    clicked = show_chart(
        view,
        "reply_times",
        operation.reply_finding(found, language),
        caption,
        charts.lines(
            days,
            {heads[0]: halves, heads[1]: nines},
            write,
            kpi.target,
            1,
            language,
            is_time=True,
        ),
        pd.DataFrame(
            {
                heads[0]: [duration(value, language) for value in halves],
                heads[1]: [duration(value, language) for value in nines],
                "n": [str(found[day].cases if day in found else 0) for day in days],
            },
            index=pd.Index(
                [formats.weekday(day, language) for day in days],
                name=say(language, "day"),
            ),
        )[::-1],
    )
    for mark in clicked:
        day = days[mark["point_index"]]
        tables.open_list(view, kpi.kpi_id, None, Days(day, day))
