"""What must not look like success: neglect, a handoff, a polite word."""

from chatwoot_builder import activity, agent, ai_user, bot, campaign, customer, note

from truth.language import (
    DAY,
    OPEN,
    RESOLVED,
    Conversation,
    Happened,
    case,
    episode,
    failed,
    forgotten,
    reaction,
    resolved,
    say,
)

SYSTEM = "Sistema de Automação"
HANDED_OVER = "Vou transferir você para a equipe."


@case
def resolve_after_a_mere_hello() -> Conversation:
    """Somebody presses resolve, and nobody has answered: he took nothing up."""
    return Conversation(
        [
            say(0, customer, "Fui cobrado duas vezes.", 1),
            say(5, bot, "Olá! Sou a assistente da AllpFit.", 1),
            *resolved(600, 1, by="agent"),
        ],
        [episode("ai_abandoned", has_human=False)],
        status=RESOLVED,
    )


@case
def thanks_for_another_answer_days_after_the_handoff() -> Conversation:
    """Promised a person for the bill, thanked for the opening hours: the bill waits."""
    return Conversation(
        [
            say(0, customer, "Fui cobrado duas vezes.", 1),
            say(5, bot, HANDED_OVER, 1),
            say(3 * DAY, customer, "Vocês abrem no feriado?", 1),
            say(3 * DAY + 5, bot, "Abrimos das 8h às 14h.", 1),
            say(3 * DAY + 60, customer, "Valeu", 1),
        ],
        [episode("waiting_us", has_handoff=True, waiting_since=5)],
    )


@case
def advertisement_weeks_after_the_handoff() -> Conversation:
    """What we send unasked takes nobody's handoff up, and lets nobody be forgotten."""
    return Conversation(
        [
            say(0, customer, "Não consigo entrar no app.", 1),
            say(5, bot, HANDED_OVER, 1),
            say(22 * DAY, agent, "Preparamos uma condição especial para você.", 2),
        ],
        [
            episode("waiting_us", human_response_seconds=None, waiting_since=5),
            episode("outbound_no_reply", origin="outbound"),
        ],
        queue=forgotten(newly=False),
    )


@case
def polite_word_keeps_no_promise() -> list[Conversation]:
    """After "já te retorno" a "por nada" is not what was promised."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada.", 1),
                say(60, who, "Vou verificar e já te retorno.", 1),
                say(90, customer, "Certo", 1),
                say(120, who, "Por nada! Precisando, é só chamar.", 1),
            ],
            [episode("waiting_us", waiting_since=60)],
        )
        for who in (agent, bot)
    ]


@case
def ai_keeps_no_promise_of_a_person() -> Conversation:
    """The AI's answer to something else is not what the person promised."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(60, agent, "Vou verificar e já te retorno.", 1),
            say(600, customer, "Vocês abrem no feriado?", 1),
            say(605, bot, "Abrimos das 8h às 14h.", 1),
        ],
        [episode("waiting_us", waiting_since=60)],
    )


@case
def promise_that_was_kept() -> Conversation:
    """The answer came: nobody waits."""
    return Conversation(
        [
            say(0, customer, "Minha fatura veio errada.", 1),
            say(60, agent, "Vou verificar e já te retorno.", 1),
            say(600, agent, "Corrigida: o valor certo é R$ 99.", 1),
        ],
        [episode("human_resolved", waiting_since=None)],
    )


@case
def assigned_while_the_ai_goes_on_asking() -> Conversation:
    """Given to a team, and the AI asks on: routing. The customer left its question."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, "O cancelamento tem multa de 10%.", 1),
            say(6, activity, f"Atribuído a Retenção por {SYSTEM}", 1),
            say(7, bot, "Quer que eu explique como funciona?", 1),
        ],
        [episode("ai_abandoned", has_handoff=False, stopped_at_our_question=True)],
    )


@case
def nothing_asked_and_our_reminder_approved() -> list[Conversation]:
    """A heart on our own reminder asks for nothing."""
    return [
        Conversation(
            [
                say(0, agent, "Sua aula é amanhã. Podemos contar com você?", 1),
                said,
            ],
            [episode("outbound_no_reply", has_demand=False, first_contact_at=None)],
        )
        for said in (
            say(60, customer, "ok", 1),
            say(60, customer, "❤️", 1, stored=reaction(), is_reaction=True),
        )
    ]


@case
def person_asked_for_where_the_ai_wrote_weeks_before() -> Conversation:
    """The AI's word of another episode hands nothing over in this one."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 23h.", 1),
            say(30 * DAY, customer, "Quero falar com um atendente.", 2),
            say(30 * DAY + 600, agent, "Pois não, resolvi o seu acesso.", 2),
        ],
        [
            episode("ai_resolved_assumed"),
            episode("human_resolved", has_handoff=False, human_response_seconds=600),
        ],
    )


@case
def bots_event_and_thanks_at_once() -> Conversation:
    """Handed over, answered by the AI in the same breath, thanked for: nobody waits."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            Happened(4, "conversation_bot_handoff"),
            say(5, bot, "Das 6h às 23h.", 1),
            say(60, customer, "Obrigada!", 1),
        ],
        [episode("ai_resolved_confirmed", has_handoff=True, waiting_since=None)],
    )


@case
def person_comes_after_a_machine_closed() -> list[Conversation]:
    """A rule or the AI closes over a handoff or an open request, and the person who
    comes minutes later does the work: it is not the AI's, and the customer waited."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada.", 1),
                say(5, bot, "A fatura fecha no dia 5.", 1),
                left_open,
                *resolved(90, 1, by=by),
                say(1000, agent, "Corrigi a fatura.", 1),
            ],
            [
                episode(
                    "ai_human_resolved",
                    human_wait_started_at=60,
                    human_response_seconds=940,
                )
            ],
            status=RESOLVED,
        )
        for by in ("automation", "ai", "auto_resolve")
        for left_open in (
            say(60, bot, "Vou transferir você para a equipe.", 1),
            say(60, customer, "E o estorno?", 1),
        )
    ]


@case
def word_after_a_machine_closed_with_nobody_waiting() -> Conversation:
    """What a person adds after the AI's work was closed leaves it the AI's."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 23h.", 1),
            *resolved(90, 1, by="ai"),
            say(1000, agent, "E no feriado das 8h às 14h.", 1),
        ],
        [episode("ai_resolved_assumed", closed_by="ai", human_response_seconds=None)],
        status=RESOLVED,
    )


@case
def moment_asked_for_beside_a_question() -> list[Conversation]:
    """ "Só um momento" leaves the customer waiting; with our question after it, or the
    answer, it does not."""
    return [
        Conversation(
            [say(0, customer, "Minha fatura veio errada.", 1), *ours],
            [episode(outcome)],
        )
        for outcome, *ours in (
            ("waiting_us", say(60, agent, "Só um momento, por favor.", 1)),
            ("waiting_us", say(60, bot, "Aguarde um instante", 1)),
            (
                "waiting_customer",
                say(60, agent, "Só um momento, por favor. Qual é o seu CPF?", 1),
            ),
            (
                "ai_abandoned",
                say(60, bot, "Só um momento. Me informe o seu CPF, por favor.", 1),
            ),
            (
                "ai_resolved_assumed",
                say(60, bot, "Só um momento.", 1),
                say(65, bot, "A fatura certa é de R$ 99.", 1),
            ),
        )
    ]


@case
def what_comes_after_a_machine_closed_and_takes_nothing_up() -> list[Conversation]:
    """A refused message, a campaign or a mere hello is not the work that was left."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada.", 1),
                say(5, bot, "A fatura fecha no dia 5.", 1),
                say(60, bot, HANDED_OVER, 1),
                *resolved(90, 1, by="automation"),
                said,
            ],
            [episode(outcome, human_response_seconds=seconds)],
            status=RESOLVED,
        )
        for outcome, seconds, said in (
            (
                "waiting_us",
                None,
                say(1000, agent, "Corrigi.", 1, failed(), is_delivered=False),
            ),
            ("waiting_us", None, say(1000, campaign, "Plano anual em promoção!", 1)),
            ("waiting_customer", 940, say(1000, agent, "Oi, tudo bem?", 1)),
        )
    ]


@case
def just_a_moment_is_a_promise() -> list[Conversation]:
    """ "Só um momento" and nothing more answered nobody; what follows keeps it."""
    held = [
        Conversation(
            [
                say(0, customer, "Meu cartão não passa na catraca", 1),
                say(60, who, text, 1, speech_act="transfer"),
            ],
            [episode("waiting_us", waiting_since=60)],
        )
        for who, text in (
            (agent, "Só um momento, por favor"),
            (bot, "Aguarde um instante"),
            (agent, "Oi Maria! Só um instantinho tá"),
            (agent, "Deixa eu conferir no sistema"),
            (agent, "Já verifico"),
        )
    ]
    kept = Conversation(
        [
            say(0, customer, "Meu cartão não passa na catraca", 1),
            say(60, agent, "Só um momento, por favor", 1),
            say(600, agent, "Pronto, liberado!", 1),
        ],
        [episode("human_resolved", waiting_since=None)],
    )
    near = Conversation(
        [
            say(0, customer, "Não consigo entrar no app", 1),
            say(60, agent, "O app abre o login, espere um minuto e entre de novo", 1),
        ],
        [episode("human_resolved", waiting_since=None)],
    )
    return [*held, kept, near]


@case
def resolved_over_a_second_handoff() -> list[Conversation]:
    """Who wrote before the second handoff, or left a note before it, took only the
    first one up."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada.", 1),
                say(5, bot, HANDED_OVER, 1),
                *taken,
                say(3000, customer, "E o estorno?", 1),
                say(3005, bot, HANDED_OVER, 1),
                *resolved(9000, 1, by="agent"),
            ],
            [episode("waiting_us", waiting_since=waiting_since)],
            status=RESOLVED,
        )
        for waiting_since, taken in (
            (3005, [say(600, agent, "Corrigi a fatura.", 1)]),
            (5, [say(600, note, "Ligo para ele.", 1)]),
        )
    ]


@case
def second_question_met_with_a_hello() -> list[Conversation]:
    """The first answer answers not the second question."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(5, bot, "Das 6h às 23h.", 1),
                say(60, customer, "E quanto custa o anual?", 1),
                say(120, who, "Oi! Boa tarde.", 1),
            ],
            [episode(outcome)],
        )
        for outcome, who in (("waiting_customer", agent), ("ai_abandoned", bot))
    ]


@case
def answer_of_a_person_after_the_horizon() -> list[Conversation]:
    """Up to two weeks later it is the answer; what the AI sends then is something
    new."""
    late = 8 * DAY
    return [
        Conversation(
            [
                say(0, customer, "Qual o valor do plano?", 1),
                say(late, agent, "O plano custa R$ 99.", 1),
            ],
            [episode("human_resolved", first_response_seconds=late)],
        ),
        Conversation(
            [
                say(0, customer, "Qual o valor do plano?", 1),
                say(late, bot, "O plano custa R$ 99.", 2),
            ],
            [
                episode("unanswered", first_response_seconds=None),
                episode("outbound_no_reply", origin="outbound"),
            ],
        ),
    ]


@case
def answers_that_begin_as_promises() -> list[Conversation]:
    """ "Te confirmo", "te informo" and the like tell something: nothing is owed."""
    return [
        Conversation(
            [
                say(0, customer, "Marca minha aula?", 1),
                say(5, bot, told, 1),
                say(60, customer, "obrigada", 1),
            ],
            [episode("ai_resolved_confirmed", waiting_since=None)],
        )
        for told in (
            "Te confirmo seu agendamento para amanhã às 7h.",
            "Te informo que a matrícula custa R$ 99.",
            "Te dou 10% de desconto no anual.",
            "Já te mando o boleto: https://pagar.example/1",
            "Abrimos às 8h. Qualquer dúvida te respondo por aqui.",
        )
    ]


@case
def promises_in_few_words() -> list[Conversation]:
    """ "Vou verificar" and nothing more: somebody waits."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada.", 1),
                say(60, agent, told, 1),
            ],
            [episode("waiting_us", waiting_since=60)],
        )
        for told in (
            "Vou verificar",
            "Deixa comigo, já resolvo",
            "Te ligo amanhã",
            "A gente te liga",
        )
    ]


@case
def ok_to_what_surrounds_a_handoff() -> list[Conversation]:
    """A mere "ok" after the number of a ticket ends no handoff; thanks after an answer
    do."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada.", 1),
                say(5, bot, HANDED_OVER, 1),
                say(10, bot, told, 1),
                say(60, customer, word, 1),
            ],
            [episode(outcome)],
        )
        for outcome, told, word in (
            ("waiting_us", "Seu protocolo é 12345.", "ok"),
            ("waiting_us", "O tempo médio de espera é de 5 minutos.", "tá bom"),
            ("ai_resolved_confirmed", "A fatura certa é de R$ 99.", "obrigada!"),
        )
    ]


@case
def what_confirms_nothing() -> list[Conversation]:
    """A bad mark and "vou pensar" ask for nothing, and praise nothing either."""
    return [
        *(
            Conversation(
                [
                    say(0, customer, "Qual o valor do plano?", 1),
                    say(5, bot, "O plano custa R$ 99.", 1),
                    say(10, bot, "De 1 a 5, que nota você dá ao atendimento?", 1),
                    say(60, customer, mark, 1),
                ],
                [episode(outcome)],
            )
            for outcome, mark in (
                ("ai_resolved_assumed", "1"),
                ("ai_resolved_assumed", "⭐"),
                ("ai_resolved_confirmed", "5"),
            )
        ),
        Conversation(
            [
                say(0, customer, "Qual o valor do plano?", 1),
                say(5, bot, "O plano custa R$ 99.", 1),
                say(60, customer, "vou pensar", 1),
            ],
            [episode("ai_resolved_assumed")],
        ),
    ]


@case
def ai_that_did_not_understand() -> Conversation:
    """ "Não entendi" asks to say it again: no answer."""
    return Conversation(
        [
            say(0, customer, "Quero trancar por viagem", 1),
            say(5, bot, "Desculpe, não entendi.", 1),
        ],
        [episode("ai_abandoned", stopped_at_our_question=True)],
    )


@case
def wait_from_the_second_announcement() -> Conversation:
    """The first handoff ended with the thanks: only the second one waited."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, HANDED_OVER, 1),
            say(10, bot, "Das 6h às 23h.", 1),
            say(60, customer, "obrigada!", 1),
            say(7200, customer, "E o valor?", 1),
            say(7205, bot, HANDED_OVER, 1),
            say(7800, agent, "R$ 99.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                human_wait_started_at=7205,
                human_response_seconds=595,
            )
        ],
    )


@case
def opened_again_where_the_ai_has_gone() -> Conversation:
    """The AI wrote before the auto-resolve; what opened the conversation for the next
    demand hands nothing over."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, ai_user, "Das 6h às 23h.", 1),
            *resolved(3600, 1, by="auto_resolve"),
            say(7200, customer, "E o valor?", 2),
            Happened(7201, "conversation_opened"),
            say(7800, agent, "R$ 99.", 2),
        ],
        [
            episode("ai_resolved_assumed"),
            episode(
                "human_resolved",
                has_handoff=False,
                human_wait_started_at=7200,
                human_response_seconds=600,
            ),
        ],
    )


@case
def answer_to_our_campaign_days_after() -> Conversation:
    """It is a demand, and no return of the case before."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, agent, "Das 6h às 23h.", 1),
            *resolved(120, 1, by="agent"),
            say(2 * DAY, campaign, "Plano anual em promoção!", 2),
            say(4 * DAY, customer, "Quero sim", 3),
            say(4 * DAY + 60, agent, "R$ 99 por mês.", 3),
        ],
        [
            episode("human_resolved", has_returned=False),
            episode("outbound_no_reply"),
            episode("human_resolved"),
        ],
        status=OPEN,
    )
