"""The words that the cases are written in: who says what when, and what is expected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatwoot_builder import (
    AGENT,
    START,
    Message,
    activity,
    agent,
    ai_user,
    automation_rule,
    bot,
    call_missed,
    call_taken,
    campaign,
    captain,
    customer,
    fork_ai,
    greeting,
    nobody,
    note,
    phone,
    survey,
    survey_by_template,
    whatsapp_template,
)
from conftest import NOW

SECOND, MINUTE, HOUR, DAY = 1, 60, 3_600, 86_400
OPEN, RESOLVED, PENDING, SNOOZED = range(4)
Speaker = Callable[..., Message]

# Expected of a column that must hold something, whatever it is.
SOMETHING = object()

# The sender class of what each speaker writes; None where it is not stated.
SENDER_CLASS: dict[Speaker, str | None] = {
    customer: "contact",
    call_missed: "contact",
    call_taken: None,  # the customer's row, and the answer of who took it
    bot: "ai",
    captain: "ai",
    fork_ai: "ai",
    ai_user: "ai",
    agent: "human",
    whatsapp_template: "human",  # an agent who starts a conversation
    phone: "human_phone",
    campaign: "automation",
    automation_rule: "automation",
    greeting: "automation",
    survey: "automation",
    survey_by_template: "automation",
    nobody: "automation",  # such as a deleted user
    activity: "activity",
    note: "note",
}

# Who solved an episode follows from how it ended.
RESOLVER = {
    "ai_resolved_confirmed": "ai",
    "ai_resolved_assumed": "ai",
    "human_resolved": "human",
    "ai_human_resolved": "ai_human",
    "ai_abandoned": "none",
    "unanswered": "none",
    "waiting_us": "none",
    "waiting_customer": "none",
    "outbound_no_reply": "none",
    "immature": "none",
}

CONTACT_NAME = "Maria Souza"

# What Chatwoot 4.16 writes when no person did it: automation.system_name in its
# config/locales, where all lines of the cases come from (conversations.activity).
SYSTEM = "Sistema de Automação"
SYSTEM_IN_ENGLISH = "Automation System"

# What Chatwoot writes into the conversation when somebody or something resolves it.
RESOLVED_BY = {
    "agent": "Conversa foi marcada como resolvida por Ana",
    "ai": "Conversa foi marcada como resolvida por Assistente",
    "auto_resolve": (
        "Conversa foi marcada como resolvida pelo sistema"
        " devido a 3 dias de inatividade"
    ),
    "automation": "Conversa foi marcada como resolvida por Automação do sistema",
    "contact": f"Conversa foi resolvida por {CONTACT_NAME}",
}


def ago(**duration: float) -> datetime:
    """The moment that long before the load."""
    return NOW - timedelta(**duration)


# ---------- what happens; `after` is in seconds since the conversation was created


@dataclass(frozen=True)
class Said:
    """A message, the episode it must belong to, and other columns it must have."""

    after: float
    who: Speaker
    text: str | None
    episode: int | None
    expected: Mapping[str, object] = field(default_factory=dict)
    stored: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Happened:
    """An event that Chatwoot recorded for its own reports."""

    after: float
    name: str
    user_id: int | None = None


@dataclass(frozen=True)
class Labelled:
    """A label put on the conversation, of which only the moment is known."""

    after: float
    label: str


@dataclass(frozen=True)
class Rated:
    """The customer's answer to a survey, counted from 1 within the conversation."""

    after: float
    rating: int
    survey: int = 1


Step = Said | Happened | Labelled | Rated


def say(
    after: float,
    who: Speaker,
    text: str | None,
    episode: int | None,
    stored: Mapping[str, object] | None = None,
    **expected: object,
) -> Said:
    """A message; `stored` are columns of Chatwoot, `expected` those of ours."""
    return Said(after, who, text, episode, expected, stored or {})


def resolved(after: float, episode: int, by: str, by_bot: bool = False) -> list[Step]:
    """All that Chatwoot writes when a conversation is resolved.

    `by_bot` adds the event of a bot's resolution, which Chatwoot records whenever no
    user wrote, whoever pressed the button.
    """
    user = AGENT if by == "agent" else None
    steps: list[Step] = [Happened(after, "conversation_resolved", user)]
    if by_bot:
        steps.append(Happened(after, "conversation_bot_resolved", user))
    return [*steps, say(after, activity, RESOLVED_BY[by], episode)]


def did(after: float, line: str, episode: int | None) -> Said:
    """A line that Chatwoot wrote about what somebody or something did."""
    return say(after, activity, line, episode)


def resolved_with_line(
    after: float, episode: int, line: str, user: int | None = None
) -> list[Step]:
    """A resolve with a line in any words, and the user of the event."""
    return [Happened(after, "conversation_resolved", user), did(after, line, episode)]


def failed(**stored: object) -> dict[str, object]:
    """What Chatwoot stores of a message that WhatsApp refused."""
    error = {"external_error": "131047: Re-engagement message"}
    return {"status": 3, "attributes": error} | stored


def reaction(to: int | None = None) -> dict[str, object]:
    """What integrations store of an emoji that reacts to a message: to one that nobody
    knows, or to one of the conversation, counted from 1."""
    return {"attributes": {"is_reaction": True, "in_reply_to": 1}, "reacts_to": to}


def deleted() -> dict[str, object]:
    """What Chatwoot stores of a message that was taken back."""
    return {"attributes": {"deleted": True}}


def episode(outcome: str, **columns: object) -> dict[str, object]:
    """What an episode must be; times (`*_at`) are in seconds, like `after`."""
    if outcome not in RESOLVER:
        raise ValueError(f"no such outcome: {outcome}")
    return {"outcome": outcome, "resolver": RESOLVER[outcome]} | columns


# ---------- the queue: what `mart_operational_queue` must say of a conversation

BANDS = (
    "under_15_minutes",
    "15_to_60_minutes",
    "1_to_4_hours",
    "4_to_24_hours",
    "1_to_7_days",
)


def waits(since: float, band: str, **others: object) -> dict[str, object]:
    """The customer waits for a person, since that many seconds after the start."""
    if band not in BANDS:
        raise ValueError(f"no such band: {band}")
    return {
        "queue": "human",
        "queue_waiting": 1,
        "queue_forgotten": 0,
        "queue_newly_forgotten": 0,
        "queue_ai_silent": 0,
        "waiting_since": since,
        "wait_band": band,
    } | others


def ai_is_silent(since: float) -> dict[str, object]:
    """The AI holds the conversation, and has not answered for too long."""
    return {
        "queue": "ai",
        "queue_forgotten": 0,
        "queue_ai_silent": 1,
        "waiting_since": since,
    }


def forgotten(newly: bool) -> dict[str, object]:
    """The customer waits for longer than the queue looks back."""
    return {
        "queue_waiting": 0,
        "queue_forgotten": 1,
        "queue_newly_forgotten": int(newly),
        "queue_unassigned": 0,
    }


def nobody_waits() -> dict[str, object]:
    """It is not our turn, or the conversation is not in the queue at all."""
    return {
        "queue_waiting": 0,
        "queue_forgotten": 0,
        "queue_newly_forgotten": 0,
        "queue_ai_silent": 0,
        "queue_unassigned": 0,
    }


# ---------- conversations and cases


@dataclass(frozen=True)
class Conversation:
    """What happened in a conversation, and the episodes it must be made of."""

    steps: list[Step]
    episodes: list[dict[str, object]]
    start: datetime = START
    status: int = OPEN
    inbox: str = "plain"
    contact: int = 1  # its number in the case; all of a case have the same phone
    contact_stored: Mapping[str, object] = field(default_factory=dict)
    stored: Mapping[str, object] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    queue: Mapping[str, object] | None = None  # not compared where not stated

    def __post_init__(self) -> None:
        named = {step.episode for step in self.said if step.episode is not None}
        if named != set(range(1, len(self.episodes) + 1)):
            raise ValueError(f"{len(self.episodes)} episodes, messages name {named}")

    @property
    def said(self) -> list[Said]:
        return [step for step in self.steps if isinstance(step, Said)]


CASES: dict[str, tuple[str, list[Conversation]]] = {}


def case(
    make: Callable[[], Conversation | list[Conversation]],
) -> Callable[[], Conversation | list[Conversation]]:
    """Register a case: its name is the function's, why it exists is the docstring."""
    if not make.__doc__ or make.__name__ in CASES:
        raise ValueError(f"{make.__name__}: no docstring, or the second of that name")
    made = make()
    conversations = made if isinstance(made, list) else [made]
    CASES[make.__name__] = (make.__doc__, conversations)
    return make
