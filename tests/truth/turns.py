"""Whose turn it is, what a question of ours is, and what resolves."""

from chatwoot_builder import (
    agent,
    automation_rule,
    bot,
    campaign,
    customer,
    note,
    phone,
)

from truth.language import (
    DAY,
    HOUR,
    RESOLVED,
    Conversation,
    Happened,
    Speaker,
    ago,
    case,
    deleted,
    episode,
    failed,
    nobody_waits,
    reaction,
    resolved,
    say,
    waits,
)

# ============================================================ whose turn


@case
def courtesy_does_not_end_our_turn() -> list[Conversation]:
    """Who asks and then is polite still waits for the answer."""
    return [
        Conversation(
            [
                say(0, customer, "Vocês têm natação?", 1),
                say(60, customer, text, 1),
            ],
            [episode("unanswered", is_closed=False, waiting_since=0)],
        )
        for text in ("Obrigada!", "👍", "fico no aguardo, obrigada")
    ]


@case
def reaction_does_not_end_our_turn() -> Conversation:
    """A reaction of the customer after an open request changes nothing."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(60, bot, "R$ 99.", 1),
            say(120, customer, "E o anual?", 1),
            say(130, customer, "Obrigada", 1),
            say(140, customer, "❤️", 1, stored=reaction(), is_reaction=True),
        ],
        [
            episode(
                "waiting_us",
                is_closed=False,
                waiting_since=120,
                last_waited_for_at=120,
            )
        ],
    )


@case
def first_and_last_request_while_we_wait() -> Conversation:
    """The wait is as old as the first unanswered request; the last one is told too."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(60, bot, "R$ 99.", 1),
            say(120, customer, "E o anual?", 1),
            say(HOUR, customer, "Alguém?", 1),
            say(2 * HOUR, customer, "Vou desistir", 1),
        ],
        [episode("waiting_us", waiting_since=120, last_waited_for_at=2 * HOUR)],
    )


@case
def nothing_automatic_ends_our_turn() -> Conversation:
    """Rules, campaigns, notes and what failed or was deleted answer nobody."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(10, automation_rule, "Recebemos sua mensagem!", 1),
            say(20, note, "Alguém responde?", 1),
            say(30, bot, "R$ 99.", 1, stored=failed(), is_delivered=False),
            say(40, agent, "👍", 1, stored=reaction(), is_reaction=True),
            say(50, agent, "Excluída", 1, stored=deleted(), is_deleted=True),
            say(2 * DAY, campaign, "Volte a treinar!", 1),
        ],
        [episode("unanswered", is_closed=False, waiting_since=0)],
    )


@case
def late_answer_after_courtesies() -> Conversation:
    """The answer three days later belongs to the request, thanks in between or not."""
    return Conversation(
        [
            say(0, customer, "Posso trancar por um mês?", 1),
            say(60, customer, "Obrigada desde já", 1),
            say(3 * DAY, agent, "Pode, sim.", 1, reply_seconds=3 * DAY),
        ],
        [
            episode(
                "human_resolved",
                origin="inbound",
                first_response_seconds=3 * DAY,
                human_response_seconds=3 * DAY,
            )
        ],
    )


@case
def handoff_stays_ours_whatever_the_ai_adds() -> Conversation:
    """After the promise of a person the AI's patience texts and the customer's "ok"
    answer nothing."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(600, automation_rule, "Um momento!", 1),
            say(700, bot, "Nossa equipe já foi avisada.", 1),
            say(720, customer, "ok, obrigada", 1),
        ],
        [
            episode(
                "waiting_us",
                is_closed=False,
                has_handoff=True,
                waiting_since=5,
                human_response_seconds=None,
            )
        ],
    )


@case
def person_comes_days_after_the_handoff() -> Conversation:
    """Two days of silence after the promise do not end the episode: who comes then
    took it up, after two days."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(20, customer, "ok, obrigada", 1),
            say(5 + 2 * DAY, agent, "Corrigi a fatura.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_at=5,
                human_response_seconds=2 * DAY,
            )
        ],
    )


@case
def customer_says_that_it_is_solved() -> Conversation:
    """The customer lets us off: nobody waits. That no answer was given stays true."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(HOUR, customer, "Já consegui resolver, obrigada!", 1),
        ],
        [
            episode(
                "ai_abandoned",
                has_handoff=True,
                waiting_since=None,
            )
        ],
        queue=nobody_waits(),
    )


@case
def ai_answers_after_the_handoff_and_the_customer_confirms() -> Conversation:
    """The promise was overtaken: the AI answered, the customer thanked. The handoff
    stays counted."""
    return Conversation(
        [
            say(0, customer, "Quero mudar meu plano.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(60, bot, "A mudança é feita no app, em Meu plano.", 1),
            say(90, customer, "Consegui, obrigada!", 1),
        ],
        [
            episode(
                "ai_resolved_confirmed",
                has_handoff=True,
                handoff_signal="announced",
                waiting_since=None,
            )
        ],
        queue=nobody_waits(),
    )


@case
def ai_answers_after_the_handoff_and_the_customer_thanks() -> Conversation:
    """Thanks for that answer confirm it, without a word that it is solved."""
    return Conversation(
        [
            say(0, customer, "Quero mudar meu plano.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(60, bot, "A mudança é feita no app, em Meu plano.", 1),
            say(90, customer, "Obrigada!", 1),
        ],
        [episode("ai_resolved_confirmed", has_handoff=True, waiting_since=None)],
    )


@case
def thanks_after_the_handoff_with_a_request_open() -> Conversation:
    """Thanks while a question is open confirm nothing: the promise of a person holds,
    also when the AI has answered that question."""
    return Conversation(
        [
            say(0, customer, "Quero mudar meu plano.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(60, bot, "A mudança é feita no app, em Meu plano.", 1),
            say(80, customer, "E qual o horário da unidade?", 1),
            say(90, customer, "Obrigada!", 1, speech_act="courtesy"),
            say(95, bot, "Das 6h às 23h.", 1),
        ],
        [episode("waiting_us", has_handoff=True, waiting_since=5)],
    )


@case
def ai_answers_after_the_handoff_and_nobody_confirms() -> Conversation:
    """Without the customer's word the promise of a person holds."""
    return Conversation(
        [
            say(0, customer, "Quero mudar meu plano.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(60, bot, "A mudança é feita no app, em Meu plano.", 1),
        ],
        [episode("waiting_us", has_handoff=True, waiting_since=5)],
    )


@case
def last_word_of_ours_decides_nothing() -> Conversation:
    """Our automatic last word hides no open request in the queue."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(60, agent, "Qual o seu CPF?", 1),
            say(120, customer, "111.222.333-44", 1),
            say(130, automation_rule, "Recebemos sua mensagem!", 1),
        ],
        [episode("immature", waiting_since=120)],
        start=ago(hours=3),
        queue=waits(120, "1_to_4_hours"),
    )


@case
def reminder_after_the_horizon() -> Conversation:
    """Who writes again after more than seven days brings a new demand; the old one
    stays what it was, and nobody answered it."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(120, customer, "E no domingo?", 1),
            say(120 + 8 * DAY, customer, "Tem estacionamento?", 2),
            say(180 + 8 * DAY, agent, "Sim, no subsolo.", 2),
        ],
        [
            episode("waiting_us", waiting_since=120, is_closed=False),
            episode("human_resolved", first_response_seconds=60),
        ],
    )


@case
def reminder_within_the_horizon() -> Conversation:
    """To the second seven days later it is the same demand, which still waits."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(120, customer, "E no domingo?", 1),
            say(120 + 7 * DAY, customer, "Tem estacionamento?", 1),
            say(180 + 7 * DAY, agent, "Sim, no subsolo.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                human_wait_started_at=120,
                human_response_seconds=60 + 7 * DAY,
            )
        ],
    )


# ============================================================ our open question


@case
def question_then_silence() -> list[Conversation]:
    """The same for both: after our open question the customer left."""
    return [
        Conversation(
            [
                say(0, customer, "Quero me matricular.", 1),
                say(60, who, "Qual plano você quer?", 1, speech_act="question"),
            ],
            [
                episode(
                    outcome,
                    stopped_at_our_question=True,
                    waiting_since=None,
                    resolved_by_agent_id=None,
                )
            ],
        )
        for who, outcome in (
            (bot, "ai_abandoned"),
            (agent, "waiting_customer"),
            (phone, "waiting_customer"),
        )
    ]


@case
def answer_and_question_then_silence() -> list[Conversation]:
    """That something was answered before our open question solves nothing yet."""
    return [
        Conversation(
            [
                say(0, customer, "Quero me matricular.", 1),
                say(60, who, "Temos três planos.", 1, speech_act="answer"),
                say(70, who, "Qual plano você quer?", 1, speech_act="question"),
            ],
            [episode(outcome, stopped_at_our_question=True, waiting_since=None)],
        )
        for who, outcome in ((bot, "ai_abandoned"), (agent, "waiting_customer"))
    ]


@case
def hello_then_silence() -> list[Conversation]:
    """Who got a mere hello and left did not stop at a question of ours."""
    return [
        Conversation(
            [
                say(0, customer, "Quero me matricular.", 1),
                say(60, who, "Olá, bom dia!", 1, speech_act="greeting"),
            ],
            [episode(outcome, stopped_at_our_question=False)],
        )
        for who, outcome in ((bot, "ai_abandoned"), (agent, "waiting_customer"))
    ]


@case
def question_then_auto_resolve() -> list[Conversation]:
    """Closing for inactivity judges nothing."""
    return [
        Conversation(
            [
                say(0, customer, "Quero me matricular.", 1),
                say(60, who, "Qual plano você quer?", 1),
                *resolved(3 * DAY, 1, by="auto_resolve"),
            ],
            [episode(outcome, closed_by="auto_resolve", stopped_at_our_question=True)],
            status=RESOLVED,
        )
        for who, outcome in ((bot, "ai_abandoned"), (agent, "waiting_customer"))
    ]


@case
def machine_closes_in_our_turn() -> list[Conversation]:
    """Silence closes nothing while it is our turn, nor does a machine: the answer of
    Monday belongs to the request of Friday, and so does what the customer adds."""
    waited = 2.5 * DAY
    asked = say(0, customer, "Qual o valor do plano anual?", 1)
    answered = say(waited, agent, "R$ 99 por mês.", 1, reply_seconds=waited)
    closed = episode(
        "human_resolved",
        first_response_seconds=waited,
        closed_by="silence",
        closed_at=waited,
    )
    return [
        *(
            Conversation([asked, *resolved(DAY, 1, by=by), answered], [closed])
            for by in ("auto_resolve", "automation", "ai")
        ),
        Conversation(
            [
                asked,
                *resolved(DAY, 1, by="auto_resolve"),
                say(2 * DAY, customer, "Ainda estou esperando", 1),
                answered,
                *resolved(3 * DAY, 1, by="agent"),
            ],
            [
                episode(
                    "human_resolved",
                    first_response_seconds=waited,
                    closed_by="agent",
                    closed_at=3 * DAY,
                )
            ],
            status=RESOLVED,
        ),
    ]


@case
def machine_closes_in_the_customers_turn() -> Conversation:
    """What was answered is closed: who asks again an hour later has a new demand."""
    return Conversation(
        [
            say(0, customer, "Qual o valor do plano anual?", 1),
            say(60, agent, "R$ 99 por mês.", 1),
            *resolved(HOUR, 1, by="auto_resolve"),
            say(2 * HOUR, customer, "E o valor do mensal?", 2),
            say(2 * HOUR + 60, agent, "R$ 120.", 2),
        ],
        [
            episode("human_resolved", closed_by="auto_resolve", is_reopened=True),
            episode("human_resolved", closed_by="silence"),
        ],
    )


@case
def person_closes_in_our_turn() -> Conversation:
    """A person who presses resolve has judged: what he writes days later is new."""
    return Conversation(
        [
            say(0, customer, "Qual o valor do plano anual?", 1),
            *resolved(DAY, 1, by="agent"),
            say(2.5 * DAY, agent, "R$ 99 por mês.", 2),
        ],
        [
            episode("unanswered", closed_by="agent", closed_at=DAY),
            episode("outbound_no_reply"),
        ],
    )


@case
def question_then_a_person_resolves() -> Conversation:
    """Who presses resolve has judged, a question of his own open or not."""
    return Conversation(
        [
            say(0, customer, "Quero me matricular.", 1),
            say(60, agent, "Qual plano você quer?", 1),
            *resolved(DAY - HOUR, 1, by="agent"),
        ],
        [episode("human_resolved", closed_by="agent", stopped_at_our_question=False)],
        status=RESOLVED,
    )


@case
def ai_resolves_on_its_own_question() -> Conversation:
    """An AI that closes after asking has not judged: the customer never answered."""
    return Conversation(
        [
            say(0, customer, "Quero me matricular.", 1),
            say(60, bot, "Qual plano você quer?", 1),
            *resolved(HOUR, 1, by="ai", by_bot=True),
        ],
        [episode("ai_abandoned", closed_by="ai", stopped_at_our_question=True)],
        status=RESOLVED,
    )


def answered_days_later(outcome: str, then: str, who: Speaker) -> Conversation:
    return Conversation(
        [
            say(0, customer, "Quero me matricular.", 1),
            say(60, who, "Qual plano você quer?", 1),
            say(2 * DAY, customer, "O anual", 2),
            say(2 * DAY + 60, who, "Matrícula feita!", 2),
        ],
        [
            episode(
                outcome,
                stopped_at_our_question=True,
                has_returned=False,
                is_reopened=False,
            ),
            episode(then, origin="inbound"),
        ],
    )


@case
def answer_to_the_ai_days_later() -> Conversation:
    """The answer after the gap begins a new episode, and is no return: we had asked."""
    return answered_days_later("ai_abandoned", "ai_resolved_assumed", bot)


@case
def answer_to_a_person_days_later() -> Conversation:
    """The same where a person had asked."""
    return answered_days_later("waiting_customer", "human_resolved", agent)


@case
def question_then_our_own_answer() -> list[Conversation]:
    """A question is open only as our last word."""
    return [
        Conversation(
            [
                say(0, customer, "Quero me matricular.", 1),
                say(60, who, "Qual plano você quer?", 1),
                say(70, who, "Fiz a matrícula no anual, como no ano passado.", 1),
            ],
            [episode(outcome, stopped_at_our_question=False)],
        )
        for who, outcome in ((bot, "ai_resolved_assumed"), (agent, "human_resolved"))
    ]


@case
def closing_offer_after_our_question() -> Conversation:
    """An offer to help does not close the question before it: the customer still
    left with it open."""
    return Conversation(
        [
            say(0, customer, "Quero me matricular.", 1),
            say(60, bot, "Qual plano você quer?", 1),
            say(70, bot, "Qualquer dúvida é só chamar!", 1),
        ],
        [episode("ai_abandoned", stopped_at_our_question=True)],
    )


# ============================================================ resolved needs an answer


@case
def person_only_greets() -> list[Conversation]:
    """A hello of a person is no answer, by silence or by inactivity."""
    hello = "Oi, sou a Ana. Tudo bem?"
    return [
        Conversation(
            [
                say(0, customer, "Vocês têm natação?", 1),
                say(60, agent, hello, 1, speech_act="greeting", reply_seconds=60),
            ],
            [
                episode(
                    "waiting_customer",
                    first_response_seconds=60,
                    resolved_by_agent_id=None,
                )
            ],
        ),
        Conversation(
            [
                say(0, customer, "Vocês têm natação?", 1),
                say(60, agent, hello, 1),
                *resolved(3 * DAY, 1, by="auto_resolve"),
            ],
            [episode("waiting_customer", closed_by="auto_resolve")],
            status=RESOLVED,
        ),
    ]


@case
def person_greets_and_resolves() -> Conversation:
    """Pressing resolve is a judgement: he may have solved it at the counter."""
    return Conversation(
        [
            say(0, customer, "Vocês têm natação?", 1),
            say(60, agent, "Oi, sou a Ana. Tudo bem?", 1),
            *resolved(HOUR, 1, by="agent"),
        ],
        [episode("human_resolved", closed_by="agent")],
        status=RESOLVED,
    )


@case
def ai_answered_before_and_a_person_greets() -> Conversation:
    """There was an answer, the AI's; the person's hello adds none and takes none."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(3 * HOUR, agent, "Oi, sou a Ana, qualquer coisa me chama.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=False,
                has_takeover=True,
                is_takeover_of_waiting=False,
            )
        ],
    )


# ============================================================ confirmed


@case
def thanks_after_a_menu_or_a_request_for_data() -> list[Conversation]:
    """An "ok" leaves a menu unanswered."""
    return [
        Conversation(
            [
                say(0, customer, "Quero a segunda via", 1),
                say(60, bot, text, 1, speech_act="question"),
                say(120, customer, thanks, 1, stored=stored),
            ],
            [episode("ai_abandoned", stopped_at_our_question=True)],
        )
        for text in (
            "Digite o número da opção desejada:\n1 - Planos\n2 - Horários",
            "Para continuar, me informe seu CPF, por favor.",
        )
        for thanks, stored in (("ok", {}), ("Obrigada!", {}))
    ]


@case
def approving_reaction_after_a_menu() -> Conversation:
    """The same with a reaction."""
    return Conversation(
        [
            say(0, customer, "Quero a segunda via", 1),
            say(60, bot, "Para continuar, me informe seu CPF, por favor.", 1),
            say(120, customer, "👍", 1, stored=reaction(), is_reaction=True),
        ],
        [episode("ai_abandoned", stopped_at_our_question=True)],
    )


@case
def approval_that_answers_a_yes_or_no() -> list[Conversation]:
    """To "Quer que eu agende?" an "ok" or a thumbs-up says yes: the turn is ours, and
    nothing is confirmed. A reaction is no request, but it is this answer."""
    return [
        Conversation(
            [
                say(0, customer, "Quero fazer uma aula.", 1),
                say(5, bot, "Quer que eu agende para amanhã?", 1),
                said,
            ],
            [episode("waiting_us", waiting_since=60)],
        )
        for said in (
            say(60, customer, "ok", 1),
            say(60, customer, "Perfeito", 1),
            say(60, customer, "👍", 1),
            say(60, customer, "👍", 1, stored=reaction(), is_reaction=True),
        )
    ]


@case
def approval_that_the_ai_acts_upon() -> Conversation:
    """After the yes the AI did what it offered: solved, not confirmed."""
    return Conversation(
        [
            say(0, customer, "Quero fazer uma aula.", 1),
            say(5, bot, "Quer que eu agende para amanhã?", 1),
            say(60, customer, "ok", 1),
            say(65, bot, "Agendado para amanhã às 7h.", 1),
        ],
        [episode("ai_resolved_assumed")],
    )


@case
def thanks_after_a_closing_offer() -> Conversation:
    """The answer came before the offer: thanks confirm it."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(61, bot, "Posso ajudar em algo mais?", 1),
            say(120, customer, "Obrigada", 1),
        ],
        [episode("ai_resolved_confirmed")],
    )


@case
def thanks_with_a_request_open() -> Conversation:
    """Thanks for the first answer, and the second question still open."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(120, customer, "E no domingo?", 1),
            say(180, customer, "Obrigada!", 1),
        ],
        [episode("waiting_us", waiting_since=120)],
    )


@case
def thanks_after_an_announcement() -> Conversation:
    """Thanks for the promise of a person confirm nothing."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            Happened(6, "conversation_bot_handoff"),
            say(60, customer, "Obrigada!", 1),
        ],
        [episode("waiting_us", waiting_since=5)],
    )


@case
def yes_to_an_offer_that_names_a_datum() -> list[Conversation]:
    """Offering to send the form asks for no datum: "ok" says yes to it."""
    return [
        Conversation(
            [
                say(0, customer, "Quero me matricular", 1),
                say(60, bot, question, 1, speech_act="question"),
                say(90, customer, "ok", 1),
            ],
            [episode(outcome)],
        )
        for question, outcome in (
            ("Posso te mandar o link da matrícula?", "waiting_us"),
            ("Quer que eu envie o comprovante por aqui?", "waiting_us"),
            ("Pode me confirmar seu CPF?", "ai_abandoned"),
        )
    ]


# ============================================================ solved, or not


def after_the_handoff(text: str, outcome: str, since: float | None) -> Conversation:
    """What the customer says an hour after he was promised a person."""
    return Conversation(
        [
            say(0, customer, "Fui cobrada duas vezes", 1),
            say(5, bot, "Vou te transferir para um atendente.", 1),
            say(HOUR, customer, text, 1),
        ],
        [episode(outcome, waiting_since=since)],
    )


@case
def ways_to_say_that_it_is_solved() -> list[Conversation]:
    """Each of them lets us off."""
    return [
        after_the_handoff(text, "ai_abandoned", None)
        for text in (
            "Deu certo aqui, valeu",
            "Já foi resolvido",
            "Pode desconsiderar, já resolveram pra mim",
            "Pronto, consegui!",
            "resolvido 👍",
            "não preciso mais, obrigada",
        )
    ]


@case
def ways_to_say_that_it_is_not_solved() -> list[Conversation]:
    """The same words with a no, a wish or a question let nobody off."""
    return [
        after_the_handoff(text, "waiting_us", 5)
        for text in (
            "Consegui não",
            "Ainda não resolveu",
            "vou ver se deu certo",
            "precisa ser resolvido hoje",
            "Deu certo?",
            "consegui falar com o gerente e ele mandou voltar aqui",
            "ok, no aguardo",
        )
    ]


# ============================================================ after an auto-resolve


@case
def person_comes_after_an_auto_resolve() -> list[Conversation]:
    """Closing for inactivity is silence: who comes within a day after it took the
    handoff up, and it waited for him until then."""
    return [
        Conversation(
            [
                say(0, customer, "Fui cobrada duas vezes", 1),
                say(5, bot, "Vou te transferir para um atendente.", 1),
                *resolved(closed, 1, by="auto_resolve"),
                say(closed + HOUR, agent, "Oi Maria, estornado", 1),
            ],
            [
                episode(
                    "ai_human_resolved",
                    has_takeover=False,
                    human_response_seconds=closed + HOUR - 5,
                )
            ],
            status=RESOLVED,
        )
        for closed in (2 * HOUR, 2 * DAY)
    ]


@case
def nobody_comes_after_an_auto_resolve() -> Conversation:
    """The near miss: closed, and the promised person never came."""
    return Conversation(
        [
            say(0, customer, "Fui cobrada duas vezes", 1),
            say(5, bot, "Vou te transferir para um atendente.", 1),
            *resolved(2 * DAY, 1, by="auto_resolve"),
        ],
        [episode("waiting_us", has_human=False, human_response_seconds=None)],
        status=RESOLVED,
    )
