"""A small Chatwoot and the warehouse that is loaded from it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import psycopg2
import pytest
from conftest import PROJECT_ROOT, SECONDS_AT_MOST, Chatwoot, PgConnection, Warehouse
from oracle import assert_nothing_orphaned, assert_replicated

from ground.settings import Settings
from loader.run import Summary, run

FILL = """
insert into accounts (id, name, created_at, updated_at)
values (1, 'AllpFit', now(), now());

insert into users (id, uid, name, email, created_at, updated_at)
values
    (1, 'ana', 'Ana', 'ana@allpfit.example', now(), now()),
    (2, 'ia', 'Assistente', 'assistente.ia@allpfit.example', now(), now());

insert into teams (id, name, account_id, created_at, updated_at)
values (1, 'Recepção', 1, now(), now());

insert into inboxes (id, channel_id, account_id, name, created_at, updated_at, {csat})
select number, number, 1, 'Unidade ' || number, now(), now(), '{{}}'
from generate_series(1, 3) as number;

insert into contacts (id, name, account_id, phone_number, created_at, updated_at)
select number, 'Contato ' || number, 1, '+55119000' || number, now(), now()
from generate_series(1, %(conversations)s) as number;

insert into conversations (
    id, account_id, inbox_id, contact_id, assignee_id, team_id, display_id,
    created_at, updated_at, last_activity_at
)
select
    number, 1, 1 + number %% 3, number, 1, 1, number,
    now() - number * interval '1 hour', now(), now()
from generate_series(1, %(conversations)s) as number;

insert into messages (
    content, account_id, inbox_id, conversation_id, message_type, sender_type,
    sender_id, created_at, updated_at
)
select
    'Quanto custa o plano? ' || step,
    1,
    1 + number %% 3,
    number,
    step %% 2,
    case when step %% 2 = 0 then 'Contact' else 'User' end,
    case when step %% 2 = 0 then number else 1 + step / 4 end,
    now() - number * interval '1 hour' + step * interval '1 minute',
    now()
from
    generate_series(1, %(conversations)s) as number,
    generate_series(0, 5) as step;

insert into csat_survey_responses (
    account_id, conversation_id, message_id, rating, contact_id, created_at, updated_at
)
select 1, number, number, 4, number, now(), now() from generate_series(5, 8) as number;

insert into reporting_events (
    name, value, account_id, conversation_id, event_end_time, created_at, updated_at
)
select 'conversation_resolved', 60, 1, number, now(), now(), now()
from generate_series(1, 9) as number;

insert into tags (id, name) values (1, 'matrícula'), (2, 'reclamação');

insert into taggings (tag_id, taggable_type, taggable_id, context, created_at)
select 1, 'Conversation', number, 'labels', now()
from generate_series(1, 4) as number;

select setval('conversations_id_seq', max(id)) from conversations;
"""


@dataclass(frozen=True)
class Replica:
    """A Chatwoot and the warehouse that its settings load."""

    chatwoot: Chatwoot
    warehouse: Warehouse
    settings: Settings

    def load(self) -> Summary:
        """Run once more, and check that the result is exact."""
        summary = run(self.settings)
        assert_replicated(self.chatwoot, self.warehouse)
        return summary

    def build(self) -> None:
        """Build with dbt, and check that what it built follows the raw tables."""
        done = self.finished("dbt", "build", "--quiet")
        assert done.returncode == 0, done.stdout + done.stderr
        assert_nothing_orphaned(self.warehouse)

    def command(
        self, *arguments: str, settings: Settings | None = None, **variables: str
    ) -> "subprocess.Popen[str]":
        """Start `python -m loader` in a process of its own."""
        folder = str(self.settings.data_dir / "dbt")
        own = {"DBT_TARGET_PATH": folder, "DBT_LOG_PATH": folder}
        return subprocess.Popen(
            [sys.executable, "-m", "loader", *arguments],
            cwd=PROJECT_ROOT,
            env=os.environ | own | environment(settings or self.settings) | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finished(
        self, *arguments: str, settings: Settings | None = None, **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run `python -m loader` to its end."""
        process = self.command(*arguments, settings=settings, **variables)
        try:
            out, error = process.communicate(timeout=SECONDS_AT_MOST)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, out, error)

    def with_settings(self, **others: object) -> "Replica":
        """The same databases by other settings."""
        return replace(self, settings=self.settings.model_copy(update=others))

    def reconnected(self) -> "Replica":
        """The same databases after a server was away: connections of our own anew."""
        self.close()
        return replace(
            self,
            chatwoot=replace(self.chatwoot, connection=connect(self.chatwoot.owner)),
            warehouse=replace(self.warehouse, connection=connect(self.warehouse.owner)),
        )

    def close(self) -> None:
        self.chatwoot.connection.close()
        self.warehouse.connection.close()


def connect(login: dict[str, object]) -> PgConnection:
    """Open a connection that commits each statement."""
    connection = psycopg2.connect(**login)
    connection.autocommit = True
    return connection


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make the same settings in another process."""
    secret = {"source_db_password", "local_db_password", "dashboard_db_password"}
    return {
        name.upper(): (
            getattr(settings, name).get_secret_value()
            if name in secret
            else str(getattr(settings, name))
        )
        for name in settings.model_fields_set
    }


def fill(chatwoot: Chatwoot, conversations: int, csat: str = "csat_config") -> None:
    """Write conversations of six messages each, with all that belongs to them."""
    with chatwoot.connection.cursor() as cursor:
        cursor.execute(FILL.format(csat=csat), {"conversations": conversations})


def make_replica(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    request: pytest.FixtureRequest,
) -> Iterator[Replica]:
    """Forty conversations, loaded; a parameter of the test changes the number."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    with closing(chatwoot.connection), closing(warehouse.connection):
        fill(chatwoot, getattr(request, "param", 40))
        made = Replica(
            chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner)
        )
        run(made.settings)
        yield made
