"""Charts, as Plotly figures; their colours are those of the theme, in its order."""

from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go

from dashboards import formats
from dashboards.texts import Language

CONFIG = {"displayModeBar": False}
# Seen on a light and on a dark background alike.
MUTED = "#8C9C99"
LINE = "#6F7F7C"


def columns_by_day(
    days: Sequence[date],
    stacks: Mapping[str, Sequence[int]],
    line: tuple[str, Sequence[int], Sequence[date]] | None,
    is_last_partial: bool,
    language: Language,
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
            hovertemplate="%{text}",
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
            mode="lines",
            line={"dash": "dot", "width": 2, "color": LINE},
            text=[
                f"{formats.count(height, language)} ({formats.weekday(day, language)})"
                for height, day in zip(heights, line_days, strict=True)
            ],
            hovertemplate="%{text}",
        )
    # Whole weeks back from the last day, so that weekdays can be compared.
    step = 1 if len(days) <= 10 else 7 * -(-len(days) // 45)
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        height=320,
        hovermode="x unified",
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
        },
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        separators=",." if language == "pt" else ".,",
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
