"""Serve the dashboard on this machine: `python -m dashboards --help`."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import click
import streamlit as st
from starlette.middleware import Middleware
from streamlit import config as streamlit_config
from streamlit.runtime.pages_manager import PagesManager

from dashboards import access, failed_downloads
from dashboards.access import AccessError
from dashboards.assets import CompressedAssets
from dashboards.language import PageLanguage
from dashboards.states import show_failure
from ground import exit_codes
from ground.database import is_loopback
from ground.settings import ConfigurationError, load_settings

# By which names a browser of this machine knows it.
OWN_NAMES = ["127.0.0.1", "localhost", "::1"]


@asynccontextmanager
async def ready(_: st.App) -> AsyncIterator[None]:
    """Import what the first reader would wait for, then say where to go."""
    import dashboards.app  # noqa: F401

    failed_downloads.answered_by(asyncio.get_running_loop())

    # It takes our folder of pages for pages of its own, until the first reader's page
    # has said otherwise: the first link to a page would find none.
    PagesManager.uses_pages_directory = False

    # After each run of the script Streamlit collects garbage among all there is, which
    # takes longer than a page. What was imported stays, and is none.
    gc.collect()
    gc.freeze()

    address, port = (st.get_option(f"server.{name}") for name in ("address", "port"))
    host = f"[{address}]" if ":" in address else address
    click.echo(f"dashboard: http://{host}:{port} (Ctrl+C ends it)")
    yield


def options(
    port: int | None, address: str | None, is_open: bool, has_sign_in: bool
) -> dict[str, Any]:
    """Return how Streamlit is to be run.

    Raises ConfigurationError where all of the network could read what is not for all.
    """
    address = (
        address
        or os.environ.get("STREAMLIT_SERVER_ADDRESS")
        or st.get_option("server.address")
        or "0.0.0.0"  # noqa: S104 - what Streamlit means by none
    )
    chosen: dict[str, Any] = {"server.address": address}
    if port is not None:
        chosen["server.port"] = port
    if has_sign_in:
        if st.get_option("server.trustedUserHeaders"):
            raise ConfigurationError(
                "server.trustedUserHeaders: anybody could say who he is; take it away, "
                "people sign in"
            )
    elif not is_open:
        if not is_loopback(address):
            raise ConfigurationError(
                f"server address {address}: nobody has to sign in, and whoever reaches "
                "this machine would read everything; docs/access.md has sign-in, "
                "--open-to-network does it anyway"
            )
        # Nor by a proxy, or by a web page that calls this machine by another name.
        chosen["server.allowedHosts"] = OWN_NAMES
    return chosen


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port to listen on; by default 8501 or the next one that is free.",
)
@click.option(
    "--address", help="Address to listen on; by default 127.0.0.1, this machine only."
)
@click.option(
    "--open-to-network",
    is_flag=True,
    help="Let everybody who reaches the address read, though nobody signs in.",
)
def main(port: int | None, address: str | None, open_to_network: bool) -> None:
    """Serve the dashboard, by default on 127.0.0.1."""
    try:
        settings = load_settings()
        settings.keep_private()
    except ConfigurationError as error:
        exit_codes.stop(
            f"wrong settings (.env or environment):\n{error}", exit_codes.MISCONFIGURED
        )
    file = settings.dashboard_access_file
    app = st.App(
        Path(__file__).with_name("app.py"),
        lifespan=ready,
        middleware=[Middleware(PageLanguage), Middleware(CompressedAssets)],
        on_script_error=show_failure,
    )
    try:
        has_sign_in = access.people() is not None
        config = options(port, address, open_to_network, has_sign_in)
    except AccessError as error:
        exit_codes.stop(
            f"{file.name}, who may sign in (docs/access.md):\n{error}",
            exit_codes.MISCONFIGURED,
        )
    except ConfigurationError as error:
        exit_codes.stop(str(error), exit_codes.MISCONFIGURED)
    # It reads its options anew, and would warn that the server's have changed.
    streamlit_config._config_options = None
    # No other file, as in the home of a user, may say who signs in.
    config["secrets.files"] = [str(file)]
    with suppress(KeyboardInterrupt):  # the way to end it
        app.run(config=config)


if __name__ == "__main__":
    main(prog_name="python -m dashboards")
