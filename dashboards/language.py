"""In which language a page is, for screen readers and translators."""

from urllib.parse import parse_qs

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reporting.texts import Language

TAGS: dict[Language, str] = {"pt": "pt-BR", "en": "en"}

# Only the browser can say it anew when the reader switches the language.
SCRIPT = """
export default function ({ data }) {
  document.documentElement.lang = data;
}
"""


def tell_browser(language: Language) -> None:
    """Let the page that is open say in which language it is."""
    component = st.components.v2.component("page_language", js=SCRIPT)
    component(data=TAGS[language], key="page_language")


class PageLanguage:
    """Lets a page say from the start in which language its link is.

    Streamlit's own page says English, whatever stands on it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if b"text/html" not in headers.pop(b"accept", b""):
            await self.app(scope, receive, send)
            return
        said = parse_qs(scope["query_string"].decode("latin-1")).get("idioma", [])
        tag = TAGS["en" if said[-1:] == ["en"] else "pt"]
        start: Message = {}
        body = b""

        async def send_translated(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(
                b'<html lang="en">', f'<html lang="{tag}" translate="no">'.encode()
            )
            length = str(len(page)).encode()
            start["headers"] = [
                (name, length if name == b"content-length" and body else value)
                for name, value in start["headers"]
            ]
            await send(start)
            await send({"type": "http.response.body", "body": page})

        # Compressed pages could not be read here.
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, send_translated)
