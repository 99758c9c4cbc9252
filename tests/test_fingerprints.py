"""What a view shows of any column reaches the warehouse with the next load.

Every column of every table that the views read is changed, each in a conversation of
own: number n has contact, inbox, agent, team, account and so on of the number n, and
the nth column is changed in these. So a conversation that differs names the column.
"""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from conftest import Chatwoot, Warehouse
from oracle import compared
from replica import Replica

from ground.settings import Settings
from loader.run import run
from loader.source import DIMENSION_VIEWS, REPLICATED_VIEWS, VERSIONED_TABLES

ROWS = 300
SPARE = ROWS  # what a changed reference points to
GROUP = ROWS - 1  # where somebody else than the contact writes
Column = tuple[str, str]

# Monday, 09:30 in São Paulo, within opening hours from 9:00 to 9:40.
FILL = """
insert into accounts (id, name, created_at, updated_at)
select n, 'Conta ' || n, '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into users (id, uid, name, email, created_at, updated_at)
select n, n, 'Pessoa ' || n, n || '@allpfit.example', '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into account_users (id, account_id, user_id, created_at, updated_at)
select n, n, n, '2026-03-02', '2026-03-02' from generate_series(1, {rows}) as n;

insert into teams (id, name, account_id, created_at, updated_at)
select n, 'Equipe ' || n, n, '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into channel_whatsapp (id, account_id, phone_number, created_at, updated_at)
select n, n, n, '2026-03-02', '2026-03-02' from generate_series(1, {rows} - 1) as n;

insert into inboxes (
    id, channel_id, channel_type, account_id, name, working_hours_enabled, created_at,
    updated_at
)
select n, n, 'Channel::Whatsapp', n, 'Unidade ' || n, true, '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into agent_bot_inboxes (id, inbox_id, agent_bot_id, created_at, updated_at)
select n, n, n, '2026-03-02', '2026-03-02' from generate_series(1, {rows} - 1) as n;

insert into agent_bots (id, name, account_id, created_at, updated_at)
select n, 'Assistente ' || n, n, '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into working_hours (
    id, inbox_id, account_id, day_of_week, open_hour, open_minutes, close_hour,
    close_minutes, created_at, updated_at
)
select n, n, n, 1, 9, 0, 9, 40, '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into contacts (
    id, name, email, identifier, phone_number, account_id, created_at, updated_at
)
select
    n, 'Contato ' || n, 'c' || n, 'i' || n, '+55' || n, least(n, {rows}), '2026-03-02',
    '2026-03-02'
from generate_series(1, {rows} + 1) as n;

insert into campaigns (
    id, account_id, inbox_id, title, message, created_at, updated_at
)
select n, n, n, 'Campanha ' || n, 'Oi', '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into conversations (
    id, account_id, inbox_id, contact_id, assignee_id, team_id, campaign_id, created_at,
    updated_at, last_activity_at
)
select n, n, n, n, n, n, n, '2026-03-02 12:30', '2026-03-02', '2026-03-02'
from generate_series(1, {rows}) as n;

-- A number that another one may have in its account.
update conversations set display_id = 7 where id = {rows};

insert into messages (
    id, content, account_id, inbox_id, conversation_id, message_type, sender_type,
    sender_id, created_at, updated_at
)
select
    n, 'Oi', n, n, n, 0, 'Contact', case when n = {group} then {rows} + 1 else n end,
    '2026-03-02 12:30', '2026-03-02'
from generate_series(1, {rows}) as n;

insert into csat_survey_responses (
    id, account_id, conversation_id, message_id, rating, contact_id, created_at,
    updated_at
)
select n, n, n, n, 3, n, '2026-03-03', '2026-03-03'
from generate_series(1, {rows}) as n;

insert into reporting_events (
    id, name, value, account_id, conversation_id, event_end_time, created_at, updated_at
)
select
    n, 'conversation_resolved', 60, n, n, '2026-03-03', '2026-03-03', '2026-03-03'
from generate_series(1, {rows}) as n;

insert into applied_slas (
    id, account_id, sla_policy_id, conversation_id, created_at, updated_at
)
select n, n, n, n, '2026-03-03', '2026-03-03' from generate_series(1, {rows}) as n;

insert into tags (id, name)
select n, 'etiqueta ' || n from generate_series(1, {rows}) as n;

insert into taggings (id, tag_id, taggable_type, taggable_id, context)
select n, n, 'Conversation', n, 'labels' from generate_series(1, {rows}) as n;
"""

BY_TYPE = {
    "bigint": "coalesce({column}, 0) + 1",
    "boolean": "not coalesce({column}, false)",
    "character varying": "coalesce({column}, '') || 'x'",
    "double precision": "coalesce({column}, 0) + 1",
    "integer": "coalesce({column}, 0) + 1",
    "json": "'{{\"novelty\": 1}}'",
    "jsonb": "'{{\"novelty\": 1}}'",
    "text": "coalesce({column}, '') || 'x'",
    "timestamp without time zone": (
        "coalesce({column}, '2026-03-03') + interval '25 hours'"
    ),
    "uuid": "gen_random_uuid()",
}
UNLOADED = "900"
BY_COLUMN = {
    ("applied_slas", "account_id"): UNLOADED,
    ("contacts", "account_id"): UNLOADED,
    ("contacts", "additional_attributes"): """'{{"group_type": "group"}}'""",
    ("csat_survey_responses", "account_id"): UNLOADED,
    ("csat_survey_responses", "message_id"): "900000 + id",
    ("inboxes", "channel_type"): "'Channel::Api'",
    ("inboxes", "timezone"): "'America/Manaus'",
    ("messages", "account_id"): UNLOADED,
    ("messages", "additional_attributes"): "'{{\"campaign_id\": 7}}'",
    ("messages", "content_attributes"): """'"{{\\"deleted\\": true}}"'""",
    ("messages", "sender_type"): "'User'",
    ("reporting_events", "account_id"): UNLOADED,
    ("reporting_events", "name"): "'conversation_opened'",
    ("taggings", "taggable_type"): "'Contact'",
    ("working_hours", "close_hour"): "8",
    ("working_hours", "close_minutes"): "20",
    ("working_hours", "open_minutes"): "35",
}
# Without it, the change would not show in the conversation.
BEFORE = {
    ("inboxes", "working_hours_enabled"): "closed_all_day = true",
    ("working_hours", "day_of_week"): "closed_all_day = true",
    ("working_hours", "inbox_id"): "closed_all_day = true",
    ("working_hours", "open_all_day"): "open_hour = 20",
}
# A view reads it, and shows it to nobody: it puts things in order.
SHOWS_NOTHING = {("working_hours", "id")}
# By these a row leaves a conversation or the accounts: a load then compares them all.
MOVES = {
    "id",
    "account_id",
    "conversation_id",
    "taggable_id",
    "taggable_type",
    "context",
}


def read_columns(chatwoot: Chatwoot, *views: str) -> dict[str, set[str]]:
    """Table -> its columns that views read, also through other views.

    A reference to the whole row names none of its columns.
    """
    rows = chatwoot.query(
        """
        with recursive reads as (
            select oid from pg_class where oid = any(%s::regclass[])
            union
            select pg_depend.refobjid
            from reads
            inner join pg_rewrite on reads.oid = pg_rewrite.ev_class
            inner join pg_depend
                on
                    pg_depend.classid = 'pg_rewrite'::regclass
                    and pg_rewrite.oid = pg_depend.objid
                    and pg_depend.refclassid = 'pg_class'::regclass
        )

        select
            pg_class.relname::text,
            array_remove(array_agg(distinct pg_attribute.attname::text), null)
        from reads
        inner join pg_rewrite on reads.oid = pg_rewrite.ev_class
        inner join pg_depend
            on
                pg_depend.classid = 'pg_rewrite'::regclass
                and pg_rewrite.oid = pg_depend.objid
                and pg_depend.refclassid = 'pg_class'::regclass
        inner join pg_class
            on pg_depend.refobjid = pg_class.oid and pg_class.relkind = 'r'
        left join pg_attribute
            on
                pg_class.oid = pg_attribute.attrelid
                and pg_depend.refobjsubid = pg_attribute.attnum
        group by pg_class.relname
        """,
        list(views),
    )
    return {table: set(columns) for table, columns in rows}


class Changes:
    """Changes a column in the rows of its number, loads, and compares."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        conversations = tuple(REPLICATED_VIEWS.values())
        dimensions = [view for view, _ in DIMENSION_VIEWS.values()]
        self.of_conversations = read_columns(replica.chatwoot, *conversations)
        self.of_all = read_columns(replica.chatwoot, *conversations, *dimensions)
        types = replica.chatwoot.query(
            """
            select
                attrelid::regclass::text,
                attname::text,
                format_type(atttypid, null)
            from pg_attribute
            where attrelid = any(%s::regclass[]) and attnum > 0 and not attisdropped
            order by 1, attnum
            """,
            list(self.of_all),
        )
        self._types = {(table, column): of_type for table, column, of_type in types}
        self._numbers = {
            column: number for number, column in enumerate(self._types, start=1)
        }
        assert len(self._numbers) < GROUP, "a conversation for each column: more ROWS"
        for column, preparation in BEFORE.items():
            replica.chatwoot.execute(
                f"update working_hours set {preparation} where id = %s",
                self._numbers[column],
            )

    @property
    def columns(self) -> list[Column]:
        """Every column of every table that a view reads something of."""
        return list(self._types)

    def shown(self, column: Column) -> str:
        """Who reads a column: conversations, dimensions, or "" for nobody."""
        table, name = column
        if name in self.of_conversations.get(table, ()):
            return "conversations"
        return "dimensions" if name in self.of_all[table] else ""

    def batches(self) -> Iterator[list[Column]]:
        """Columns that may be changed before one load, without hiding each other.

        A row that has another version is found by that, each for itself. Where a value
        of a small table is another, the load compares all conversations, so it would
        find what came with it: each of these is loaded alone.
        """
        together: dict[str, list[Column]] = {}
        for column in self.columns:
            table, name = column
            shown = self.shown(column)
            if shown == "conversations" and (
                table not in VERSIONED_TABLES or name in MOVES
            ):
                yield [column]
            else:
                group = table if table in VERSIONED_TABLES else f"small, {shown}"
                together.setdefault(group, []).append(column)
        yield from together.values()

    def load(self, columns: list[Column]) -> None:
        """Change columns and load; fail with those that a view shows as they were."""
        for column in columns:
            self._change(column)
        shown = self._differences()
        unseen = [
            column
            for column in columns
            if self.shown(column)
            and column not in SHOWS_NOTHING
            and self._numbers[column] not in shown.get(self.shown(column), ())
        ]
        assert not unseen, f"the change of {unseen} shows nowhere: choose another value"
        run(self._replica.settings)
        left = set().union(*self._differences().values())
        missed = [
            ".".join(column) for column in columns if self._numbers[column] in left
        ]
        assert not left, f"not loaded, for no fingerprint has it: {missed} ({left})"

    def _change(self, column: Column) -> None:
        table, name = column
        of_type = self._types[column]
        by_type = BY_TYPE[of_type]
        if name == "id":
            by_type = "id + 100000"
        elif name.endswith("_id") and of_type in ("bigint", "integer"):
            by_type = str(SPARE)
        value = BY_COLUMN.get(column, by_type).format(column=name)
        changed = self._replica.chatwoot.query(
            f"update {table} set {name} = {value} where id = %s returning id",
            self._numbers[column],
        )
        assert changed, f"{table} has no row {self._numbers[column]}: see FILL"

    def _differences(self) -> dict[str, set[object]]:
        """Numbers whose rows differ from the source, by kind of table."""
        found: dict[str, set[object]] = {"conversations": set(), "dimensions": set()}
        for table, expected, actual in compared(
            self._replica.chatwoot, self._replica.warehouse
        ):
            kind = "dimensions" if table in DIMENSION_VIEWS else "conversations"
            keys = expected.keys() | actual.keys()
            found[kind] |= {key for key in keys if expected.get(key) != actual.get(key)}
        return found


@pytest.fixture
def replica(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> Iterator[Replica]:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    with closing(chatwoot.connection), closing(warehouse.connection):
        chatwoot.execute(FILL.format(rows=ROWS, group=GROUP))
        accounts = ",".join(map(str, range(1, ROWS + 1)))
        chatwoot.execute(
            "select set_config('allpfit.account_ids', %s, false)", f"{{{accounts}}}"
        )
        yield Replica(
            chatwoot,
            warehouse,
            settings_for(
                chatwoot.reader,
                warehouse.owner,
                source_account_ids=accounts,
            ),
        )


def test_every_column_that_a_view_shows_is_loaded_when_it_changes(
    replica: Replica,
) -> None:
    changes = Changes(replica)
    run(replica.settings)
    failures = []
    for batch in changes.batches():
        try:
            changes.load(batch)
        except AssertionError as error:
            failures.append(str(error).splitlines()[0])
            run(replica.settings, full=True)
    assert not failures, "\n".join(failures)
    # Another contact than the conversation's, of whom it shows the phone.
    replica.chatwoot.execute(
        "update contacts set phone_number = '+5511' where id = %s", SPARE + 1
    )
    assert run(replica.settings).rows_changed == 1
    assert replica.warehouse.value(
        "select client_phone from raw_chatwoot.conversations"
        " where conversation_id = %s",
        GROUP,
    ) == ("+5511")


def test_contacts_are_shown_by_one_view_alone(replica: Replica) -> None:
    """Whose whole row the fingerprint takes."""
    assert replica.chatwoot.query(
        """
        select distinct ev_class::regclass::text
        from pg_depend
        inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
        where refclassid = 'pg_class'::regclass and refobjid = 'contacts'::regclass
        order by 1
        """
    ) == [("vw_row_versions",), ("vw_shown_contacts",)]


@pytest.mark.parametrize("value", ["location", "to_jsonb(contacts) ->> 'location'"])
def test_column_that_no_fingerprint_has_is_named(replica: Replica, value: str) -> None:
    """As if a later view showed one more column, or one of a whole row."""
    replica.chatwoot.execute(
        f"""
        alter view vw_conversation_context rename to context_before;
        create view vw_conversation_context as
        select
            conversation_id, account_id, custom_attributes, additional_attributes,
            assignee_agent_bot_id, is_contact_blocked, contact_custom_attributes,
            group_type,
            (
                select ({value})::varchar
                from contacts
                inner join conversations on contacts.id = conversations.contact_id
                where conversations.id = conversation_id
            ) as campaign_title,
            labels, taggings, surveys_sent, csat_answers, reporting_events, slas
        from context_before;
        grant select on vw_conversation_context to allpfit_reader;
        """
    )
    changes = Changes(replica)
    run(replica.settings)
    contacts = [
        column
        for column in changes.columns
        if column[0] == "contacts" and column[1] != "id"
    ]
    with pytest.raises(AssertionError, match=r"not loaded.*\['contacts.location'\]"):
        changes.load(contacts)
