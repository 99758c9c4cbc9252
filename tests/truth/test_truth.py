"""The episodes of the warehouse against conversations whose truth is written by hand.

All cases live in one Chatwoot, go through the views, the loader and dbt, and are
compared one by one. Each case states what it is about; the number of episodes, their
outcomes and the episode of every message are always compared.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from chatwoot_builder import (
    ACCOUNT,
    AI_USER,
    CAPTAIN,
    INBOX,
    Builder,
)
from conftest import NOW, Chatwoot, Warehouse, loaded_at
from oracle import AI_USER as AI_USER_EMAIL

from ground.settings import Settings
from loader import run, views
from operations import transform
from truth import all_cases  # noqa: F401  registers them
from truth.cases import BRUNO
from truth.closers import ANA_PAULA, ASSISTENTE_JUNIOR
from truth.customers import TEST_LABEL, TEST_PHONE
from truth.language import (
    BANDS,
    CASES,
    CONTACT_NAME,
    RESOLVER,
    SENDER_CLASS,
    SOMETHING,
    Conversation,
    Happened,
    Labelled,
    Rated,
    Said,
)
from truth.not_yet import NOT_YET

Row = dict[str, object]
COUNTED = ("contact", "ai", "human", "human_phone", "automation")
SURVEY_CONTENT_TYPE = 9
CAPTAIN_INBOXES = """
create table if not exists captain_inboxes (
    id bigserial primary key,
    captain_assistant_id bigint not null,
    inbox_id bigint not null,
    created_at timestamp(6) not null,
    updated_at timestamp(6) not null
)
"""
# The models that the cases are compared with, and all that these are made of.
COMPARED = ("messages", "+episodes", "+mart_operational_queue")
HANDOFF_LABEL = "quer-cancelar"
JUNIOR = "Assistente Júnior"

# Stated in seconds from the start of the conversation, as all that ends in "_at".
MOMENTS = {"waiting_since"}


# ------------------------------------------------------------------ writing


class Writer:
    """Writes cases into a Chatwoot, and knows which rows they became."""

    def __init__(self, chatwoot: Chatwoot) -> None:
        # Only some editions of Chatwoot have it; the views look when they are made.
        chatwoot.execute(CAPTAIN_INBOXES)
        views.deploy(chatwoot.connection)
        self.chat = Builder(chatwoot)
        self.chat.execute(
            "update users set email = %s where id = %s", AI_USER_EMAIL, AI_USER
        )
        self.chat.insert(
            "users", id=BRUNO, uid="bruno", name="Bruno", email="bruno@example.com"
        )
        for number, name in ((ANA_PAULA, "Ana Paula"), (ASSISTENTE_JUNIOR, JUNIOR)):
            self.chat.insert("users", id=number, uid=name, name=name)
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
            "always": self.chat.inbox(
                "AllpFit Leste",
                working_hours_enabled=True,
                timezone="America/Sao_Paulo",
            ),
            "with_ai": self.chat.inbox("AllpFit Com IA"),
            "without_ai": self.chat.inbox("AllpFit Sem IA"),
            "repeated_ids": self.chat.inbox("AllpFit Oeste"),
            "captain": self.chat.inbox("AllpFit Capitão"),
        }
        self.chat.opening_hours(self.inboxes["always"], open_all_day=True)
        bot = self.chat.insert(
            "agent_bots", account_id=ACCOUNT, name="Atendente virtual"
        )
        self.chat.insert(
            "agent_bot_inboxes",
            account_id=ACCOUNT,
            inbox_id=self.inboxes["with_ai"],
            agent_bot_id=bot,
        )
        self.chat.insert(
            "captain_inboxes",
            captain_assistant_id=CAPTAIN,
            inbox_id=self.inboxes["captain"],
        )
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
        message_ids: list[int] = []
        surveys = []
        for step in truth.steps:
            moment = truth.start + timedelta(seconds=step.after)
            match step:
                case Said():
                    stored = dict(step.stored)
                    file_type = stored.pop("file_type", None)
                    reacts_to = stored.pop("reacts_to", None)
                    if reacts_to is not None:
                        reply = {"in_reply_to": message_ids[reacts_to - 1]}
                        stored["attributes"] = {**stored["attributes"], **reply}
                    message = step.who(step.text, **stored)
                    number = self.chat.message(
                        conversation, **{"after": step.after} | message
                    )
                    message_ids.append(number)
                    if message.get("content_type") == SURVEY_CONTENT_TYPE:
                        surveys.append(number)
                    if file_type is not None:
                        self.chat.attachment(number, file_type)
                case Labelled():
                    self.chat.label(conversation, step.label, created_at=moment)
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
        self.queue = rows(warehouse, "select * from marts.mart_operational_queue")


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


class Written(NamedTuple):
    """All cases in a Chatwoot, and the warehouse that has loaded them."""

    writer: Writer
    settings: Settings
    warehouse: Warehouse


@pytest.fixture(scope="module")
def written(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Written]:
    """All cases in one Chatwoot, loaded and not built yet."""
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
        loaded_at(warehouse, NOW)
        # The lists are shipped empty: the cases need entries.
        transform.configure_warehouse(settings)
        fill_lists(warehouse)
        yield Written(writer, settings, warehouse)


@pytest.fixture(scope="module")
def built(written: Written) -> Built:
    """All cases, loaded and built."""
    no_others = ("--exclude-resource-type", "test", "unit_test", "seed")
    build = ["build", "--quiet", "--select", *COMPARED, *no_others]
    assert transform.dbt(written.settings, build)
    return Built(written.writer, written.warehouse)


def fill_lists(warehouse: Warehouse) -> None:
    """A label that hands over; a phone and a label that are no customers."""
    warehouse.execute(
        "insert into configuration.handoff_reasons values (%s, %s, 'owner')",
        HANDOFF_LABEL,
        "Cancelamento",
    )
    for column, value in (("phone", TEST_PHONE), ("label", TEST_LABEL)):
        warehouse.execute(
            f"insert into configuration.ignored_contacts ({column}, origin)"
            " values (%s, 'owner')",
            value,
        )


# ------------------------------------------------------------------ comparing


def expected_messages(truth: Conversation) -> list[Row]:
    return [
        {
            "sender_class": SENDER_CLASS[said.who],
            "episode_number": said.episode,
            **said.expected,
        }
        if SENDER_CLASS[said.who]
        else {"episode_number": said.episode, **said.expected}
        for said in truth.said
    ]


def is_spoken(said: Said) -> bool:
    """Whether somebody received it, once, as more than a reaction."""
    return (
        said.expected.get("is_delivered", True) is True
        and not said.expected.get("is_reaction", False)
        and not said.expected.get("is_copy", False)
        and said.expected.get("is_spoken", True) is True
    )


def is_plain(said: Said) -> bool:
    """Whether the case leaves no doubt among whose messages it counts."""
    return SENDER_CLASS[said.who] is not None and not said.expected.get("is_deleted")


def expected_episodes(truth: Conversation, contact_key: str) -> list[Row]:
    """What the case states, and what follows from the borders that it states."""
    expected = []
    for number, stated in enumerate(truth.episodes, start=1):
        said = [one for one in truth.said if one.episode == number and is_spoken(one)]
        derived: Row = {
            "episode_number": number,
            "contact_key": contact_key,
            "started_at": min(one.after for one in said),
        }
        if all(is_plain(one) for one in said):
            classes = [SENDER_CLASS[one.who] for one in said]
            derived["first_contact_at"] = min(
                (one.after for one in said if SENDER_CLASS[one.who] == "contact"),
                default=None,
            )
            derived |= {f"{name}_messages": classes.count(name) for name in COUNTED}
        expected.append(with_moments(truth, derived | stated))
    return expected


def with_moments(truth: Conversation, stated: Mapping[str, object]) -> Row:
    """The columns of a moment as one, not as seconds from the start."""
    return {
        column: moment(truth.start, value)
        if column.endswith("_at") or column in MOMENTS
        else value
        for column, value in stated.items()
    }


def moment(start: datetime, after: float | None) -> datetime | None:
    return None if after is None else start + timedelta(seconds=after)


def differences(what: str, expected: Row, actual: Row) -> list[str]:
    """A line for each column that is not what it must be."""
    return [
        f"{what}: {column} is {actual.get(column, 'missing')!r}, must be {value!r}"
        for column, value in expected.items()
        if column not in actual
        or (actual[column] is None if value is SOMETHING else actual[column] != value)
    ]


def differences_of_case(built: Built, name: str) -> list[str]:
    """A line for all that the warehouse tells otherwise than the case."""
    found = []
    for index, truth in enumerate(CASES[name][1]):
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

        if truth.queue is not None:
            queued = built.queue.get(conversation, [])
            # Who is not in the queue waits for nothing.
            row = queued[0] if queued else dict.fromkeys(truth.queue, 0)
            what = f"{index + 1}: queue"
            found += differences(what, with_moments(truth, truth.queue), row)
    return found


def each_case() -> list[pytest.ParameterSet]:
    """Each case; one whose rule is not built yet must fail."""
    to_come = pytest.mark.xfail(strict=True, reason="its rule is not built yet")
    return [
        pytest.param(name, marks=[to_come] if name in NOT_YET else []) for name in CASES
    ]


@pytest.mark.parametrize("name", each_case())
def test_case(built: Built, name: str) -> None:
    found = differences_of_case(built, name)
    assert not found, "\n".join(["", CASES[name][0], *found])


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
        (
            "handoff_signal",
            {
                "bot_event",
                "announced",
                "opened",
                "assigned",
                "labelled",
                "requested",
                None,
            },
        ),
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


def test_every_speech_act_has_a_case() -> None:
    acts = {"request", "courtesy", "answer", "question", "greeting", "transfer"}
    assert acts | {"closing_offer", None} == {
        said.expected["speech_act"]
        for _, conversations in CASES.values()
        for truth in conversations
        for said in truth.said
        if "speech_act" in said.expected
    }


def test_every_band_of_the_queue_has_a_case() -> None:
    assert set(BANDS) == {
        truth.queue["wait_band"]
        for _, conversations in CASES.values()
        for truth in conversations
        if truth.queue and "wait_band" in truth.queue
    }


def test_what_is_not_built_yet_is_a_case() -> None:
    assert set(CASES) >= NOT_YET
