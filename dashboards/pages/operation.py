"""Operação: where does it jam?"""

from collections import Counter, defaultdict
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, filters, marks, marts, tables
from dashboards.cards import show_cards
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import View
from kpis import DatabaseDownError, Days, Mark, NoDataError
from reporting import formats
from reporting.texts import say

# As of the last load, whatever the period.
LIVE = (
    "queue_waiting", "queue_wait_time", "queue_unassigned", "conversations_active",
)  # fmt: skip
FIRST = (
    "human_response_time", "sla_first_response_rate", "reply_time", "fcr_rate",
    "after_hours_coverage", "messages_total", "messages_per_episode",
    "message_balance", "episodes_per_agent",
)  # fmt: skip
# Where the bars of times start and end, in seconds: each is a third wider than the one
# before, and the last ends after all of time that a moment can have.
EDGES_OF_BARS = (0.0, *(1.1 ** (3 * n + 2) for n in range(95)))
# Teal, amber, violet: the colours of who wrote.
SENDERS = (
    "ai_messages", "human_messages", "contact_messages", "human_phone_messages",
)  # fmt: skip
WAITING_ROWS = 10
EPISODE_HOURS = "mart_temporal_episode_hours"
FACTS = "mart_drilldown_episodes"
HOURS_KINDS = {"working": 1, "after_hours": -1}


def show(view: View) -> None:
    """Draw the page."""
    show_now(view)
    st.subheader(say(view.language, "period_title"), anchor=False)
    activity = view.values(("episodes_total", "messages_total"))
    if not any(isinstance(v, Exception) or v.cases for v in activity.values()):
        show_empty(view)
        return
    live = {*LIVE, *snapshots(view)}
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


def snapshots(view: View) -> list[str]:
    """The KPIs of the level that show the queue as it is."""
    return [
        kpi_id
        for kpi_id in view.ids("operational")
        if view.catalogue[kpi_id].axis == "snapshot"
    ]


def show_now(view: View) -> None:
    """Show the queue as of the last load, and who has waited longest in it."""
    language = view.language
    st.subheader(say(language, "now_title"), anchor=False)
    watch(view.status.version, formats.moment(view.status.local_as_of, language))
    show_cards(view, tuple(dict.fromkeys([*LIVE, *snapshots(view)])))
    show_section(view, show_waiting)


@st.fragment(run_every="60s")
def watch(version: str, moment: str) -> None:
    """Say of when the queue is, and draw the page anew once there is another load.

    Between loads the queue cannot change, so that nothing else is asked or drawn.
    """
    try:
        is_same = marts.load_status().version == version
    except (DatabaseDownError, NoDataError):
        is_same = False
    if not is_same:
        st.rerun()  # which also says why there is no data
    st.caption(say(st.session_state.language, "now_caption", moment=moment))


def show_waiting(view: View) -> None:
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


def show_heat_map(view: View) -> None:
    """Chart when episodes start, by weekday and hour, per occurrence."""
    language = view.language
    caption = say(language, "heat_caption")
    rows = view.components(
        "mart_temporal_episode_hours", ("inbound_episodes",), "weekday", ("local_hour",)
    )
    days = view.period.complete or view.period.shown
    span = "complete" if "complete" in view.period.spans else "shown"
    occurrences = Counter(day.isoweekday() % 7 for day in days)
    means = {
        (int(str(row.group)), int(str(row.by[0]))): row.sums["inbound_episodes"]
        / occurrences[int(str(row.group))]
        for row in rows
        if row.span == span and row.sums["inbound_episodes"]
    }
    if not means:
        show_nothing(view, caption)
        return
    (weekday, hour), highest = max(means.items(), key=lambda item: item[1])
    name = formats.weekday_name(weekday, language)
    finding = say(
        language,
        "heat_finding",
        weekday=name[:1].upper() + name[1:],
        hour=formats.hour_of_day(hour),
        value=formats.decimal(highest, language),
    )
    table = pd.DataFrame(
        [
            [means.get((day, hour), 0.0) for day in (1, 2, 3, 4, 5, 6, 0)]
            for hour in range(24)
        ],
        index=[formats.hour_of_day(hour) for hour in range(24)],
        columns=[
            formats.weekday_name(day, language, "abbreviated")
            for day in (1, 2, 3, 4, 5, 6, 0)
        ],
    )
    counts = {
        (int(str(row.group)), int(str(row.by[0]))): row.sums["inbound_episodes"]
        for row in rows
        if row.span == span
    }
    clicked = show_chart(
        view,
        "heat",
        finding,
        caption,
        charts.heat_map(means, counts, language),
        table.style.format(partial(formats.decimal, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        day, hour = charts.HEAT_CELLS[mark["point_index"]]
        marks.open_list(
            view, "episodes_total", Mark(weekdays=(day,), hours=(hour,)), days
        )


def show_messages(view: View) -> None:
    """Chart the messages of each day by who wrote them."""
    language, days = view.language, list(view.period.shown)
    by_day: dict[object, dict[str, float]] = defaultdict(dict)
    for row in view.components("mart_executive_activity_days", SENDERS, "day"):
        if row.span == "shown":
            by_day[row.group] = row.sums
    stacks = {
        say(language, sender): [by_day[day].get(sender, 0.0) for day in days]
        for sender in SENDERS
    }
    totals = {sender: sum(stacks[say(language, sender)]) for sender in SENDERS}
    caption = say(language, "messages_caption")
    company = sum(totals.values()) - totals["contact_messages"]
    if not company:
        show_nothing(view, caption)
        return
    names = [formats.weekday(day, language) for day in days]
    table = pd.DataFrame(stacks, index=pd.Index(names, name=say(language, "day")))
    clicked = show_chart(
        view,
        "messages",
        say(
            language,
            "messages_finding",
            share=formats.whole_percent(totals["ai_messages"] / company, language),
        ),
        caption,
        charts.columns_by_day(
            days, stacks, None, view.period.is_last_day_partial, language
        ),
        table[::-1].style.format(partial(formats.count, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        day = days[mark["point_index"]]
        sender = SENDERS[mark["curve_number"]]
        marks.open_list(view, "messages_total", Mark(parts=(sender,)), Days(day, day))


def show_histogram(view: View, kpi_id: str) -> None:
    """Chart how many episodes waited how long, with the target."""
    language, kpi = view.language, view.catalogue[kpi_id]
    metric = str(kpi.metric)
    found = view.histogram(kpi_id, EDGES_OF_BARS)
    bars = found.bars
    everything = sum(n for _, _, n in bars)
    caption = say(language, "histogram_caption")
    if not everything:
        show_nothing(view, caption)
        return
    table = pd.DataFrame(
        {say(language, "episodes"): [n for _, _, n in bars]},
        index=pd.Index(
            [formats.span(low, high, language) for low, high, _ in bars],
            name=say(language, "time"),
        ),
    )
    finding = say(
        language,
        "histogram_finding",
        share=formats.whole_percent((found.within_target or 0) / everything, language),
        who=say(language, f"histogram_who_{metric}"),
    )
    clicked = show_chart(
        view,
        f"histogram {kpi_id}",
        finding,
        f"{say(language, f'histogram_{metric}')}. {caption}",
        charts.histogram(bars, kpi.target, metric == "human_response", language),
        table.style.format(partial(formats.count, language=language)),
        is_clickable=True,
    )
    for mark in clicked:
        low, high, _ = bars[mark["point_index"]]
        marks.open_list(view, kpi_id, Mark(seconds=(low, high)))


# ------------------------------------------------------------------ over time


def show_channels(view: View) -> None:
    """Chart how long half and nine in ten wait on each channel; a click opens it."""
    language, caption = view.language, say(view.language, "ranges_caption")
    kpi = view.catalogue["channel_first_response_time"]
    found = {
        str(value.group): value
        for value in view.groups((kpi.kpi_id,), "channel_kind")
        if value.value is not None and value.p90 is not None
    }
    if not found:
        show_nothing(view, caption)
        return
    write = partial(formats.duration, language=language)
    names = {kind: filters.kind_name(kind, language) for kind in found}
    pairs = {
        names[kind]: (value.value or 0.0, value.p90 or 0.0)
        for kind, value in found.items()
    }
    heads = (say(language, "half"), say(language, "nine_tenths"))
    cases = {
        kind: say(language, "cases", cases=formats.count(value.cases, language))
        for kind, value in found.items()
    }
    slowest = max(found, key=lambda kind: found[kind].p90 or 0.0)
    clicked = show_chart(
        view,
        "channels",
        say(
            language,
            "ranges_finding",
            channel=names[slowest],
            time=write(found[slowest].p90 or 0.0),
        ),
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
        is_clickable=True,
    )
    for mark in clicked:
        kind = list(found)[mark["point_index"]]
        marks.open_list(view, kpi.kpi_id, canal=kind)


def show_coverage(view: View) -> None:
    """Chart how many are answered in time by hour, and when there is service."""
    language, caption = view.language, say(view.language, "coverage_caption")
    kpi = view.catalogue["sla_first_response_rate"]
    names = (str(kpi.denominator), *kpi.components)
    sums: dict[int, dict[str, float]] = defaultdict(lambda: dict.fromkeys(names, 0.0))
    for row in view.components(EPISODE_HOURS, names, "hour"):
        if row.span == "shown":
            sums[int(str(row.group))] = row.sums
    base = [sums[hour][names[0]] for hour in charts.HOURS]
    if not any(base):
        show_nothing(view, caption)
        return
    shares = [
        sums[hour][names[1]] / n if n else None
        for hour, n in zip(charts.HOURS, base, strict=True)
    ]
    write = partial(formats.percent, language=language)
    texts = [
        f"{formats.hour_of_day(hour)}: "
        + (formats.NO_VALUE if share is None else write(share))
        + f" · {say(language, 'cases', cases=formats.count(n, language))}"
        for hour, share, n in zip(charts.HOURS, shares, base, strict=True)
    ]
    fewest = max(sum(base) / 200, 1)  # an hour with next to nothing is no finding
    worst = min(
        (hour for hour in charts.HOURS if base[hour] >= fewest),
        key=lambda hour: shares[hour] or 0.0,
    )
    clicked = show_chart(
        view,
        "coverage",
        say(
            language,
            "coverage_finding",
            hour=formats.hour_of_day(worst),
            share=formats.whole_percent(shares[worst] or 0.0, language),
        ),
        caption,
        charts.coverage(shares, texts, open_hours(view), kpi.target, language),
        pd.DataFrame(
            {
                say(language, "share"): [
                    formats.NO_VALUE if share is None else write(share)
                    for share in shares
                ],
                "n": [formats.count(n, language) for n in base],
            },
            index=[formats.hour_of_day(hour) for hour in charts.HOURS],
        ),
        is_clickable=True,
    )
    for mark in clicked:
        hour = mark["point_index"]
        marks.open_list(view, kpi.kpi_id, Mark(hours=(hour,)), lado="denominador")


def open_hours(view: View) -> list[int]:
    """Return the hours in which most episodes began within the hours of service."""
    rows = view.components(
        FACTS, ("inbound_episodes",), None, ("local_hour", "hours_kind")
    )
    balance: dict[int, float] = defaultdict(float)
    for row in rows:
        hour, kind = row.by
        if row.span == "shown" and kind in HOURS_KINDS:
            balance[int(str(hour))] += (
                HOURS_KINDS[str(kind)] * row.sums["inbound_episodes"]
            )
    return sorted(hour for hour, n in balance.items() if n > 0)


def show_reply_times(view: View) -> None:
    """Chart how fast customers are replied to, by day; a click opens the day."""
    language, caption = view.language, say(view.language, "reply_caption")
    kpi = view.catalogue["reply_time"]
    found = {
        value.group: value
        for value in view.groups((kpi.kpi_id,), "day")
        if isinstance(value.group, date) and value.value is not None
    }
    if not found:
        show_nothing(view, caption)
        return
    days = list(view.period.shown)
    write = partial(formats.duration, language=language)
    halves = [found[day].value if day in found else None for day in days]
    nines = [found[day].p90 if day in found else None for day in days]
    slowest = max(found, key=lambda day: found[day].value or 0.0)
    heads = (say(language, "half"), say(language, "nine_tenths"))
    clicked = show_chart(
        view,
        "reply_times",
        say(
            language,
            "reply_finding",
            day=formats.weekday(slowest, language),
            time=write(found[slowest].value or 0.0),
        ),
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
                heads[0]: [tables.duration(value, language) for value in halves],
                heads[1]: [tables.duration(value, language) for value in nines],
                "n": [str(found[day].cases if day in found else 0) for day in days],
            },
            index=pd.Index(
                [formats.weekday(day, language) for day in days],
                name=say(language, "day"),
            ),
        )[::-1],
        is_clickable=True,
    )
    for mark in clicked:
        day = days[mark["point_index"]]
        marks.open_list(view, kpi.kpi_id, None, Days(day, day))
