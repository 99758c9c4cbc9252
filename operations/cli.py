"""The command line: `python -m loader --help`."""

import json
import logging
import shlex
import shutil
import sys
import time
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import psycopg2

from ground import exit_codes, servers
from ground.configuration import FilesError, make_examples
from ground.embedded import EmbeddedPostgresError
from ground.failures import explain, root_cause
from ground.settings import RELEASE, ConfigurationError, Settings, load_settings
from loader import accounts, contract, history, locks, source, views
from loader.reconcile import reconcile as run_reconciliation
from loader.run import run as run_load
from operations import (
    backup,
    builds,
    doctor,
    profile,
    schedule,
    status,
    summaries,
    transform,
)

log = logging.getLogger("loader")

as_json = click.option(
    "--json", "is_json", is_flag=True, help="Print one JSON object, also on failure."
)


class Cli(click.Group):
    """Turns each failure into one message and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except ConfigurationError as error:
            stop(
                f"wrong settings (.env or environment):\n{error}",
                exit_codes.MISCONFIGURED,
            )
        except FilesError as error:
            stop(f"wrong configuration:\n{error}", exit_codes.MISCONFIGURED)
        except locks.AnotherRunError:
            stop("another load is running on this warehouse", exit_codes.ANOTHER_RUN)
        except (
            EmbeddedPostgresError,
            accounts.AccountsError,
            backup.BackupError,
            builds.NothingLoadedError,
            contract.ContractError,
            schedule.ScheduleError,
            source.SourceError,
            views.DeploymentError,
            history.NewerReleaseError,
        ) as error:
            stop(str(error))
        except click.UsageError as error:
            if not is_for_machines():
                raise
            stop(error.format_message(), exit_codes.MISCONFIGURED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            stop(
                "interrupted; the next run goes on where it was", exit_codes.INTERRUPTED
            )
        except Exception as error:
            if "--debug" in sys.argv:
                raise
            settings = context.obj
            root = root_cause(error)
            # Only where it was opened: asking for it would start an embedded server.
            opened = vars(settings).get("source") if settings else None
            if isinstance(root, psycopg2.errors.LockNotAvailable):
                with closing(settings.warehouse.connect()) as connection:
                    who = locks.who_blocks(connection)
                stop(explain(error, opened) + who)
            is_of_a_server = isinstance(root, psycopg2.Error)
            hint = " (make doctor says more)" if is_of_a_server else ""
            stop(explain(error, opened) + hint)


def is_for_machines() -> bool:
    """Whether the answer is to be JSON, also before the options were understood."""
    return "--json" in sys.argv


def stop(message: str, code: int = exit_codes.FAILED) -> NoReturn:
    """Print why, as JSON too where that is asked for, and leave."""
    if is_for_machines():
        click.echo(json.dumps({"error": message, "exit_code": code}))
    exit_codes.stop(message, code)


def as_text(value: object) -> str:
    """Return a time or a path for JSON."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def show_json(facts: dict[str, Any]) -> None:
    """Print one JSON object; times in ISO 8601."""
    click.echo(json.dumps(facts, default=as_text))


@click.group(cls=Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(RELEASE, prog_name="allpfit-analytics")
@click.option("--debug", is_flag=True, help="Show the traceback of a failure.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Replicate the Chatwoot views into the warehouse, and build the marts.

    Exit codes: 0 done; 1 failed, or doctor found something wrong; 2 wrong settings or
    usage; 75 another load is running, try again later; 130 interrupted by Ctrl-C.
    """
    if not debug:
        # psycopg2 prints what it cannot raise when a server dies during a COPY.
        sys.unraisablehook = lambda _: None
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr
    )
    context.obj = load_settings()
    context.obj.keep_private()


@main.command()
@click.option("--full", is_flag=True, help="Read every conversation again.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Read again the conversations created on or after this day (in UTC).",
)
@as_json
@click.pass_obj
def run(settings: Settings, full: bool, since: datetime | None, is_json: bool) -> None:
    """Load what changed at the source since the last run.

    --full and --since go on where they were when they were killed.
    """
    if full and since:
        raise click.UsageError("--full reads everything: leave out --since.")
    if since and since.date() > datetime.now(UTC).date():
        raise click.UsageError("--since lies in the future.")
    make_examples(settings.config_dir)
    began = time.monotonic()
    with summaries.progress() as on_progress:
        summary = run_load(settings, on_progress, full, since.date() if since else None)
    seconds = time.monotonic() - began
    if is_json:
        show_json(asdict(summary) | {"seconds": seconds})
    else:
        click.echo(summaries.describe(summary, seconds))


@main.command(name="config")
@click.pass_obj
def apply_configuration(settings: Settings) -> None:
    """Check the files of config/, say what counts, and write it where dbt reads it.

    Makes the files that are missing, with commented examples.
    """
    for file in make_examples(settings.config_dir):
        click.echo(f"made {file}")
    transform.configure_warehouse(settings)
    click.echo(summaries.describe_configuration(settings.configuration))


@main.command()
@as_json
@click.pass_obj
def reconcile(settings: Settings, is_json: bool) -> None:
    """Compare every row with the source, and heal what differs."""
    with summaries.progress() as on_progress:
        found = run_reconciliation(settings, on_progress)
    if is_json:
        show_json(asdict(found) | {"is_clean": found.is_clean})
    else:
        click.echo(summaries.describe_reconciliation(found))


@main.command(name="doctor")
@as_json
@click.pass_obj
def examine(settings: Settings, is_json: bool) -> None:
    """Check both databases, roles, views, contract and freshness; say how to mend."""
    findings = doctor.examine(settings)
    is_good = all(finding.is_good for finding in findings)
    if is_json:
        show_json({"is_good": is_good, "findings": [asdict(each) for each in findings]})
    else:
        for finding in findings:
            click.echo(finding)
    if not is_good:
        sys.exit(exit_codes.FAILED)


@main.command(name="status")
@as_json
@click.pass_obj
def show_status(settings: Settings, is_json: bool) -> None:
    """Show freshness, the last runs, rows, failures and backups; changes nothing."""
    found = status.collect(settings)
    if is_json:
        show_json(asdict(found))
    else:
        click.echo(status.describe(found))


@main.command(name="backup")
@click.pass_obj
def back_up(settings: Settings) -> None:
    """Dump the raw schema into a file, and delete the oldest files."""
    file = backup.backup(settings)
    click.echo(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")


@main.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def restore(settings: Settings, file: Path | None) -> None:
    """Put the raw schema back as in a backup, by default the newest, and build.

    The next run then reads what has changed at the source since the backup.
    """
    restored = backup.restore(settings, file)
    click.echo(f"restored {restored}")
    tell(transform.build(settings))


@main.command()
@click.pass_obj
def export(settings: Settings) -> None:
    """Write conversas_analytics to a compressed CSV file; delete the oldest files."""
    file = backup.export(settings)
    click.echo(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")


@main.command(name="schedule")
@click.argument("kind", type=click.Choice(["cron", "systemd"]))
@click.option("--at", metavar="HH:MM", help="Daily, in business time; default 03:00.")
@click.option("--every-minutes", type=int, metavar="N", help="Every N minutes.")
@click.pass_obj
def install_schedule(
    settings: Settings, kind: str, at: str | None, every_minutes: int | None
) -> None:
    """Have cron or systemd run `python -m loader scheduled`."""
    if at and every_minutes:
        raise click.UsageError("Choose one of --at and --every-minutes.")
    try:
        when = schedule.parse(at, every_minutes)
    except schedule.ScheduleError as error:
        raise click.UsageError(str(error)) from error
    click.echo(schedule.install(settings, kind, when))


@main.command()
@click.pass_obj
def unschedule(settings: Settings) -> None:
    """Take back what `schedule` has installed."""
    removed = schedule.remove(settings)
    click.echo("\n".join(f"removed: {each}" for each in removed) or "nothing to remove")


@main.command()
@click.pass_obj
def scheduled(settings: Settings) -> None:
    """What is scheduled: load, build, and reconcile and backup when they are due.

    Writes to logs/scheduled.log in DATA_DIR; prints only why it failed.
    """
    logging.getLogger().handlers.clear()
    schedule.log_to_file(settings)
    try:
        schedule.work(settings)
    except locks.AnotherRunError:
        log.info("another load is running: left it to that one")
        sys.exit(exit_codes.ANOTHER_RUN)
    except Exception as error:
        log.error("failed: %s", explain(error, vars(settings).get("source")))
        raise


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


@main.command()
@click.option("--verbose", is_flag=True, help="Print dbt's own lines too.")
@as_json
@click.pass_obj
def build(settings: Settings, verbose: bool, is_json: bool) -> None:
    """Build all models of what is loaded, then test the data.

    Makes anew what an edit or an upgrade has outdated; make status has the history.
    """
    tell(transform.build(settings, is_verbose=verbose), is_json=is_json)


def tell(built: transform.Built, *, is_json: bool = False) -> None:
    """Say how a build ended; leave with an error if it was not well."""
    if is_json:
        show_json(asdict(built))
    elif built.error is None:
        click.echo(f"build: all models and tests ({built.seconds:.1f} s)")
    if built.error is None:
        return
    click.echo(f"error: {summaries.describe_build(built)}", err=True)
    sys.exit(exit_codes.FAILED)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def dbt(settings: Settings, arguments: tuple[str, ...]) -> None:
    """Run dbt on the warehouse, such as `dbt build --select marts`."""
    # dbt takes seconds to import: only when needed.
    from dbt.cli.exceptions import DbtUsageException

    try:
        is_good = transform.dbt(settings, list(arguments))
    except DbtUsageException as error:
        stop(str(error), exit_codes.MISCONFIGURED)
    if not is_good:
        sys.exit(exit_codes.FAILED)


@main.command()
@click.pass_obj
def env(settings: Settings) -> None:
    """Print the variables for a dbt of your own: eval "$(python -m loader env)".

    Of the embedded warehouse they name a file with the login, and hold none.
    """
    has_password = not settings.has_embedded_warehouse
    if has_password and sys.stdout.isatty():
        stop(
            'this holds a password: eval "$(python -m loader env)"',
            exit_codes.MISCONFIGURED,
        )
    transform.configure_warehouse(settings)
    variables = transform.of_the_project(settings)
    variables["DBT_PROFILES_DIR"] = str(profile.folder(settings))
    if has_password:
        variables["LOCAL_DB_PASSWORD"] = settings.warehouse.password
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@main.command()
@click.pass_obj
def dsn(settings: Settings) -> None:
    """Print the URL of the warehouse, password included: psql "$(... loader dsn)"."""
    click.echo(profile.url(settings))


@main.command(name="stop")
@click.pass_obj
def stop_servers(settings: Settings) -> None:
    """Stop the embedded servers; their data stays."""
    for cluster in servers.clusters(settings.data_dir):
        cluster.stop()


@main.command()
@click.pass_obj
def clean(settings: Settings) -> None:
    """Stop the embedded servers and delete their data."""
    for cluster in servers.clusters(settings.data_dir):
        cluster.remove()
    shutil.rmtree(settings.data_dir / "load", ignore_errors=True)
    # Whatever else stands in the folder is not ours.
    if settings.data_dir.exists() and not any(settings.data_dir.iterdir()):
        settings.data_dir.rmdir()
