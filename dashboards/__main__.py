"""Serve the dashboard on this machine: `python -m dashboards --help`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import click
import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.states import show_failure
from loader.settings import ConfigurationError, load_settings


class PageLanguage:
    """Tells screen readers and translators that a page is in Portuguese.

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
        start: Message = {}
        body = b""

        async def send_in_portuguese(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(
                b'<html lang="en">', b'<html lang="pt-BR" translate="no">'
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
        await self.app({**scope, "headers": plain}, receive, send_in_portuguese)


@asynccontextmanager
async def ready(_: st.App) -> AsyncIterator[None]:
    """Import what the first reader would wait for, then say where to go."""
    import dashboards.app  # noqa: F401

    port = st.get_option("server.port")
    click.echo(f"dashboard: http://127.0.0.1:{port} (Ctrl+C ends it)")
    yield


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port to listen on; by default 8501 or the next one that is free.",
)
def main(port: int | None) -> None:
    """Serve the dashboard on 127.0.0.1."""
    try:
        load_settings()
    except ConfigurationError as error:
        sys.exit(f"error: wrong settings (.env or environment):\n{error}")
    app = st.App(
        Path(__file__).with_name("app.py"),
        lifespan=ready,
        middleware=[Middleware(PageLanguage)],
        on_script_error=show_failure,
    )
    with suppress(KeyboardInterrupt):  # the way to end it
        app.run(config={} if port is None else {"server.port": port})


if __name__ == "__main__":
    main(prog_name="python -m dashboards")
