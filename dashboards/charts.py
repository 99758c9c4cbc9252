"""Charts, as Plotly figures; their colours are those of the theme, in its order.

A trace takes the colour of its place: first teal (the AI), then amber (a person),
violet (the customer) and brick (nobody yet), so that light and dark both fit.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go

from dashboards import formats
from dashboards.texts import Language, say

CONFIG = {"displayModeBar": False}
# Seen on a light and on a dark background alike.
MUTED = "#8C9C99"
LINE = "#6F7F7C"
INK = "#0B1513"  # on a colour of half strength
HEAT = [[0.0, "rgba(15,118,110,0.04)"], [1.0, "rgba(20,150,138,1)"]]
COLOURS = 5  # in the theme, after which they come again
TICKS_OF_TIME = (1, 10, 60, 300, 1_800, 7_200, 28_800, 86_400, 604_800)
LEGEND = {
    "orientation": "h",
    "y": 1.02,
    "yanchor": "bottom",
    "x": 0,
    "traceorder": "normal",
}


def columns_by_day(
    days: Sequence[date],
    stacks: Mapping[str, Sequence[float]],
    line: tuple[str, Sequence[float], Sequence[date]] | None,
    is_last_partial: bool,
    language: Language,
    is_last_muted: bool = True,
) -> go.Figure:
    """Stacked columns, the last stack muted, and a dotted line to compare with.

    The column of a day that is not over is hatched.
    """
    labels = [formats.weekday(day, language) for day in days]
    highest = max(map(sum, zip(*stacks.values(), strict=True)), default=0)
    figure = go.Figure()
    for name, heights in stacks.items():
        figure.add_bar(
            x=labels,
            y=heights,
            name=name,
            text=[formats.count(height, language) for height in heights],
            textposition="none",
            hovertemplate="%{x}<br>%{fullData.name}: %{text}<extra></extra>",
        )
    if is_last_muted:
        figure.data[-1].marker.color = MUTED
    if is_last_partial:
        figure.update_traces(marker_pattern_shape=[""] * (len(days) - 1) + ["/"])
    if line is not None:
        name, heights, line_days = line
        figure.add_scatter(
            x=labels[: len(heights)],
            y=heights,
            name=name,
            mode="lines",
            line={"dash": "dot", "width": 2, "color": LINE},
            text=[
                f"{formats.count(height, language)} ({formats.weekday(day, language)})"
                for height, day in zip(heights, line_days, strict=False)
            ],
            hovertemplate="%{fullData.name}: %{text}<extra></extra>",
        )
    # Whole weeks back from the last day, so that weekdays can be compared.
    step = 1 if len(days) <= 10 else 7 * -(-len(days) // 45)
    _lay_out(figure, language, 320)
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        hovermode="closest",  # a click takes the mark below it
        legend=LEGEND,
        xaxis={
            "type": "category",
            "tickvals": labels[::-step],
            "ticktext": [formats.day(day, language) for day in days[::-step]],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "rangemode": "tozero",
            "fixedrange": True,
            "nticks": 5,
            "dtick": 1 if highest < 5 else None,
        },
    )
    return figure


def shares(
    bars: Mapping[str, Mapping[str, float]],
    places: Mapping[str, tuple[int, float]],
    names: Mapping[str, str],
    language: Language,
) -> go.Figure:
    """Whole bars, each cut into the shares of what it holds.

    `places` says of each part which colour of the theme it has, from 0, and how
    strong; -1 is muted. They are drawn in its order.
    """
    totals = {bar: sum(parts.values()) for bar, parts in bars.items()}
    starts = dict.fromkeys(bars, 0.0)
    traces: dict[int, go.Bar] = {}
    for rank, (part, (colour, strength)) in enumerate(places.items()):
        lengths = {
            bar: parts.get(part, 0.0) / totals[bar] if totals[bar] else 0.0
            for bar, parts in bars.items()
        }
        place = colour + (COLOURS if strength < 1 else 0)
        if colour < 0:
            place = 2 * COLOURS
        traces[place] = go.Bar(
            y=list(lengths),
            x=list(lengths.values()),
            base=[starts[bar] for bar in bars],
            orientation="h",
            name=names[part],
            legendrank=rank,
            opacity=strength,
            marker={"color": MUTED} if colour < 0 else {},
            text=[
                formats.whole_percent(length, language) if length >= 0.06 else ""
                for length in lengths.values()
            ],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": INK} if strength < 1 else {},
            textangle=0,
            customdata=[
                f"{formats.percent(length, language)}"
                f" ({formats.count(bars[bar].get(part, 0.0), language)})"
                for bar, length in lengths.items()
            ],
            hovertemplate="%{fullData.name}: %{customdata}<extra></extra>",
        )
        starts = {bar: starts[bar] + lengths[bar] for bar in bars}
    figure = go.Figure()
    for place in range(max(traces) + 1):
        # An empty trace takes the colour that its place would have had.
        figure.add_trace(traces.get(place, go.Bar(showlegend=False)))
    _lay_out(figure, language, 280)
    figure.update_layout(
        barmode="overlay",
        legend=LEGEND | {"y": -0.05, "yanchor": "top"},
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False},
    )
    return figure


def ranked_bars(
    lengths: Mapping[str, float], texts: Sequence[str], language: Language
) -> go.Figure:
    """Bars from the longest to the shortest, each with its text."""
    figure = go.Figure(
        go.Bar(
            y=list(lengths),
            x=list(lengths.values()),
            orientation="h",
            text=list(texts),
            textposition="auto",
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    _lay_out(figure, language, 60 + 34 * max(len(lengths), 1))
    figure.update_layout(
        bargap=0.3,
        xaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "fixedrange": True, "type": "category"},
    )
    return figure


def heat_map(values: Mapping[tuple[int, int], float], language: Language) -> go.Figure:
    """Weekdays from Monday by hours of the day, the weekday 0 being Sunday."""
    weekdays = [1, 2, 3, 4, 5, 6, 0]
    hours = range(24)
    numbers = [[values.get((day, hour), 0.0) for hour in hours] for day in weekdays]
    figure = go.Figure(
        go.Heatmap(
            x=[formats.hour_of_day(hour) for hour in hours],
            y=[formats.weekday_name(day, language, "abbreviated") for day in weekdays],
            z=numbers,
            text=[
                [
                    say(language, "heat_hover", value=formats.decimal(number, language))
                    for number in row
                ]
                for row in numbers
            ],
            hovertemplate="%{y} %{x}: %{text}<extra></extra>",
            colorscale=HEAT,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    _lay_out(figure, language, 280)
    figure.update_layout(
        xaxis={
            "tickvals": [formats.hour_of_day(hour) for hour in range(0, 24, 3)],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={"autorange": "reversed", "showgrid": False, "fixedrange": True},
    )
    return figure


def histogram(
    buckets: Sequence[tuple[float, float, float]],
    target: float | None,
    is_human: bool,
    language: Language,
) -> go.Figure:
    """How many times fell between which limits, in seconds, on a logarithmic axis."""
    buckets = [(max(low, 1.0), high, n) for low, high, n in buckets if high > 1.0]
    figure = go.Figure()
    if is_human:
        figure.add_bar(x=[], y=[], showlegend=False)  # people have the second colour
    figure.add_bar(
        x=[(math.log10(low) + math.log10(high)) / 2 for low, high, _ in buckets],
        width=[0.92 * math.log10(high / low) for low, high, _ in buckets],
        y=[n for _, _, n in buckets],
        customdata=[
            f"{formats.span(low, high, language)}: {formats.count(n, language)}"
            for low, high, n in buckets
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if target:
        figure.add_vline(
            x=math.log10(target), line={"dash": "dot", "width": 2, "color": LINE}
        )
    _lay_out(figure, language, 260)
    figure.update_layout(
        showlegend=False,
        bargap=0,
        xaxis={
            "tickvals": [math.log10(tick) for tick in TICKS_OF_TIME],
            "ticktext": [formats.duration(tick, language) for tick in TICKS_OF_TIME],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={"rangemode": "tozero", "fixedrange": True, "nticks": 4},
    )
    return figure


def _lay_out(figure: go.Figure, language: Language, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        separators=",." if language == "pt" else ".,",
    )
