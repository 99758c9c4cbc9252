"""What hands a customer to a person, and what only looks so."""

from chatwoot_builder import (
    AI_USER,
    BOT,
    activity,
    agent,
    ai_user,
    bot,
    captain,
    customer,
    note,
    phone,
)

from truth.language import (
    DAY,
    HOUR,
    RESOLVED,
    SYSTEM,
    SYSTEM_IN_ENGLISH,
    Conversation,
    Happened,
    Labelled,
    Step,
    case,
    deleted,
    did,
    episode,
    failed,
    nobody_waits,
    reaction,
    resolved,
    say,
)

REQUEST = "Minha fatura veio errada."
ANSWER = "A fatura fecha no dia 5."
PERSON = "Corrigi a fatura."
ANNOUNCED = "Vou transferir você para a equipe."
WANTS_A_PERSON = "Quero falar com uma pessoa"


def handed_off(*signs: Step, signal: str, at: float) -> Conversation:
    """Answered by the AI at 5, handed off by the signs, taken up at 1,000."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANSWER, 1),
            *signs,
            say(1000, agent, PERSON, 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=True,
                handoff_signal=signal,
                handoff_at=at,
                time_to_handoff_seconds=at,
                human_wait_started_at=at,
                human_response_seconds=1000 - at,
                has_takeover=False,
            )
        ],
    )


def not_handed_off(*signs: Step) -> Conversation:
    """The same, where the signs are none: the person took over, nobody waiting."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANSWER, 1),
            *signs,
            say(1000, agent, PERSON, 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=False,
                handoff_signal=None,
                handoff_at=None,
                human_wait_started_at=None,
                human_response_seconds=None,
                has_takeover=True,
                is_takeover_of_waiting=False,
            )
        ],
    )


def promised_in_vain(*signs: Step, signal: str, at: float) -> Conversation:
    """The same signs, and nobody came."""
    return Conversation(
        [say(0, customer, REQUEST, 1), say(5, bot, ANSWER, 1), *signs],
        [
            episode(
                "waiting_us",
                handoff_signal=signal,
                handoff_at=at,
                human_response_seconds=None,
                waiting_since=at,
            )
        ],
    )


# ============================================================ the bot's event, words


@case
def bots_event_without_a_word() -> list[Conversation]:
    """The bot's event alone is a handoff."""
    event = Happened(60, "conversation_bot_handoff")
    return [
        handed_off(event, signal="bot_event", at=60),
        promised_in_vain(event, signal="bot_event", at=60),
    ]


@case
def announced_by_every_kind_of_ai() -> list[Conversation]:
    """An announcement hands off whoever the AI is to Chatwoot, and nobody coming is
    the worst failure, not the AI's success."""
    return [
        Conversation(
            [say(0, customer, REQUEST, 1), say(5, who, ANNOUNCED, 1)],
            [
                episode(
                    "waiting_us",
                    has_handoff=True,
                    handoff_signal="announced",
                    handoff_at=5,
                    is_closed=False,
                )
            ],
        )
        for who in (bot, captain, ai_user)
    ]


@case
def announced_then_hours() -> Conversation:
    """The person comes three hours after the announcement: that is the wait."""
    return Conversation(
        [
            say(0, customer, WANTS_A_PERSON, 1),
            say(5, ai_user, ANNOUNCED, 1),
            say(3 * HOUR, agent, "Oi, sou a Ana", 1),
        ],
        [
            episode(
                "waiting_customer",
                handoff_signal="announced",
                handoff_at=5,
                human_response_seconds=3 * HOUR - 5,
            )
        ],
    )


@case
def bank_transfer_is_no_handoff() -> Conversation:
    """ "Transferência bancária" promises nobody."""
    return Conversation(
        [
            say(0, customer, "Como pago?", 1),
            say(5, bot, "Por transferência bancária, cartão ou Pix.", 1),
        ],
        [episode("ai_resolved_assumed", has_handoff=False)],
    )


@case
def earliest_sign_by_name() -> Conversation:
    """Announcement, event and opening are one handoff, dated by the first of them."""
    return handed_off(
        say(50, bot, ANNOUNCED, 1),
        Happened(55, "conversation_bot_handoff"),
        Happened(55, "conversation_opened"),
        did(56, "Atribuído a Ana por " + SYSTEM, 1),
        signal="announced",
        at=50,
    )


@case
def announced_and_auto_resolved() -> Conversation:
    """Inactivity closes the conversation, not the promise."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, ai_user, ANNOUNCED, 1),
            *resolved(3 * DAY, 1, by="auto_resolve"),
        ],
        [episode("waiting_us", closed_by="auto_resolve")],
        status=RESOLVED,
    )


# ============================================================ openings


@case
def opened_by_the_ai_or_the_system() -> list[Conversation]:
    """An opening by the AI, a rule or the system hands over, and says who it was."""
    opened = Happened(60, "conversation_opened")
    return [
        handed_off(opened, did(60, line, 1), signal="opened", at=60)
        for line in (
            "Conversa foi reaberta por Assistente",
            f"Conversa foi reaberta por {SYSTEM}",
            f"Conversation was reopened by {SYSTEM_IN_ENGLISH}",
            "A conversa foi marcada como aberta pelo sistema devido a um erro com o"
            " robô de atendimento.",
            "Conversation was marked open by system due to an error with the agent"
            " bot.",
        )
    ]


@case
def opened_by_a_person() -> list[Conversation]:
    """What a person does himself is no handoff: he came."""
    return [
        not_handed_off(Happened(60, "conversation_opened", user), did(60, line, 1))
        for line, user in (
            ("Conversa foi reaberta por Ana", None),
            ("Conversation was reopened by Bruno", None),
        )
    ]


@case
def opened_without_a_line() -> Conversation:
    """Nobody says who opened it: it counts where the person comes minutes later."""
    return handed_off(Happened(60, "conversation_opened"), signal="opened", at=60)


@case
def opened_without_a_line_and_answered_at_once() -> list[Conversation]:
    """A person who writes within two minutes opened it himself; after three he did
    not."""
    return [
        not_handed_off(Happened(1000 - 90, "conversation_opened")),
        handed_off(
            Happened(1000 - 180, "conversation_opened"), signal="opened", at=1000 - 180
        ),
    ]


@case
def opened_without_a_line_and_nobody_came() -> Conversation:
    """The bot put it into the team's list, and nobody looked."""
    return promised_in_vain(Happened(60, "conversation_opened"), signal="opened", at=60)


# ============================================================ assignments, labels


@case
def assigned_by_the_ai_or_the_system() -> list[Conversation]:
    """Given to a person or a team by the AI or a rule, after the AI had written."""
    return [
        handed_off(did(60, line, 1), signal="assigned", at=60)
        for line in (
            f"Atribuído a Ana por {SYSTEM}",
            "Atribuído a Ana por Assistente",
            "Atribuído a Recepção por Assistente",
            f"Atribuído a Ana via Recepção por {SYSTEM}",
            f"Atribuído a Ana por {SYSTEM} via Política Padrão",
            f"Assigned to Ana by {SYSTEM_IN_ENGLISH}",
            f"Assigned to Ana via Recepção by {SYSTEM_IN_ENGLISH}",
        )
    ]


@case
def handed_over_by_a_bot_of_that_name() -> list[Conversation]:
    """A bot signs with its own name, which no user has; what is given to it is given to
    no person."""
    bots_name = "Atendente virtual"
    return [
        handed_off(
            did(60, f"Atribuído a Recepção por {bots_name}", 1),
            signal="assigned",
            at=60,
        ),
        handed_off(
            Labelled(60, "quer-cancelar"),
            did(60, f"{bots_name} adicionou quer-cancelar", 1),
            signal="labelled",
            at=60,
        ),
        promised_in_vain(
            did(60, f"Atribuído a Recepção por {bots_name}", 1),
            signal="assigned",
            at=60,
        ),
        not_handed_off(did(60, f"Atribuído a {bots_name} por {SYSTEM}", 1)),
    ]


@case
def assigned_by_a_person() -> list[Conversation]:
    """Who takes it, or gives it to a colleague, was there himself."""
    return [
        not_handed_off(did(60, line, 1))
        for line in (
            "Ana atribuiu a si mesmo essa conversa",
            "Ana self-assigned this conversation",
            "Atribuído a Bruno por Ana",
            "Atribuído a Recepção por Ana",
            "Assigned to Bruno by Ana",
        )
    ]


@case
def assigned_to_the_ai() -> Conversation:
    """An AI with a user's token is no person: nobody was called."""
    return not_handed_off(did(60, f"Atribuído a Assistente por {SYSTEM}", 1))


@case
def unassigned_is_no_handoff() -> list[Conversation]:
    """Taken from somebody, nobody was given anything."""
    return [
        not_handed_off(did(60, line, 1))
        for line in (
            f"Conversa desatribuída por {SYSTEM}",
            f"Desatribuído de Recepção por {SYSTEM}",
        )
    ]


@case
def assigned_and_nobody_came() -> Conversation:
    """Given to a person who never wrote: the customer waits."""
    return promised_in_vain(
        did(60, f"Atribuído a Ana por {SYSTEM}", 1), signal="assigned", at=60
    )


@case
def assigned_before_the_ai_wrote() -> Conversation:
    """Assigned on arrival, as many accounts do with each conversation: routing."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            did(1, f"Atribuído a Ana por {SYSTEM}", 1),
            say(5, bot, ANSWER, 1),
        ],
        [episode("ai_resolved_assumed", has_handoff=False)],
    )


@case
def routed_while_the_ai_goes_on() -> list[Conversation]:
    """Assigned, opened or labelled, and the AI goes on answering: routing. What it
    solved stays solved, and a person who comes later took over."""
    signs: tuple[list[Step], ...] = (
        [did(60, f"Atribuído a Ana por {SYSTEM}", 1)],
        [Happened(60, "conversation_opened")],
        [
            Labelled(60, "quer-cancelar"),
            did(60, f"{SYSTEM} adicionou quer-cancelar", 1),
        ],
    )
    routed = [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, bot, ANSWER, 1),
                *sign,
                say(120, customer, "E como pago?", 1),
                say(125, bot, "Por Pix ou cartão.", 1),
                say(180, customer, "Obrigada!", 1),
            ],
            [episode("ai_resolved_confirmed", has_handoff=False, handoff_at=None)],
        )
        for sign in signs
    ]
    return [
        *routed,
        not_handed_off(
            did(60, f"Atribuído a Ana por {SYSTEM}", 1),
            say(120, customer, "E como pago?", 1),
            say(125, bot, "Por Pix ou cartão.", 1),
        ),
    ]


@case
def assigned_and_the_ai_only_greets() -> Conversation:
    """A hello or an offer of the AI is no further answer: it had handed over."""
    return promised_in_vain(
        did(60, f"Atribuído a Ana por {SYSTEM}", 1),
        say(70, bot, "Qualquer dúvida é só chamar!", 1),
        signal="assigned",
        at=60,
    )


@case
def labelled_by_the_ai_or_a_rule() -> list[Conversation]:
    """A label that says why it was handed over, put on after the AI had written."""
    return [
        handed_off(
            Labelled(60, "quer-cancelar"), did(60, line, 1), signal="labelled", at=60
        )
        for line in (
            "Assistente adicionou quer-cancelar",
            f"{SYSTEM} adicionou quer-cancelar",
            f"{SYSTEM_IN_ENGLISH} added quer-cancelar, urgente",
        )
    ]


@case
def labels_that_hand_nothing_over() -> list[Conversation]:
    """A person's label, another label, or the label taken away."""
    return [
        not_handed_off(
            Labelled(60, "quer-cancelar"), did(60, "Ana adicionou quer-cancelar", 1)
        ),
        not_handed_off(
            Labelled(60, "aluno-antigo"), did(60, f"{SYSTEM} adicionou aluno-antigo", 1)
        ),
        not_handed_off(did(60, f"{SYSTEM} removeu quer-cancelar", 1)),
    ]


@case
def labelled_before_the_ai_wrote() -> Conversation:
    """Labelled on arrival by a rule: routing, not a handoff of the AI."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            Labelled(1, "quer-cancelar"),
            did(1, f"{SYSTEM} adicionou quer-cancelar", 1),
            say(5, bot, ANSWER, 1),
        ],
        [episode("ai_resolved_assumed", has_handoff=False)],
    )


@case
def other_lines_hand_nothing_over() -> list[Conversation]:
    """Priority, pause and silence are no handoff."""
    return [
        not_handed_off(say(60, activity, line, 1))
        for line in (
            f"{SYSTEM} definiu a prioridade para alta",
            "Ana silenciou a conversa",
            "Conversa foi marcada como pendente por Assistente",
        )
    ]


# ============================================================ the customer asks for one


@case
def person_asked_for_and_a_sign_follows() -> Conversation:
    """The sign of ours dates the handoff that the customer asked for."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANSWER, 1),
            say(60, customer, WANTS_A_PERSON, 1),
            say(65, bot, ANNOUNCED, 1),
            say(665, agent, PERSON, 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_signal="announced",
                handoff_at=65,
                human_response_seconds=600,
            )
        ],
    )


@case
def person_asked_for_and_a_person_writes() -> list[Conversation]:
    """A person writes before the AI does: asked for at 60, had at 660."""
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, bot, ANSWER, 1),
                say(60, customer, text, 1),
                say(660, who, PERSON, 1),
            ],
            [
                episode(
                    "ai_human_resolved",
                    handoff_signal="requested",
                    handoff_at=60,
                    human_response_seconds=600,
                    has_takeover=False,
                )
            ],
        )
        for who, text in (
            (agent, WANTS_A_PERSON),
            (phone, "Atendente, por favor"),
            (agent, "Tem alguém de verdade aí? quero um humano"),
        )
    ]


@case
def person_asked_for_comes_and_a_sign_is_given_later() -> list[Conversation]:
    """What is handed over after the person came is another handoff: the first is that
    which the customer asked for, and had four minutes later."""
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, bot, ANSWER, 1),
                say(60, customer, WANTS_A_PERSON, 1),
                say(300, agent, PERSON, 1),
                *later,
                say(2 * HOUR, agent, "Confirmado.", 1, human_wait_seconds=HOUR),
            ],
            [
                episode(
                    "ai_human_resolved",
                    handoff_signal="requested",
                    handoff_at=60,
                    human_response_seconds=240,
                    has_takeover=False,
                )
            ],
        )
        for later in (
            [did(HOUR, f"Atribuído a Bruno por {SYSTEM}", 1)],
            [
                say(HOUR - 10, customer, "E o plano da minha filha?", 1),
                say(HOUR, bot, ANNOUNCED, 1),
            ],
        )
    ]


@case
def person_asked_for_and_nobody_writes() -> Conversation:
    """Neither the AI nor a person wrote after it: the customer waits for a person."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANSWER, 1),
            say(60, customer, WANTS_A_PERSON, 1),
        ],
        [
            episode(
                "waiting_us",
                has_handoff=True,
                handoff_signal="requested",
                handoff_at=60,
                waiting_since=60,
            )
        ],
    )


@case
def person_asked_for_and_the_ai_satisfies() -> list[Conversation]:
    """The AI answers, and the customer thanks or goes on asking it: no handoff."""
    return [
        Conversation(
            [
                say(0, customer, WANTS_A_PERSON, 1),
                say(5, bot, "Posso ver isso: a fatura fecha no dia 5.", 1),
                *rest,
            ],
            [episode(outcome, has_handoff=False, handoff_signal=None)],
        )
        for outcome, rest in (
            (
                "ai_resolved_confirmed",
                [say(60, customer, "Era isso, obrigada!", 1)],
            ),
            (
                "ai_resolved_assumed",
                [
                    say(60, customer, "E vence quando?", 1),
                    say(65, bot, "No dia 10.", 1),
                ],
            ),
        )
    ]


@case
def person_asked_for_the_ai_satisfies_and_a_person_comes() -> Conversation:
    """The customer went on asking the AI: who comes later was not waited for."""
    return Conversation(
        [
            say(0, customer, WANTS_A_PERSON, 1),
            say(5, bot, "Posso ver isso: a fatura fecha no dia 5.", 1),
            say(60, customer, "E vence quando?", 1),
            say(65, bot, "No dia 10.", 1),
            say(660, agent, "Mandei também o boleto.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=False,
                has_takeover=True,
                is_takeover_of_waiting=False,
                human_response_seconds=None,
            )
        ],
    )


@case
def person_asked_for_the_ai_writes_and_a_person_comes() -> Conversation:
    """The customer fell silent after the AI's text, and a person came: what was asked
    for was had."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANSWER, 1),
            say(60, customer, WANTS_A_PERSON, 1),
            say(65, bot, "As faturas ficam no app, em Pagamentos.", 1),
            say(660, agent, PERSON, 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_signal="requested",
                handoff_at=60,
                human_response_seconds=600,
            )
        ],
    )


@case
def person_asked_for_and_not_had() -> Conversation:
    """The AI talks past it and the customer leaves: asked for a person, had none."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANSWER, 1),
            say(60, customer, WANTS_A_PERSON, 1),
            say(65, bot, "As faturas ficam no app, em Pagamentos.", 1),
        ],
        [episode("ai_abandoned", has_handoff=False)],
        queue=nobody_waits(),
    )


@case
def person_asked_for_where_no_ai_is() -> Conversation:
    """Where no AI took part nothing is handed off; the wait is that of the request."""
    return Conversation(
        [
            say(0, customer, WANTS_A_PERSON, 1),
            say(600, agent, PERSON, 1),
        ],
        [
            episode(
                "human_resolved",
                has_handoff=False,
                handoff_signal=None,
                human_wait_started_at=0,
                human_response_seconds=600,
            )
        ],
    )


@case
def words_near_a_request_for_a_person() -> list[Conversation]:
    """Who speaks of a person does not ask for one."""
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, bot, ANSWER, 1),
                say(60, customer, text, 1),
                say(65, bot, "Sim.", 1),
            ],
            [episode("ai_resolved_assumed", has_handoff=False)],
        )
        for text in (
            "Posso levar uma pessoa comigo?",
            "O plano é por pessoa?",
            "O atendente da unidade me disse que é grátis, é isso?",
        )
    ]


# ============================================================ after the handoff


@case
def second_handoff_waits_anew() -> Conversation:
    """Handed over again after the person's last word: the first dates the handoff and
    its wait, and now the customer waits since the second."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANNOUNCED, 1),
            say(305, agent, PERSON, 1),
            say(2 * HOUR, customer, "Continua errada.", 1),
            say(2 * HOUR + 5, bot, ANNOUNCED, 1),
        ],
        [
            episode(
                "waiting_us",
                handoff_at=5,
                time_to_handoff_seconds=5,
                human_response_seconds=300,
                waiting_since=2 * HOUR + 5,
            )
        ],
    )


@case
def second_handoff_taken_up() -> Conversation:
    """The second time too a person came, and each wait is one of its own."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANNOUNCED, 1),
            say(305, agent, PERSON, 1, human_wait_seconds=300),
            say(2 * HOUR, customer, "Continua errada.", 1),
            say(2 * HOUR + 5, bot, ANNOUNCED, 1),
            say(
                3 * HOUR,
                agent,
                "Agora está certa.",
                1,
                human_wait_seconds=HOUR - 5,
            ),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_at=5,
                human_response_seconds=300,
                waiting_since=None,
            )
        ],
    )


@case
def person_promises_to_come_back() -> list[Conversation]:
    """A person's promise, with nothing after it, leaves the customer waiting; with or
    without an AI before."""
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(60, agent, text, 1, speech_act="transfer"),
            ],
            [
                episode(
                    "waiting_us",
                    first_response_seconds=60,
                    resolved_by_agent_id=None,
                    waiting_since=60,
                )
            ],
        )
        for text in (
            "Vou verificar e já te retorno.",
            "Vou passar para o financeiro.",
            "Só um momento, vou consultar e te respondo.",
            "Um momento, por favor",
            "Só um minutinho",
        )
    ]


@case
def person_promises_and_keeps_it() -> Conversation:
    """The answer the next day ends the promise."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(60, agent, "Vou verificar e já te retorno.", 1),
            say(30 * HOUR, agent, PERSON, 1),
        ],
        [
            episode(
                "human_resolved",
                first_response_seconds=60,
                human_response_seconds=60,
                waiting_since=None,
            )
        ],
    )


@case
def person_promises_and_resolves() -> Conversation:
    """His resolve ends the promise: he has judged."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(60, agent, "Vou verificar e já te retorno.", 1),
            *resolved(2 * HOUR, 1, by="agent"),
        ],
        [episode("human_resolved", closed_by="agent", waiting_since=None)],
        status=RESOLVED,
    )


@case
def person_promises_and_the_system_resolves() -> Conversation:
    """Inactivity is not his judgement: the promise was never kept."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(60, agent, "Vou verificar e já te retorno.", 1),
            *resolved(3 * DAY, 1, by="auto_resolve"),
        ],
        [episode("waiting_us", closed_by="auto_resolve")],
        status=RESOLVED,
    )


@case
def person_who_takes_nothing_up() -> list[Conversation]:
    """A thumbs-up, a refused or a deleted message of a person is not the person who
    was promised."""
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, bot, ANNOUNCED, 1),
                said,
            ],
            [
                episode(
                    "waiting_us",
                    has_human=False,
                    human_response_seconds=None,
                    waiting_since=5,
                )
            ],
        )
        for said in (
            say(60, agent, "👍", 1, stored=reaction(), is_reaction=True),
            say(60, agent, PERSON, 1, stored=failed(), is_delivered=False),
            say(60, agent, "Excluída", 1, stored=deleted(), is_deleted=True),
        )
    ]


@case
def customer_asks_days_after_the_handoff() -> Conversation:
    """The customer has to remind us after three days: one wait, of three days and not
    of the five minutes since the reminder."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANNOUNCED, 1),
            say(3 * DAY, customer, "Alguém vai me atender?", 1),
            say(3 * DAY + 300, agent, PERSON, 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_at=5,
                human_response_seconds=3 * DAY + 295,
            )
        ],
    )


@case
def note_and_resolve_after_a_handoff() -> Conversation:
    """A note after the handoff shows that somebody took it up, perhaps by telephone;
    how long the customer waited nobody knows."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANNOUNCED, 1),
            say(HOUR, note, "Liguei e resolvi.", 1),
            *resolved(HOUR + 60, 1, by="agent"),
        ],
        [
            episode(
                "ai_human_resolved",
                closed_by="agent",
                has_handoff=True,
                human_response_seconds=None,
            )
        ],
        status=RESOLVED,
    )


@case
def note_of_an_ai_after_a_handoff() -> list[Conversation]:
    """The summary that an AI leaves for the team shows nobody who took it up."""
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, ai_user, ANSWER, 1),
                say(60, ai_user, ANNOUNCED, 1),
                say(61, note, "Resumo: fatura errada.", 1, stored=writer),
                *resolved(HOUR, 1, by="agent"),
            ],
            [episode("waiting_us", closed_by="agent", has_handoff=True)],
            status=RESOLVED,
        )
        for writer in ({"user": AI_USER}, {"sender_type": "AgentBot", "sender_id": BOT})
    ]


@case
def note_before_the_handoff_and_resolve() -> Conversation:
    """A note from before the handoff took nothing up."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(2, note, "Aluna antiga.", 1),
            say(5, bot, ANNOUNCED, 1),
            *resolved(HOUR, 1, by="agent"),
        ],
        [episode("waiting_us", closed_by="agent", has_handoff=True)],
        status=RESOLVED,
    )


# ============================================================ near misses


@case
def ai_user_comes_where_a_person_was_promised() -> Conversation:
    """An AI with a user's token says hello where a person was promised: nobody came."""
    return promised_in_vain(
        say(60, ai_user, ANNOUNCED, 1),
        say(600, ai_user, "Oi, aqui é a assistente. A fatura fecha no dia 5.", 1),
        signal="announced",
        at=60,
    )


@case
def given_to_a_person_whose_name_begins_as_the_ais() -> list[Conversation]:
    """ "Assistente Júnior" is a person: given to him it is a handoff, by him none."""
    return [
        promised_in_vain(
            did(60, f"Atribuído a Assistente Júnior por {SYSTEM}", 1),
            signal="assigned",
            at=60,
        ),
        not_handed_off(did(60, "Atribuído a Bruno por Assistente Júnior", 1)),
    ]


@case
def opened_by_the_bot_and_answered_at_once() -> Conversation:
    """The line says that the bot opened it: it is a handoff though the person writes
    within two minutes."""
    return handed_off(
        Happened(970, "conversation_opened"),
        did(970, "Conversa foi reaberta por Atendente virtual", 1),
        signal="opened",
        at=970,
    )


@case
def every_sign_where_no_ai_is() -> Conversation:
    """A rule opens, assigns and labels, and no AI took part: the wait is that of the
    request, and nothing was handed over."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            did(1, f"Atribuído a Recepção por {SYSTEM}", 1),
            Labelled(2, "quer-cancelar"),
            did(2, f"{SYSTEM} adicionou quer-cancelar", 1),
            Happened(3, "conversation_opened"),
            did(3, f"Conversa foi reaberta por {SYSTEM}", 1),
            say(2000, agent, PERSON, 1),
        ],
        [
            episode(
                "human_resolved",
                has_handoff=False,
                has_takeover=False,
                human_wait_started_at=0,
                human_response_seconds=2000,
            )
        ],
    )


@case
def person_asked_for_twice() -> list[Conversation]:
    """The AI talks past it and the customer asks again: that he asks for the same is no
    sign that he was satisfied."""
    talked_past = say(65, bot, "As faturas ficam no app, em Pagamentos.", 1)
    again = say(100, customer, "Quero falar com uma pessoa!", 1)
    return [
        Conversation(
            [
                say(0, customer, REQUEST, 1),
                say(5, bot, ANSWER, 1),
                say(60, customer, WANTS_A_PERSON, 1),
                talked_past,
                again,
                *then,
            ],
            [episode(outcome, handoff_signal=signal)],
        )
        for outcome, signal, then in (
            ("waiting_us", "requested", []),
            ("ai_human_resolved", "requested", [say(700, agent, PERSON, 1)]),
            (
                "ai_abandoned",
                None,
                [say(105, bot, "As faturas ficam no app, em Pagamentos.", 1)],
            ),
        )
    ]


@case
def resolved_over_a_handoff_and_the_customer_complains() -> Conversation:
    """Who pressed resolve took nothing up: the first demand still waited for us, and
    the complaint is a second one."""
    return Conversation(
        [
            say(0, customer, REQUEST, 1),
            say(5, bot, ANNOUNCED, 1),
            *resolved(700, 1, by="agent"),
            say(900, customer, "Fecharam sem responder?", 2),
            say(1500, agent, PERSON, 2),
        ],
        [
            episode("waiting_us", handoff_at=5, human_response_seconds=None),
            episode("human_resolved", human_response_seconds=600),
        ],
        status=RESOLVED,
    )


@case
def asks_for_a_person_in_two_words() -> Conversation:
    """ "quero atendente" is a request for a person too, after a question of the AI."""
    return Conversation(
        [
            say(0, customer, "Meu débito veio errado", 1),
            say(5, bot, "Qual a sua dúvida?", 1),
            say(60, customer, "quero atendente", 1),
        ],
        [
            episode(
                "waiting_us",
                has_handoff=True,
                handoff_signal="requested",
                waiting_since=60,
            )
        ],
    )
