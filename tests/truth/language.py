"""The words that the cases are written in: who says what when, and what is expected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatwoot_builder import (
    AGENT,
    START,
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

SECOND, MINUTE, HOUR, DAY = 1, 60, 3_600, 86_400
OPEN, RESOLVED, PENDING, SNOOZED = range(4)
Speaker = Callable[..., Message]

# The sender class of what each speaker writes.
SENDER_CLASS: dict[Speaker, str] = {
    customer: "contact",
    bot: "ai",
    captain: "ai",
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

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)


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
class Rated:
    """The customer's answer to a survey, counted from 1 within the conversation."""

    after: float
    rating: int
    survey: int = 1


Step = Said | Happened | Rated


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


def episode(outcome: str, **columns: object) -> dict[str, object]:
    """What an episode must be; times (`*_at`) are in seconds, like `after`."""
    if outcome not in RESOLVER:
        raise ValueError(f"no such outcome: {outcome}")
    return {"outcome": outcome, "resolver": RESOLVER[outcome]} | columns


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
