"""Who closed it: the name in the line first, then the event's user, then the bot."""

from typing import Any

from chatwoot_builder import AGENT as ANA
from chatwoot_builder import AI_USER, agent, bot, customer

from truth.language import (
    CONTACT_NAME,
    DAY,
    RESOLVED,
    SYSTEM,
    SYSTEM_IN_ENGLISH,
    Conversation,
    Happened,
    Step,
    case,
    did,
    episode,
    resolved_with_line,
    say,
)

ANA_PAULA = 500_011  # beside "Ana"
ASSISTENTE_JUNIOR = 500_012  # a person, beside the AI named "Assistente"


def closed(
    outcome: str,
    closed_by: str,
    *steps: Step,
    person: bool = False,
    after: float = 600,
    **columns: Any,
) -> Conversation:
    """Answered, and closed by what the steps say."""
    who = agent if person else bot
    return Conversation(
        [
            say(0, customer, "Tem pilates?", 1),
            say(5, who, "Sim, às segundas.", 1),
            *steps,
        ],
        [episode(outcome, closed_by=closed_by, closed_at=after)],
        status=RESOLVED,
        **columns,
    )


@case
def longest_name_wins() -> list[Conversation]:
    """ "Ana Paula" is not "Ana", and a person whose name begins as the AI's is a
    person: the AI gets no credit for his work."""
    return [
        closed(
            "ai_human_resolved",
            "agent",
            *resolved_with_line(
                600, 1, f"Conversa foi marcada como resolvida por {name}"
            ),
        )
        for name in ("Ana Paula", "Assistente Júnior", "Ana")
    ]


@case
def whole_name_of_the_ai() -> list[Conversation]:
    """The AI closed it only where the whole name is the AI's."""
    return [
        closed("ai_resolved_assumed", "ai", *resolved_with_line(600, 1, line))
        for line in (
            "Conversa foi marcada como resolvida por Assistente",
            "Conversation was marked resolved by Assistente",
        )
    ]


@case
def renamed_person() -> Conversation:
    """The line has a name that nobody has any more; the event's user is a person."""
    return closed(
        "ai_human_resolved",
        "agent",
        *resolved_with_line(
            600, 1, "Conversa foi marcada como resolvida por Ana Solteira", ANA
        ),
    )


@case
def unknown_name_that_begins_as_the_ais() -> list[Conversation]:
    """A person who left, "Assistente Antiga", is not the AI "Assistente": with a user
    the event decides, without one nobody knows. The bot's event beside a line says
    nothing."""
    line = "Conversa foi marcada como resolvida por Assistente Antiga"
    return [
        closed("ai_human_resolved", "agent", *resolved_with_line(600, 1, line, ANA)),
        closed("ai_resolved_assumed", "unknown", *resolved_with_line(600, 1, line)),
        closed(
            "ai_resolved_assumed",
            "unknown",
            *resolved_with_line(600, 1, line),
            Happened(600, "conversation_bot_resolved"),
        ),
    ]


@case
def line_against_the_events_user() -> list[Conversation]:
    """The event's user is the assignee, a guess: the name in the line counts."""
    return [
        closed(
            "ai_human_resolved",
            "agent",
            *resolved_with_line(
                600, 1, "Conversa foi marcada como resolvida por Ana Paula", AI_USER
            ),
        ),
        closed(
            "ai_resolved_assumed",
            "ai",
            *resolved_with_line(
                600, 1, "Conversa foi marcada como resolvida por Assistente", ANA
            ),
        ),
    ]


@case
def events_user_without_a_line() -> list[Conversation]:
    """Without a line the event's user tells, a person or an AI, whatever the bot's
    event says."""
    return [
        closed(
            outcome,
            closed_by,
            Happened(600, "conversation_resolved", user),
            Happened(600, "conversation_bot_resolved", user),
        )
        for outcome, closed_by, user in (
            ("ai_human_resolved", "agent", ANA),
            ("ai_resolved_assumed", "ai", AI_USER),
        )
    ]


@case
def bots_event_without_a_line() -> Conversation:
    """Without a line and without a user the bot's event says AI."""
    return closed(
        "ai_resolved_assumed",
        "ai",
        Happened(600, "conversation_resolved"),
        Happened(600, "conversation_bot_resolved"),
    )


@case
def automation_in_the_words_of_chatwoot() -> list[Conversation]:
    """A rule, in both languages."""
    return [
        closed(
            "human_resolved",
            "automation",
            *resolved_with_line(600, 1, line),
            person=True,
        )
        for line in (
            f"Conversa foi marcada como resolvida por {SYSTEM}",
            f"Conversation was marked resolved by {SYSTEM_IN_ENGLISH}",
        )
    ]


@case
def inactivity_in_the_words_of_chatwoot() -> list[Conversation]:
    """The system, for inactivity, in the units and languages that Chatwoot knows."""
    return [
        closed(
            "ai_resolved_assumed",
            "auto_resolve",
            *resolved_with_line(3 * DAY, 1, line),
            after=3 * DAY,
        )
        for line in (
            "A conversa foi marcada como resolvida pelo sistema por ter 3 dias de"
            " inatividade",
            "A conversa foi marcada como resolvida pelo sistema por ter 72 horas de"
            " inatividade",
            "Conversation was marked resolved by system due to 3 days of inactivity",
        )
    ]


@case
def contact_in_the_words_of_chatwoot() -> list[Conversation]:
    """The customer closes it; Chatwoot writes the name with one capital letter."""
    return [
        closed("ai_resolved_assumed", "contact", *resolved_with_line(600, 1, line))
        for line in (
            f"A conversa foi resolvida por {CONTACT_NAME.capitalize()}",
            f"Conversation was resolved by {CONTACT_NAME.capitalize()}",
        )
    ]


@case
def name_of_a_bot() -> list[Conversation]:
    """A bot signs with its own name, which no user has; the event's user is the
    assignee, who did nothing."""
    return [
        closed(
            "ai_resolved_assumed",
            "ai",
            *resolved_with_line(
                600,
                1,
                "Conversa foi marcada como resolvida por Atendente virtual",
                user,
            ),
        )
        for user in (ANA, None)
    ]


@case
def contact_who_is_called_as_an_agent() -> list[Conversation]:
    """Customer and agent are both called Ana: of the customer Chatwoot writes that she
    resolved it, of the agent that she marked it so. "Ana maria" is no agent."""
    return [
        closed(
            outcome,
            closed_by,
            *resolved_with_line(600, 1, line),
            contact=len(name),
            contact_stored={"name": name},
        )
        for outcome, closed_by, line, name in (
            (
                "ai_resolved_assumed",
                "contact",
                "A conversa foi resolvida por Ana",
                "Ana",
            ),
            (
                "ai_resolved_assumed",
                "contact",
                "Conversation was resolved by Ana maria",
                "Ana Maria",
            ),
            (
                "ai_human_resolved",
                "agent",
                "Conversa foi marcada como resolvida por Ana",
                "Ana",
            ),
        )
    ]


@case
def line_of_something_else() -> Conversation:
    """A line about an assignment beside the resolve names no closer."""
    return closed(
        "ai_resolved_assumed",
        "ai",
        Happened(600, "conversation_resolved"),
        Happened(600, "conversation_bot_resolved"),
        did(600, "Atribuído a Ana por Ana Paula", 1),
    )
