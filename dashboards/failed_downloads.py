"""Tells a reader why the file that he asked for does not come.

Streamlit makes a file when it is asked for, in a thread that has no session, and would
say in English that it could not, below a button that may be out of sight by then.
"""

from asyncio import AbstractEventLoop
from dataclasses import dataclass, field

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner_utils.script_run_context import (
    ThreadState,
    get_script_run_ctx,
)

from reporting.texts import Language, say

# Where Streamlit answers; nobody is served without one, as in tests of a page.
_loop: AbstractEventLoop | None = None

# In place of Streamlit's own words; also where it did not even come to make the file.
STYLE = """<style>
[data-testid="stDownloadButtonError"] {{ font-size: 0; visibility: hidden; }}
[data-testid="stDownloadButtonError"]::after {{
    content: "{text}"; font-size: 0.875rem; visibility: visible;
}}
</style>"""


def answered_by(loop: AbstractEventLoop) -> None:
    """Take note of the loop that answers readers."""
    global _loop
    _loop = loop


@dataclass
class Failures:
    """Why files of one session did not come, as long as the reader is not told."""

    session_id: str
    shown_by: ClientState = field(default_factory=ClientState)
    texts: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Show a text on whichever page is open; from any thread."""
        self.texts.append(text)
        if _loop is None or not exists():
            return
        # As if the browser had asked for the part of the page that shows them.
        asked = BackMsg()
        asked.rerun_script.CopyFrom(self.shown_by)
        _loop.call_soon_threadsafe(
            get_instance().handle_backmsg, self.session_id, asked
        )


def of_session(language: Language) -> Failures:
    """Return what files of this session are to report to; call it once a page."""
    context = get_script_run_ctx()
    assert context is not None  # noqa: S101 - a page is being drawn
    failures: Failures = st.session_state.setdefault(
        "failures of files", Failures(context.session_id)
    )
    st.html(STYLE.format(text=say(language, "file_failed")))
    _show(failures)
    return failures


@st.fragment
def _show(failures: Failures) -> None:
    context = get_script_run_ctx()
    assert context is not None  # noqa: S101
    failures.shown_by = ClientState(
        fragment_id=ThreadState.get().fragment_id or "",
        page_script_hash=context.page_script_hash,
        query_string=context.query_string,
    )
    for text in tuple(failures.texts):
        st.toast(text, icon=":material/error:", duration="infinite")
        failures.texts.remove(text)
