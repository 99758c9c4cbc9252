"""A reader of the dashboard without a browser: what the server does, and nothing else.

It speaks Streamlit's web socket, as tests/visitor.py does.
"""

import time
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

SECONDS_AT_MOST = 60


class Reader:
    """One session; use it in a `with`."""

    def __init__(self, address: str) -> None:
        self._socket = connect(
            address.replace("http", "ws") + "/_stcore/stream",
            origin=Origin(address),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def ask(self, page: str, query: str = "") -> float:
        """Open a page with a link; return the seconds until its script was over.

        Raises RuntimeError where the page shows an error instead.
        """
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        text = asked.SerializeToString()
        began = time.perf_counter()
        self._socket.send(text)
        messages = []
        while True:
            received = self._socket.recv(timeout=SECONDS_AT_MOST)
            message = ForwardMsg.FromString(received)
            messages.append(message)
            if message.WhichOneof("type") == "script_finished":
                break
        seconds = time.perf_counter() - began
        if any(m.delta.new_element.WhichOneof("type") == "exception" for m in messages):
            raise RuntimeError(f"{page}?{query} shows an error")
        return seconds
