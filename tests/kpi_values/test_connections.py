"""Questions share connections, and lose none of them to a server that went away."""

from contextlib import closing
from threading import Thread

import psycopg2
import pytest

from kpi_values.built import Built
from kpis import DatabaseDownError, Marts
from loader.database import Database

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
