"""A reader of the dashboard without a browser: by HTTP and Streamlit's web socket."""

from dataclasses import dataclass, field

import requests
from conftest import SECONDS_AT_MOST
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


@dataclass
class Page:
    """What the server sent for one run of the script."""

    messages: list[ForwardMsg] = field(default_factory=list)

    def __contains__(self, text: object) -> bool:
        return any(str(text).encode() in m.SerializeToString() for m in self.messages)

    def kinds(self) -> set[str | None]:
        return {message.WhichOneof("type") for message in self.messages}

    def button(self, label: str) -> str:
        """The id of a button, to press it."""
        (found,) = {
            message.delta.new_element.button.id
            for message in self.messages
            if message.delta.new_element.button.label == label
        }
        return found

    def texts(self) -> list[str]:
        """What is written: paragraphs, headings, plain texts."""
        elements = [message.delta.new_element for message in self.messages]
        return [e.markdown.body or e.heading.body or e.text.body for e in elements]

    @property
    def redirect(self) -> str:
        """Where to go to sign in or out."""
        (url,) = {
            m.auth_redirect.url
            for m in self.messages
            if m.WhichOneof("type") == "auth_redirect"
        }
        return url


class Visitor:
    """One browser's cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = requests.Session()

    def open(self, page: str = "", query: str = "", press: str = "") -> Page:
        """Open a page in a new session; then press a button, and return what comes."""
        self.http.get(f"{self.address}/_stcore/health", timeout=SECONDS_AT_MOST)
        cookies = self.http.cookies.get_dict()
        with connect(
            self.address.replace("http", "ws") + "/_stcore/stream",
            origin=self.address,  # type: ignore[arg-type]
            subprotocols=["streamlit", cookies["_streamlit_xsrf"]],  # type: ignore[list-item]
            additional_headers={
                "Cookie": "; ".join(f"{name}={v}" for name, v in cookies.items())
            },
            max_size=None,
            open_timeout=SECONDS_AT_MOST,
            ping_interval=None,
        ) as socket:

            def run(widget: str = "") -> Page:
                asked = BackMsg()
                asked.rerun_script.query_string = query
                asked.rerun_script.page_name = page
                if widget:
                    state = asked.rerun_script.widget_states.widgets.add()
                    state.id, state.trigger_value = widget, True
                socket.send(asked.SerializeToString())
                got = Page()
                while "script_finished" not in got.kinds():
                    received = socket.recv(timeout=SECONDS_AT_MOST)
                    got.messages.append(ForwardMsg.FromString(received))  # type: ignore[arg-type]
                return got

            opened = run()
            return run(opened.button(press)) if press else opened

    def sign_in(self, person: str) -> None:
        """Follow the way to the provider and back, as this person."""
        way = self.open(press="Entrar").redirect
        at_provider = self.http.get(self.address + way, timeout=SECONDS_AT_MOST)
        assert at_provider.ok, at_provider.text
        back = self.http.post(
            at_provider.url, data={"sub": person}, timeout=SECONDS_AT_MOST
        )
        assert back.ok, back.text

    def sign_out(self, press: str = "Sair") -> None:
        """Press the button, and follow."""
        way = self.open(press=press).redirect
        self.http.get(self.address + way, timeout=SECONDS_AT_MOST)
