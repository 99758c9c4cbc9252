"""Questions share connections, and lose none of them to a server that went away."""

from contextlib import ExitStack, closing
from threading import Thread

import psycopg2
import pytest

from ground.database import Database
from kpi_values.built import Built
from kpis import DatabaseDownError, Marts
from kpis.database import MOST_IDLE

PROCESS = "select pg_backend_pid() as process"


def test_a_question_takes_the_connection_of_the_last(built: Built) -> None:
    marts = Marts(Database(built.warehouse.reader))
    assert marts.read(PROCESS) == marts.read(PROCESS)


def test_an_ended_connection_is_replaced(built: Built) -> None:
    marts = Marts(Database(built.warehouse.reader))
    (before,) = marts.read(PROCESS)
    with closing(psycopg2.connect(**built.warehouse.reader)) as same_role:
        same_role.cursor().execute(
            "select pg_terminate_backend(%s, 5000)", [before["process"]]
        )
    (after,) = marts.read(PROCESS)
    assert after != before


def test_a_failed_question_leaves_its_session_usable(built: Built) -> None:
    with Marts(Database(built.warehouse.reader)).session() as marts:
        with pytest.raises(DatabaseDownError, match="division by zero"):
            marts.read("select 1 / 0")
        assert marts.read("select 1 as one") == [{"one": 1}]


def test_questions_at_once_do_not_share(built: Built) -> None:
    marts = Marts(Database(built.warehouse.reader))
    found: list[object] = []
    with marts.session() as session:
        (mine,) = session.read(PROCESS)
        other = Thread(target=lambda: found.extend(marts.read(PROCESS)))
        other.start()
        other.join()
    assert found
    assert mine not in found


def test_only_some_connections_are_kept(built: Built) -> None:
    marts = Marts(Database(built.warehouse.reader))

    def asked_at_once() -> set[object]:
        with ExitStack() as stack:
            at_once = [
                stack.enter_context(marts.session()) for _ in range(MOST_IDLE + 2)
            ]
            return {session.read(PROCESS)[0]["process"] for session in at_once}

    before, after = asked_at_once(), asked_at_once()
    assert len(before) == len(after) == MOST_IDLE + 2
    assert len(before & after) == MOST_IDLE
