"""How long the customer waited for a person, and who took over without being called."""

from datetime import datetime

from chatwoot_builder import (
    agent,
    automation_rule,
    bot,
    customer,
    greeting,
    phone,
)

from truth.language import (
    DAY,
    HOUR,
    MINUTE,
    Conversation,
    Happened,
    case,
    episode,
    failed,
    say,
)

ANNOUNCED = "Vou transferir você para a equipe."

# ============================================================ takeovers


@case
def takeover_with_nobody_waiting() -> list[Conversation]:
    """The AI had answered, a person adds a word hours later: no wait, not one of 0."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(5, bot, "Das 6h às 23h.", 1),
                *thanks,
                say(3 * HOUR, who, "E no feriado das 8h às 14h.", 1),
            ],
            [
                episode(
                    "ai_human_resolved",
                    has_handoff=False,
                    handoff_signal=None,
                    time_to_handoff_seconds=None,
                    has_takeover=True,
                    is_takeover_of_waiting=False,
                    human_wait_started_at=None,
                    human_response_seconds=None,
                    human_response_working_seconds=None,
                )
            ],
        )
        for who, thanks in (
            (agent, []),
            (phone, []),
            (agent, [say(60, customer, "Obrigada!", 1)]),
        )
    ]


@case
def takeover_of_a_waiting_customer() -> Conversation:
    """The AI left the second question open, the person came for it: a wait of five
    minutes, from that question and not from the first."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 23h.", 1),
            say(100, customer, "E no feriado?", 1),
            say(200, customer, "Alguém?", 1),
            say(400, agent, "Das 8h às 14h.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=False,
                has_takeover=True,
                is_takeover_of_waiting=True,
                human_wait_started_at=100,
                human_response_seconds=300,
            )
        ],
    )


@case
def person_after_a_handoff_is_no_takeover() -> Conversation:
    """Who was called did not take over."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, ANNOUNCED, 1),
            say(65, agent, "Cancelado.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=True,
                has_takeover=False,
                human_response_seconds=60,
            )
        ],
    )


@case
def person_before_the_ai_is_no_takeover() -> Conversation:
    """The person was there first: nothing was taken over, and he was waited for."""
    return Conversation(
        [
            say(0, customer, "Tem vaga?", 1),
            say(60, agent, "Tem, sim.", 1),
            say(120, customer, "Qual o valor?", 1),
            say(125, bot, "R$ 99 por mês.", 1),
            say(130, agent, "Isso mesmo, R$ 99.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=False,
                has_takeover=False,
                human_wait_started_at=0,
                human_response_seconds=60,
            )
        ],
    )


@case
def refused_takeover_took_nothing_over() -> Conversation:
    """What WhatsApp refused took nothing over."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 23h.", 1),
            say(60, agent, "E no feriado até as 14h.", 1, failed(), is_delivered=False),
        ],
        [episode("ai_resolved_assumed", has_takeover=False, has_human=False)],
    )


# ============================================================ waits


@case
def wait_where_no_ai_is() -> Conversation:
    """Without an AI too the customer waits for a person: from the first request,
    whatever the automatic texts say."""
    return Conversation(
        [
            say(0, customer, "Boa tarde, quero me matricular.", 1),
            say(2, greeting, "Bem-vindo! Já vamos responder.", 1),
            say(60, customer, "Oi?", 1),
            say(70, automation_rule, "Um momento!", 1),
            say(600, agent, "A matrícula é gratuita hoje.", 1),
        ],
        [
            episode(
                "human_resolved",
                human_wait_started_at=0,
                human_response_seconds=600,
                has_takeover=False,
            )
        ],
    )


@case
def nobody_came_has_no_wait_yet() -> Conversation:
    """Without a person's message there is no time, however long it has been."""
    return Conversation(
        [say(0, customer, "Boa tarde, quero me matricular.", 1)],
        [episode("unanswered", human_response_seconds=None)],
    )


@case
def wait_ends_with_the_first_message() -> Conversation:
    """A mere hello ends the wait for a person, though it answers nothing."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, ANNOUNCED, 1),
            say(305, agent, "Oi, sou a Ana. Tudo bem?", 1),
            say(3605, agent, "Cancelado.", 1),
        ],
        [episode("ai_human_resolved", human_response_seconds=300)],
    )


@case
def announcement_ends_the_ai_part_not_the_wait() -> Conversation:
    """What the AI says after the announcement does not shorten the wait."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, ANNOUNCED, 1),
            say(600, bot, "Nossa equipe já foi avisada.", 1),
            say(1205, agent, "Cancelado.", 1),
        ],
        [episode("ai_human_resolved", handoff_at=5, human_response_seconds=1200)],
    )


# ============================================================ working time
# The inbox "hours" is open Monday to Friday 6:00-22:00, Saturday 8:00-14:00.


@case
def friday_night_to_monday_morning() -> Conversation:
    """Promised on Friday at 22:55, taken up on Monday at 6:10: two days by the
    calendar; six hours of Saturday and ten minutes by our hours."""
    wall = 2 * DAY + 7 * HOUR + 15 * MINUTE
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, ANNOUNCED, 1),
            say(wall, agent, "Cancelado.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_at=5,
                hours_kind="after_hours",
                human_response_seconds=wall - 5,
                human_response_working_seconds=6 * HOUR + 10 * MINUTE,
            )
        ],
        start=datetime(2024, 3, 16, 1, 55),
        inbox="hours",
    )


@case
def friday_evening_to_saturday() -> Conversation:
    """Promised ten minutes before closing, taken up ten minutes after opening."""
    wall = 10 * HOUR + 20 * MINUTE
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, "O plano tem multa de 10%.", 1),
            Happened(10, "conversation_bot_handoff"),
            say(10 + wall, agent, "Cancelado.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_signal="bot_event",
                human_response_seconds=wall,
                human_response_working_seconds=20 * MINUTE,
            )
        ],
        start=datetime(2024, 3, 16, 0, 49, 50),
        inbox="hours",
    )


@case
def wait_wholly_outside_the_hours() -> list[Conversation]:
    """Sunday 10:00 to 11:00, or to the very moment of opening on Monday: no working
    time at all, which is not a fast answer of 0."""
    return [
        Conversation(
            [
                say(0, customer, "Quero cancelar.", 1),
                say(5, bot, ANNOUNCED, 1),
                say(wall, agent, "Cancelado.", 1),
            ],
            [
                episode(
                    "ai_human_resolved",
                    human_response_seconds=wall - 5,
                    human_response_working_seconds=None,
                )
            ],
            start=datetime(2024, 3, 17, 13, 0),
            inbox="hours",
        )
        for wall in (HOUR, 20 * HOUR)
    ]


@case
def wait_that_touches_the_hours() -> Conversation:
    """Half a minute after opening on Monday is half a minute of working time."""
    wall = 20 * HOUR + 30
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, ANNOUNCED, 1),
            say(wall, agent, "Cancelado.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                human_response_seconds=wall - 5,
                human_response_working_seconds=30,
            )
        ],
        start=datetime(2024, 3, 17, 13, 0),
        inbox="hours",
    )


@case
def human_wait_without_an_ai_in_working_time() -> Conversation:
    """The same where no AI is: asked at 23:30, answered at 6:10."""
    wall = 6 * HOUR + 40 * MINUTE
    return Conversation(
        [say(0, customer, "Tem toalha?", 1), say(wall, agent, "Sim.", 1)],
        [
            episode(
                "human_resolved",
                human_response_seconds=wall,
                human_response_working_seconds=10 * MINUTE,
            )
        ],
        start=datetime(2024, 3, 14, 2, 30),
        inbox="hours",
    )
