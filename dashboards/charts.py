"""Charts, as Plotly figures; their colours are those of the theme, in its order.

A trace takes the colour of its place: first teal (the AI), then amber (a person),
violet (the customer) and brick (nobody yet), so that light and dark both fit.
"""

import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kpis.temporal import Anomaly, ExpectedDay
from reporting import colours, formats
from reporting.colours import BRICK, MUTED, TEAL
from reporting.texts import Language, say

CONFIG = {"displayModeBar": False}
LINE = "#6F7F7C"
DOTTED = {"dash": "dot", "width": 2, "color": LINE}
PERSON = "#D97706"  # the theme's amber, where a trace has another place
BAND = "rgba(111,127,124,0.25)"
INK = "#0B1513"  # on a colour of half strength
HEAT = [[0.0, "rgba(15,118,110,0.04)"], [1.0, "rgba(20,150,138,1)"]]
COLOURS = 5  # in the theme, after which they come again
WEEKDAYS = (1, 2, 3, 4, 5, 6, 0)
HOURS = range(24)
HEAT_CELLS = tuple((day, hour) for day in WEEKDAYS for hour in HOURS)
FIGURES_KEPT = 32  # of each chart, 0.1 MB each
Part = TypeVar("Part")
Given = ParamSpec("Given")
TICKS_OF_TIME = (1, 10, 60, 300, 1_800, 7_200, 28_800, 86_400, 604_800)
LEGEND = {
    "orientation": "h",
    "y": 1.02,
    "yanchor": "bottom",
    "x": 0,
    "traceorder": "normal",
}


def kept(draw: Callable[Given, go.Figure]) -> Callable[Given, go.Figure]:
    """Keep the last figures: Plotly takes 10 ms to check what it is given.

    A figure is one for all who ask for the same; nobody may change it.
    """

    @lru_cache(FIGURES_KEPT)
    def find(given: bytes) -> go.Figure:
        arguments, options = pickle.loads(given)  # noqa: S301 - from below
        return draw(*arguments, **options)

    @wraps(draw)
    def found(*arguments: Given.args, **options: Given.kwargs) -> go.Figure:
        return find(pickle.dumps((arguments, options)))

    return found


@kept
def columns_by_day(
    days: Sequence[date],
    stacks: Mapping[str, Sequence[float]],
    line: tuple[str, Sequence[float], Sequence[date]] | None,
    is_last_partial: bool,
    language: Language,
    odd: Sequence[Anomaly] = (),
) -> go.Figure:
    """Stacked columns, the last stack muted, and a dotted line to compare with.

    The column of a day that is not over is hatched, an unusual one has a mark on it.
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
    figure.data[-1].marker.color = MUTED
    if is_last_partial:
        figure.update_traces(marker_pattern_shape=[""] * (len(days) - 1) + ["/"])
    if line is not None:
        name, heights, line_days = line
        figure.add_scatter(
            x=labels[: len(heights)],
            y=heights,
            name=name,
            # A line cannot be clicked, the marks that nobody sees on it can.
            mode="lines+markers",
            marker={"size": 10, "opacity": 0},
            line=DOTTED,
            text=[
                f"{formats.count(height, language)} ({formats.weekday(day, language)})"
                for height, day in zip(heights, line_days, strict=False)
            ],
            hovertemplate="%{fullData.name}: %{text}<extra></extra>",
        )
    totals = dict(zip(days, map(sum, zip(*stacks.values(), strict=True)), strict=False))
    marked = [row for row in odd if row.local_date in totals]
    if marked:
        figure.add_scatter(
            x=[formats.weekday(row.local_date, language) for row in marked],
            y=[totals[row.local_date] for row in marked],
            name=say(language, "anomaly"),
            mode="markers",
            marker={
                "symbol": "diamond-open",
                "size": 14,
                "color": BRICK,
                "line": {"width": 2},
            },
            text=[_unusual(row, language) for row in marked],
            hovertemplate="%{x}<br>%{text}<extra></extra>",
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


def _unusual(day: Anomaly, language: Language) -> str:
    expected = formats.count(day.expected_episodes, language)
    return say(language, "anomaly_hover", expected=expected)


@kept
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
        traces[_trace(colour, strength)] = go.Bar(
            y=list(lengths),
            x=list(lengths.values()),
            base=[starts[bar] for bar in bars],
            orientation="h",
            name=names[part],
            legendrank=rank,
            # Of the mark alone: a text as weak as that could not be read.
            marker={"opacity": strength} | ({"color": MUTED} if colour < 0 else {}),
            text=[
                formats.whole_percent(length, language) if length >= 0.06 else ""
                for length in lengths.values()
            ],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": INK} if strength < 1 or colour in INKED else {},
            textangle=0,
            customdata=[
                f"{formats.percent(length, language)}"
                f" ({formats.count(bars[bar].get(part, 0.0), language)})"
                for bar, length in lengths.items()
            ],
            hovertemplate="%{fullData.name}: %{customdata}<extra></extra>",
        )
        if strength < 1:
            # A legend shows the strength of a trace, not that of its marks.
            traces[_trace(colour, strength)].update(legendgroup=part, showlegend=False)
            traces[_trace(colour, strength) + 2 * COLOURS] = go.Bar(
                x=[None],
                y=[None],
                name=names[part],
                legendrank=rank,
                legendgroup=part,
                opacity=strength,
            )
        starts = {bar: starts[bar] + lengths[bar] for bar in bars}
    figure = _placed(traces)
    _lay_out(figure, language, 320)
    figure.update_layout(
        barmode="overlay",
        # As wide as the longest name; on a phone all stand one below the other.
        legend=LEGEND
        | {"y": -0.05, "yanchor": "top", "entrywidth": 130, "maxheight": 0.7},
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False},
    )
    return figure


def _trace(colour: int, strength: float) -> int:
    """The place of a trace that takes a colour of the theme; -1 is muted."""
    return 2 * COLOURS if colour < 0 else colour + (COLOURS if strength < 1 else 0)


def _placed(traces: Mapping[int, go.Bar]) -> go.Figure:
    figure = go.Figure()
    for place in range(max(traces) + 1):
        # An empty trace takes the colour that its place would have had.
        figure.add_trace(traces.get(place, go.Bar(showlegend=False)))
    return figure


def part_of_trace(places: Mapping[Part, tuple[int, float]]) -> dict[int, Part]:
    """Return which part each trace of shares draws."""
    return {_trace(*place): part for part, place in places.items()}


@kept
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


@kept
def heat_map(
    means: Mapping[tuple[int, int], float],
    counts: Mapping[tuple[int, int], float],
    language: Language,
) -> go.Figure:
    """Weekdays from Monday by hours of the day, the weekday 0 being Sunday."""
    numbers = [[means.get((day, hour), 0.0) for hour in HOURS] for day in WEEKDAYS]
    names = {
        day: formats.weekday_name(day, language, "abbreviated") for day in WEEKDAYS
    }
    hours = [formats.hour_of_day(hour) for hour in HOURS]
    figure = go.Figure(_heat(hours, list(names.values()), numbers))
    # A cell cannot be clicked, the mark that nobody sees on it can.
    figure.add_scatter(
        x=[formats.hour_of_day(hour) for _, hour in HEAT_CELLS],
        y=[names[day] for day, _ in HEAT_CELLS],
        mode="markers",
        marker={"symbol": "square", "size": 18, "opacity": 0},
        text=[
            say(
                language,
                "heat_hover",
                value=formats.decimal(means.get(cell, 0.0), language),
                count=formats.count(counts.get(cell, 0.0), language),
            )
            for cell in HEAT_CELLS
        ],
        hovertemplate="%{y} %{x}: %{text}<extra></extra>",
        showlegend=False,
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


def _heat(
    columns: Sequence[str],
    rows: Sequence[str],
    numbers: Sequence[Sequence[float | None]],
) -> go.Heatmap:
    return go.Heatmap(
        x=columns,
        y=rows,
        z=numbers,
        hoverinfo="skip",
        colorscale=HEAT,
        showscale=False,
        xgap=2,
        ygap=2,
    )


@kept
def histogram(
    buckets: Sequence[tuple[float, float, float]],
    target: float | None,
    is_human: bool,
    language: Language,
) -> go.Figure:
    """How many times fell between which limits, in seconds, on a logarithmic axis."""
    buckets = [(max(low, 1.0), max(high, 1.1), n) for low, high, n in buckets]
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
        figure.add_vline(x=math.log10(target), line=DOTTED)
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


@kept
def ranges(
    rows: Mapping[str, tuple[float, float]],
    names: tuple[str, str],
    hovers: Sequence[str],
    target: float | None,
    language: Language,
) -> go.Figure:
    """Two times of each row joined by a line, in seconds, on a logarithmic axis.

    Every trace has all the rows, so that the index of a mark is that of its row.
    """
    ends = [[max(pair[end], 1.0) for pair in rows.values()] for end in (0, 1)]
    figure = go.Figure()
    for end, name in enumerate(names):
        figure.add_scatter(
            x=ends[end],
            y=list(rows),
            name=name,
            mode="markers",
            marker={"size": 14, "symbol": ("circle", "diamond")[end]},
            customdata=list(hovers),
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
    for low, high, row in zip(*ends, rows, strict=True):
        _join(figure, row, low, high)
    if target:
        figure.add_vline(x=target, line=DOTTED)
    _lay_out(figure, language, 110 + 34 * max(len(rows), 1))
    figure.update_layout(
        hovermode="closest",
        legend=LEGEND,
        xaxis={
            "type": "log",
            "tickvals": list(TICKS_OF_TIME),
            "ticktext": [formats.duration(tick, language) for tick in TICKS_OF_TIME],
            "tickangle": 0,
            "fixedrange": True,
        },
        yaxis={"autorange": "reversed", "fixedrange": True, "type": "category"},
    )
    return figure


@kept
def lines(
    days: Sequence[date],
    series: Mapping[str, Sequence[float | None]],
    write: Callable[[float], str],
    target: float | None,
    first_colour: int,
    language: Language,
    is_time: bool = False,
) -> go.Figure:
    """Lines over days, weeks or months; where there is nothing, a gap.

    `first_colour` is the place of the first line's in the theme.
    """
    figure = go.Figure()
    for _ in range(first_colour):
        figure.add_scatter(x=[], y=[], showlegend=False)
    for place, (name, values) in enumerate(series.items()):
        figure.add_scatter(
            x=[day.isoformat() for day in days],
            y=[
                value if value is None or not is_time else max(value, 1.0)
                for value in values
            ],
            name=name,
            mode="lines+markers",
            marker={"size": 6},
            line={"width": 2, "dash": "dot" if place else "solid"},
            customdata=["" if value is None else write(value) for value in values],
            text=[formats.weekday(day, language) for day in days],
            hovertemplate="%{text}<br>%{fullData.name}: %{customdata}<extra></extra>",
        )
    known = [value for values in series.values() for value in values if value]
    if target is not None:
        figure.add_hline(y=target, line={"dash": "dash", "width": 1, "color": LINE})
        known.append(target)
    axis: dict[str, object] = {"rangemode": "tozero", "nticks": 5}
    if is_time:  # on a logarithmic axis, for one slow night hides all others
        ticks = [tick for tick in TICKS_OF_TIME if tick <= 10 * max(known, default=1)]
        axis = {
            "type": "log",
            "tickvals": ticks,
            "ticktext": [formats.duration(tick, language) for tick in ticks],
        }
    elif max(known, default=0.0) <= 1:
        axis |= {"tickformat": ".0%"}
    step = 1 if len(days) <= 7 else 7 * -(-len(days) // 45) if len(days) > 20 else 3
    _lay_out(figure, language, 280)
    figure.update_layout(
        hovermode="closest",
        legend=LEGEND,
        showlegend=len(series) > 1,
        xaxis=_axis_of_days(days, days[::-step], language),
        yaxis={"fixedrange": True} | axis,
    )
    return figure


@kept
def coverage(
    shares: Sequence[float | None],
    hovers: Sequence[str],
    open_hours: Sequence[int],
    target: float | None,
    language: Language,
) -> go.Figure:
    """A column for each hour of the day; the hours of service are shaded."""
    figure = go.Figure(
        go.Bar(
            x=list(HOURS),
            y=list(shares),
            customdata=list(hovers),
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    # One for hours in a row: Plotly takes 10 ms for each.
    starts = [hour for hour in open_hours if hour - 1 not in open_hours]
    ends = [hour for hour in open_hours if hour + 1 not in open_hours]
    for first, last in zip(starts, ends, strict=True):
        figure.add_vrect(
            x0=first - 0.5, x1=last + 0.5, fillcolor=BAND, line_width=0, layer="below"
        )
    if target:
        figure.add_hline(y=target, line=DOTTED)
    _lay_out(figure, language, 280)
    ticks = (0, 0.25, 0.5, 0.75, 1)
    figure.update_layout(
        bargap=0.15,
        xaxis={
            "tickvals": list(HOURS)[::3],
            "ticktext": [formats.hour_of_day(hour) for hour in list(HOURS)[::3]],
            "range": [-0.5, 23.5],
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "range": [0, 1.02],
            "fixedrange": True,
            "tickvals": ticks,
            "ticktext": [formats.whole_percent(tick, language) for tick in ticks],
        },
    )
    return figure


def _join(figure: go.Figure, row: str, low: float, high: float) -> None:
    figure.add_shape(
        type="line",
        x0=low,
        x1=high,
        y0=row,
        y1=row,
        layer="below",
        line={"color": MUTED, "width": 3},
    )


def _axis_of_days(
    days: Sequence[date], ticks: Sequence[date], language: Language
) -> dict[str, object]:
    """In order, whatever a trace has; a date in words where there is a tick."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [day.isoformat() for day in days],
        "tickvals": [day.isoformat() for day in ticks],
        "ticktext": [formats.day(day, language) for day in ticks],
        "tickangle": 0,
        "showgrid": False,
        "fixedrange": True,
    }


def _lay_out(figure: go.Figure, language: Language, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        separators=",." if language == "pt" else ".,",
    )


# ------------------------------------------------------------------ the AI, quality

# A flow takes no colour of the theme, so that these stand on light and dark alike.
LIGHT_INK = "#EEF5F3"
INKED = {-1, 1, *range(COLOURS, 2 * COLOURS)}


@kept
def flow(
    nodes: Sequence[tuple[str, str]],
    links: Sequence[tuple[int, int, float]],
    is_dark: bool,
    language: Language,
) -> go.Figure:
    """A flow between nodes, each with its name and colour; links name their ends."""
    ink = LIGHT_INK if is_dark else INK
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            # The names stand on the flow, where the theme's own colour is too weak.
            textfont={"color": ink, "size": 13, "shadow": "none"},
            node={
                "label": [name for name, _ in nodes],
                "color": [colour for _, colour in nodes],
                "line": {"width": 0},
                "pad": 22,
                "thickness": 14,
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [start for start, _, _ in links],
                "target": [end for _, end, _ in links],
                "value": [n for _, _, n in links],
                "color": [_faded(nodes[end][1]) for _, end, _ in links],
                "customdata": [formats.count(n, language) for _, _, n in links],
                "hovertemplate": (
                    "%{source.label} → %{target.label}: %{customdata}<extra></extra>"
                ),
            },
        )
    )
    _lay_out(figure, language, 340)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 12, "b": 12})
    return figure


@kept
def coloured_bars(
    lengths: Mapping[str, float],
    texts: Sequence[str],
    places: Sequence[int],
    language: Language,
) -> go.Figure:
    """Bars with their texts, each in a colour of the theme, from 0; -1 is muted.

    Colours that come again, from COLOURS on, are weaker. Every trace has all the bars,
    so that the index of a mark is that of its bar.
    """
    figure = go.Figure()
    for place in range(max([*places, 0]) + 1):
        figure.add_bar(
            marker_opacity=0.65 if place >= COLOURS else 1.0,
            **_bars_in(place, lengths, texts, places),
        )
    if -1 in places:
        figure.add_bar(marker_color=MUTED, **_bars_in(-1, lengths, texts, places))
    _lay_out(figure, language, 60 + 34 * max(len(lengths), 1))
    figure.update_layout(
        barmode="overlay",
        showlegend=False,
        bargap=0.3,
        hovermode="closest",
        xaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        yaxis={
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "categoryorder": "array",
            "categoryarray": list(lengths),
        },
    )
    return figure


@kept
def columns(
    heights: Mapping[str, float], hovers: Sequence[str], language: Language
) -> go.Figure:
    """Plain columns, each with what it says when pointed at."""
    figure = go.Figure(
        go.Bar(
            x=list(heights),
            y=list(heights.values()),
            customdata=list(hovers),
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    _lay_out(figure, language, 260)
    figure.update_layout(
        bargap=0.15,
        xaxis={"type": "category", "tickangle": 0, "fixedrange": True},
        yaxis={"rangemode": "tozero", "fixedrange": True, "nticks": 4},
    )
    return figure


@kept
def diverging(
    bars: Mapping[str, Mapping[int, float]],
    names: Mapping[int, str],
    language: Language,
) -> go.Figure:
    """Bars of ratings on both sides of zero: bad ones left, the middle one across it.

    Good ratings have the colour of the customer, bad ones that of what is missing.
    """
    starts = {
        bar: -(counts.get(1, 0) + counts.get(2, 0) + counts.get(3, 0) / 2)
        for bar, counts in bars.items()
    }
    traces: dict[int, go.Bar] = {}
    for rating, (colour, strength) in colours.RATINGS.items():
        lengths = {bar: counts.get(rating, 0.0) for bar, counts in bars.items()}
        traces[_trace(colour, strength)] = go.Bar(
            y=list(bars),
            x=list(lengths.values()),
            base=list(starts.values()),
            orientation="h",
            name=names[rating],
            legendrank=rating,
            opacity=strength,
            marker={"color": MUTED} if colour < 0 else {},
            customdata=[
                f"{names[rating]}: {formats.count(length, language)}"
                for length in lengths.values()
            ],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
        starts = {bar: starts[bar] + lengths[bar] for bar in bars}
    figure = _placed(traces)
    _lay_out(figure, language, 110 + 30 * len(bars))
    figure.add_vline(x=0, line={"width": 1, "color": LINE})
    figure.update_layout(
        barmode="overlay",
        bargap=0.3,
        legend=LEGEND,
        hovermode="closest",
        xaxis={"visible": False, "fixedrange": True},
        yaxis={
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "showgrid": False,
        },
    )
    return figure


def _bars_in(
    place: int,
    lengths: Mapping[str, float],
    texts: Sequence[str],
    places: Sequence[int],
) -> dict[str, object]:
    return {
        "y": list(lengths),
        "x": [
            length if its_place == place else None
            for length, its_place in zip(lengths.values(), places, strict=True)
        ],
        "orientation": "h",
        "text": list(texts),
        "textposition": "auto",
        # Light on amber, and on what is weak or grey, is too little contrast.
        "insidetextfont": {"color": INK} if place in INKED else {},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.35)"


# ------------------------------------------------------------------ segments, trends

VOLUME_CURVE, ODD_CURVE, EXPECTED_CURVE = 0, 3, 4
CALENDAR_CURVE = 1


@kept
def loads(
    lengths: Mapping[str, float],
    texts: Sequence[str],
    mean: float,
    limit: float,
    language: Language,
) -> go.Figure:
    """Bars of people, with the mean and, as a multiple of it, what is too much."""
    figure = go.Figure()
    # Amber, for these are people; yet the bars are the first trace, to be clicked.
    figure.add_bar(
        y=list(lengths),
        x=list(lengths.values()),
        orientation="h",
        marker={"color": PERSON},
        text=list(texts),
        textposition="outside",
        textangle=0,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    for at, key in ((mean, "load_mean"), (limit * mean, "load_limit")):
        figure.add_vline(
            x=at,
            line=DOTTED,
            annotation={"text": say(language, key), "font": {"color": LINE}},
            annotation_position="top",
        )
    _lay_out(figure, language, 80 + 30 * max(len(lengths), 1))
    figure.update_layout(
        margin={"t": 28},
        bargap=0.3,
        xaxis={
            "fixedrange": True,
            "range": [0, 1.2 * max(limit * mean, *lengths.values())],
            "showgrid": False,
            "nticks": 5,
        },
        yaxis={"autorange": "reversed", "fixedrange": True, "type": "category"},
    )
    return figure


@kept
def volume(
    by_day: Mapping[date, float],
    expected: Sequence[ExpectedDay],
    odd: Sequence[Anomaly],
    language: Language,
) -> go.Figure:
    """The line of the days, the band of the days to come, and the unusual ones."""
    days = list(by_day)
    ahead = [day.local_date for day in expected]
    everything = list(dict.fromkeys([*days, *ahead]))

    def texts(values: Sequence[float], of: Sequence[date]) -> list[str]:
        return [
            f"{formats.weekday(day, language)}: {formats.count(value, language)}"
            for day, value in zip(of, values, strict=True)
        ]

    figure = go.Figure()
    figure.add_scatter(
        x=[day.isoformat() for day in days],
        y=list(by_day.values()),
        name=say(language, "episodes"),
        mode="lines+markers",
        marker={"size": 6},
        line={"width": 2},
        text=texts(list(by_day.values()), days),
        hovertemplate="%{text}<extra></extra>",
    )
    for bound, name in (("episodes_p90", ""), ("episodes_p10", "forecast_band")):
        figure.add_scatter(
            x=[day.isoformat() for day in ahead],
            y=[getattr(day, bound) for day in expected],
            name=say(language, name) if name else "",
            mode="lines",
            line={"width": 0, "color": LINE},
            fill="tonexty" if name else None,
            fillcolor=BAND,
            hoverinfo="skip",
            showlegend=bool(name and expected),
        )
    marked = [row for row in odd if row.local_date in by_day]
    figure.add_scatter(  # the fourth colour, brick
        x=[row.local_date.isoformat() for row in marked],
        y=[by_day[row.local_date] for row in marked],
        name=say(language, "anomaly"),
        mode="markers",
        marker={"symbol": "diamond-open", "size": 14, "line": {"width": 2}},
        text=[_unusual(row, language) for row in marked],
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(marked),
    )
    figure.add_scatter(
        x=[day.isoformat() for day in ahead],
        y=[day.episodes_p50 for day in expected],
        name=say(language, "expected"),
        mode="lines+markers",
        marker={"size": 10, "opacity": 0},
        line={"dash": "dash", "width": 2, "color": LINE},
        text=[
            f"{text} ({day.episodes_p10}–{day.episodes_p90})"
            for text, day in zip(
                texts([day.episodes_p50 for day in expected], ahead),
                expected,
                strict=True,
            )
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(expected),
    )
    step = 1 if len(everything) <= 10 else 7 * -(-len(everything) // 49)
    _lay_out(figure, language, 320)
    figure.update_layout(
        hovermode="closest",
        legend=LEGEND,
        xaxis=_axis_of_days(everything, everything[::-step], language),
        yaxis={"rangemode": "tozero", "fixedrange": True, "nticks": 5},
    )
    return figure


@kept
def profile(
    names: Sequence[str], heights: Sequence[float], top: int, language: Language
) -> go.Figure:
    """Columns of which the highest stands out."""
    figure = go.Figure(
        go.Bar(
            x=list(names),
            y=list(heights),
            marker={
                "opacity": [1.0 if place == top else 0.5 for place in range(len(names))]
            },
            text=[formats.decimal(height, language) for height in heights],
            textposition="none",
            hovertemplate="%{x}: %{text}<extra></extra>",
        )
    )
    _lay_out(figure, language, 240)
    figure.update_layout(
        bargap=0.2,
        xaxis={
            "type": "category",
            "tickvals": list(names) if len(names) <= 7 else list(names)[::3],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={"rangemode": "tozero", "fixedrange": True, "nticks": 4},
    )
    return figure


@kept
def calendar(
    by_day: Mapping[date, float],
    holidays: Mapping[date, str],
    unloaded: Sequence[date],
    language: Language,
) -> go.Figure:
    """A column for each week; holidays have a ring, days without a load are hatched."""
    weeks = sorted({_monday(day) for day in by_day})
    numbers: list[list[float | None]] = [[None] * len(weeks) for _ in range(7)]
    places = {week: place for place, week in enumerate(weeks)}
    for day, number in by_day.items():
        if number or day not in unloaded:  # no data is not zero
            numbers[day.weekday()][places[_monday(day)]] = number
    rows = [formats.weekday_name(day, language, "abbreviated") for day in WEEKDAYS]

    def at(days: Sequence[date]) -> dict[str, list[object]]:
        return {
            "x": [_monday(day).isoformat() for day in days],
            "y": [rows[day.weekday()] for day in days],
        }

    figure = go.Figure(_heat([week.isoformat() for week in weeks], rows, numbers))
    # A cell cannot be clicked, the mark that nobody sees on it can.
    figure.add_scatter(
        **at(list(by_day)),
        mode="markers",
        marker={"symbol": "square", "size": 16, "opacity": 0},
        text=[
            " · ".join(
                filter(
                    None,
                    [
                        f"{formats.weekday(day, language)}:"
                        f" {formats.count(number, language)}",
                        holidays.get(day, ""),
                        say(language, "unloaded") if day in unloaded else "",
                    ],
                )
            )
            for day, number in by_day.items()
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    kept = [day for day in holidays if day in by_day]
    figure.add_scatter(
        **at(kept),
        name=say(language, "holiday"),
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 11,
            "color": PERSON,
            "line": {"width": 2},
        },
        hoverinfo="skip",
        showlegend=bool(kept),
    )
    hatched = [day for day in unloaded if day in by_day]
    figure.add_scatter(
        **at(hatched),
        name=say(language, "unloaded"),
        mode="markers",
        marker={"symbol": "hash-open", "size": 11, "color": LINE},
        hoverinfo="skip",
        showlegend=bool(hatched),
    )
    _lay_out(figure, language, 260)
    figure.update_layout(
        legend=LEGEND,
        hovermode="closest",
        xaxis=_axis_of_days(weeks, weeks[::-4], language),
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": rows,
            "autorange": "reversed",
            "showgrid": False,
            "fixedrange": True,
        },
    )
    return figure


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


MOST_NAMED = 10  # points that have room for their names
RATIOS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8)


@kept
def quadrants(
    points: Mapping[str, tuple[float, float, float]],
    texts: Sequence[str],
    middle: tuple[float, float],
    names: tuple[str, str],
    write: Callable[[float], str],
    language: Language,
) -> go.Figure:
    """Points by two measures, as large as a third, with lines through the middle.

    `names` are those of the axes, `write` the numbers of the upright one.
    """
    largest = max((size for _, _, size in points.values()), default=1.0) or 1.0
    heights = [height for _, height, _ in points.values()]
    outer = set(points)
    if len(points) > MOST_NAMED:
        by_length = sorted(points, key=lambda name: points[name][0])
        by_height = sorted(points, key=lambda name: points[name][1])
        outer = {*by_length[:2], *by_length[-3:], *by_height[:2], *by_height[-2:]}
    figure = go.Figure(
        go.Scatter(
            x=[length for length, _, _ in points.values()],
            y=heights,
            mode="markers+text",
            # All names would cover each other; the others show when pointed at.
            text=[name if name in outer else "" for name in points],
            textposition="top center",
            ids=list(points),
            marker={
                "color": PERSON,
                "opacity": 0.8,
                "size": [12 + 24 * size / largest for _, _, size in points.values()],
            },
            customdata=list(texts),
            hovertemplate="%{id}<br>%{customdata}<extra></extra>",
        )
    )
    figure.add_vline(x=middle[0], line=DOTTED)
    figure.add_hline(y=middle[1], line=DOTTED)
    low, high = min([*heights, middle[1]]), max([*heights, middle[1]])
    room = 0.15 * (high - low) or 0.1
    steps = [low + (high - low) * step / 4 for step in range(5)]
    _lay_out(figure, language, 380)
    figure.update_layout(
        hovermode="closest",
        xaxis={"title": names[0], "fixedrange": True, "nticks": 6, "showgrid": False},
        yaxis={
            "title": names[1],
            "fixedrange": True,
            "range": [low - room, high + 2 * room],
            "tickvals": steps,
            "ticktext": [write(step) for step in steps],
            "showgrid": False,
        },
    )
    return figure


@kept
def dumbbells(
    rows: Sequence[str],
    points: Mapping[str, Sequence[float | None]],
    texts: Mapping[str, Sequence[str]],
    language: Language,
) -> go.Figure:
    """What several have of each row, as a multiple of the whole, joined by a line.

    Half and twice are as far from the whole; an eighth and eight times are the ends.
    """
    points = {
        name: [
            None if value is None else min(max(value, RATIOS[0]), RATIOS[-1])
            for value in values
        ]
        for name, values in points.items()
    }
    figure = go.Figure()
    for place, (name, values) in enumerate(points.items()):
        figure.add_scatter(
            x=list(values),
            y=list(rows),
            name=name,
            mode="markers",
            marker={"size": 14, "symbol": ("circle", "diamond", "square")[place % 3]},
            customdata=list(texts[name]),
            hovertemplate="%{fullData.name}<br>%{y}: %{customdata}<extra></extra>",
        )
    for place, row in enumerate(rows):
        known = [v for values in points.values() if (v := values[place]) is not None]
        if len(known) > 1:
            _join(figure, row, min(known), max(known))
    figure.add_vline(x=1, line=DOTTED)
    _lay_out(figure, language, 120 + 40 * len(rows))
    farthest = max(
        (abs(math.log10(v)) for vs in points.values() for v in vs if v), default=0.0
    )
    reach = max(farthest, math.log10(1.5)) + 0.05
    figure.update_layout(
        hovermode="closest",
        legend=LEGEND,
        xaxis={
            "fixedrange": True,
            "type": "log",
            "tickvals": list(RATIOS),
            "ticktext": [formats.whole_percent(ratio, language) for ratio in RATIOS],
            "range": [-reach, reach],
        },
        yaxis={
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "categoryorder": "array",
            "categoryarray": list(rows),
        },
    )
    return figure


@kept
def small_multiples(
    days: Sequence[date],
    rows: Mapping[str, Sequence[float | None]],
    texts: Mapping[str, Sequence[str]],
    targets: Mapping[str, float],
    language: Language,
) -> go.Figure:
    """A line for each measure, one below the other, over the same days.

    Each has its own axis, from zero; a dashed line is its target.
    """
    figure = make_subplots(
        rows=len(rows),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.06,
        subplot_titles=list(rows),
    )
    for place, (name, values) in enumerate(rows.items(), start=1):
        figure.add_scatter(
            x=[day.isoformat() for day in days],
            y=list(values),
            mode="lines+markers",
            marker={"size": 5},
            line={"width": 2, "color": TEAL},
            customdata=list(texts[name]),
            hovertemplate="%{customdata}<extra></extra>",
            row=place,
            col=1,
        )
        if name in targets:
            figure.add_hline(
                y=targets[name],
                line={"dash": "dash", "width": 1, "color": LINE},
                row=place,
                col=1,
            )
    step = max(len(days) // 7, 1)
    _lay_out(figure, language, 130 * len(rows))
    figure.update_layout(showlegend=False, hovermode="closest", margin={"t": 24})
    figure.update_annotations(x=0, xanchor="left", font_size=13)
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=[day.isoformat() for day in days],
        tickvals=[day.isoformat() for day in days[::-step]],
        ticktext=[formats.day(day, language) for day in days[::-step]],
        tickangle=0,
        showgrid=False,
        fixedrange=True,
    )
    # The hover says the numbers, in the unit of each.
    figure.update_yaxes(
        rangemode="tozero", fixedrange=True, showticklabels=False, nticks=3
    )
    return figure
