"""Several accounts on one server: which are loaded, and that they stay apart."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

import pytest
from conftest import NOW, PROJECT_ROOT, Chatwoot, Warehouse, loaded_at
from oracle import AI_USER
from replica import Replica, fill

from demo import chatwoot as demo
from ground.database import Database
from ground.settings import Settings
from kpis import Days, Filters, Limits, Marts, Period, values
from loader import source
from loader.accounts import Account, AccountsError, choose, which
from loader.reconcile import reconcile
from loader.run import run
from operations import doctor, status, transform

CASES = PROJECT_ROOT / "tests" / "cases"
CONVERSATIONS = 60
BAKERY = 77
NAME = "77 Padaria Inventada"
GYM = "1 AllpFit Academias"


def one(number: int, has_conversations: bool = True) -> Account:
    return Account(number, f"Conta {number}", has_conversations)


# ------------------------------------------------------------------ choosing


@pytest.mark.parametrize(
    ("named", "found", "known", "loaded", "new"),
    [
        # One account with conversations is taken, whatever else there is or was.
        ((), [one(1)], [], [1], []),
        ((), [one(1), one(2, False)], [], [1], []),
        ((), [one(3)], [1], [3], []),
        # Before the first conversation.
        ((), [], [], [], []),
        ((), [one(1, False)], [], [1], []),
        ((), [one(1, False), one(2, False)], [], [], []),
        # A load goes on with the accounts that it has.
        ((), [one(1), one(2), one(3, False)], [1], [1], [2]),
        ((), [one(1), one(2), one(3)], [1, 2], [1, 2], [3]),
        ((), [one(1, False), one(2), one(3)], [1], [1], [2, 3]),
        # What is named is what is meant.
        ((1,), [one(1), one(2)], [], [1], []),
        ((2,), [one(1), one(2)], [1], [2], []),
        ((1, 2), [one(1), one(2, False)], [], [1, 2], []),
    ],
)
def test_accounts_are_chosen(
    named: tuple[int, ...],
    found: list[Account],
    known: list[int],
    loaded: list[int],
    new: list[int],
) -> None:
    chosen = choose(named, found, known)
    assert chosen is not None
    assert chosen.ids == loaded
    assert [account.account_id for account in chosen.new] == new


@pytest.mark.parametrize("known", [[], [9]])
def test_nobody_guesses_which_of_several(known: list[int]) -> None:
    assert choose((), [one(1), one(2)], known) is None


def test_account_that_there_is_not_is_one_line() -> None:
    with pytest.raises(AccountsError) as refused:
        choose((1, 5), [one(1)], [])
    assert str(refused.value) == (
        "SOURCE_ACCOUNT_IDS: the source has no account 5; it has 1 Conta 1"
    )


def test_question_names_accounts_and_says_what_to_write() -> None:
    assert which([(one(1), 1200), (one(2, False), 0), (one(3), 1)]) == (
        "several accounts have conversations on the source, and nothing was read: name"
        " those to load in .env, such as SOURCE_ACCOUNT_IDS=1\n"
        "  1 Conta 1: 1,200 conversations\n"
        "  3 Conta 3: 1 conversation"
    )


# ------------------------------------------------------------------ loading


@pytest.fixture
def replica(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
) -> Iterator[Replica]:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    with closing(chatwoot.connection), closing(warehouse.connection):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        yield Replica(
            chatwoot, warehouse, settings_for(chatwoot.reader, warehouse.owner)
        )


def open_bakery(replica: Replica) -> None:
    """Make the second account, as the case has it, with more of what is of it."""
    for file in ("prelude.sql", "accounts.sql"):
        replica.chatwoot.execute((CASES / file).read_text())
    replica.chatwoot.execute(
        """
        insert into users (id, uid, name, email, created_at, updated_at)
        values
            (7701, 'padeiro', 'Padeiro', 'padeiro@padaria.example', now(), now()),
            (7702, 'saiu', 'Saiu Daqui', 'saiu@padaria.example', now(), now());
        insert into account_users (account_id, user_id, created_at, updated_at)
        values (77, 7701, now(), now());
        insert into teams (id, account_id, name, created_at, updated_at)
        values (7700, 77, 'Balcão', now(), now());
        """
    )


def named(replica: Replica, ids: str) -> Replica:
    """The same with accounts in the settings."""
    return replica.with_settings(source_account_ids=ids)


def accounts_of(replica: Replica) -> dict[str, set[int]]:
    """The accounts of the rows of each raw table."""
    return {
        table: {
            account
            for (account,) in replica.warehouse.query(
                f"select distinct account_id from raw_chatwoot.{table}"
            )
        }
        for table in (
            "conversations",
            "conversation_context",
            "accounts",
            "inboxes",
            "teams",
        )
    }


def agents_of(replica: Replica) -> set[int]:
    return {
        user
        for (user,) in replica.warehouse.query(
            "select user_id from raw_chatwoot.agents where user_id > 7700"
        )
    }


def lines_of(replica: Replica, what: str = "source") -> list[str]:
    """What doctor says of the accounts."""
    return [
        str(finding)
        for finding in doctor.examine(replica.settings)
        if "account" in str(finding) and finding.what.startswith(what)
    ]


def test_first_load_stops_and_lists_the_accounts(replica: Replica) -> None:
    open_bakery(replica)
    with pytest.raises(AccountsError) as refused:
        run(replica.settings)
    lines = str(refused.value).splitlines()
    assert "SOURCE_ACCOUNT_IDS=1" in lines[0]
    assert [line.split(":")[0] for line in lines[1:]] == [
        f"  {GYM}",
        f"  {NAME}",
    ]
    assert replica.warehouse.value(
        "select to_regclass('raw_chatwoot.conversations') is null"
    )
    (found,) = lines_of(replica)
    assert found.startswith("WRONG source: several accounts")
    assert NAME in found


def test_load_goes_on_with_the_account_that_it_has(replica: Replica) -> None:
    run(replica.settings)
    assert lines_of(replica) == [f"ok    source: accounts loaded: {GYM}"]
    open_bakery(replica)
    again = run(replica.settings)
    assert (again.rows_read, again.rows_deleted) == (0, 0)
    assert all(of == {1} for of in accounts_of(replica).values())
    assert not agents_of(replica)
    assert replica.warehouse.value(
        "select new_accounts from raw_chatwoot.load_runs order by run_id desc limit 1"
    ) == [NAME]
    loaded, new = lines_of(replica)
    assert loaded.endswith(f"accounts loaded: {GYM}")
    assert NAME in new
    assert "SOURCE_ACCOUNT_IDS=1 " in new
    assert NAME in status.describe(status.collect(replica.settings))
    # Whoever was loaded by a release that did not know of accounts, too.
    replica.warehouse.execute(
        "alter table raw_chatwoot.load_runs drop account_ids, drop new_accounts"
    )
    run(replica.settings)
    assert all(of == {1} for of in accounts_of(replica).values())


def test_with_one_named_the_other_is_nowhere(replica: Replica) -> None:
    open_bakery(replica)
    only = named(replica, "1")
    assert run(only.settings).rows_new == CONVERSATIONS
    assert all(of == {1} for of in accounts_of(replica).values())
    assert not agents_of(replica)
    # Not in one row of any table.
    for (table,) in replica.warehouse.query(
        "select oid::regclass::text from pg_class"
        " where relkind = 'r' and relnamespace = 'raw_chatwoot'::regnamespace"
    ):
        assert not replica.warehouse.value(
            f"select count(*) from {table} as found"
            " where found::text ~ 'Padaria|Padeiro|Saiu|pão'"
        ), table
    assert lines_of(only) == [f"ok    source: accounts loaded: {GYM}"]


def test_with_both_named_both_are_loaded_and_one_leaves(replica: Replica) -> None:
    open_bakery(replica)
    both = named(replica, "77, 1")
    assert both.load().rows_new == CONVERSATIONS + 1
    assert all(of == {1, BAKERY} for of in accounts_of(replica).values())
    # A changed setting is noticed without a row written.
    gone = run(named(replica, "1").settings)
    assert (gone.rows_read, gone.rows_deleted) == (0, 1)
    assert all(of == {1} for of in accounts_of(replica).values())
    back = run(both.settings)
    assert (back.rows_new, back.rows_changed, back.rows_deleted) == (1, 0, 0)
    assert both.load().mode == "none"
    assert reconcile(both.settings).is_clean


def test_what_others_write_is_not_looked_at(replica: Replica) -> None:
    open_bakery(replica)
    only = named(replica, "1")
    run(only.settings)
    before = cost(only)
    replica.chatwoot.execute(
        """
        update messages set content = 'Acabou' where account_id = 77;
        update contacts set name = 'Outra' where account_id = 77;
        delete from csat_survey_responses where account_id = 77;
        insert into reporting_events (
            name, value, account_id, conversation_id, created_at, updated_at
        )
        select 'conversation_resolved', 1, 77, id, now(), now()
        from conversations where account_id = 77;
        update inboxes set name = 'Balcão' where account_id = 77;
        """
    )
    with source.snapshot(only.settings) as snapshot:
        snapshot.use_accounts([])
        states = snapshot.table_states(None)
        assert states["messages"].last_id == replica.chatwoot.value(
            "select max(id) from messages where account_id = 1"
        )
    summary = run(only.settings)
    assert (summary.rows_read, summary.rows_deleted) == (0, 0)
    assert cost(only) == before
    assert reconcile(only.settings).is_clean


def cost(replica: Replica) -> object:
    return replica.warehouse.value(
        "select md5(string_agg(loaded::text, '' order by conversation_id))"
        " from raw_chatwoot.conversation_loads as loaded"
    )


def test_a_row_of_the_loaded_account_still_counts(replica: Replica) -> None:
    """Of each table that is looked at, by account or through its conversation."""
    open_bakery(replica)
    only = named(replica, "1")
    run(only.settings)
    ids = [
        conversation
        for (conversation,) in replica.chatwoot.query(
            "select id from conversations where account_id = 1 order by id limit 4"
        )
    ]
    tag = replica.chatwoot.value(
        "insert into tags (id, name) values (990, 'nova') returning id"
    )
    for statement, conversation in (
        ("update messages set content = 'x' where conversation_id = %s", ids[0]),
        (
            "insert into reporting_events"
            " (name, value, conversation_id, created_at, updated_at)"
            " values ('conversation_opened', 1, %s, now(), now())",
            ids[1],
        ),
        (
            f"insert into taggings (tag_id, taggable_type, context, taggable_id)"
            f" values ({tag}, 'Conversation', 'labels', %s)",
            ids[2],
        ),
        (
            "update contacts set name = 'Novo' where id ="
            " (select contact_id from conversations where id = %s)",
            ids[3],
        ),
    ):
        replica.chatwoot.execute(statement, conversation)
        assert run(only.settings).rows_changed >= 1, statement
    assert reconcile(only.settings).is_clean


def test_setting_that_names_no_account_reads_nothing(replica: Replica) -> None:
    run(replica.settings)
    with pytest.raises(AccountsError, match=f"no account 5; it has {GYM}"):
        run(named(replica, "5").settings)
    assert accounts_of(replica)["conversations"] == {1}
    (found,) = lines_of(named(replica, "5"))
    assert found.startswith("WRONG source: SOURCE_ACCOUNT_IDS")


@pytest.fixture(scope="module")
def two(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Replica]:
    """Both accounts, loaded and built; one person is a customer of both."""
    target = str(tmp_path_factory.mktemp("dbt"))
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    made = Replica(
        chatwoot,
        warehouse,
        settings_for(chatwoot.reader, warehouse.owner, source_account_ids="1,77"),
    )
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        open_bakery(made)
        chatwoot.execute(
            """
            update contacts
            set phone_number = (
                select phone_number from contacts
                where account_id = 1 and phone_number is not null
                    and id in (select contact_id from conversations)
                order by id limit 1
            )
            where account_id = 77;
            update inboxes set name = (select name from inboxes where id = 1)
            where id = 7700;
            update teams set name = (select min(name) from teams where account_id = 1)
            where id = 7700;
            update conversations set team_id = 7700, created_at = '2026-03-10 15:00'
            where account_id = 77;
            update messages set created_at = '2026-03-10 15:00' where account_id = 77;
            """
        )
        patch.setenv("DBT_TARGET_PATH", target)
        patch.setenv("DBT_LOG_PATH", target)
        run(made.settings)
        loaded_at(warehouse, NOW)
        assert transform.dbt(
            made.settings,
            ["build", "--quiet", "--exclude-resource-type", "unit_test"],
        )
        yield made


def test_accounts_are_apart(two: Replica) -> None:
    """People, units and teams, though they have the same phone and names."""
    query = two.warehouse.query
    assert query(
        "select account_id, account_name from marts.mart_accounts order by 1"
    ) == [(1, "AllpFit Academias"), (BAKERY, "Padaria Inventada")]
    names = query(
        "select account_id, unit from marts.mart_inboxes"
        " where inbox_name = (select inbox_name from marts.mart_inboxes"
        " where inbox_id = 7700) order by 1"
    )
    assert [account for account, _ in names] == [1, BAKERY]
    assert names[0][1].endswith(" (AllpFit Academias)")
    assert names[1][1].endswith(" (Padaria Inventada)")
    assert two.warehouse.value(
        "select count(distinct unit) = count(distinct (account_id, unit))"
        " from marts.mart_inboxes"
    )
    assert two.warehouse.value(
        "select count(distinct team_name) = count(*) from marts.mart_teams"
    )
    phones = query(
        "select contact_key, count(distinct account_id)"
        " from analytics.conversation_versions"
        " inner join analytics.conversations using (conversation_id) group by 1"
    )
    assert {accounts for _, accounts in phones} == {1}
    assert len({key.partition(":")[2] for key, _ in phones}) == len(phones) - 1


@pytest.mark.parametrize(
    ("account", "conversations"),
    [("AllpFit Academias", CONVERSATIONS), ("Padaria Inventada", 1), ("Outra", 0)],
)
def test_limit_and_filter_of_accounts(
    two: Replica, account: str, conversations: int
) -> None:
    days = Days(date(2015, 1, 1), date(2026, 12, 31))
    period = Period(days, days, None)
    database = Database(two.warehouse.reader)
    limited = Marts(database, Limits(accounts=(account,)))
    ignored = two.warehouse.value(
        "select count(*) from analytics.ignored_conversations"
        " inner join analytics.conversations using (conversation_id)"
        " where account_name = %s",
        account,
    )
    for marts, filters in (
        (limited, Filters()),
        (Marts(database), Filters(accounts=(account,))),
    ):
        (value,) = values(marts, ["conversations_new"], period, filters)
        assert (value.value or 0) == conversations - ignored
    for table in ("conversations", "messages", "episodes", "days"):
        found = limited.read(
            "select count(*) as rows, count(*) filter (where not exists ("
            "select from marts.mart_drilldown_conversations as kept"
            " where kept.conversation_id = listed.conversation_id)) as others"
            f" from marts.mart_drilldown_{table} as listed"
        )
        assert found[0]["others"] == 0
        assert (found[0]["rows"] > 0) == (conversations > 0)
    for table in ("inboxes", "teams", "accounts"):
        (found,) = limited.read(
            f"select array_agg(distinct account_id) as ids from marts.mart_{table}"
        )
        expected = {"AllpFit Academias": [1], "Padaria Inventada": [BAKERY]}
        assert found["ids"] == expected.get(account)
    grouped = values(limited, ["conversations_new"], period, None, "account")
    groups = {value.group for value in grouped}
    assert groups == ({account} if conversations else set())


def test_users_of_no_account_are_shown_where_they_wrote(
    new_chatwoot: Callable[..., Chatwoot],
) -> None:
    chatwoot = new_chatwoot()
    with closing(chatwoot.connection):
        fill(chatwoot, 3)
        chatwoot.execute(
            """
            insert into accounts (id, name, created_at, updated_at)
            values (2, 'Outra', now(), now());
            insert into users (id, uid, name, email, created_at, updated_at)
            values
                (3, 'saiu', 'Saiu', 'saiu@allpfit.example', now(), now()),
                (4, 'fora', 'De Fora', 'fora@allpfit.example', now(), now());
            insert into account_users (account_id, user_id, created_at, updated_at)
            values (2, 4, now(), now());
            """
        )
        shown = "select array_agg(user_id order by user_id) from vw_agents"
        assert chatwoot.value(shown) == [1, 2, 3, 4]
        chatwoot.execute("select set_config('allpfit.account_ids', '{1}', false)")
        assert chatwoot.value(shown) == [1, 2]
        assert AI_USER in str(chatwoot.query("select agent_email from vw_agents"))
