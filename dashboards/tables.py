"""Tables of conversations, each row the way to one."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards.frames import pick_row
from dashboards.view import PageView
from kpis import Days, Mark
from kpis.database import Row
from reporting import choices
from reporting.marks import link_to
from reporting.rows import LABELS, WRITERS
from reporting.texts import say
from reporting.view import Link


def show_conversations(
    view: PageView, rows: Sequence[Row], columns: Sequence[str], key: str
) -> None:
    """Show rows of a listing; who ticks one goes to its conversation."""
    language = view.language
    table = pd.DataFrame(
        [{name: WRITERS[name](row, view) for name in columns} for row in rows],
        columns=list(columns),
    )
    st.caption(say(language, "open_hint"))
    picked = pick_row(
        table,
        f"table {key}",
        say(language, "conversations_page"),
        column_config={
            name: st.column_config.TextColumn(
                say(language, LABELS.get(name, name)), pinned=name == "display_id"
            )
            for name in columns
        },
    )
    if picked is not None:
        chosen = str(rows[picked]["conversation_id"])
        st.switch_page(
            view.pages["conversas"],
            query_params=view.linked(id=chosen) | list_link(),
        )


def list_link() -> Link:
    """Return what the link says of the list that is open."""
    return {
        name: st.query_params.get_all(name)
        for name in choices.KEYS_OF_PAGE["conversas"]
        if name in st.query_params and name != "id"
    }


def open_list(
    view: PageView,
    kpi_id: str,
    mark: Mark | None = None,
    days: Days | None = None,
    **others: str,
) -> None:
    """Go to the list of a mark."""
    link = link_to(view, kpi_id, mark, days, **others)
    st.switch_page(view.pages["conversas"], query_params=link)
