"""Who waits now, since when, for whom; and who was forgotten.

"Now" is the moment of the load, which is fixed: borders are tried to the second.
"""

from datetime import timedelta

from chatwoot_builder import AGENT as ANA
from chatwoot_builder import (
    agent,
    ai_user,
    automation_rule,
    bot,
    campaign,
    customer,
    note,
)

from truth.language import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    OPEN,
    PENDING,
    RESOLVED,
    SNOOZED,
    Conversation,
    Happened,
    ago,
    ai_is_silent,
    case,
    episode,
    forgotten,
    nobody_waits,
    resolved,
    say,
    waits,
)

ANNOUNCED = "Vou transferir você para a equipe."


def asked(seconds_ago: float, outcome: str, queue: dict[str, object]) -> Conversation:
    """Asked that long before the load, in a unit without an AI."""
    return Conversation(
        [say(0, customer, "Alguém pode me ajudar?", 1)],
        [episode(outcome, waiting_since=0, last_waited_for_at=0)],
        start=NOW - timedelta(seconds=seconds_ago),
        inbox="without_ai",
        queue=queue,
    )


# ============================================================ bands and horizon


@case
def bands_are_half_open() -> list[Conversation]:
    """At exactly 15 minutes it is no longer under 15 minutes, and so on."""
    return [
        asked(seconds, outcome, waits(0, band))
        for seconds, outcome, band in (
            (10, "immature", "under_15_minutes"),
            (15 * MINUTE - 1, "immature", "under_15_minutes"),
            (15 * MINUTE, "immature", "15_to_60_minutes"),
            (60 * MINUTE - 1, "immature", "15_to_60_minutes"),
            (60 * MINUTE, "immature", "1_to_4_hours"),
            (4 * HOUR - 1, "immature", "1_to_4_hours"),
            (4 * HOUR, "immature", "4_to_24_hours"),
            (24 * HOUR - 1, "immature", "4_to_24_hours"),
            (24 * HOUR + 1, "unanswered", "1_to_7_days"),
            (7 * DAY - 1, "unanswered", "1_to_7_days"),
        )
    ]


@case
def older_than_the_horizon() -> list[Conversation]:
    """From seven days on a customer is forgotten: a number of its own, no alarm. In the
    first seven days of it he is newly forgotten."""
    return [
        asked(seconds, "unanswered", forgotten(newly))
        for seconds, newly in (
            (7 * DAY, True),
            (8 * DAY, True),
            (14 * DAY - 1, True),
            (14 * DAY + 1, False),
            (119 * DAY, False),
        )
    ]


@case
def still_asking_after_nine_days() -> Conversation:
    """The horizon counts from the last request, the age from the first: who still asks
    is not forgotten, and has waited for nine days. The last band holds him."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(3 * DAY, customer, "Alguém pode ver?", 1),
            say(7 * DAY, customer, "Ainda espero.", 1),
        ],
        [episode("unanswered", waiting_since=0, last_waited_for_at=7 * DAY)],
        start=ago(days=9),
        inbox="without_ai",
        queue=waits(0, "1_to_7_days", wait_seconds=9 * DAY),
    )


@case
def courtesy_keeps_nobody_from_being_forgotten() -> Conversation:
    """Only a request or a handoff moves the horizon, not thanks."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(7 * DAY, customer, "Obrigada", 1),
        ],
        [episode("unanswered", waiting_since=0, last_waited_for_at=0)],
        start=ago(days=9),
        inbox="without_ai",
        queue=forgotten(newly=True),
    )


@case
def snoozed_waits_for_nobody_yet() -> Conversation:
    """Put off by the team: no alarm until it wakes up, though the request is open."""
    return Conversation(
        [say(0, customer, "Alguém pode me ajudar?", 1)],
        [episode("immature", waiting_since=0)],
        start=ago(hours=3),
        status=SNOOZED,
        inbox="without_ai",
        queue=nobody_waits() | {"queue": "snoozed", "queue_snoozed": 1},
    )


# ============================================================ who waits


@case
def waits_for_a_person_who_was_promised() -> Conversation:
    """Age from the handoff, whatever the AI and the customer's "ok" added."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(HOUR, bot, ANNOUNCED, 1),
            say(HOUR + 60, customer, "ok", 1),
            say(HOUR + 120, bot, "Nossa equipe já foi avisada.", 1),
        ],
        [episode("immature", waiting_since=HOUR)],
        start=ago(hours=3),
        inbox="with_ai",
        queue=waits(HOUR, "1_to_4_hours"),
    )


@case
def waits_for_a_person_by_each_sign() -> list[Conversation]:
    """The bot's event, and a request for a person that the AI ignored in silence."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(5, bot, "Das 6h às 23h.", 1),
                *steps,
            ],
            [episode("immature", waiting_since=60)],
            start=ago(minutes=40),
            status=status,
            inbox="with_ai",
            queue=waits(60, "15_to_60_minutes"),
        )
        for status, steps in (
            (OPEN, [Happened(60, "conversation_bot_handoff")]),
            (PENDING, [say(60, customer, "Quero falar com uma pessoa", 1)]),
        )
    ]


@case
def person_in_it_and_the_customer_asks_again() -> Conversation:
    """Where a person wrote, the person is waited for, the unit has an AI or not."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(60, bot, "O plano tem multa de 10%.", 1),
            say(600, agent, "Posso ajudar com isso.", 1),
            say(HOUR, customer, "E se eu trancar?", 1),
        ],
        [episode("immature", waiting_since=HOUR)],
        start=ago(hours=3),
        inbox="with_ai",
        queue=waits(HOUR, "1_to_4_hours"),
    )


@case
def nobody_waits_in_the_queue() -> list[Conversation]:
    """Open in Chatwoot, as most are for ever, and nobody waits: answered, thanked for,
    asked by us, or never asked for anything."""
    return [
        Conversation(
            steps,
            [episode("immature", waiting_since=None)],
            start=ago(hours=3),
            queue=nobody_waits(),
        )
        for steps in (
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, agent, "Das 6h às 23h.", 1),
            ],
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, agent, "Das 6h às 23h.", 1),
                say(90, customer, "Valeu irmão", 1),
            ],
            [
                say(0, customer, "Quero me matricular.", 1),
                say(60, agent, "Qual plano?", 1),
            ],
            [say(0, campaign, "Volte a treinar!", 1)],
        )
    ]


@case
def promise_of_a_person_to_come_back() -> Conversation:
    """Who said "já te retorno" owes a message: in the queue since then."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(60, agent, "Vou verificar e já te retorno.", 1),
        ],
        [episode("immature", waiting_since=60)],
        start=ago(hours=3),
        inbox="without_ai",
        queue=waits(60, "1_to_4_hours"),
    )


def resolved_after_a_handoff(
    days_ago: float,
    *after: Happened,
    outcomes: tuple[str, ...] = ("waiting_us",),
    queue: dict[str, object],
) -> Conversation:
    """Promised a person that many days ago, who never came, and resolved since."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, ANNOUNCED, 1),
            *after,
        ],
        [episode(outcome) for outcome in outcomes],
        start=ago(days=days_ago),
        status=RESOLVED,
        queue=queue,
    )


@case
def resolved_by_who_did_nothing_waits_on() -> list[Conversation]:
    """A machine that closes answers nobody, nor does who only presses the button: the
    queue does not get better by it."""
    return [
        resolved_after_a_handoff(
            3,
            *resolved(2 * DAY, 1, by=by),
            queue=waits(5, "1_to_7_days", queue_active=0, queue_open=0),
        )
        for by in ("auto_resolve", "automation", "ai", "agent")
    ]


@case
def resolved_with_care_leaves_the_queue() -> list[Conversation]:
    """A message or a note of a person took it up, and the customer may say so too."""
    took_up: list[tuple[Happened, str]] = [
        (say(DAY, agent, "Cancelei para você.", 1), "ai_human_resolved"),
        (say(DAY, note, "Falei com ele por telefone.", 1), "ai_human_resolved"),
    ]
    return [
        resolved_after_a_handoff(
            3,
            message,
            *resolved(2 * DAY, 1, by="agent"),
            outcomes=(outcome,),
            queue=nobody_waits() | {"queue_active": 0},
        )
        for message, outcome in took_up
    ]


@case
def resolved_and_written_to_later_leaves_the_queue() -> list[Conversation]:
    """Our next message is seen by the customer, days after the resolve too: a late
    answer to what a machine closed, something new after a person's click."""
    late = "Oi! Já cancelei para você."
    return [
        resolved_after_a_handoff(
            4,
            *resolved(DAY, 1, by="auto_resolve"),
            say(2.5 * DAY, agent, late, 1, human_wait_seconds=2.5 * DAY - 5),
            outcomes=("ai_human_resolved",),
            queue=nobody_waits() | {"queue_active": 0},
        ),
        resolved_after_a_handoff(
            4,
            *resolved(DAY, 1, by="agent"),
            say(2.5 * DAY, agent, late, 2),
            outcomes=("waiting_us", "outbound_no_reply"),
            queue=nobody_waits() | {"queue_active": 0},
        ),
    ]


@case
def resolved_by_a_machine_and_thanked_for_waits_on() -> Conversation:
    """A courtesy after the machine's resolve changes nothing: the promise stands."""
    return resolved_after_a_handoff(
        3,
        *resolved(DAY, 1, by="auto_resolve"),
        say(2 * DAY, customer, "Ok, obrigada", 1),
        queue=waits(5, "1_to_7_days", queue_active=0),
    )


@case
def resolved_is_forgotten_for_a_week_at_most() -> list[Conversation]:
    """Nobody can work off what Chatwoot no longer shows as open for ever."""
    return [
        resolved_after_a_handoff(
            days, *resolved(2 * DAY, 1, by="auto_resolve"), queue=queue
        )
        for days, queue in (
            (8, forgotten(newly=True) | {"queue_active": 0}),
            (14.1, nobody_waits() | {"queue_active": 0}),
        )
    ]


@case
def unassigned_counts_who_waits() -> list[Conversation]:
    """Without an agent and waiting; not the many that only were never assigned."""
    request = say(0, customer, "Alguém pode me ajudar?", 1)
    return [
        Conversation(
            [request, *answer],
            [episode("immature")],
            start=ago(hours=2),
            inbox="without_ai",
            stored={"assignee_id": assignee},
            queue=queue,
        )
        for assignee, answer, queue in (
            (None, [], waits(0, "1_to_4_hours", queue_unassigned=1)),
            (ANA, [], waits(0, "1_to_4_hours", queue_unassigned=0)),
            (None, [say(60, agent, "Sim, pode falar com a Ana.", 1)], nobody_waits()),
        )
    ]


@case
def blocked_waits_for_nobody() -> Conversation:
    """Who is blocked is not in the queue."""
    return Conversation(
        [say(0, customer, "Ganhe dinheiro em casa.", 1)],
        [episode("immature", has_demand=False)],
        start=ago(hours=2),
        inbox="without_ai",
        contact_stored={"blocked": True},
        queue=nobody_waits(),
    )


# ============================================================ the AI's queue


def asked_the_ai(
    seconds_ago: float, status: int, queue: dict[str, object]
) -> Conversation:
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, automation_rule, "Recebemos sua mensagem!", 1),
        ],
        [episode("immature", waiting_since=0)],
        start=NOW - timedelta(seconds=seconds_ago),
        status=status,
        inbox="with_ai",
        queue=queue,
    )


@case
def ai_is_silent_after_ten_minutes() -> list[Conversation]:
    """The unit has an AI, pending or open: after ten minutes of its silence somebody
    must see it."""
    return [
        asked_the_ai(seconds, status, ai_is_silent(0))
        for status in (PENDING, OPEN)
        for seconds in (10 * MINUTE + 1, 102 * MINUTE)
    ]


@case
def ai_has_ten_minutes() -> list[Conversation]:
    """Before that it is the AI's: no alarm."""
    return [
        asked_the_ai(10 * MINUTE - 1, status, {"queue": "ai", "queue_ai_silent": 0})
        for status in (PENDING, OPEN)
    ]


@case
def ai_leaves_the_second_question() -> Conversation:
    """The AI answered the first and not the second: silent since the second."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 23h.", 1),
            say(HOUR, customer, "E no feriado?", 1),
        ],
        [episode("immature", waiting_since=HOUR)],
        start=ago(hours=3),
        status=PENDING,
        inbox="with_ai",
        queue=ai_is_silent(HOUR),
    )


@case
def ai_of_a_users_token_holds_its_unit() -> Conversation:
    """A unit whose AI answers with a user's token has an AI too; a note is no person
    who wrote."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, ai_user, "Das 6h às 23h.", 1),
            say(30, note, "Aluna antiga.", 1),
            say(HOUR, customer, "E no feriado?", 1),
        ],
        [episode("immature", waiting_since=HOUR)],
        start=ago(hours=3),
        inbox="other",
        queue=ai_is_silent(HOUR),
    )


@case
def ai_that_left_its_unit() -> Conversation:
    """Where no bot is set and the AI last wrote over a month ago, people answer."""
    later = 40 * DAY - 2 * HOUR
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(later, customer, "E no feriado?", 2),
        ],
        [
            episode("ai_resolved_assumed"),
            episode("immature", waiting_since=later),
        ],
        start=ago(days=40),
        inbox="manaus",
        queue=waits(later, "1_to_4_hours"),
    )


@case
def inbox_of_captain_has_an_ai() -> Conversation:
    """Chatwoot's own assistant makes an inbox one with an AI, before it ever wrote."""
    return Conversation(
        [say(0, customer, "Qual o horário?", 1)],
        [episode("immature", waiting_since=0)],
        start=ago(hours=3),
        status=PENDING,
        inbox="captain",
        queue=ai_is_silent(0),
    )


@case
def pending_in_a_unit_without_an_ai() -> Conversation:
    """Nobody but a person can answer there: the human queue."""
    return Conversation(
        [say(0, customer, "Alguém pode me ajudar?", 1)],
        [episode("immature", waiting_since=0)],
        start=ago(hours=2),
        status=PENDING,
        inbox="without_ai",
        queue=waits(0, "1_to_4_hours"),
    )


@case
def silent_ai_is_forgotten_too() -> Conversation:
    """After the horizon the AI's silence is a customer forgotten, not an alarm."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 23h.", 1),
            say(60, customer, "E no feriado?", 1),
        ],
        [episode("waiting_us", waiting_since=60)],
        start=ago(days=30),
        status=PENDING,
        inbox="with_ai",
        queue=forgotten(newly=False) | {"queue_ai_silent": 0},
    )
