"""Operação: where does it jam?"""

from collections import Counter, defaultdict
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, formats, marks, tables
from dashboards.cards import show_cards
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.texts import say
from dashboards.view import View
from kpis import Days, Mark

# As of the last load, whatever the period.
LIVE = (
    "queue_waiting", "queue_wait_time", "queue_unassigned", "conversations_active",
)  # fmt: skip
FIRST = (
    "human_response_time", "sla_first_response_rate", "reply_time", "fcr_rate",
    "after_hours_coverage", "messages_total", "messages_per_episode",
    "message_balance", "episodes_per_agent",
)  # fmt: skip
HISTOGRAM = "mart_operational_duration_histogram"
BARS_PER_BUCKETS = 3  # buckets are a tenth wide, too thin to be seen
# Teal, amber, violet: the colours of who wrote.
SENDERS = (
    "ai_messages", "human_messages", "contact_messages", "human_phone_messages",
)  # fmt: skip
WAITING_ROWS = 10


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
    moment = formats.moment(view.status.local_as_of, language)
    st.caption(say(language, "now_caption", moment=moment))
    show_cards(view, tuple(dict.fromkeys([*LIVE, *snapshots(view)])))
    show_section(view, show_waiting)


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
    rows = view.components(
        HISTOGRAM, ("n",), None, ("metric", "bucket", "bucket_from", "bucket_to")
    )
    merged: dict[int, tuple[float, float, float]] = {}
    below, everything = 0.0, 0.0
    for row in rows:
        if row.span != "shown" or row.by[0] != metric:
            continue
        bucket, low, high = int(str(row.by[1])), *map(float, map(str, row.by[2:]))
        n = row.sums["n"]
        place = bucket // BARS_PER_BUCKETS
        known = merged.get(place, (low, high, 0.0))
        merged[place] = (min(low, known[0]), max(high, known[1]), known[2] + n)
        everything += n
        if kpi.target is not None:
            below += n * min(max((kpi.target - low) / (high - low), 0.0), 1.0)
    caption = say(language, "histogram_caption")
    if not everything:
        show_nothing(view, caption)
        return
    bars = sorted(merged.values())
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
        share=formats.whole_percent(below / everything, language),
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
