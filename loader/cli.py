"""The command line: `python -m loader --help`."""

import logging
import shlex
import sys
import time
from contextlib import closing
from typing import Any

import click
import psycopg2
from tqdm import tqdm

from demo.embedded import EmbeddedPostgresError
from loader import contract, doctor, source, transform, views, warehouse
from loader.run import Report, Summary, first_line
from loader.run import run as run_load
from loader.settings import ConfigurationError, Settings, load_settings

EXIT_FAILED = 1
EXIT_MISCONFIGURED = 2
EXIT_ANOTHER_RUN = 75  # EX_TEMPFAIL: try again later

log = logging.getLogger("loader")


class Cli(click.Group):
    """Turns each expected failure into one message and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except ConfigurationError as error:
            stop(f"wrong settings (.env or environment):\n{error}", EXIT_MISCONFIGURED)
        except warehouse.AnotherRunError:
            stop("another load is running on this warehouse", EXIT_ANOTHER_RUN)
        except contract.ContractError as error:
            stop(
                f"{contract.VIEW} differs from the contract, so nothing was read; "
                f"deploy the views of this version:\n{error}"
            )
        except (
            EmbeddedPostgresError,
            source.SourceError,
            views.DeploymentError,
        ) as error:
            stop(str(error))
        except psycopg2.Error as error:
            stop(f"the database refused: {first_line(error)} (make doctor says more)")
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if "--debug" in sys.argv:
                raise
            stop(f"{type(error).__name__}: {first_line(error)} (--debug shows more)")


def stop(message: str, code: int = EXIT_FAILED) -> None:
    """Print why and leave."""
    click.echo(f"error: {message}", err=True)
    sys.exit(code)


@click.group(cls=Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of a failure.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Replicate the Chatwoot views into the warehouse, and build the marts.

    Exit codes: 0 done, 1 failed, 2 wrong settings or usage, 75 another load is running.
    """
    if not debug:
        # psycopg2 prints what it cannot raise when a server dies during a COPY.
        sys.unraisablehook = lambda _: None
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr
    )
    context.obj = load_settings()


@main.command()
@click.option("--full", is_flag=True, help="Read every conversation again.")
@click.pass_obj
def run(settings: Settings, full: bool) -> None:
    """Load what changed at the source since the last run."""
    began = time.monotonic()
    with progress() as report:
        summary = run_load(settings, report, full)
    click.echo(describe(summary, time.monotonic() - began))


@main.command(name="doctor")
@click.pass_obj
def examine(settings: Settings) -> None:
    """Check both databases, roles, views, contract and freshness; say how to mend."""
    findings = doctor.examine(settings)
    for finding in findings:
        click.echo(finding)
    if not all(finding.is_good for finding in findings):
        sys.exit(EXIT_FAILED)


@main.command()
@click.pass_obj
def deploy_views(settings: Settings) -> None:
    """Make or renew the views on the Chatwoot database, as the owner of its schema."""
    with closing(settings.source_owner.connect()) as connection:
        count = views.deploy(connection)
    click.echo(f"{count} views deployed on {settings.source_owner}")


@main.command()
@click.pass_obj
def drop_views(settings: Settings) -> None:
    """Remove the views from the Chatwoot database."""
    with closing(settings.source_owner.connect()) as connection:
        views.remove(connection)
    click.echo(f"the views are gone from {settings.source_owner}")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def dbt(settings: Settings, arguments: tuple[str, ...]) -> None:
    """Run dbt on the warehouse, such as `dbt build --select marts`."""
    if not transform.dbt(settings, list(arguments)):
        sys.exit(EXIT_FAILED)


@main.command()
@click.pass_obj
def env(settings: Settings) -> None:
    """Print the variables for a dbt of your own: eval "$(python -m loader env)"."""
    if sys.stdout.isatty():
        stop(
            'this holds a password: eval "$(python -m loader env)"', EXIT_MISCONFIGURED
        )
    for name, value in transform.environment(settings).items():
        click.echo(f"export {name}={shlex.quote(value)}")


class progress:  # noqa: N801 (used as a function)
    """A bar for a person, a line now and then for a log."""

    LINE_EVERY_SECONDS = 5.0

    def __enter__(self) -> Report:
        """Return what to call with the conversations read, and of how many."""
        self._bar: tqdm[Any] | None = None
        self._last_line_at = time.monotonic()
        return self._show_bar if sys.stderr.isatty() else self._log_line

    def __exit__(self, *_: object) -> None:
        """Leave the line clean."""
        if self._bar is not None:
            self._bar.close()

    def _show_bar(self, read: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total, unit=" conversations", leave=False)
        self._bar.update(read - self._bar.n)

    def _log_line(self, read: int, total: int) -> None:
        now = time.monotonic()
        if read == total or now - self._last_line_at > self.LINE_EVERY_SECONDS:
            self._last_line_at = now
            log.info("read %s of %s conversations", read, total)


def describe(summary: Summary, seconds: float) -> str:
    """Say in one line what a run did."""
    if summary.mode == "none":
        return f"load: nothing changed ({seconds:.1f} s)"
    return (
        f"load, {summary.mode}: {summary.rows_new} new, "
        f"{summary.rows_changed} changed, {summary.rows_deleted} deleted "
        "conversations; "
        f"{summary.bytes_read / 1e6:.1f} MB in {seconds:.1f} s, of which the source "
        f"worked {summary.source_seconds:.1f} s"
    )
