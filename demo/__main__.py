"""The demo Chatwoot: `python -m demo --help`."""

from contextlib import closing
from datetime import datetime
from typing import Any

import click
import psycopg2

from demo import chatwoot
from ground import exit_codes, servers
from ground.embedded import EmbeddedPostgresError
from ground.settings import ConfigurationError, Settings, load_settings
from loader import views
from loader.source import Snapshot

NO_DEMO = "SOURCE_DB_* names a real Chatwoot, and the demo never writes to that"


class Cli(click.Group):
    """Turns each failure into one message and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except ConfigurationError as error:
            exit_codes.stop(
                f"wrong settings (.env or environment):\n{error}",
                exit_codes.MISCONFIGURED,
            )
        except (
            EmbeddedPostgresError,
            OSError,
            psycopg2.Error,
            views.DeploymentError,
        ) as error:
            exit_codes.stop(str(error).strip())
        except KeyboardInterrupt:
            exit_codes.stop("interrupted", exit_codes.INTERRUPTED)


@click.group(cls=Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """A demo Chatwoot, for a machine that has none."""
    context.obj = load_settings()
    context.obj.keep_private()


@main.command()
@click.pass_obj
def up(settings: Settings) -> None:
    """Start the demo Chatwoot, unless a real one is set; filled when new."""
    if settings.has_demo_source:
        server = servers.start_source(settings.data_dir)
        with closing(psycopg2.connect(**server.owner)) as connection:
            # One transaction: a killed attempt leaves nothing behind, and a second one
            # at the same time waits, and finds it made.
            with connection, connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(2)")
                if not chatwoot.exists(connection):
                    click.echo(
                        f"making a demo Chatwoot with {settings.demo_conversations:,} "
                        "conversations"
                    )
                    chatwoot.create(connection)
                    chatwoot.generate(connection, settings.demo_conversations)
            if not views.is_deployed(connection):
                views.deploy(connection)
        login = server.cluster.connection(servers.SOURCE_DATABASE)
        with (
            closing(psycopg2.connect(**login)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "select bool_and(has_table_privilege(%s, view, 'select'))"
                " from unnest(%s) as view",
                (servers.SOURCE_READER, Snapshot.views()),
            )
            if cursor.fetchone() != (True,):
                cursor.execute((views.FOLDER / "reader_role.sql").read_text())


@main.command()
@click.option(
    "--until",
    type=click.DateTime(),
    help="Live on to this moment (UTC); now by default.",
)
@click.pass_context
def day(context: click.Context, until: datetime | None) -> None:
    """Let the demo Chatwoot live on: new conversations, replies, answers, deletes."""
    settings: Settings = context.obj
    if not settings.has_demo_source:
        raise ConfigurationError(NO_DEMO)
    context.invoke(up)
    server = servers.start_source(settings.data_dir)
    with closing(psycopg2.connect(**server.owner)) as connection, connection:
        changes = chatwoot.live(connection, until)
    click.echo(", ".join(f"{count:,} {what}" for what, count in changes.items()))


if __name__ == "__main__":
    main(prog_name="python -m demo")
