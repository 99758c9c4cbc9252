"""What the source's writers and clocks can do: rows 1 to 11, 17 and 35."""

from contextlib import closing
from datetime import datetime, timedelta

import psycopg2
import pytest
from replica import Replica

from faults.matrix import Chance, new_conversation, row


@row(1)
def test_late_commit_is_not_lost(replica: Replica, chance: Chance) -> None:
    late, *others = chance.ids(replica, 4)
    with closing(psycopg2.connect(**replica.chatwoot.owner)) as slow:
        with slow.cursor() as cursor:
            cursor.execute("savepoint midway")
            cursor.execute(
                "update messages set content = 'Tarde',"
                " updated_at = now() - interval '1 hour' where conversation_id = %s",
                (late,),
            )
            if chance.random() < 0.5:
                cursor.execute("release midway")
        for number in others[: chance.randint(1, 3)]:
            replica.chatwoot.execute(
                "update conversations set priority = 2, updated_at = now()"
                " where id = %s",
                number,
            )
            assert replica.load().rows_changed == 1
        slow.commit()
    assert replica.load().rows_changed == 1
    assert replica.load().mode == "none"


@row(2)
def test_transaction_as_long_as_many_runs_is_whole_or_absent(
    replica: Replica, chance: Chance
) -> None:
    with closing(psycopg2.connect(**replica.chatwoot.owner)) as slow:
        touched = set()
        runs = 3 if chance.is_short else 5
        for step, number in enumerate(chance.ids(replica, runs)):
            with slow.cursor() as cursor:
                cursor.execute(
                    "update messages set content = %s where conversation_id = %s",
                    (f"Passo {step}", number),
                )
                if chance.random() < 0.5:
                    cursor.execute("delete from messages where id = %s", (number,))
            touched.add(number)
            other = chance.choice(
                [o for o in chance.ids(replica, 9) if o not in touched]
            )
            replica.chatwoot.execute(
                "update conversations set priority = %s where id = %s", step, other
            )
            assert replica.load().rows_changed == 1
        is_committed = chance.random() < 0.7
        (slow.commit if is_committed else slow.rollback)()
    assert (replica.load().rows_changed >= runs) == is_committed
    assert replica.load().mode == "none"


@row(3)
def test_new_row_with_the_newest_timestamp_is_not_lost(
    replica: Replica, chance: Chance
) -> None:
    newest = replica.chatwoot.value("select max(updated_at) from conversations")
    for _ in range(chance.randint(1, 3)):
        new_conversation(replica, created_at=newest, updated_at=newest)
        assert replica.load().rows_new == 1


@row(4)
def test_row_changed_again_within_its_timestamp_is_not_lost(
    replica: Replica, chance: Chance
) -> None:
    (number,) = chance.ids(replica)
    for text in ("Antes", "Depois"):
        replica.chatwoot.execute(
            "update messages set content = %s, updated_at = '2026-01-01 12:00'"
            " where conversation_id = %s",
            text,
            number,
        )
        assert replica.load().rows_changed == 1


@row(5)
def test_row_changed_without_a_timestamp_is_not_lost(
    replica: Replica, chance: Chance
) -> None:
    kinds = [
        "update messages set content = 'Editada' where conversation_id = {}",
        "update conversations set custom_attributes = '{{\"a\": 1}}' where id = {}",
        "update contacts set name = 'Bia' where id = {}",
        "insert into csat_survey_responses (account_id, conversation_id, message_id,"
        " rating, contact_id, created_at, updated_at)"
        " values (1, {}, 900, 2, 5, '2001-01-01', '2001-01-01')",
        "update tags set name = 'plano' where id = 1 + {} % 2",
    ]
    for kind in chance.sample(kinds, 3):
        replica.chatwoot.execute(kind.format(*chance.ids(replica)))
        assert replica.load().mode == "incremental"


@row(5)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("messages", "conversation_id"),
        ("csat_survey_responses", "conversation_id"),
        ("reporting_events", "conversation_id"),
        ("taggings", "taggable_id"),
    ],
)
def test_row_that_moves_to_another_conversation_leaves_the_first(
    replica: Replica, chance: Chance, table: str, column: str
) -> None:
    ((row_id, loser),) = replica.chatwoot.query(
        f"select id, {column} from {table} order by id offset %s limit 1",
        chance.randrange(4),
    )
    winner = chance.choice([number for number in range(1, 41) if number != loser])
    replica.chatwoot.execute(
        f"update {table} set {column} = %s where id = %s", winner, row_id
    )
    assert replica.load().rows_changed == 2


@row(6)
def test_missing_timestamps_are_read(replica: Replica, chance: Chance) -> None:
    replica.chatwoot.execute(
        "alter table conversations alter updated_at drop not null,"
        " alter last_activity_at drop not null;"
        "alter table messages alter updated_at drop not null"
    )
    one, two = chance.ids(replica, 2)
    replica.chatwoot.execute(
        "update conversations set updated_at = null, last_activity_at = null"
        " where id = %s",
        one,
    )
    replica.chatwoot.execute(
        "update messages set updated_at = null where conversation_id = %s", two
    )
    assert replica.load().rows_changed == 2
    replica.chatwoot.execute("update conversations set priority = 1 where id = %s", one)
    assert replica.load().rows_changed == 1


ODD_TIMES = (
    "infinity",
    "-infinity",
    "9999-12-31 23:59:59.999999",
    "10000-01-01",
    "294276-12-31",
    "0044-03-15 BC",
    "0001-01-01",
)


@row(7)
def test_no_timestamp_stops_later_changes(replica: Replica, chance: Chance) -> None:
    columns = ["updated_at", "last_activity_at", "waiting_since", "snoozed_until"]
    for time in chance.sample(ODD_TIMES, 2 if chance.is_short else 7):
        one, two = chance.ids(replica, 2)
        replica.chatwoot.execute(
            f"update conversations set {chance.choice(columns)} = %s where id = %s",
            time,
            one,
        )
        replica.chatwoot.execute(
            "update messages set updated_at = %s where conversation_id = %s", time, two
        )
        assert replica.load().rows_changed == 2
        replica.chatwoot.execute(
            "update messages set content = 'Depois' where conversation_id = %s", one
        )
        assert replica.load().rows_changed == 1


@row(7)
def test_conversations_of_odd_times_are_read(replica: Replica, chance: Chance) -> None:
    ids = chance.ids(replica, 2 * len(ODD_TIMES))
    for time, one, two in zip(ODD_TIMES, ids[::2], ids[1::2], strict=True):
        replica.chatwoot.execute(
            "update conversations set created_at = %s where id = %s", time, one
        )
        replica.chatwoot.execute(
            """
            update messages set created_at = %s
            where id = (select max(id) from messages where conversation_id = %s)
            """,
            *(time, two),
        )
    assert replica.load().rows_changed == len(ids)


@row(9)
def test_source_clock_that_steps_back_hides_nothing(
    replica: Replica, chance: Chance
) -> None:
    for back in chance.sample(("1 second", "1 hour", "1 day", "10 years"), 3):
        (number,) = chance.ids(replica)
        replica.chatwoot.execute(
            "update messages set content = %s, updated_at = updated_at - %s::interval"
            " where conversation_id = %s",
            back,
            back,
            number,
        )
        earlier = replica.chatwoot.value("select now() - %s::interval", back)
        new_conversation(replica, created_at=earlier, updated_at=earlier)
        summary = replica.load()
        assert (summary.rows_new, summary.rows_changed) == (1, 1)


@row(10)
def test_deletes_are_followed_also_of_an_id_that_comes_back(
    replica: Replica, chance: Chance
) -> None:
    gone, back = chance.ids(replica, 2)
    replica.chatwoot.execute(
        """
        create temporary table kept as select * from conversations where id = %s;
        delete from messages where conversation_id in (%s, %s);
        delete from conversations where id in (%s, %s);
        """,
        *(back, gone, back, gone, back),
    )
    if chance.random() < 0.5:
        assert replica.load().rows_deleted == 2
    replica.chatwoot.execute("insert into conversations select * from kept")
    replica.load()
    assert replica.warehouse.query(
        "select conversation_id from raw_chatwoot.conversations"
        " where conversation_id in (%s, %s)",
        gone,
        back,
    ) == [(back,)]


@row(11)
def test_truncated_and_reloaded_source_is_followed(
    replica: Replica, chance: Chance
) -> None:
    keep = chance.randint(60, 99)
    replica.chatwoot.execute(
        """
        create table kept_conversations as
        select * from conversations where id %% 100 < %s;
        create table kept_messages as select * from messages where id %% 100 < %s;
        """,
        *(keep, keep),
    )
    truncate = "truncate conversations, messages;"
    reload = (
        "insert into conversations select * from kept_conversations order by random();"
        "insert into messages select * from kept_messages order by random()"
    )
    if chance.random() < 0.5:
        replica.chatwoot.execute(truncate + reload)
    else:
        replica.chatwoot.execute(truncate)
        assert replica.load().rows_deleted == 40
        replica.chatwoot.execute(reload)
    replica.load()
    assert replica.load().mode == "none"


ODD_TEXTS = (
    "",
    r"\N",
    r"\.",
    'aspas " e \\ barra \' ""',
    "linha\r\noutra\ttab\rfim\n",
    "=1+1",
    "ação 💪🏽 👩‍👩‍👧 \u202eRTL\u202c \u200b\ufeff\u2028",
    "مرحبا עולם 你好 नमस्ते",
    "\x01\x02\x7f\x80",
    "'; drop table messages; --",
    "{}",
    "NULL",
    "null",
    "x" * 150_000,
)


@row(17)
def test_odd_texts_arrive_unchanged(replica: Replica, chance: Chance) -> None:
    for text in ODD_TEXTS:
        (number,) = chance.ids(replica)
        table, condition = chance.choice(
            [("messages", "content"), ("contacts", "name")]
        )
        key = "conversation_id" if table == "messages" else "id"
        replica.chatwoot.execute(
            f"update {table} set {condition} = %s where {key} = %s", text, number
        )
        replica.chatwoot.execute(
            "update conversations set custom_attributes = jsonb_build_object(%s, %s)"
            " where id = %s",
            *(text, text, number),
        )
    assert replica.load().mode == "incremental"


@row(35)
def test_days_are_those_of_the_business(replica: Replica, chance: Chance) -> None:
    """Midnight in São Paulo is 03:00 UTC, and 02:00 in a summer with its own time."""
    midnights = [
        (datetime(2026, 3, 10, 3), datetime(2026, 3, 10)),
        (datetime(2024, 2, 29, 3), datetime(2024, 2, 29)),
        (datetime(2019, 1, 15, 2), datetime(2019, 1, 15)),
        # The clock went from 0:00 to 1:00, and from 0:00 back to 23:00.
        (datetime(2018, 11, 4, 3), datetime(2018, 11, 4, 1)),
        (datetime(2019, 2, 17, 3), datetime(2019, 2, 17)),
    ]
    expected = {}
    for midnight, local in midnights:
        second = timedelta(seconds=chance.choice((1, 59, 60)))
        expected[new_conversation(replica, created_at=midnight)] = local.date()
        before = new_conversation(replica, created_at=midnight - second)
        expected[before] = local.date() - timedelta(days=1)
    replica.chatwoot.execute(
        "set timezone = %s", chance.choice(("Asia/Tokyo", "America/Los_Angeles"))
    )
    replica.load()
    replica.chatwoot.execute("reset timezone")
    assert (
        dict(
            replica.warehouse.query(
                "select conversation_id, conversation_date"
                " from raw_chatwoot.conversations where conversation_id = any(%s)",
                list(expected),
            )
        )
        == expected
    )
