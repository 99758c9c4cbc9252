"""Conversations written by hand, encoded in the database as Chatwoot encodes them."""

import json
from datetime import datetime, timedelta

from conftest import Chatwoot
from psycopg2 import sql
from psycopg2.extras import Json

# A Wednesday, noon in São Paulo.
START = datetime(2024, 3, 13, 15, 0)

ACCOUNT = 500_001
INBOX = 500_002
CONTACT = 500_003
OTHER_CONTACT = 500_004
AGENT = 500_005
AI_USER = 500_006  # known as an AI to the views
TEAM = 500_007
BOT = 500_008
CAPTAIN = 500_009

WITHOUT_TIMESTAMPS = {"tags", "taggings"}

Message = dict[str, object]


# ---------- who speaks; `after` is in seconds since the conversation was created


def customer(text: str | None = "Oi", **values: object) -> Message:
    return {"message_type": 0, "sender_type": "Contact", "content": text} | values


def agent(text: str | None = "Olá!", user: int = AGENT, **values: object) -> Message:
    sender = {"sender_type": "User", "sender_id": user}
    return {"message_type": 1, "content": text} | sender | values


def ai_user(text: str = "Sou a assistente.", **values: object) -> Message:
    return agent(text, AI_USER, **values)


def bot(text: str = "Sou o robô.", **values: object) -> Message:
    return agent(text, BOT, sender_type="AgentBot", **values)


def captain(text: str = "Sou o capitão.", **values: object) -> Message:
    return agent(text, CAPTAIN, sender_type="Captain::Assistant", **values)


def fork_ai(text: str = "Sou a IA.", **values: object) -> Message:
    """The sender type of an AI in a fork of Chatwoot."""
    return agent(text, BOT, sender_type="AiAgent", **values)


def call_missed(text: str = "WhatsApp Call", **values: object) -> Message:
    """A customer's call that nobody took."""
    data = {"status": "no_answer", "call_direction": "incoming"}
    return customer(text, content_type=12, attributes={"data": data}, **values)


def call_taken(text: str = "WhatsApp Call", **values: object) -> Message:
    """A customer's call that the agent took."""
    data = {
        "status": "completed",
        "call_direction": "incoming",
        "accepted_by": {"id": AGENT, "name": "Ana"},
    }
    return customer(text, content_type=12, attributes={"data": data}, **values)


def nobody(text: str = "Olá!", **values: object) -> Message:
    """An outgoing message without a sender."""
    return agent(text, **{"sender_type": None, "sender_id": None} | values)


def phone(
    text: str = "Respondi do celular.",
    attributes: dict[str, object] | None = None,
    **values: object,
) -> Message:
    echo = {"external_echo": True} | (attributes or {})
    return nobody(text, attributes=echo, **values)


def automation_rule(text: str = "Um momento!", **values: object) -> Message:
    return nobody(text, attributes={"automation_rule_id": 7}, **values)


def campaign(text: str = "Volte a treinar!", **values: object) -> Message:
    return agent(text, additional_attributes={"campaign_id": 3}, **values)


def whatsapp_template(text: str = "Seu plano vence hoje.", **values: object) -> Message:
    parameters = {"name": "vencimento", "category": "UTILITY", "language": "pt_BR"}
    return agent(text, additional_attributes={"template_params": parameters}, **values)


def greeting(text: str = "Bem-vindo à AllpFit!", **values: object) -> Message:
    return nobody(text, message_type=3, **values)


def survey(text: str = "Avalie o atendimento.", **values: object) -> Message:
    return greeting(text, content_type=9, **values)


def survey_by_template(
    text: str = "Avalie o atendimento.", **values: object
) -> Message:
    return nobody(text, content_type=9, **values)


def activity(text: str = "Conversa foi resolvida", **values: object) -> Message:
    return nobody(text, message_type=2, **values)


def note(text: str = "Aluno antigo", **values: object) -> Message:
    return agent(text, private=True, **values)


# ---------- writing


class Builder:
    """Writes rows into a Chatwoot database that has no others."""

    def __init__(self, chatwoot: Chatwoot) -> None:
        self.execute = chatwoot.execute
        self.query = chatwoot.query
        self.value = chatwoot.value
        self.connection = chatwoot.connection
        self.insert("accounts", id=ACCOUNT, name="AllpFit")
        self.inbox("AllpFit Centro", id=INBOX)
        self.insert(
            "contacts",
            id=CONTACT,
            account_id=ACCOUNT,
            name="Maria Souza",
            phone_number="+5511988887777",
            email="maria@example.com",
            identifier="aluna-42",
        )
        self.insert(
            "contacts",
            id=OTHER_CONTACT,
            account_id=ACCOUNT,
            name="João",
            phone_number="+5511966665555",
        )
        self.insert("users", id=AGENT, uid="ana", name="Ana", email="ana@example.com")
        self.insert("users", id=AI_USER, uid="ia", name="Assistente")
        self.insert("teams", id=TEAM, account_id=ACCOUNT, name="Recepção")
        self.execute(
            "select set_config('allpfit.ai_user_ids', %s, false)", f"{{{AI_USER}}}"
        )

    def insert(self, table: str, **values: object) -> int:
        """Insert a row and return its id; Chatwoot always writes the timestamps."""
        if table not in WITHOUT_TIMESTAMPS:
            values = {"created_at": START, "updated_at": START} | values
        statement = sql.SQL("insert into {} ({}) values ({}) returning id").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        encoded = (
            Json(value) if isinstance(value, dict | list) else value
            for value in values.values()
        )
        return self.value(statement, *encoded)

    def inbox(self, name: str = "AllpFit", **values: object) -> int:
        common = {
            "account_id": ACCOUNT,
            "channel_id": 1,
            "channel_type": "Channel::Whatsapp",
        }
        return self.insert("inboxes", name=name, **common | values)

    def opening_hours(
        self,
        inbox: int,
        days: tuple[int, ...] = tuple(range(7)),
        hours: tuple[int, int, int, int] | None = None,
        **values: object,
    ) -> None:
        """Give the inbox the same hours, minutes (from, to) on each of the days."""
        names = ("open_hour", "open_minutes", "close_hour", "close_minutes")
        interval = dict(zip(names, hours or (None,) * 4, strict=True))
        for day in days:
            self.insert(
                "working_hours",
                account_id=ACCOUNT,
                inbox_id=inbox,
                day_of_week=day,
                **interval | values,
            )

    def conversation(self, *messages: Message, **values: object) -> int:
        """Insert a conversation, a message each minute unless they say `after`."""
        common = {
            "account_id": ACCOUNT,
            "inbox_id": INBOX,
            "contact_id": CONTACT,
            "display_id": 0,  # a trigger numbers them
            "last_activity_at": START,
        }
        conversation = self.insert("conversations", **common | values)
        for number, message in enumerate(messages):
            self.message(conversation, **{"after": 60 * number} | message)
        return conversation

    def message(
        self,
        conversation: int,
        after: float = 0,
        attributes: object = None,
        **values: object,
    ) -> int:
        """Insert a message; `attributes` become a JSON string that holds JSON text."""
        ((account, inbox, contact, created_at),) = self.query(
            "select account_id, inbox_id, contact_id, created_at"
            " from conversations where id = %s",
            conversation,
        )
        sent_at = created_at + timedelta(seconds=after)
        common = {
            "conversation_id": conversation,
            "account_id": account,
            "inbox_id": inbox,
            "created_at": sent_at,
            "updated_at": sent_at,
        }
        if values.get("sender_type") == "Contact":
            common["sender_id"] = contact
        if attributes is not None:
            common["content_attributes"] = Json(
                json.dumps(attributes, separators=(",", ":"))
            )
        return self.insert("messages", **common | values)

    def attachment(self, message: int, file_type: int = 0) -> int:
        """Insert a file of a message: 0 image, 1 audio, 2 video, 3 file."""
        return self.insert(
            "attachments", account_id=ACCOUNT, message_id=message, file_type=file_type
        )

    def answer(
        self, conversation: int, rating: int, feedback: str | None = None, **values
    ) -> int:
        """Insert an answer to a new survey of the conversation."""
        common = {
            "account_id": ACCOUNT,
            "contact_id": CONTACT,
            "conversation_id": conversation,
            "rating": rating,
            "feedback_message": feedback,
        }
        if "message_id" not in values:
            common["message_id"] = self.message(conversation, **survey())
        return self.insert("csat_survey_responses", **common | values)

    def event(
        self, conversation: int, name: str, after: float = 0, **values: object
    ) -> int:
        """Insert a reporting event that happened `after` seconds, and its job later."""
        happened_at = START + timedelta(seconds=after)
        common = {
            "account_id": ACCOUNT,
            "inbox_id": INBOX,
            "conversation_id": conversation,
            "value": after,
            "event_start_time": START,
            "event_end_time": happened_at,
            "created_at": happened_at + timedelta(seconds=30),
        }
        return self.insert("reporting_events", name=name, **common | values)

    def label(self, conversation: int, name: str, **values: object) -> int:
        found = self.query("select id from tags where name = %s", name)
        common = {
            "tag_id": found[0][0] if found else self.insert("tags", name=name),
            "taggable_type": "Conversation",
            "taggable_id": conversation,
            "context": "labels",
            "created_at": START,
        }
        return self.insert("taggings", **common | values)

    # ---------- reading

    def row(
        self, conversation: int, view: str = "vw_conversations_analytics_final"
    ) -> dict[str, object]:
        """The one row that a view has for the conversation."""
        statement = sql.SQL("select * from {} where conversation_id = %s").format(
            sql.Identifier(view)
        )
        with self.connection.cursor() as cursor:
            cursor.execute(statement, (conversation,))
            (row,) = cursor.fetchall()
            return dict(
                zip((column.name for column in cursor.description), row, strict=True)
            )
