"""The views on a real Chatwoot database, of the newest and of the oldest shape.

Conversations are written by hand, and so are the values expected of them.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal

import psycopg2
import pytest
from chatwoot_builder import (
    ACCOUNT,
    AGENT,
    AI_USER,
    BOT,
    CAPTAIN,
    CONTACT,
    INBOX,
    OTHER_CONTACT,
    START,
    TEAM,
    Builder,
    Message,
    activity,
    agent,
    ai_user,
    automation_rule,
    bot,
    campaign,
    captain,
    customer,
    greeting,
    nobody,
    note,
    phone,
    survey,
    survey_by_template,
    whatsapp_template,
)
from conftest import NOW, Chatwoot, TestServer
from psycopg2 import sql

from demo import chatwoot
from ground.database import Connection
from loader import views
from loader.contract import declared_columns
from loader.source import LOADED_VIEWS, PROBE_VIEWS, VERSIONED_TABLES, Snapshot

FINAL = "vw_conversations_analytics_final"
CONTEXT = "vw_conversation_context"
CHANGES = "vw_conversation_changes"

# Views with exactly one row per conversation.
COMPLETE_VIEWS = (
    "vw_conversations_base_complete",
    "vw_conversation_metrics_complete",
    "vw_temporal_metrics",
    FINAL,
    CONTEXT,
    CHANGES,
)
# Views with one row per conversation that has messages, or an answer.
PARTIAL_VIEWS = (
    "vw_messages_compiled_complete",
    "vw_message_stats_complete",
    "vw_csat_base",
)


@pytest.fixture(scope="module")
def databases(
    new_chatwoot: Callable[..., Chatwoot],
) -> Iterator[dict[str, Chatwoot]]:
    """A Chatwoot without rows of each shape."""
    made = {shape: new_chatwoot(shape) for shape in chatwoot.SHAPES}
    yield made
    for database in made.values():
        database.connection.close()


@pytest.fixture(params=chatwoot.SHAPES)
def chat(
    databases: dict[str, Chatwoot], request: pytest.FixtureRequest
) -> Iterator[Builder]:
    """Write conversations; in one transaction, where now() stands still."""
    database = databases[request.param]
    database.execute("begin")
    yield Builder(database)
    database.execute("rollback")


only_current = pytest.mark.parametrize("chat", ["current"], indirect=True)
only_oldest = pytest.mark.parametrize("chat", ["3.0"], indirect=True)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def local(*parts: int) -> datetime:
    """UTC of a time in São Paulo, where it is three hours earlier since 2019."""
    return datetime(*parts) + timedelta(hours=3)


def assert_values(row: dict[str, object], **expected: object) -> None:
    assert {name: row[name] for name in expected} == expected


# ---------- the contract: every column of an ordinary conversation


def test_ordinary_conversation(chat: Builder) -> None:
    conversation = chat.conversation(
        customer("Oi, quanto custa?"),
        bot("Olá! A partir de R$ 119.", after=4),
        activity("Ana assumiu a conversa", after=60),
        note("Aluna antiga", after=90),
        agent("Quer agendar uma visita?", after=120),
        customer("Sim, obrigada!", after=301),
        survey("Avalie o atendimento.", after=3600),
        uuid="0f0e9a3e-5d0f-4b06-9a3c-1f6e2b7d9c11",
        status=1,
        priority=2,
        assignee_id=AGENT,
        team_id=TEAM,
        campaign_id=3,
        updated_at=at(3601),
        last_activity_at=at(3600),
        first_reply_created_at=at(4),
        contact_last_seen_at=at(310),
        agent_last_seen_at=at(130),
    )
    survey_message = chat.value("select id from messages where message_type = 3")
    answer = chat.answer(
        conversation,
        rating=4,
        feedback="Muito bom!",
        message_id=survey_message,
        created_at=at(4000),
    )
    chat.event(conversation, "conversation_resolved", after=3600)
    days_since = (
        chat.value("select (now() at time zone 'America/Sao_Paulo')::date")
        - START.date()
    ).days

    row = chat.row(conversation)
    messages = row.pop("message_compiled")

    assert [message["text"] for message in messages] == [
        "Oi, quanto custa?",
        "Olá! A partir de R$ 119.",
        "Ana assumiu a conversa",
        "Aluna antiga",
        "Quer agendar uma visita?",
        "Sim, obrigada!",
        "Avalie o atendimento.",
    ]
    assert messages[3] == {
        "message_id": survey_message - 3,
        "text": "Aluna antiga",
        "sender": "User",
        "sender_id": AGENT,
        "sent_at": "2024-03-13T15:01:30",
        "message_type": 1,
        "private": True,
        "content_type": 0,
        "delivery_status": 0,
        "deleted": False,
        "automation_rule": False,
        "campaign": False,
        "external_echo": False,
        "template": False,
        "source_id": None,
        "reaction": False,
        "replies_to_id": None,
        "call_status": None,
        "call_taken_by_id": None,
    }
    assert row == {
        "conversation_id": conversation,
        "display_id": 1,
        "conversation_uuid": "0f0e9a3e-5d0f-4b06-9a3c-1f6e2b7d9c11",
        "account_id": ACCOUNT,
        "status": 1,
        "priority": 2,
        "snoozed_until": None,
        "assignee_id": AGENT,
        "team_id": TEAM,
        "campaign_id": 3,
        "contact_id": CONTACT,
        "inbox_id": INBOX,
        "conversation_created_at": datetime(2024, 3, 13, 15, 0, 0),
        "conversation_updated_at": datetime(2024, 3, 13, 16, 0, 1),
        "last_activity_at": datetime(2024, 3, 13, 16, 0, 0),
        "first_reply_created_at": datetime(2024, 3, 13, 15, 0, 4),
        "waiting_since": None,
        "contact_last_seen_at": datetime(2024, 3, 13, 15, 5, 10),
        "agent_last_seen_at": datetime(2024, 3, 13, 15, 2, 10),
        "contact_name": "Maria Souza",
        "contact_email": "maria@example.com",
        "contact_phone": "+5511988887777",
        "contact_identifier": "aluna-42",
        "inbox_name": "AllpFit Centro",
        "inbox_channel_type": "Channel::Whatsapp",
        "inbox_timezone": "UTC",
        "assignee_name": "Ana",
        "assignee_email": "ana@example.com",
        "team_name": "Recepção",
        "account_name": "AllpFit",
        "client_sender_id": CONTACT,
        "client_phone": "+5511988887777",
        "t_messages": 7,
        "total_messages_public": 6,
        "total_messages_private": 1,
        "mc_first_message_at": datetime(2024, 3, 13, 15, 0, 0),
        "mc_last_message_at": datetime(2024, 3, 13, 16, 0, 0),
        "csat_response_id": answer,
        "csat_rating": 4,
        "csat_feedback": "Muito bom!",
        "csat_created_at": datetime(2024, 3, 13, 16, 6, 40),
        "csat_nps_category": "Neutro",
        "csat_sentiment_category": "Positivo",
        "has_written_feedback": True,
        "has_detailed_feedback": False,
        "has_csat": True,
        "first_response_time_seconds": 120,
        "first_response_time_minutes": Decimal("2.0"),
        "resolution_time_seconds": 3600,
        "waiting_time_seconds": None,
        "is_assigned": True,
        "has_team": True,
        "is_resolved": True,
        "is_open": False,
        "is_pending": False,
        "is_snoozed": False,
        "has_contact": True,
        "is_waiting": False,
        "has_priority": True,
        "is_high_priority": True,
        "is_from_campaign": True,
        "is_fast_response": True,
        "is_slow_response": False,
        "is_fast_resolution": True,
        "is_waiting_long": False,
        "contact_has_seen": True,
        "agent_has_seen": True,
        "priority_score": 3,
        "priority_label": "High",
        "status_label_pt": "Resolvida",
        "user_messages_count": 1,
        "contact_messages_count": 2,
        "private_notes_count": 1,
        "first_message_text": "Oi, quanto custa?",
        "last_message_text": "Sim, obrigada!",
        "first_message_sender_type": "Contact",
        "last_message_sender_type": "Contact",
        "conversation_duration_seconds": 301,
        "avg_time_between_messages_seconds": Decimal("100.3"),
        "avg_message_length": 20,  # 17, 24, 24, 14
        "max_message_length": 24,
        "has_user_messages": True,
        "has_contact_messages": True,
        "has_private_notes": True,
        "has_contact_reply": True,
        "is_short_conversation": True,
        "is_long_conversation": False,
        "user_message_ratio": Decimal("0.25"),
        "contact_message_ratio": Decimal("0.50"),
        "has_human_intervention": True,
        "is_bot_resolved": False,
        "conversation_date": date(2024, 3, 13),
        "conversation_year": 2024,
        "conversation_month": 3,
        "conversation_day": 13,
        "conversation_day_of_week": 3,
        "conversation_hour": 12,
        "conversation_minute": 0,
        "conversation_week_of_year": 11,
        "conversation_quarter": 1,
        "conversation_day_name": "Quarta-feira",
        "conversation_month_name": "Março",
        "conversation_period": "Tarde",
        "is_weekday": True,
        "is_weekend": False,
        "is_business_hours": True,
        "is_night_time": False,
        "days_since_creation": days_since,
        "is_today": False,
        "is_yesterday": False,
        "is_this_week": False,
        "is_this_month": False,
        "is_this_year": False,
        "conversation_date_formatted": "2024-03-13",
        "conversation_datetime_formatted": "2024-03-13 12:00",
        "conversation_year_month": "2024-03",
        "conversation_year_week": "2024-11",
    }


def test_empty_conversation(chat: Builder) -> None:
    row = chat.row(chat.conversation())

    assert_values(
        row,
        message_compiled=None,
        client_sender_id=None,
        client_phone=None,
        t_messages=0,
        total_messages_public=0,
        total_messages_private=0,
        mc_first_message_at=None,
        mc_last_message_at=None,
        first_response_time_seconds=None,
        first_response_time_minutes=None,
        is_fast_response=False,
        is_slow_response=False,
        resolution_time_seconds=None,
        is_fast_resolution=False,
        waiting_time_seconds=None,
        is_waiting_long=False,
        user_messages_count=0,
        contact_messages_count=0,
        private_notes_count=0,
        first_message_text=None,
        last_message_text=None,
        first_message_sender_type=None,
        last_message_sender_type=None,
        conversation_duration_seconds=None,
        avg_time_between_messages_seconds=None,
        avg_message_length=None,
        max_message_length=None,
        has_user_messages=False,
        has_contact_messages=False,
        has_private_notes=False,
        has_contact_reply=False,
        is_short_conversation=True,
        is_long_conversation=False,
        user_message_ratio=None,
        contact_message_ratio=None,
        has_human_intervention=False,
        is_bot_resolved=False,
    )


# ---------- who speaks

SENDERS = {
    "customer": (customer(), "contact"),
    "agent": (agent(), "human"),
    "AI with a user's token": (ai_user(), "ai"),
    "AgentBot": (bot(), "ai"),
    "Captain": (captain(), "ai"),
    "bot with the id of the AI user": (bot(sender_id=AI_USER), "ai"),
    "contact with the id of the AI user": (customer(sender_id=AI_USER), "contact"),
    "agent with the id of a bot": (agent(user=CAPTAIN), "human"),
    "phone": (phone(), "human_phone"),
    "phone with the name of the sender": (
        nobody(attributes={"external_sender_name": "Ana"}),
        "human_phone",
    ),
    "automation rule": (automation_rule(), "automation"),
    "automation rule with a sender": (
        agent(attributes={"automation_rule_id": 7}),
        "automation",
    ),
    "campaign of an agent": (campaign(), "automation"),
    "WhatsApp template of an agent": (whatsapp_template(), "human"),
    "WhatsApp template of the AI": (whatsapp_template(sender_id=AI_USER), "ai"),
    "greeting": (greeting(), "automation"),
    "greeting with a sender": (greeting(sender_type="AgentBot"), "automation"),
    "survey": (survey(), "automation"),
    "survey by template": (survey_by_template(), "automation"),
    "deleted user or bot": (nobody(), "automation"),
    "activity": (activity(), "activity"),
    "note": (note(), "note"),
    "note of a bot": (bot(private=True), "note"),
    "note of the AI user": (ai_user(private=True), "note"),
    "deleted by the agent": (agent(attributes={"deleted": True}), "human"),
    "deleted by the customer": (customer(attributes={"deleted": True}), "contact"),
    "media only": (agent(None), "human"),
}


@pytest.mark.parametrize(
    ("message", "sender_class"), SENDERS.values(), ids=SENDERS.keys()
)
def test_sender_class(chat: Builder, message: Message, sender_class: str) -> None:
    chat.conversation(message)

    assert chat.value("select sender_class from vw_messages_classified") == sender_class


@pytest.mark.parametrize(
    ("ai_user_ids", "human_messages", "first_response"),
    [
        (f"{{{AI_USER}}}", 1, 600),
        (f"{{1,{AI_USER},2}}", 1, 600),
        (f"{{{AI_USER},{AGENT}}}", 0, None),
        ("{}", 2, 5),
        ("", 2, 5),
    ],
)
def test_ai_users_are_a_setting(
    chat: Builder,
    ai_user_ids: str,
    human_messages: int,
    first_response: int | None,
) -> None:
    chat.execute(
        "select set_config('allpfit.ai_user_ids', %s, false)",
        ai_user_ids,
    )
    conversation = chat.conversation(
        customer(), ai_user(after=5), agent(after=600), first_reply_created_at=at(5)
    )

    assert_values(
        chat.row(conversation),
        user_messages_count=human_messages,
        has_human_intervention=human_messages > 0,
        first_response_time_seconds=first_response,
    )


def test_settings_that_nobody_set(new_chatwoot: Callable[..., Chatwoot]) -> None:
    database = new_chatwoot()
    Builder(database).conversation(ai_user())
    with (
        closing(psycopg2.connect(**database.reader)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select user_messages_count, conversation_hour"
            " from vw_conversations_analytics_final"
        )
        assert cursor.fetchall() == [(1, 12)]
    database.connection.close()


FIRST_RESPONSES = {
    "nobody": ([customer()], None),
    "agent": ([customer(), agent(after=90)], 90),
    "second agent is later": ([customer(), agent(after=90), agent(after=60)], 60),
    "from the phone": ([customer(), phone(after=30)], 30),
    "template of an agent": ([whatsapp_template(after=2)], 2),
    "deleted later": ([agent(after=20, attributes={"deleted": True})], 20),
    "media only": ([agent(None, after=20)], 20),
    "bots": ([customer(), bot(), captain(), ai_user()], None),
    "note": ([customer(), note()], None),
    "automatic texts": (
        [greeting(), automation_rule(), campaign(), survey(), survey_by_template()],
        None,
    ),
    "activity": ([activity()], None),
    "deleted user": ([nobody()], None),
    "bot first": ([customer(), bot(after=3), agent(after=75)], 75),
}


@pytest.mark.parametrize(
    ("messages", "seconds"), FIRST_RESPONSES.values(), ids=FIRST_RESPONSES.keys()
)
def test_first_response_is_a_persons(
    chat: Builder, messages: list[Message], seconds: int | None
) -> None:
    conversation = chat.conversation(*messages, first_reply_created_at=at(1))

    assert chat.row(conversation)["first_response_time_seconds"] == seconds


@pytest.mark.parametrize(
    ("after", "seconds", "minutes", "is_fast", "is_slow"),
    [
        (0, 0, "0.0", True, False),
        (59.9, 59, "1.0", True, False),
        (100, 100, "1.7", True, False),
        (299, 299, "5.0", True, False),
        (300, 300, "5.0", False, False),
        (1800, 1800, "30.0", False, False),
        (1801, 1801, "30.0", False, True),
    ],
)
def test_first_response_time(
    chat: Builder,
    after: float,
    seconds: int,
    minutes: str,
    is_fast: bool,
    is_slow: bool,
) -> None:
    conversation = chat.conversation(agent(after=after))

    assert_values(
        chat.row(conversation),
        first_response_time_seconds=seconds,
        first_response_time_minutes=Decimal(minutes),
        is_fast_response=is_fast,
        is_slow_response=is_slow,
    )


BOT_RESOLUTIONS = {
    "AgentBot": ([customer(), bot()], 1, True),
    "Captain": ([customer(), captain()], 1, True),
    "AI with a user's token": ([customer(), ai_user()], 1, True),
    "with a note": ([customer(), bot(), note()], 1, True),
    "with automatic texts": (
        [greeting(), customer(), bot(), automation_rule(), campaign(), survey()],
        1,
        True,
    ),
    "closed by a person who wrote nothing": ([customer()], 1, False),
    "greeting alone": ([customer(), greeting()], 1, False),
    "agent helped": ([customer(), bot(), agent()], 1, False),
    "agent helped from the phone": ([customer(), bot(), phone()], 1, False),
    "template of an agent": ([customer(), bot(), whatsapp_template()], 1, False),
    "only a note of the AI": ([customer(), ai_user(private=True)], 1, False),
    "open": ([customer(), bot()], 0, False),
    "pending": ([customer(), bot()], 2, False),
    "snoozed": ([customer(), bot()], 3, False),
}


@pytest.mark.parametrize(
    ("messages", "status", "expected"),
    BOT_RESOLUTIONS.values(),
    ids=BOT_RESOLUTIONS.keys(),
)
def test_bot_resolved(
    chat: Builder, messages: list[Message], status: int, expected: bool
) -> None:
    assert_values(
        chat.row(chat.conversation(*messages, status=status)), is_bot_resolved=expected
    )


# ---------- content_attributes: a JSON string that holds JSON, or an object

QUOTED = (
    '"deleted":true, "automation_rule_id":1,'
    ' "external_echo":true, "external_sender_name":"Ana"'
)
ATTRIBUTES = {
    "nothing": ({}, set()),
    "a reply": ({"in_reply_to": 12, "in_reply_to_external_id": "wamid.1"}, set()),
    "deleted": ({"deleted": True}, {"deleted"}),
    "not deleted": ({"deleted": False}, set()),
    "deleted null": ({"deleted": None}, set()),
    "rule": ({"automation_rule_id": 7}, {"automation_rule"}),
    "rule as text": ({"automation_rule_id": "7"}, {"automation_rule"}),
    "no rule": ({"automation_rule_id": None}, set()),
    "echo": ({"external_echo": True}, {"external_echo"}),
    "no echo": ({"external_echo": False}, set()),
    "sender's name": ({"external_sender_name": "Ana"}, {"external_echo"}),
    "accented name": ({"external_sender_name": "Ângela"}, {"external_echo"}),
    "quoted name": ({"external_sender_name": '"Ana"'}, {"external_echo"}),
    "empty name": ({"external_sender_name": ""}, set()),
    "null name": ({"external_sender_name": None}, set()),
    "two": (
        {"deleted": True, "external_echo": True},
        {"deleted", "external_echo"},
    ),
    "after an escaped NUL": (
        {"email": {"text_content": "a\0b"}, "deleted": True},
        {"deleted"},
    ),
    "in somebody's words": ({"email": {"subject": QUOTED}}, set()),
    "in quoted words": ({"email": {"subject": json.dumps(QUOTED)}}, set()),
    "in quoted JSON": ({"data": json.dumps({"deleted": True})}, set()),
    "word and value": ({"subject": "deleted", "is_unsupported": True}, set()),
}


@pytest.mark.parametrize(
    ("attributes", "expected"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys()
)
@pytest.mark.parametrize("form", ["string", "object"])
@pytest.mark.parametrize("writer", ["rails", "escaping"])
def test_content_attributes(
    chat: Builder,
    attributes: dict[str, object],
    expected: set[str],
    form: str,
    writer: str,
) -> None:
    style = {"ensure_ascii": False} if writer == "rails" else {"indent": 2}
    encoded = json.dumps(attributes, **style)
    if form == "string":
        encoded = json.dumps(encoded, **style)
    conversation = chat.conversation(nobody(content_attributes=encoded))

    (message,) = chat.row(conversation)["message_compiled"]
    facts = ("deleted", "automation_rule", "external_echo")
    assert {fact for fact in facts if message[fact]} == expected


@pytest.mark.parametrize("column", ["content_attributes", "additional_attributes"])
@pytest.mark.parametrize("odd", [None, "null", "[]", "[1]", '""', '"a"', "5", " {} "])
def test_odd_json_says_nothing(chat: Builder, column: str, odd: str | None) -> None:
    chat.conversation(agent(**{column: odd}))

    assert chat.query(
        "select sender_class, is_deleted, is_from_automation_rule, is_phone_echo,"
        " is_from_campaign, is_template from vw_messages_classified"
    ) == [("human", False, False, False, False, False)]


def test_facts_of_each_message(chat: Builder) -> None:
    conversation = chat.conversation(
        campaign(),
        whatsapp_template(status=2),
        survey_by_template(status=3),
        activity(),
    )

    facts = ("campaign", "template", "content_type", "delivery_status", "message_type")
    assert [
        tuple(message[fact] for fact in facts)
        for message in chat.row(conversation)["message_compiled"]
    ] == [
        (True, False, 0, 0, 1),
        (False, True, 0, 2, 1),
        (False, False, 9, 3, 1),
        (False, False, 0, 0, 2),
    ]


@only_oldest
def test_private_was_nullable_before_3_2(chat: Builder) -> None:
    conversation = chat.conversation(customer(private=None), agent(private=None))

    row = chat.row(conversation)
    assert_values(row, t_messages=2, total_messages_public=2, total_messages_private=0)
    assert [message["private"] for message in row["message_compiled"]] == [False] * 2


# ---------- statistics of the messages


def test_what_is_counted(chat: Builder) -> None:
    conversation = chat.conversation(
        greeting(),
        customer(),
        bot(),
        captain(),
        ai_user(),
        agent(),
        phone(),
        whatsapp_template(),
        note(),
        automation_rule(),
        campaign(),
        survey(),
        survey_by_template(),
        activity(),
        nobody(),
    )

    assert_values(
        chat.row(conversation),
        t_messages=15,
        total_messages_public=14,
        total_messages_private=1,
        private_notes_count=1,
        contact_messages_count=1,
        user_messages_count=3,
        user_message_ratio=Decimal("0.43"),  # of seven that somebody said
        contact_message_ratio=Decimal("0.14"),
        conversation_duration_seconds=6 * 60,
        avg_message_length=13,  # 2, 11, 14, 17, 4, 20, 21
        max_message_length=21,
        first_message_text="Oi",
        last_message_text="Seu plano vence hoje.",
        mc_first_message_at=START,
        mc_last_message_at=at(14 * 60),
    )


@pytest.mark.parametrize(
    ("messages", "is_short", "is_long"),
    [
        ([customer()] * 5, True, False),
        ([customer()] * 6, False, False),
        ([customer()] * 5 + [note(), activity(), greeting()], True, False),
        ([customer()] * 20, False, False),
        ([customer()] * 20 + [note(), activity(), greeting()], False, False),
        ([customer()] * 21, False, True),
    ],
)
def test_short_and_long(
    chat: Builder, messages: list[Message], is_short: bool, is_long: bool
) -> None:
    assert_values(
        chat.row(chat.conversation(*messages)),
        is_short_conversation=is_short,
        is_long_conversation=is_long,
    )


REPLIES = {
    "customer alone": ([customer(), customer()], False),
    "we alone": ([agent()], False),
    "we last": ([customer(), agent()], False),
    "after an agent": ([customer(), agent(), customer()], True),
    "after a bot": ([bot(), customer()], True),
    "after the AI": ([ai_user(), customer()], True),
    "after the phone": ([phone(), customer()], True),
    "after a campaign": ([campaign(), customer()], True),
    "after a template": ([whatsapp_template(), customer()], True),
    "after a note": ([note(), customer()], False),
    "after an activity": ([activity(), customer()], False),
}


@pytest.mark.parametrize(("messages", "expected"), REPLIES.values(), ids=REPLIES.keys())
def test_contact_reply(chat: Builder, messages: list[Message], expected: bool) -> None:
    assert_values(chat.row(chat.conversation(*messages)), has_contact_reply=expected)


def test_only_automatic_texts(chat: Builder) -> None:
    conversation = chat.conversation(greeting(), activity())

    assert_values(
        chat.row(conversation),
        t_messages=2,
        first_message_text=None,
        last_message_sender_type=None,
        conversation_duration_seconds=None,
        avg_message_length=None,
        user_message_ratio=None,
        is_short_conversation=True,
        client_sender_id=None,
    )


def test_one_message(chat: Builder) -> None:
    assert_values(
        chat.row(chat.conversation(customer("Oi"))),
        conversation_duration_seconds=0,
        avg_time_between_messages_seconds=None,
        contact_message_ratio=Decimal("1.00"),
        user_message_ratio=Decimal("0.00"),
        first_message_text="Oi",
        last_message_text="Oi",
    )


def test_messages_are_in_order_of_time(chat: Builder) -> None:
    conversation = chat.conversation(
        customer("terceira", after=30),
        bot("primeira", after=10),
        agent("segunda", after=20),
    )

    row = chat.row(conversation)
    assert [message["text"] for message in row["message_compiled"]] == [
        "primeira",
        "segunda",
        "terceira",
    ]
    assert_values(
        row,
        first_message_text="primeira",
        first_message_sender_type="AgentBot",
        last_message_text="terceira",
        last_message_sender_type="Contact",
        has_contact_reply=True,
    )


def test_messages_of_one_moment_are_in_order_of_their_ids(chat: Builder) -> None:
    texts = [str(number) for number in range(9)]
    conversation = chat.conversation(
        *(bot(text, after=0) for text in texts[:-1]), customer("8", after=0)
    )

    row = chat.row(conversation)
    assert [message["text"] for message in row["message_compiled"]] == texts
    assert_values(
        row,
        first_message_text="0",
        last_message_text="8",
        has_contact_reply=True,
        conversation_duration_seconds=0,
        avg_time_between_messages_seconds=Decimal("0.0"),
    )


def test_message_without_text(chat: Builder) -> None:
    conversation = chat.conversation(
        customer(None), customer("1234"), customer(""), customer(None)
    )

    row = chat.row(conversation)
    assert [message["text"] for message in row["message_compiled"]] == [
        None,
        "1234",
        "",
        None,
    ]
    assert_values(
        row,
        first_message_text=None,
        last_message_text=None,
        avg_message_length=2,
        max_message_length=4,
        contact_messages_count=4,
    )


def test_longest_message(chat: Builder) -> None:
    text = "ação! " * 25_000

    row = chat.row(chat.conversation(customer(text)))

    assert_values(
        row,
        first_message_text=text,
        avg_message_length=150_000,
        max_message_length=150_000,
    )
    assert row["message_compiled"][0]["text"] == text


@pytest.mark.parametrize(
    "text",
    [
        "Ação às 18h — já!",
        "💪🏽 treino 🏋️‍♀️",
        """aspas ' " e \\ barra / e \\u0000 escrito""",
        "linha\r\noutra\tcoluna",
        "controle \x01\x1f\x7f",
        "\u200fעברית \u202e العربية",
        "separador \u2028 \u2029 \ufeff \u0301",
        '{"deleted":true}',
        "'; drop table messages; --",
        "%s %(name)s {0} ${1}",
        " ",
    ],
)
def test_odd_characters(chat: Builder, text: str) -> None:
    conversation = chat.conversation(customer(text))
    chat.execute(
        "update contacts set name = %s, identifier = %s where id = %s",
        text,
        text,
        CONTACT,
    )
    chat.execute("update inboxes set name = %s", text)
    chat.answer(conversation, 5, text)
    chat.label(conversation, text)

    row = chat.row(conversation)
    assert_values(
        row,
        first_message_text=text,
        contact_name=text,
        contact_identifier=text,
        inbox_name=text,
        csat_feedback=text,
    )
    assert row["message_compiled"][0]["text"] == text
    context = chat.row(conversation, CONTEXT)
    assert context["labels"] == [text]
    assert context["csat_answers"][0]["feedback"] == text


def test_blank_inbox_name_stays_blank(chat: Builder) -> None:
    conversation = chat.conversation(inbox_id=chat.inbox(""))

    assert chat.row(conversation)["inbox_name"] == ""


def test_client_is_who_wrote_first(chat: Builder) -> None:
    conversation = chat.conversation(
        customer(after=60),
        agent(sender_id=7, after=1),
        customer(after=30, sender_id=OTHER_CONTACT),
        contact_id=CONTACT,
    )

    assert_values(
        chat.row(conversation),
        contact_id=CONTACT,
        contact_phone="+5511988887777",
        client_sender_id=OTHER_CONTACT,
        client_phone="+5511966665555",
    )


def test_client_is_gone(chat: Builder) -> None:
    conversation = chat.conversation(customer(sender_id=999))

    assert_values(chat.row(conversation), client_sender_id=999, client_phone=None)


# ---------- status, priority, resolution, waiting


@pytest.mark.parametrize(
    ("status", "label", "true_flags"),
    [
        (0, "Aberta", {"is_open"}),
        (1, "Resolvida", {"is_resolved"}),
        (2, "Pendente", {"is_open", "is_pending"}),
        (3, "Adiada", {"is_snoozed"}),
    ],
)
def test_status(chat: Builder, status: int, label: str, true_flags: set[str]) -> None:
    row = chat.row(chat.conversation(status=status))

    flags = ("is_open", "is_resolved", "is_pending", "is_snoozed")
    assert {flag for flag in flags if row[flag]} == true_flags
    assert_values(row, status=status, status_label_pt=label)


@pytest.mark.parametrize(
    ("priority", "score", "label", "is_high"),
    [
        (None, 0, "None", False),
        (0, 1, "Low", False),
        (1, 2, "Medium", False),
        (2, 3, "High", True),
        (3, 4, "Urgent", True),
    ],
)
def test_priority(
    chat: Builder, priority: int | None, score: int, label: str, is_high: bool
) -> None:
    assert_values(
        chat.row(chat.conversation(priority=priority)),
        priority=priority,
        priority_score=score,
        priority_label=label,
        has_priority=priority is not None,
        is_high_priority=is_high,
    )


def test_resolution_is_the_first_of_several(chat: Builder) -> None:
    conversation = chat.conversation(status=1, updated_at=at(99_999))
    chat.event(conversation, "conversation_resolved", after=9000)
    chat.event(conversation, "conversation_opened", after=8000)
    chat.event(conversation, "conversation_bot_resolved", after=10)
    chat.event(conversation, "conversation_resolved", after=7200)
    chat.event(chat.conversation(), "conversation_resolved", after=5)
    chat.event(None, "conversation_resolved", after=1)

    assert_values(
        chat.row(conversation), resolution_time_seconds=7200, is_fast_resolution=False
    )


def test_reopened_keeps_its_resolution_time(chat: Builder) -> None:
    conversation = chat.conversation(customer(), bot(), status=0)
    chat.event(conversation, "conversation_resolved", after=7199)

    assert_values(
        chat.row(conversation),
        resolution_time_seconds=7199,
        is_fast_resolution=True,
        is_resolved=False,
        is_bot_resolved=False,
    )


def test_resolved_without_an_event(chat: Builder) -> None:
    assert_values(
        chat.row(chat.conversation(status=1, updated_at=at(60))),
        is_resolved=True,
        resolution_time_seconds=None,
        is_fast_resolution=False,
    )


def test_resolve_event_without_an_end(chat: Builder) -> None:
    conversation = chat.conversation()
    chat.event(
        conversation,
        "conversation_resolved",
        event_end_time=None,
        created_at=at(42),
    )

    assert_values(chat.row(conversation), resolution_time_seconds=42)


@pytest.mark.parametrize(
    ("seconds", "is_long"), [(0, False), (3600, False), (3601, True)]
)
def test_waiting(chat: Builder, seconds: int, is_long: bool) -> None:
    now = chat.value("select now() at time zone 'UTC'")
    conversation = chat.conversation(waiting_since=now - timedelta(seconds=seconds))

    assert_values(
        chat.row(conversation),
        is_waiting=True,
        waiting_time_seconds=seconds,
        is_waiting_long=is_long,
    )


@pytest.mark.parametrize(
    ("status", "seconds_left", "is_snoozed"),
    [(0, 1, True), (0, 0, False), (0, -60, False), (3, -60, True), (3, 60, True)],
)
def test_snoozed(
    chat: Builder, status: int, seconds_left: int, is_snoozed: bool
) -> None:
    until = chat.value("select now() at time zone 'UTC'")
    until += timedelta(seconds=seconds_left)
    conversation = chat.conversation(status=status, snoozed_until=until)

    assert_values(chat.row(conversation), snoozed_until=until, is_snoozed=is_snoozed)


def test_who_has_seen_it(chat: Builder) -> None:
    by_contact = chat.conversation(contact_last_seen_at=START)
    by_agent = chat.conversation(agent_last_seen_at=START)

    assert_values(chat.row(by_contact), contact_has_seen=True, agent_has_seen=False)
    assert_values(chat.row(by_agent), contact_has_seen=False, agent_has_seen=True)


# ---------- what a conversation points to may be gone


def test_everything_it_points_to_is_gone(chat: Builder) -> None:
    conversation = chat.conversation(
        customer(), agent(), assignee_id=AGENT, team_id=TEAM, campaign_id=9
    )
    for table in ("contacts", "inboxes", "users", "teams", "accounts"):
        chat.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))

    assert_values(
        chat.row(conversation),
        account_id=ACCOUNT,
        contact_id=CONTACT,
        inbox_id=INBOX,
        assignee_id=AGENT,
        team_id=TEAM,
        campaign_id=9,
        contact_name=None,
        contact_email=None,
        contact_phone=None,
        contact_identifier=None,
        client_sender_id=CONTACT,
        client_phone=None,
        inbox_name=None,
        inbox_channel_type=None,
        inbox_timezone=None,
        assignee_name=None,
        assignee_email=None,
        team_name=None,
        account_name=None,
        has_contact=True,
        is_assigned=True,
        has_team=True,
        is_from_campaign=True,
        t_messages=2,
        conversation_hour=12,
        is_business_hours=True,
    )
    assert_values(
        chat.row(conversation, CONTEXT),
        campaign_title=None,
        is_contact_blocked=None,
        contact_custom_attributes=None,
    )
    assert chat.row(conversation, CHANGES)["fingerprint"] is not None


def test_it_points_to_nothing(chat: Builder) -> None:
    conversation = chat.conversation(contact_id=None)

    assert_values(
        chat.row(conversation),
        contact_id=None,
        has_contact=False,
        assignee_id=None,
        is_assigned=False,
        team_id=None,
        has_team=False,
        campaign_id=None,
        is_from_campaign=False,
        contact_name=None,
        contact_has_seen=False,
        agent_has_seen=False,
    )


def test_rows_of_a_deleted_conversation_stay_behind(chat: Builder) -> None:
    deleted = chat.conversation(customer())
    chat.answer(deleted, 1)
    chat.label(deleted, "vip")
    chat.event(deleted, "conversation_resolved")
    chat.execute("delete from conversations where id = %s", deleted)
    kept = chat.conversation()

    for view in COMPLETE_VIEWS:
        assert chat.query(
            sql.SQL("select conversation_id from {}").format(sql.Identifier(view))
        ) == [(kept,)]


def test_one_row_whatever_it_joins_to(chat: Builder) -> None:
    conversation = chat.conversation(
        customer(), agent(), survey(), customer(), status=1
    )
    for rating in (1, 5, 3):
        chat.answer(conversation, rating)
        chat.label(conversation, f"label {rating}")
        chat.event(conversation, "conversation_resolved")
    for _ in range(2):
        chat.opening_hours(INBOX, hours=(9, 0, 17, 0))  # every day has two rows
    chat.execute("update inboxes set working_hours_enabled = true")

    for view in COMPLETE_VIEWS + PARTIAL_VIEWS:
        chat.row(conversation, view)


# ---------- satisfaction


def test_not_rated(chat: Builder) -> None:
    assert_values(
        chat.row(chat.conversation(survey())),
        has_csat=False,
        csat_response_id=None,
        csat_rating=None,
        csat_feedback=None,
        csat_created_at=None,
        csat_nps_category=None,
        csat_sentiment_category=None,
        has_written_feedback=False,
        has_detailed_feedback=False,
    )


@pytest.mark.parametrize(
    ("rating", "nps_category", "sentiment_category"),
    [
        (5, "Promotor", "Positivo"),
        (4, "Neutro", "Positivo"),
        (3, "Detrator", "Neutro"),
        (2, "Detrator", "Negativo"),
        (1, "Detrator", "Negativo"),
    ],
)
def test_csat_categories(
    chat: Builder, rating: int, nps_category: str, sentiment_category: str
) -> None:
    conversation = chat.conversation()
    chat.answer(conversation, rating)

    assert_values(
        chat.row(conversation),
        has_csat=True,
        csat_rating=rating,
        csat_nps_category=nps_category,
        csat_sentiment_category=sentiment_category,
    )


@pytest.mark.parametrize(
    ("feedback", "is_written", "is_detailed"),
    [
        (None, False, False),
        ("", False, False),
        (" \t\r\n ", False, False),
        (".", True, False),
        ("é" * 50, True, False),
        ("é" * 51, True, True),
        ("é" * 50 + "\n", True, False),
    ],
)
def test_csat_feedback(
    chat: Builder, feedback: str | None, is_written: bool, is_detailed: bool
) -> None:
    conversation = chat.conversation()
    chat.answer(conversation, 5, feedback)

    assert_values(
        chat.row(conversation),
        csat_feedback=feedback,
        has_written_feedback=is_written,
        has_detailed_feedback=is_detailed,
    )


def test_latest_of_two_answers(chat: Builder) -> None:
    conversation = chat.conversation()
    latest = chat.answer(conversation, 2, created_at=at(500))
    chat.answer(conversation, 5, created_at=at(400))

    assert_values(chat.row(conversation), csat_response_id=latest, csat_rating=2)


def test_two_answers_of_one_moment(chat: Builder) -> None:
    conversation = chat.conversation()
    chat.answer(conversation, 5)
    second = chat.answer(conversation, 1)

    assert_values(chat.row(conversation), csat_response_id=second, csat_rating=1)


def test_answer_changed_in_place(chat: Builder) -> None:
    conversation = chat.conversation()
    answer = chat.answer(conversation, 5, created_at=at(60))
    chat.execute(
        "update csat_survey_responses"
        " set rating = 1, feedback_message = 'Mudei de ideia', updated_at = %s",
        at(13 * 86_400),
    )

    assert_values(
        chat.row(conversation),
        csat_response_id=answer,
        csat_rating=1,
        csat_feedback="Mudei de ideia",
        csat_created_at=at(60),
    )


# ---------- local time


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        pytest.param(
            datetime(2024, 3, 14, 2, 30),
            {
                "conversation_date": date(2024, 3, 13),
                "conversation_day": 13,
                "conversation_day_of_week": 3,
                "conversation_hour": 23,
                "conversation_minute": 30,
                "conversation_period": "Noite",
                "conversation_datetime_formatted": "2024-03-13 23:30",
                "is_night_time": True,
                "is_business_hours": False,
            },
            id="23:30 is tomorrow in UTC",
        ),
        pytest.param(
            datetime(2024, 5, 1, 2, 59),
            {
                "conversation_date_formatted": "2024-04-30",
                "conversation_month": 4,
                "conversation_month_name": "Abril",
                "conversation_year_month": "2024-04",
                "conversation_quarter": 2,
            },
            id="end of a month",
        ),
        pytest.param(
            datetime(2025, 1, 1, 2, 30),
            {
                "conversation_date": date(2024, 12, 31),
                "conversation_year": 2024,
                "conversation_quarter": 4,
                "conversation_week_of_year": 1,
                "conversation_year_month": "2024-12",
                "conversation_year_week": "2025-01",
            },
            id="end of a year, first week of the next",
        ),
        pytest.param(
            datetime(2021, 1, 1, 15, 0),
            {
                "conversation_year": 2021,
                "conversation_week_of_year": 53,
                "conversation_year_week": "2020-53",
                "conversation_day_name": "Sexta-feira",
            },
            id="week 53",
        ),
        pytest.param(
            datetime(2018, 12, 15, 2, 30),
            {
                "conversation_datetime_formatted": "2018-12-15 00:30",
                "conversation_period": "Madrugada",
                "is_weekend": True,
            },
            id="summer time, until 2019",
        ),
    ],
)
def test_dates_are_local(
    chat: Builder, utc: datetime, expected: dict[str, object]
) -> None:
    assert_values(chat.row(chat.conversation(created_at=utc)), **expected)


@pytest.mark.parametrize(
    ("hour", "period", "is_night"),
    [
        (0, "Madrugada", True),
        (5, "Madrugada", True),
        (6, "Manhã", False),
        (11, "Manhã", False),
        (12, "Tarde", False),
        (17, "Tarde", False),
        (18, "Noite", False),
        (19, "Noite", False),
        (20, "Noite", True),
        (23, "Noite", True),
    ],
)
def test_hours_of_the_day(
    chat: Builder, hour: int, period: str, is_night: bool
) -> None:
    assert_values(
        chat.row(chat.conversation(created_at=local(2024, 3, 13, hour, 59))),
        conversation_hour=hour,
        conversation_minute=59,
        conversation_period=period,
        is_night_time=is_night,
    )


def test_days_of_the_week(chat: Builder) -> None:
    for day in range(7):
        chat.conversation(created_at=local(2024, 3, 10 + day))

    assert chat.query(
        "select conversation_day_of_week, conversation_day_name, is_weekday, is_weekend"
        " from vw_conversations_analytics_final order by conversation_id"
    ) == [
        (0, "Domingo", False, True),
        (1, "Segunda-feira", True, False),
        (2, "Terça-feira", True, False),
        (3, "Quarta-feira", True, False),
        (4, "Quinta-feira", True, False),
        (5, "Sexta-feira", True, False),
        (6, "Sábado", False, True),
    ]


def test_months(chat: Builder) -> None:
    for month in range(1, 13):
        chat.conversation(created_at=local(2024, month, 1))

    assert chat.query(
        "select conversation_month, conversation_month_name, conversation_quarter"
        " from vw_conversations_analytics_final order by conversation_id"
    ) == [
        (1, "Janeiro", 1),
        (2, "Fevereiro", 1),
        (3, "Março", 1),
        (4, "Abril", 2),
        (5, "Maio", 2),
        (6, "Junho", 2),
        (7, "Julho", 3),
        (8, "Agosto", 3),
        (9, "Setembro", 3),
        (10, "Outubro", 4),
        (11, "Novembro", 4),
        (12, "Dezembro", 4),
    ]


@pytest.mark.parametrize(
    ("inbox_zone", "setting", "hour"),
    [
        ("UTC", "", 12),
        ("", "", 12),
        (None, "", 12),
        ("UTC", "America/Noronha", 13),
        (None, "America/Noronha", 13),
        ("America/Manaus", "", 11),
        ("America/Manaus", "America/Noronha", 11),
        ("Europe/Lisbon", "", 15),
        ("Asia/Tokyo", "", 0),
    ],
)
def test_time_zone(
    chat: Builder, inbox_zone: str | None, setting: str, hour: int
) -> None:
    chat.execute(
        "select set_config('allpfit.business_timezone', %s, false)",
        setting,
    )
    conversation = chat.conversation(inbox_id=chat.inbox(timezone=inbox_zone))

    assert_values(
        chat.row(conversation), conversation_hour=hour, inbox_timezone=inbox_zone
    )


def test_time_zone_of_the_session_changes_nothing(chat: Builder) -> None:
    now = chat.value("select now() at time zone 'UTC'")
    conversation = chat.conversation(
        customer(), waiting_since=now, snoozed_until=now + timedelta(seconds=1)
    )
    in_utc = chat.row(conversation)
    chat.execute("set local time zone 'Asia/Tokyo'")

    assert chat.row(conversation) == in_utc
    assert_values(in_utc, is_snoozed=True, waiting_time_seconds=0)


OPENING_HOURS = {
    "a minute too early": ({"hours": (8, 30, 18, 15)}, (13, 8, 29), False),
    "just opened": ({"hours": (8, 30, 18, 15)}, (13, 8, 30), True),
    "last minute": ({"hours": (8, 30, 18, 15)}, (13, 18, 14), True),
    "closed a minute ago": ({"hours": (8, 30, 18, 15)}, (13, 18, 15), False),
    "open on Sundays": ({"hours": (8, 30, 18, 15)}, (10, 9, 0), True),
    "closed on Sundays": (
        {"hours": (9, 0, 17, 0), "closed_all_day": True},
        (10, 12, 0),
        False,
    ),
    "closed without hours": ({"closed_all_day": True}, (13, 12, 0), False),
    "open all day": ({"open_all_day": True}, (13, 3, 0), True),
    "no hours": ({}, (13, 12, 0), False),
}


@pytest.mark.parametrize(
    ("opening", "time", "is_open"), OPENING_HOURS.values(), ids=OPENING_HOURS.keys()
)
def test_opening_hours(
    chat: Builder,
    opening: dict[str, object],
    time: tuple[int, int, int],
    is_open: bool,
) -> None:
    inbox = chat.inbox(working_hours_enabled=True)
    chat.opening_hours(inbox, **opening)
    conversation = chat.conversation(inbox_id=inbox, created_at=local(2024, 3, *time))

    assert chat.row(conversation)["is_business_hours"] is is_open


@pytest.mark.parametrize(
    ("time", "is_open"),
    [
        ((13, 8, 59), False),
        ((13, 9, 0), True),
        ((13, 16, 59), True),
        ((13, 17, 0), False),
        ((16, 12, 0), False),
    ],
)
@pytest.mark.parametrize("has_rows", [True, False])
def test_usual_hours_where_none_are_set(
    chat: Builder, has_rows: bool, time: tuple[int, int, int], is_open: bool
) -> None:
    """They are switched off, or switched on without a row."""
    inbox = chat.inbox(working_hours_enabled=not has_rows)
    if has_rows:
        chat.opening_hours(inbox, open_all_day=True)
    conversation = chat.conversation(inbox_id=inbox, created_at=local(2024, 3, *time))

    assert chat.row(conversation)["is_business_hours"] is is_open


@pytest.mark.parametrize(("day", "is_open"), [(12, False), (13, True), (14, False)])
def test_opening_hours_are_local(chat: Builder, day: int, is_open: bool) -> None:
    """Open on Wednesdays; 23:30 in São Paulo is the next day in UTC."""
    inbox = chat.inbox(working_hours_enabled=True)
    chat.opening_hours(inbox, days=(3,), open_all_day=True)
    chat.opening_hours(inbox, days=(0, 1, 2, 4, 5, 6), closed_all_day=True)
    conversation = chat.conversation(
        inbox_id=inbox, created_at=local(2024, 3, day, 23, 30)
    )

    assert chat.row(conversation)["is_business_hours"] is is_open


# ---------- columns that are true only now


def local_start(chat: Builder, unit: str, timezone: str) -> datetime:
    """UTC of the moment when the local day, week, month or year began."""
    return chat.value(
        "select date_trunc(%s, now() at time zone %s) at time zone %s"
        " at time zone 'UTC'",
        unit,
        timezone,
        timezone,
    )


# Two of them have another date than the third at any hour.
ZONES = ("America/Sao_Paulo", "Pacific/Kiritimati", "Pacific/Pago_Pago")


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize(
    ("unit", "flag"),
    [
        ("day", "is_today"),
        ("week", "is_this_week"),
        ("month", "is_this_month"),
        ("year", "is_this_year"),
    ],
)
def test_calendar_of_now(chat: Builder, unit: str, flag: str, timezone: str) -> None:
    inbox = chat.inbox(timezone=timezone)
    began = local_start(chat, unit, timezone)

    inside = chat.conversation(inbox_id=inbox, created_at=began)
    outside = chat.conversation(inbox_id=inbox, created_at=began - timedelta(seconds=1))

    assert chat.row(inside)[flag] is True
    assert chat.row(outside)[flag] is False


@pytest.mark.parametrize("timezone", ZONES)
def test_days_since_creation(chat: Builder, timezone: str) -> None:
    inbox = chat.inbox(timezone=timezone)
    today = local_start(chat, "day", timezone)
    moments = {
        today: (0, True, False),
        today - timedelta(seconds=1): (1, False, True),
        today - timedelta(days=1): (1, False, True),
        today - timedelta(days=1, seconds=1): (2, False, False),
        today - timedelta(days=30): (30, False, False),
        today + timedelta(days=1): (-1, False, False),
    }
    for created_at, expected in moments.items():
        row = chat.row(chat.conversation(inbox_id=inbox, created_at=created_at))

        flags = ("days_since_creation", "is_today", "is_yesterday")
        assert tuple(row[flag] for flag in flags) == expected


# ---------- the context: view 08


def test_context_of_an_ordinary_conversation(chat: Builder) -> None:
    campaign_id = chat.insert(
        "campaigns",
        account_id=ACCOUNT,
        inbox_id=INBOX,
        title="Volta às aulas",
        message="Oi",
        display_id=0,
    )
    chat.execute('update contacts set custom_attributes = \'{"plano": "anual"}\'')
    conversation = chat.conversation(
        survey(after=60, status=2),
        survey_by_template(after=90),
        campaign_id=campaign_id,
        custom_attributes={"unidade": "Centro", "valor": 119.9},
        additional_attributes={"referer": "https://allpfit.example"},
    )
    first, second = (
        message_id
        for (message_id,) in chat.query("select id from messages order by id")
    )
    late = chat.answer(
        conversation, 2, "Demorou", message_id=second, created_at=at(900)
    )
    early = chat.answer(
        conversation,
        5,
        message_id=first,
        created_at=at(800),
        updated_at=at(950),
        assigned_agent_id=AGENT,
    )
    event = chat.event(
        conversation,
        "first_response",
        after=120,
        user_id=AGENT,
        value_in_business_hours=60.5,
    )

    row = chat.row(conversation, CONTEXT)

    assert row == {
        "conversation_id": conversation,
        "account_id": ACCOUNT,
        "custom_attributes": {"unidade": "Centro", "valor": 119.9},
        "additional_attributes": {"referer": "https://allpfit.example"},
        "assignee_agent_bot_id": None,
        "is_contact_blocked": row["is_contact_blocked"],
        "contact_custom_attributes": {"plano": "anual"},
        "group_type": None,
        "campaign_title": "Volta às aulas",
        "labels": [],
        "taggings": [],
        "surveys_sent": [
            {
                "message_id": first,
                "sent_at": "2024-03-13T15:01:00",
                "delivery_status": 2,
            },
            {
                "message_id": second,
                "sent_at": "2024-03-13T15:01:30",
                "delivery_status": 0,
            },
        ],
        "csat_answers": [
            {
                "csat_response_id": early,
                "message_id": first,
                "rating": 5,
                "feedback": None,
                "assigned_agent_id": AGENT,
                "answered_at": "2024-03-13T15:13:20",
                "changed_at": "2024-03-13T15:15:50",
            },
            {
                "csat_response_id": late,
                "message_id": second,
                "rating": 2,
                "feedback": "Demorou",
                "assigned_agent_id": None,
                "answered_at": "2024-03-13T15:15:00",
                "changed_at": "2024-03-13T15:00:00",
            },
        ],
        "reporting_events": [
            {
                "reporting_event_id": event,
                "name": "first_response",
                "value_seconds": 120,
                "value_in_business_hours_seconds": 60.5,
                "user_id": AGENT,
                "started_at": "2024-03-13T15:00:00",
                "ended_at": "2024-03-13T15:02:00",
                "recorded_at": "2024-03-13T15:02:30",
            }
        ],
        "slas": [],
    }


def test_context_of_an_empty_conversation(chat: Builder) -> None:
    assert_values(
        chat.row(chat.conversation(custom_attributes=None), CONTEXT),
        custom_attributes=None,
        labels=[],
        surveys_sent=[],
        csat_answers=[],
        reporting_events=[],
        slas=[],
        campaign_title=None,
    )


def test_labels_are_distinct_and_of_conversations(chat: Builder) -> None:
    conversation = chat.conversation()
    for name in ("vip", "cancelamento", "vip"):
        chat.label(conversation, name)
    chat.label(conversation, "de um contato", taggable_type="Contact")
    chat.label(conversation, "outro contexto", context="skills")
    chat.label(chat.conversation(), "de outra")
    chat.label(conversation, "apagada", tag_id=999)

    labels = chat.row(conversation, CONTEXT)["labels"]
    assert sorted(labels) == ["cancelamento", "vip"]


@only_current
def test_what_later_versions_added(chat: Builder) -> None:
    chat.execute("update contacts set blocked = true where id = %s", CONTACT)
    conversation = chat.conversation(assignee_agent_bot_id=8)
    sla = chat.insert(
        "applied_slas",
        account_id=ACCOUNT,
        sla_policy_id=3,
        conversation_id=conversation,
        sla_status=2,
    )
    chat.execute("alter table applied_slas add completed_at timestamp")
    expected = {
        "applied_sla_id": sla,
        "sla_policy_id": 3,
        "sla_status": 2,
        "applied_at": "2024-03-13T15:00:00",
        "completed_at": None,
    }

    assert_values(
        chat.row(conversation, CONTEXT),
        is_contact_blocked=True,
        assignee_agent_bot_id=8,
        slas=[expected],
    )
    chat.execute("update applied_slas set completed_at = '2024-03-13 16:00'")
    assert_values(
        chat.row(conversation, CONTEXT),
        slas=[expected | {"completed_at": "2024-03-13T16:00:00"}],
    )


@only_oldest
def test_what_later_versions_added_is_empty_before(chat: Builder) -> None:
    assert_values(
        chat.row(chat.conversation(), CONTEXT),
        is_contact_blocked=None,
        assignee_agent_bot_id=None,
        slas=[],
    )


def test_no_other_column_is_of_later_versions(databases: dict[str, Chatwoot]) -> None:
    """Those of the tests above."""
    now, then = (
        columns_read(databases[shape], *views.names()) for shape in ("current", "3.0")
    )
    assert {each for each in now - then if each[0] != "applied_slas"} == {
        ("contacts", "blocked"),
        ("conversations", "assignee_agent_bot_id"),
    }
    assert then <= now


# ---------- the dimensions: view 10


def test_inboxes(chat: Builder) -> None:
    channel = chat.insert(
        "channel_whatsapp",
        account_id=ACCOUNT,
        phone_number="+551130000000",
        provider="whatsapp_cloud",
    )
    chat.execute("delete from inboxes")
    whatsapp = chat.inbox(
        "Centro",
        channel_id=channel,
        timezone="America/Manaus",
        working_hours_enabled=True,
        csat_survey_enabled=True,
        lock_to_single_conversation=True,
    )
    widget = chat.inbox("Site", channel_id=channel, channel_type="Channel::WebWidget")
    chat.opening_hours(whatsapp, days=(1,), hours=(6, 30, 22, 0))
    chat.opening_hours(whatsapp, days=(0,), closed_all_day=True)
    for bot_id, status in ((1, 0), (2, 0), (3, 1)):
        chat.insert(
            "agent_bot_inboxes", inbox_id=whatsapp, agent_bot_id=bot_id, status=status
        )
    chat.insert("agent_bot_inboxes", inbox_id=widget, agent_bot_id=1, status=1)

    with chat.connection.cursor() as cursor:
        cursor.execute("select * from vw_inboxes order by inbox_id")
        names = [column.name for column in cursor.description]
        first, second = (dict(zip(names, row, strict=True)) for row in cursor)
    assert first == {
        "inbox_id": whatsapp,
        "account_id": ACCOUNT,
        "inbox_name": "Centro",
        "channel_type": "Channel::Whatsapp",
        "whatsapp_provider": "whatsapp_cloud",
        "timezone": "America/Manaus",
        "has_working_hours": True,
        "has_csat_survey": True,
        "has_single_conversation": True,
        "has_active_bot": True,
        "working_hours": [
            {
                "day_of_week": 0,
                "is_closed": True,
                "is_open_all_day": False,
                "opens_at_minute": None,
                "closes_at_minute": None,
            },
            {
                "day_of_week": 1,
                "is_closed": False,
                "is_open_all_day": False,
                "opens_at_minute": 390,
                "closes_at_minute": 1320,
            },
        ],
    }
    assert_values(
        second,
        whatsapp_provider=None,
        timezone="UTC",
        has_working_hours=False,
        has_csat_survey=False,
        has_single_conversation=False,
        has_active_bot=False,
        working_hours=[],
    )


@pytest.mark.parametrize(("inboxes", "expected"), [([INBOX], True), ([], False)])
@only_current
def test_captain_inboxes_are_those_of_bots(
    chat: Builder, inboxes: list[int], expected: bool
) -> None:
    """The table is there in the editions that have Captain."""
    chat.execute(
        "create table captain_inboxes"
        " (id bigserial, captain_assistant_id bigint, inbox_id bigint)"
    )
    for file in ("drop_views.sql", *(file.name for file in views.files())):
        chat.execute((views.FOLDER / file).read_text())
    for inbox in inboxes:
        chat.execute("insert into captain_inboxes (inbox_id) values (%s)", inbox)
    shown = "select has_active_bot from vw_inboxes where inbox_id = %s"
    assert chat.value(shown, INBOX) is expected


def test_account_names_its_bots(chat: Builder) -> None:
    """Its own, those of no account, and Captain's where that is there."""
    chat.execute(
        "create table if not exists captain_assistants"
        " (id bigserial, account_id bigint, name varchar)"
    )
    for file in ("drop_views.sql", *(file.name for file in views.files())):
        chat.execute((views.FOLDER / file).read_text())
    shown = "select bot_names from vw_accounts where account_id = %s"
    assert chat.value(shown, ACCOUNT) == []
    for account, name in ((ACCOUNT, "Robô"), (None, "Todos"), (ACCOUNT + 1, "Outro")):
        chat.insert("agent_bots", account_id=account, name=name)
    chat.execute(
        "insert into captain_assistants (account_id, name) values (%s, 'Capitã')",
        ACCOUNT,
    )
    assert chat.value(shown, ACCOUNT) == ["Capitã", "Robô", "Todos"]


@pytest.mark.parametrize(
    ("contact", "conversation", "expected"),
    [
        (None, None, None),
        (0, 0, None),
        (1, 0, "1"),
        (0, 1, "1"),
        (None, 1, "1"),
    ],
)
@only_current
def test_kind_of_chat_of_a_fork(
    chat: Builder, contact: int | None, conversation: int | None, expected: str | None
) -> None:
    for table in ("contacts", "conversations"):
        chat.execute(f"alter table {table} add group_type integer")
    for file in ("drop_views.sql", *(file.name for file in views.files())):
        chat.execute((views.FOLDER / file).read_text())
    chat.execute("update contacts set group_type = %s where id = %s", contact, CONTACT)
    number = chat.conversation(customer(), group_type=conversation)
    assert_values(chat.row(number, CONTEXT), group_type=expected)


def test_kind_of_chat_that_an_integration_notes(chat: Builder) -> None:
    chat.execute(
        """
        update contacts set additional_attributes = '{"group_type": "group"}'
        where id = %s
        """,
        CONTACT,
    )
    assert_values(chat.row(chat.conversation(), CONTEXT), group_type="group")


def test_rows_are_of_the_accounts_that_the_session_names(chat: Builder) -> None:
    """Of every view, and nothing of another account."""
    other = chat.insert("accounts", id=ACCOUNT + 1, name="Outra")
    inbox = chat.inbox("Padaria", account_id=other)
    maker = chat.insert("users", uid="maker", name="Padeiro")
    chat.insert("account_users", account_id=other, user_id=maker)
    chat.insert("account_users", account_id=ACCOUNT, user_id=AGENT)
    chat.insert("teams", account_id=other, name="Balcão")
    client = chat.insert("contacts", account_id=other, name="Freguês")
    theirs = chat.conversation(
        customer("Tem pão?"), inbox_id=inbox, contact_id=client, account_id=other
    )
    message = chat.message(theirs, **survey())
    chat.answer(theirs, 5, account_id=other, message_id=message, contact_id=client)
    chat.event(theirs, "conversation_resolved", account_id=other)
    chat.label(theirs, "pães")
    ours = chat.conversation(customer(), agent())

    def shown(*, of: int, ids: str) -> dict[str, int]:
        chat.execute("select set_config('allpfit.account_ids', %s, true)", ids)
        return {
            view: chat.value(
                f"select count(*) from {view} where {column} = any(%s)",
                [theirs if of == other else ours],
            )
            for view, column in BY_CONVERSATION.items()
        } | {
            view: chat.value(f"select count(*) from {view} where account_id = %s", of)
            for view in ("vw_accounts", "vw_inboxes", "vw_teams")
        }

    for ids in ("", f"{{{ACCOUNT},{other}}}", f"{{{other}}}"):
        assert all(shown(of=other, ids=ids).values()), ids
    assert not any(shown(of=other, ids=f"{{{ACCOUNT}}}").values())
    assert not any(shown(of=ACCOUNT, ids=f"{{{other}}}").values())
    assert not any(shown(of=other, ids="{}").values())
    chat.execute(f"select set_config('allpfit.account_ids', '{{{ACCOUNT}}}', true)")
    agents = chat.query("select user_id, account_ids from vw_agents order by 1")
    assert agents == [(AGENT, [ACCOUNT])]
    assert (
        chat.value("select count(*) from vw_shown_contacts where id = %s", client) == 0
    )
    chat.execute("select set_config('allpfit.account_ids', '', true)")


BY_CONVERSATION = {
    FINAL: "conversation_id",
    CONTEXT: "conversation_id",
    CHANGES: "conversation_id",
    "vw_messages_classified": "conversation_id",
    "vw_messages_compiled_complete": "conversation_id",
    "vw_row_versions": "conversation_id",
    "vw_contact_conversations": "conversation_id",
}


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("", ["ai", "ai", "automation"]),
        ('{AiAgent,"AgentBot"}', ["ai", "automation", "ai"]),
        ("{}", ["automation", "automation", "automation"]),
    ],
)
def test_ai_sender_types_are_a_setting(
    chat: Builder, types: str, expected: list[str]
) -> None:
    chat.execute("select set_config('allpfit.ai_sender_types', %s, true)", types)
    chat.conversation(bot(), captain(), agent("Oi!", BOT, sender_type="AiAgent"))
    assert [
        sender
        for (sender,) in chat.query(
            "select sender_class from vw_messages_classified order by message_id"
        )
    ] == expected
    chat.execute("select set_config('allpfit.ai_sender_types', '', true)")


def test_agents(chat: Builder) -> None:
    chat.insert("accounts", id=ACCOUNT + 1, name="Outra")
    chat.insert("account_users", account_id=ACCOUNT + 1, user_id=AGENT, role=1)
    chat.insert("account_users", account_id=ACCOUNT, user_id=AGENT, role=0)
    chat.insert("account_users", account_id=ACCOUNT, user_id=AI_USER, role=0)
    gone = chat.insert("users", uid="rui", name="Rui", email="rui@example.com")

    assert chat.query("select * from vw_agents order by agent_name") == [
        (AGENT, "Ana", "ana@example.com", [ACCOUNT, ACCOUNT + 1], True, True),
        (AI_USER, "Assistente", None, [ACCOUNT], False, True),
        (gone, "Rui", "rui@example.com", None, False, False),
    ]


def test_teams(chat: Builder) -> None:
    assert chat.query("select * from vw_teams") == [(TEAM, ACCOUNT, "Recepção")]


# ---------- what changed: view 09


@pytest.fixture(scope="module", params=chatwoot.SHAPES)
def world(
    new_chatwoot: Callable[..., Chatwoot], request: pytest.FixtureRequest
) -> Iterator[Chatwoot]:
    """Two conversations with everything that a conversation can have, committed."""
    database = new_chatwoot(request.param)
    builder = Builder(database)
    watched = builder.conversation(
        customer(after=60),
        customer(after=0, sender_id=OTHER_CONTACT),
        agent(),
        assignee_id=AGENT,
        team_id=TEAM,
        campaign_id=1,
    )
    other = builder.conversation(
        customer(),
        contact_id=builder.insert("contacts", account_id=ACCOUNT, name="Rita"),
        inbox_id=builder.inbox("AllpFit Santos"),
        account_id=builder.insert("accounts", name="Outra"),
        assignee_id=builder.insert("users", uid="leo", name="Leo"),
        team_id=builder.insert("teams", account_id=ACCOUNT, name="Vendas"),
        campaign_id=2,
    )
    for number, conversation in enumerate((watched, other), start=1):
        builder.answer(conversation, 5, "Bom")
        builder.event(conversation, "conversation_resolved", after=60)
        builder.label(conversation, f"label {number}")
        builder.insert(
            "campaigns",
            id=number,
            account_id=ACCOUNT,
            inbox_id=INBOX,
            title=f"Campanha {number}",
            message="Oi",
            display_id=0,
        )
        if request.param == "current":
            builder.insert(
                "applied_slas",
                account_id=ACCOUNT,
                sla_policy_id=1,
                conversation_id=conversation,
            )
    builder.opening_hours(INBOX, hours=(9, 0, 17, 0))
    yield database
    database.connection.close()


ODD_ROWS = {
    "far future message": "update messages set created_at = '9999-12-31'",
    "ancient message": "update messages set created_at = '0001-01-01'",
    "infinite message": "update messages set created_at = 'infinity'",
    "message before all time": "update messages set created_at = '-infinity'",
    "infinite conversation": "update conversations set created_at = 'infinity'",
    "ancient conversation": "update conversations set created_at = '1000-01-01'",
    "waiting for a century": "update conversations set waiting_since = '1900-01-01'",
    "waiting for ever": "update conversations set waiting_since = '-infinity'",
    "unknown zone": "update inboxes set timezone = 'America/Nowhere'",
    "zone in words": "update inboxes set timezone = 'Brasilia'",
}


@pytest.mark.parametrize("statement", ODD_ROWS.values(), ids=ODD_ROWS.keys())
def test_odd_row_does_not_end_the_query(world: Chatwoot, statement: str) -> None:
    conversations = world.value("select count(*) from conversations")
    world.execute("begin")
    try:
        world.execute(statement)
        for view in (*COMPLETE_VIEWS, *PARTIAL_VIEWS):
            rows = world.query(f"select * from {view}")
            assert len(rows) == conversations or view in PARTIAL_VIEWS
    finally:
        world.execute("rollback")


# What the views read of each table, other views in between; no column stands for what
# takes whole rows, or their versions.
COLUMNS_READ = """
with recursive views as (
    select name::regclass::oid as oid from unnest(%s) as name
    union
    select parts.refobjid
    from views
    inner join parts on views.oid = parts.view
    inner join pg_class on parts.refobjid = pg_class.oid and pg_class.relkind = 'v'
),

parts as (
    select pg_rewrite.ev_class as view, pg_depend.refobjid, pg_depend.refobjsubid
    from pg_depend
    inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
    where
        pg_depend.classid = 'pg_rewrite'::regclass
        and pg_depend.refclassid = 'pg_class'::regclass
)

select distinct pg_class.relname::text, pg_attribute.attname::text
from views
inner join parts on views.oid = parts.view
inner join pg_class on parts.refobjid = pg_class.oid and pg_class.relkind = 'r'
left join pg_attribute
    on
        parts.refobjid = pg_attribute.attrelid
        and parts.refobjsubid = pg_attribute.attnum
        and pg_attribute.attnum > 0
"""
OTHER_VALUES = {
    "bigint": "coalesce({}, 0) + 999",
    "boolean": "{} is not true",
    "character varying": "coalesce({}, '') || 'x'",
    "double precision": "coalesce({}, 0) + 999",
    "integer": "coalesce({}, 0) + 999",
    "json": """'{{"group_type": 9}}'""",  # the one key that is read of a contact's
    "jsonb": """'{{"group_type": 9}}'""",
    "text": "coalesce({}, '') || 'x'",
    "timestamp without time zone": "coalesce({}, now()) + interval '1 day'",
    "uuid": "gen_random_uuid()",
}
# Whose row it is: with another value it would be a row of something else.
OWNERS = ("id", "conversation_id", "taggable_id")
# The row that the first conversation shows, where it is not the first one.
SHOWN_ROWS = {
    "accounts": ACCOUNT,
    "contacts": CONTACT,
    "inboxes": INBOX,
    "teams": TEAM,
    "users": AGENT,
}
# Any write to a row of theirs counts; of the other tables, only what is shown.
BY_VERSION = set(VERSIONED_TABLES) - {"contacts"}


def columns_read(
    database: Chatwoot | Builder, *names: str
) -> set[tuple[str, str | None]]:
    return set(database.query(COLUMNS_READ, list(names)))


def shown_row(table: str) -> str:
    return f"id = {SHOWN_ROWS.get(table, f'(select min(id) from {table})')}"


def moved_by(database: Chatwoot, write: str) -> list[bool] | None:
    """Whether a write, rolled back at the end, moves each of the two fingerprints.

    None if it writes nothing.
    """
    fingerprints = "select conversation_id, fingerprint from vw_conversation_changes"
    database.execute("begin")
    try:
        before = dict(database.query(fingerprints))
        with database.connection.cursor() as cursor:
            cursor.execute(write)
            if not cursor.rowcount:
                return None
        after = dict(database.query(fingerprints))
    finally:
        database.execute("rollback")
    return [after.get(each) != before[each] for each in sorted(before)]


def test_what_is_shown_moves_its_conversation_and_nothing_else(
    world: Chatwoot,
) -> None:
    """Each column of each table that the loaded views read, one after the other."""
    shown = columns_read(world, FINAL, CONTEXT)
    columns_of_tables = world.query(
        "select relname::text, attname::text, format_type(atttypid, null), attnotnull"
        " from pg_attribute inner join pg_class on attrelid = pg_class.oid"
        " where attrelid = any(%s::regclass[]) and attnum > 0 and not attisdropped",
        list({table for table, _ in shown}),
    )
    wrong = {}
    for table, column, data_type, is_required in columns_of_tables:
        if column in OWNERS:
            continue
        is_shown = table in BY_VERSION or (table, column) in shown
        values = [OTHER_VALUES[data_type].format(column)]
        if not is_required:
            values.append("null")
        for value in values:
            write = f"update {table} set {column} = {value} where {shown_row(table)}"
            if value == "null":
                write += f" and {column}::text <> '{{}}'"  # which says no more
            if moved_by(world, write) not in (None, [is_shown, False]):
                wrong[write] = "shown" if is_shown else "not shown"

    assert wrong == {}
    # One by hand for each kind of table: there were columns to write to.
    assert {("messages", "content"), ("users", "email"), ("tags", "name")} < shown
    assert ("users", "sign_in_count") not in shown
    assert len(columns_of_tables) > 150


def test_rows_that_come_and_go_move_their_conversation(world: Chatwoot) -> None:
    tables = {table for table, _ in columns_read(world, FINAL, CONTEXT)}
    # What would be twice what has to be unique.
    other = '{"id": 999, "message_id": 999, "tag_id": 999, "sla_policy_id": 999}'
    for table in tables:
        leaves = f"delete from {table} where {shown_row(table)}"
        assert moved_by(world, leaves) == [True, False], leaves
    for table in (tables & BY_VERSION) - {"conversations"}:
        comes = (
            f"insert into {table} select (jsonb_populate_record({table}, '{other}')).*"
            f" from {table} where {shown_row(table)}"
        )
        assert moved_by(world, comes) == [True, False], comes

    assert len(tables) == (14 if "applied_slas" in tables else 13)


WRITES = {
    "message stays the same": (
        "update messages set content = content where id = 1",
        True,
    ),
    "label of a contact": (
        "insert into taggings (taggable_id, tag_id, taggable_type, context)"
        " values (1, 1, 'Contact', 'labels')",
        False,
    ),
    "tagging that is no label": (
        "insert into taggings (taggable_id, tag_id, taggable_type, context)"
        " values (1, 1, 'Conversation', 'skills')",
        False,
    ),
    "contact's other attributes": (
        f"update contacts set additional_attributes = '[1]' where id = {CONTACT}",
        False,
    ),
    "phone of who wrote first": (
        f"update contacts set phone_number = '+551' where id = {OTHER_CONTACT}",
        True,
    ),
    "name of who wrote first": (
        f"update contacts set name = 'Bia' where id = {OTHER_CONTACT}",
        False,
    ),
}


@pytest.mark.parametrize(("write", "is_change"), WRITES.values(), ids=WRITES.keys())
def test_write_moves_its_conversation(
    world: Chatwoot, write: str, is_change: bool
) -> None:
    assert moved_by(world, write) == [is_change, False]


# ---------- deployment


@pytest.fixture(params=chatwoot.SHAPES)
def fresh(
    new_database: Callable[[str], Connection], request: pytest.FixtureRequest
) -> Iterator[Chatwoot]:
    """A Chatwoot of its own for one test, without views, as its plain owner."""
    login = new_database("fresh")
    with closing(psycopg2.connect(**login)) as connection:
        connection.autocommit = True
        chatwoot.create(connection, request.param)
        yield Chatwoot(str(login["dbname"]), connection, login, {})


def columns(database: Chatwoot, view: str) -> dict[str, str]:
    return dict(
        database.query(
            "select attname::text, format_type(atttypid, null) from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 order by attnum",
            view,
        )
    )


def deployed(database: Chatwoot, schema: str = "public") -> set[str]:
    return {
        view
        for (view,) in database.query(
            "select viewname::text from pg_views where schemaname = %s", schema
        )
    }


def assert_contract(database: Chatwoot) -> None:
    """Names, order and types are the declared ones; ours has 118 columns."""
    assert len(declared_columns()) == 118
    declared = {view: declared_columns(table) for table, view in LOADED_VIEWS.items()}
    for view, expected in (declared | PROBE_VIEWS).items():
        assert list(columns(database, view).items()) == list(expected.items())


def test_columns_are_the_declared_ones(fresh: Chatwoot) -> None:
    assert views.deploy(fresh.connection) == len(views.names())

    assert fresh.value("select current_setting('is_superuser')") == "off"
    assert deployed(fresh) == set(views.names())
    assert views.is_deployed(fresh.connection)
    assert_contract(fresh)


def test_fork_with_more_columns(fresh: Chatwoot) -> None:
    """Some are named as what the views name themselves."""
    tables = fresh.query(
        "select relname from pg_class where relkind = 'r' and relowner ="
        " current_user::regrole and relnamespace = 'public'::regnamespace"
    )
    names = ("conversation_id", "message_id", "labels", "timezone", "status", "name")
    names += ("sent_at", "sender_class", "created_on", "is_open", "id", "blocked")
    for (table,) in tables:
        for name in (*names, "kanban_step"):
            fresh.execute(
                sql.SQL("alter table {} add if not exists {} text").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
    views.deploy(fresh.connection)

    assert_contract(fresh)
    builder = Builder(fresh)
    builder.opening_hours(INBOX, hours=(9, 0, 17, 0))
    conversation = builder.conversation(customer(), bot(), status=1)
    assert_values(builder.row(conversation), t_messages=2, is_bot_resolved=True)
    fresh.execute("alter table conversations add later_column text")
    assert_contract(fresh)


def test_deploying_again_keeps_rows_and_grants(
    fresh: Chatwoot, source_server: TestServer
) -> None:
    views.deploy(fresh.connection)
    conversation = Builder(fresh).conversation(customer())
    reader = sql.Identifier(source_server.reader)
    for statement in ("select on {} to {}", "select on vw_agents to public, {1}"):
        fresh.execute(
            sql.SQL("grant " + statement).format(sql.Identifier(FINAL), reader)
        )

    views.deploy(fresh.connection)
    views.deploy(fresh.connection)

    assert deployed(fresh) == set(views.names())
    granted = {
        view
        for view in views.names()
        if fresh.value(
            "select has_table_privilege(%s, %s, 'select')", source_server.reader, view
        )
    }
    assert granted == {FINAL, "vw_agents"}
    assert fresh.value("select has_table_privilege('public', 'vw_agents', 'select')")
    assert fresh.query("select conversation_id from vw_conversation_context") == [
        (conversation,)
    ]


def test_another_schema(fresh: Chatwoot) -> None:
    fresh.execute("alter schema public rename to chatwoot")
    fresh.execute("create schema public")

    views.deploy(fresh.connection, "chatwoot")

    assert deployed(fresh, "chatwoot") == set(views.names())
    assert deployed(fresh) == set()
    views.remove(fresh.connection, "chatwoot")
    assert deployed(fresh, "chatwoot") == set()


def test_failed_deployment_changes_nothing(fresh: Chatwoot) -> None:
    views.deploy(fresh.connection)
    before = columns(fresh, FINAL)
    conversation = Builder(fresh).conversation(customer())
    fresh.execute("alter table taggings rename context to tag_context")

    with pytest.raises(views.DeploymentError, match="context"):
        views.deploy(fresh.connection)

    assert deployed(fresh) == set(views.names())
    assert columns(fresh, FINAL) == before
    assert fresh.query(f"select conversation_id from {FINAL}") == [(conversation,)]


def test_view_of_somebody_else_is_not_dropped(fresh: Chatwoot) -> None:
    views.deploy(fresh.connection)
    fresh.execute("create view their_report as select * from vw_teams")

    with pytest.raises(views.DeploymentError, match="their_report"):
        views.deploy(fresh.connection)
    with pytest.raises(views.DeploymentError, match="their_report"):
        views.remove(fresh.connection)

    assert deployed(fresh) == {*views.names(), "their_report"}


def test_removing_leaves_the_tables(fresh: Chatwoot) -> None:
    tables = "select count(*) from pg_class where relkind = 'r'"
    before = fresh.value(tables)
    views.deploy(fresh.connection)

    views.remove(fresh.connection)
    views.remove(fresh.connection)

    assert deployed(fresh) == set()
    assert fresh.value(tables) == before
    assert not views.is_deployed(fresh.connection)


def test_files_run_in_order_without_the_loader(fresh: Chatwoot) -> None:
    """As with psql: one by one, each statement on its own, twice."""
    for file in (*views.files(), *views.files()):
        fresh.execute(file.read_text())

    assert deployed(fresh) == set(views.names())
    assert views.is_deployed(fresh.connection)
    assert_contract(fresh)
    fresh.execute((views.FOLDER / "drop_views.sql").read_text())
    assert deployed(fresh) == set()


# ---------- who may read what

SECRET = "password|token|secret|otp|provider_config|hmac|imap_login|smtp_login"


def test_no_view_shows_a_secret(chat: Builder) -> None:
    chat.conversation(customer(), agent(), assignee_id=AGENT)
    channel = {"account_id": ACCOUNT, "id": 1}
    chat.insert("channel_whatsapp", phone_number="+551130000000", **channel)
    chat.insert("channel_api", **channel)
    chat.insert("channel_web_widgets", **channel)
    chat.insert("channel_email", email="a@b.c", forward_to_email="a@b.c", **channel)
    chat.insert("agent_bots", account_id=ACCOUNT, name="Robô")
    chat.insert(
        "contact_inboxes", contact_id=CONTACT, inbox_id=INBOX, source_id="551198"
    )
    chat.execute("delete from users where id <> %s", AGENT)
    secrets = chat.query(
        """
        select table_name::text, column_name::text, data_type::text
        from information_schema.columns
        inner join information_schema.tables
            using (table_schema, table_name)
        where
            table_schema = 'public'
            and table_type = 'BASE TABLE'
            and column_name ~ %s
            and data_type not in ('boolean', 'timestamp without time zone')
        """,
        SECRET,
    )
    assert len(secrets) >= 15
    for table, column, data_type in secrets:
        canary = '"canary"' if data_type.startswith("json") else "canary"
        chat.execute(
            sql.SQL("update {} set {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            ),
            canary,
        )
        text = sql.SQL("select string_agg({0}::text, '') from {0}")
        assert "canary" in chat.value(text.format(sql.Identifier(table)))

    # Nor does one read it for what it shows, as the length of it.
    read = columns_read(chat, *views.names())
    assert read & {(table, column) for table, column, _ in secrets} == set()
    for view in views.names():
        shown = chat.value(
            sql.SQL("select coalesce(string_agg({0}::text, ''), '') from {0}").format(
                sql.Identifier(view)
            )
        )
        assert "canary" not in shown
        assert not chat.query(
            "select attname from pg_attribute"
            " where attrelid = %s::regclass and attname ~ %s",
            view,
            SECRET,
        )


def test_reader_reads_its_views_and_nothing_else(
    new_chatwoot: Callable[..., Chatwoot],
) -> None:
    database = new_chatwoot()
    Builder(database).conversation(customer())
    relations = {
        name
        for (name,) in database.query(
            "select relname::text from pg_class where relkind in ('r', 'v')"
            " and relnamespace = 'public'::regnamespace"
        )
    }
    readable = set()
    with closing(psycopg2.connect(**database.reader)) as connection:
        connection.autocommit = True
        for name in relations:
            with connection.cursor() as cursor:
                try:
                    cursor.execute(
                        sql.SQL("select * from {}").format(sql.Identifier(name))
                    )
                    readable.add(name)
                except psycopg2.errors.InsufficientPrivilege:
                    continue
    database.connection.close()

    assert len(relations) > 30
    assert readable == set(Snapshot.views())


@pytest.mark.parametrize(
    "statement",
    [
        "insert into vw_teams (team_name) values ('a')",
        "update vw_teams set team_name = 'a'",
        "delete from vw_teams",
        "delete from teams",
        "truncate messages",
        "create table mine (id integer)",
        "create temporary table mine (id integer)",
        "drop view vw_teams",
        "select nextval('messages_id_seq')",
    ],
)
@pytest.mark.parametrize("read_only", ["on", "off"])
def test_reader_writes_nothing(
    databases: dict[str, Chatwoot], statement: str, read_only: str
) -> None:
    with (
        closing(psycopg2.connect(**databases["current"].reader)) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        cursor.execute("show default_transaction_read_only")
        assert cursor.fetchone() == ("on",)
        cursor.execute(f"set default_transaction_read_only = {read_only}")
        refusals = (
            psycopg2.errors.InsufficientPrivilege,
            psycopg2.errors.ReadOnlySqlTransaction,
        )
        with pytest.raises(refusals):
            cursor.execute(statement)


# ---------- many rows


def assert_one_row_per_conversation(database: Chatwoot) -> None:
    conversations = database.value("select count(*) from conversations")
    counts = "select count(*), count(distinct conversation_id) from {}"
    for view in COMPLETE_VIEWS:
        assert database.query(sql.SQL(counts).format(sql.Identifier(view))) == [
            (conversations, conversations)
        ]
    for view in PARTIAL_VIEWS:
        ((rows, distinct),) = database.query(
            sql.SQL(counts).format(sql.Identifier(view))
        )
        assert 0 < rows == distinct <= conversations


@pytest.mark.parametrize("shape", chatwoot.SHAPES)
def test_one_row_per_conversation_of_the_demo(
    new_database: Callable[[str], Connection], shape: str
) -> None:
    login = new_database("demo")
    with closing(psycopg2.connect(**login)) as connection:
        connection.autocommit = True
        chatwoot.create(connection)
        chatwoot.generate(connection, 2000, until=NOW)
        database = Chatwoot(str(login["dbname"]), connection, login, {})
        if shape == "3.0":
            chatwoot.downgrade(connection)
        views.deploy(connection)

        assert database.value("select count(*) from conversations") > 1900
        assert_one_row_per_conversation(database)


MANY = 100_000
# Unlogged, and with most indexes built afterwards, it takes a third of the time.
# Without autovacuum there are no statistics until we ask for them.
FILL = """
create temporary table later_indexes as
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
from pg_index
where
    indrelid in ('messages'::regclass, 'conversations'::regclass)
    and not indisunique;

do $$
declare
    name text;
begin
    for name in select later_indexes.name from later_indexes loop
        execute 'drop index ' || name;
    end loop;
    foreach name in array array[
        'contacts', 'conversations', 'messages', 'reporting_events', 'taggings'
    ] loop
        execute format('alter table %s set unlogged', name);
        execute format('alter table %s set (autovacuum_enabled = off)', name);
    end loop;
end
$$;


insert into inboxes (channel_id, account_id, name, created_at, updated_at)
select number, {account}, 'Unidade ' || number, now(), now()
from generate_series(1, 12) as number;

insert into working_hours (
    inbox_id, day_of_week, open_hour, open_minutes, close_hour, close_minutes,
    created_at, updated_at
)
select inboxes.id, day, 9, 0, 17, 0, now(), now()
from inboxes, generate_series(0, 6) as day;

insert into users (uid, name, created_at, updated_at)
select number, 'Agente ' || number, now(), now()
from generate_series(1, 40) as number;

insert into contacts (account_id, name, phone_number, created_at, updated_at)
select {account}, 'Contato ' || number, '+55' || number, now(), now()
from generate_series(1, {many} / 2) as number;

insert into conversations (
    account_id, inbox_id, contact_id, assignee_id, status, created_at, updated_at
)
select
    {account}, 1 + number % 12, 1 + number % ({many} / 2), 1 + number % 40,
    number % 2, timestamp '2024-01-01' + number * interval '5 minutes', now()
from generate_series(1, {many}) as number;

-- The messages of a conversation lie far apart, as in life.
insert into messages (
    conversation_id, account_id, inbox_id, message_type, sender_type, sender_id,
    content, created_at, updated_at
)
select
    number, {account}, 1 + number % 12, step % 2,
    case when step % 2 = 0 then 'Contact' else 'User' end,
    case when step % 2 = 0 then 1 + number % ({many} / 2) else 1 + number % 40 end,
    repeat('treino ', 1 + (number * step) % 20),
    timestamp '2024-01-01' + number * interval '5 minutes' + step * interval '1 hour',
    now()
from generate_series(0, 11) as step, generate_series(1, {many}) as number;

insert into csat_survey_responses (
    account_id, conversation_id, message_id, rating, contact_id, created_at, updated_at
)
select {account}, number * 10, number, 1 + number % 5, 1, now(), now()
from generate_series(1, {many} / 10) as number;

insert into reporting_events (conversation_id, name, created_at, updated_at)
select number, 'conversation_resolved', now(), now()
from generate_series(1, {many}) as number;

insert into tags (name) select 'label ' || number from generate_series(1, 12) as number;

insert into taggings (tag_id, taggable_type, taggable_id, context)
select 1 + number % 12, 'Conversation', number, 'labels'
from generate_series(1, {many} / 2) as number;

insert into applied_slas (
    account_id, sla_policy_id, conversation_id, created_at, updated_at
)
select {account}, 1, number, now(), now()
from generate_series(1, {many} / 5) as number;

do $$
declare
    definition text;
begin
    for definition in select later_indexes.definition from later_indexes loop
        execute definition;
    end loop;
end
$$;
"""


def test_fifty_of_many_conversations_are_read_by_index(
    new_chatwoot: Callable[..., Chatwoot],
) -> None:
    database = new_chatwoot()
    Builder(database)
    database.execute(FILL.format(account=ACCOUNT, many=MANY))
    ids = list(range(1, MANY, MANY // 50))

    for has_statistics in (False, True):
        if has_statistics:
            database.execute("analyze")
        for view in (FINAL, CONTEXT):
            (explained,) = database.value(
                f"explain (analyze, buffers, format json) select * from {view}"
                " where conversation_id = any(%s)",
                ids,
            )
            plan = explained["Plan"]
            assert plan["Actual Rows"] == len(ids)
            assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 4000
            for table in scanned_whole(plan):
                rows = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
                assert database.value(rows) <= 1000, f"{view} scans {table}"
    database.connection.close()


def scanned_whole(plan: dict[str, object]) -> set[str]:
    """The tables that a plan reads from one end to the other."""
    found = {plan["Relation Name"]} if plan["Node Type"].endswith("Seq Scan") else set()
    return found.union(*map(scanned_whole, plan.get("Plans", [])))
