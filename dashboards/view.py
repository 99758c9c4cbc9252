"""A view as a page draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from streamlit.navigation.page import StreamlitPage

from reporting.view import View


@dataclass(frozen=True)
class PageView(View):
    """A view that knows the other pages, by their addresses."""

    pages: Mapping[str, StreamlitPage] = field(default_factory=dict)
