"""The episodes of the warehouse against conversations whose truth is written by hand.

All cases live in one Chatwoot, go through the views, the loader and dbt, and are
compared one by one. Each case states what it is about; the number of episodes, their
outcomes and the episode of every message are always compared.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from chatwoot_builder import ACCOUNT, AI_USER, INBOX, Builder
from conftest import Chatwoot, Warehouse
from oracle import AI_USER as AI_USER_EMAIL

from loader import run, transform
from loader.settings import Settings
from truth import cases  # noqa: F401  registers them
from truth.cases import BRUNO
from truth.language import (
    CASES,
    CONTACT_NAME,
    RESOLVER,
    SENDER_CLASS,
    Conversation,
    Happened,
    Rated,
    Said,
)

Row = dict[str, object]
COUNTED = ("contact", "ai", "human", "human_phone", "automation")
SURVEY_CONTENT_TYPE = 9


# ------------------------------------------------------------------ writing


class Writer:
    """Writes cases into a Chatwoot, and knows which rows they became."""

    def __init__(self, chatwoot: Chatwoot) -> None:
        self.chat = Builder(chatwoot)
        self.chat.execute(
            "update users set email = %s where id = %s", AI_USER_EMAIL, AI_USER
        )
        self.chat.insert(
            "users", id=BRUNO, uid="bruno", name="Bruno", email="bruno@example.com"
        )
        hours = self.chat.inbox(
            "AllpFit Norte", working_hours_enabled=True, timezone="America/Sao_Paulo"
        )
        self.chat.opening_hours(hours, (1, 2, 3, 4, 5), (6, 0, 22, 0))
        self.chat.opening_hours(hours, (6,), (8, 0, 14, 0))
        self.chat.opening_hours(hours, (0,), closed_all_day=True)
        self.inboxes = {
            "plain": INBOX,
            "other": self.chat.inbox("AllpFit Sul"),
            "hours": hours,
            "manaus": self.chat.inbox("AllpFit Manaus", timezone="America/Manaus"),
        }
        self.contact_ids: dict[tuple[str, int], int] = {}
        self.conversation_ids: dict[tuple[str, int], int] = {}

    def write(self, name: str, number: int, conversations: list[Conversation]) -> None:
        for index, conversation in enumerate(conversations):
            person = (name, conversation.contact)
            if person not in self.contact_ids:
                values = {
                    "account_id": ACCOUNT,
                    "name": CONTACT_NAME,
                    "phone_number": phone_of(number),
                }
                self.contact_ids[person] = self.chat.insert(
                    "contacts", **values | dict(conversation.contact_stored)
                )
            self.conversation_ids[name, index] = self._conversation(
                conversation, self.contact_ids[person]
            )

    def _conversation(self, truth: Conversation, contact: int) -> int:
        last_after = max((step.after for step in truth.steps), default=0)
        values: Row = {
            "inbox_id": self.inboxes[truth.inbox],
            "contact_id": contact,
            "status": truth.status,
            "created_at": truth.start,
            "updated_at": truth.start,
            "last_activity_at": truth.start + timedelta(seconds=last_after),
        }
        conversation = self.chat.conversation(**values | dict(truth.stored))
        surveys = []
        for step in truth.steps:
            moment = truth.start + timedelta(seconds=step.after)
            match step:
                case Said():
                    message = step.who(step.text, **step.stored)
                    number = self.chat.message(
                        conversation, **{"after": step.after} | message
                    )
                    if message.get("content_type") == SURVEY_CONTENT_TYPE:
                        surveys.append(number)
                case Happened():
                    self.chat.event(
                        conversation,
                        step.name,
                        inbox_id=self.inboxes[truth.inbox],
                        user_id=step.user_id,
                        value=step.after,
                        event_start_time=truth.start,
                        event_end_time=moment,
                        created_at=moment + timedelta(seconds=30),
                    )
                case Rated():
                    self.chat.answer(
                        conversation,
                        step.rating,
                        message_id=surveys[step.survey - 1],
                        contact_id=contact,
                        created_at=moment,
                        updated_at=moment,
                    )
        for label in truth.labels:
            self.chat.label(conversation, label)
        return conversation


def phone_of(number: int) -> str:
    """The phone of the customers of a case."""
    return f"+55119{number:08}"


# ------------------------------------------------------------------ loading


class Built:
    """The rows of the warehouse that the cases became."""

    def __init__(self, writer: Writer, warehouse: Warehouse) -> None:
        self.writer = writer
        self.messages = rows(
            warehouse,
            "select * from analytics.messages order by conversation_id, message_id",
        )
        self.episodes = rows(
            warehouse,
            "select * from analytics.episodes order by conversation_id, episode_number",
        )


def rows(warehouse: Warehouse, query: str) -> dict[int, list[Row]]:
    """The rows of a query by conversation."""
    found: dict[int, list[Row]] = {}
    with warehouse.connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            found.setdefault(row["conversation_id"], []).append(row)
    return found


@pytest.fixture(scope="module")
def built(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Built]:
    """All cases in one Chatwoot, loaded and built."""
    target = str(tmp_path_factory.mktemp("dbt"))
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = settings_for(chatwoot.reader, warehouse.owner)
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        writer = Writer(chatwoot)
        for number, (name, (_, conversations)) in enumerate(CASES.items(), start=1):
            writer.write(name, number, conversations)
        patch.setenv("DBT_TARGET_PATH", target)
        patch.setenv("DBT_LOG_PATH", target)
        run.run(settings)
        no_tests = ("--exclude-resource-type", "test", "unit_test")
        assert transform.dbt(
            settings, ["build", "--quiet", "--select", "+episodes", *no_tests]
        )
        yield Built(writer, warehouse)


# ------------------------------------------------------------------ comparing


def expected_messages(truth: Conversation) -> list[Row]:
    return [
        {
            "sender_class": SENDER_CLASS[said.who],
            "episode_number": said.episode,
            **said.expected,
        }
        for said in truth.said
    ]


def expected_episodes(truth: Conversation, contact_key: str) -> list[Row]:
    """What the case states, and what follows from the borders that it states."""
    expected = []
    for number, stated in enumerate(truth.episodes, start=1):
        said = [one for one in truth.said if one.episode == number]
        classes = [SENDER_CLASS[one.who] for one in said]
        from_contact = [one.after for one in said if SENDER_CLASS[one.who] == "contact"]
        derived: Row = {
            "episode_number": number,
            "contact_key": contact_key,
            "started_at": said[0].after,
            "first_contact_at": min(from_contact, default=None),
        } | {f"{name}_messages": classes.count(name) for name in COUNTED}
        expected.append(
            {
                column: moment(truth.start, value) if column.endswith("_at") else value
                for column, value in (derived | stated).items()
            }
        )
    return expected


def moment(start: datetime, after: float | None) -> datetime | None:
    return None if after is None else start + timedelta(seconds=after)


def differences(what: str, expected: Row, actual: Row) -> list[str]:
    """A line for each column that is not what it must be."""
    return [
        f"{what}: {column} is {actual.get(column, 'missing')!r}, must be {value!r}"
        for column, value in expected.items()
        if column not in actual or actual[column] != value
    ]


@pytest.mark.parametrize("name", CASES)
def test_case(built: Built, name: str) -> None:
    why, conversations = CASES[name]
    found = []
    for index, truth in enumerate(conversations):
        conversation = built.writer.conversation_ids[name, index]
        messages = built.messages.get(conversation, [])
        assert len(messages) == len(truth.said)
        for said, expected, row in zip(
            truth.said, expected_messages(truth), messages, strict=True
        ):
            what = f"{index + 1}: message at {said.after:g} s ({said.text})"
            found += differences(what, expected, row)

        contact = built.writer.contact_ids[name, truth.contact]
        has_phone = truth.contact_stored.get("phone_number", "+") is not None
        key = phone_of(list(CASES).index(name) + 1)
        expected = expected_episodes(
            truth, f"{ACCOUNT}:{key}" if has_phone else f"contact:{contact}"
        )
        episodes = built.episodes.get(conversation, [])
        outcomes = [row["outcome"] for row in episodes]
        if outcomes != [row["outcome"] for row in expected]:
            found.append(
                f"{index + 1}: outcomes are {outcomes},"
                f" must be {[row['outcome'] for row in expected]}"
            )
        for row, wanted in zip(episodes, expected, strict=False):
            what = f"{index + 1}: episode {wanted['episode_number']}"
            found += differences(what, wanted, row)
    assert not found, "\n".join(["", why, *found])


# ------------------------------------------------------------------ completeness


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("outcome", set(RESOLVER)),
        ("origin", {"inbound", "outbound"}),
        (
            "closed_by",
            {
                "agent",
                "ai",
                "auto_resolve",
                "automation",
                "contact",
                "silence",
                "unknown",
                None,
            },
        ),
        ("first_response_class", {"ai", "human", None}),
        ("handoff_signal", {"bot_event", "opened", "human_message", None}),
        ("hours_kind", {"working", "after_hours", "not_configured"}),
    ],
)
def test_every_value_has_a_case(column: str, values: set[str | None]) -> None:
    assert values == {
        stated[column]
        for _, conversations in CASES.values()
        for truth in conversations
        for stated in truth.episodes
        if column in stated
    }
