"""What counts as a message: delivered, once, and more than a reaction."""

from datetime import datetime

from chatwoot_builder import (
    agent,
    bot,
    call_missed,
    call_taken,
    campaign,
    customer,
    fork_ai,
    phone,
    whatsapp_template,
)

from truth.language import (
    DAY,
    HOUR,
    MINUTE,
    RESOLVED,
    SOMETHING,
    Conversation,
    Happened,
    case,
    deleted,
    episode,
    failed,
    nobody_waits,
    reaction,
    resolved,
    say,
)

# ============================================================ delivered


@case
def refused_by_whatsapp() -> list[Conversation]:
    """Nobody received it: no answer, whoever sent it and with whatever error."""
    return [
        Conversation(
            [
                say(0, customer, "Quanto custa?", 1),
                say(
                    60,
                    who,
                    "R$ 99.",
                    1,
                    stored=stored,
                    is_delivered=False,
                    reply_seconds=None,
                ),
            ],
            [
                episode(
                    "unanswered",
                    is_closed=False,
                    has_ai=False,
                    has_human=False,
                    first_response_class=None,
                    first_response_seconds=None,
                    undelivered_messages=1,
                )
            ],
        )
        for who, stored in (
            (bot, failed()),
            (agent, failed()),
            (phone, {"status": 3}),
            (agent, {"status": 3}),
        )
    ]


@case
def refused_and_sent_again() -> Conversation:
    """The first response is the first that arrived, three hours later."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(60, agent, "R$ 99.", 1, stored=failed(), is_delivered=False),
            say(
                3 * HOUR,
                agent,
                "R$ 99.",
                1,
                stored={"status": 1},
                is_delivered=True,
                reply_seconds=3 * HOUR,
            ),
        ],
        [
            episode(
                "human_resolved",
                first_response_seconds=3 * HOUR,
                human_response_seconds=3 * HOUR,
                undelivered_messages=1,
            )
        ],
    )


@case
def sent_is_delivered() -> list[Conversation]:
    """An API inbox reports nothing: only failed is not delivered."""
    return [
        Conversation(
            [
                say(0, customer, "Quanto custa?", 1),
                say(60, bot, "R$ 99.", 1, stored={"status": 0}, is_delivered=True),
            ],
            [
                episode(
                    "ai_resolved_assumed",
                    first_response_seconds=60,
                    undelivered_messages=0,
                )
            ],
        ),
        Conversation(
            [
                say(0, customer, "Quanto custa?", 1),
                say(60, bot, "R$ 99.", 1, stored={"status": 2}, is_delivered=True),
            ],
            [episode("ai_resolved_assumed", first_response_seconds=60)],
        ),
    ]


@case
def refused_question_asks_nothing() -> Conversation:
    """The customer never saw the question: the answer before it is our last word."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(60, bot, "R$ 99 por mês.", 1),
            say(65, bot, "Qual unidade?", 1, stored=failed(), is_delivered=False),
        ],
        [
            episode(
                "ai_resolved_assumed",
                stopped_at_our_question=False,
                undelivered_messages=1,
            )
        ],
    )


@case
def refused_announcement_hands_off_nothing() -> Conversation:
    """No message of the AI arrived, so there is no handoff: nobody answered at all."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(
                5,
                bot,
                "Vou transferir você para a equipe.",
                1,
                stored=failed(),
                is_delivered=False,
            ),
        ],
        [episode("unanswered", has_handoff=False, handoff_signal=None)],
    )


@case
def refused_campaign_opens_nothing() -> Conversation:
    """What nobody received begins nothing: the customer's own request does."""
    return Conversation(
        [
            say(0, campaign, "Volte a treinar!", None, stored=failed()),
            say(HOUR, customer, "Qual o horário?", 1),
            say(HOUR + 60, agent, "Das 6h às 22h.", 1),
        ],
        [episode("human_resolved", origin="inbound", undelivered_messages=0)],
    )


@case
def refused_template_alone() -> Conversation:
    """A refused template is no outbound without a reply: nobody could reply."""
    return Conversation(
        [say(0, whatsapp_template, "Seu plano vence hoje.", None, stored=failed())], []
    )


@case
def refused_and_resolved() -> Conversation:
    """Pressing resolve after a message that nobody received answers nobody."""
    return Conversation(
        [
            say(0, customer, "Quero a segunda via.", 1),
            say(60, agent, "Aqui está.", 1, stored=failed(), is_delivered=False),
            *resolved(600, 1, by="agent"),
        ],
        [episode("unanswered", closed_by="agent", undelivered_messages=1)],
        status=RESOLVED,
    )


@case
def person_refused_after_a_handoff() -> Conversation:
    """The wait for a person runs to what arrived, not to what was refused."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, bot, "Vou transferir você para a equipe.", 1),
            say(65, agent, "Cancelado.", 1, stored=failed(), is_delivered=False),
            say(605, agent, "Cancelado, Maria.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_at=5,
                human_response_seconds=600,
                undelivered_messages=1,
            )
        ],
    )


# ============================================================ reactions


@case
def our_reaction_answers_nothing() -> Conversation:
    """A thumbs-up of the agent is no answer; the answer came 40 minutes later."""
    return Conversation(
        [
            say(0, customer, "Vocês abrem no feriado?", 1),
            say(
                5,
                agent,
                "👍",
                1,
                stored=reaction(),
                is_reaction=True,
                speech_act=None,
                reply_seconds=None,
            ),
            say(40 * MINUTE, agent, "Abrimos às 8h.", 1, reply_seconds=40 * MINUTE),
        ],
        [episode("human_resolved", first_response_seconds=40 * MINUTE)],
    )


@case
def our_reaction_alone() -> list[Conversation]:
    """A reaction of the AI or of a person and nothing more: nobody answered."""
    return [
        Conversation(
            [
                say(0, customer, "Vocês abrem no feriado?", 1),
                say(5, who, "❤️", 1, stored=reaction(), is_reaction=True),
            ],
            [episode("unanswered", has_ai=False, has_human=False, is_closed=False)],
        )
        for who in (agent, bot, phone)
    ]


@case
def our_reaction_to_thanks_keeps_them_thanks() -> Conversation:
    """A heart on the customer's thanks changes nothing: they were thanks."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(120, customer, "Obrigada!", 1, speech_act="courtesy"),
            say(125, agent, "❤️", 1, stored=reaction(), is_reaction=True),
        ],
        [episode("ai_resolved_confirmed", has_human=False, has_takeover=False)],
    )


@case
def approving_reaction_confirms() -> list[Conversation]:
    """On WhatsApp people thank with a reaction to the answer."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1),
                say(
                    120,
                    customer,
                    sign,
                    1,
                    stored=reaction(),
                    is_reaction=True,
                    is_request=False,
                ),
            ],
            [episode("ai_resolved_confirmed")],
        )
        for sign in ("👍", "❤️", "🙏🏽", "👏")
    ]


@case
def approving_reaction_to_which_answer() -> list[Conversation]:
    """On the answer to the last question it confirms; on an earlier one it says nothing
    of what came since."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1),
                say(120, customer, "Tem estacionamento?", 1),
                say(180, bot, "Sim, no subsolo.", 1),
                say(240, customer, "👍", 1, stored=reaction(to), is_reaction=True),
            ],
            [episode(outcome)],
        )
        for to, outcome in ((2, "ai_resolved_assumed"), (4, "ai_resolved_confirmed"))
    ]


@case
def other_reactions_say_nothing() -> list[Conversation]:
    """A laugh or a tear is neither thanks nor a request: what was solved stays so."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1),
                say(
                    120,
                    customer,
                    sign,
                    1,
                    stored=reaction(),
                    is_reaction=True,
                    is_request=False,
                    speech_act=None,
                ),
            ],
            [episode("ai_resolved_assumed")],
            queue=nobody_waits(),
        )
        for sign in ("😂", "😢", "😮", "👎")
    ]


@case
def reaction_opens_nothing() -> list[Conversation]:
    """A reaction alone, or days after the end, is no demand."""
    return [
        Conversation(
            [say(0, customer, "😂", None, stored=reaction(), is_reaction=True)], []
        ),
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1),
                *resolved(600, 1, by="ai", by_bot=True),
                say(3 * DAY, customer, "👍", 1, stored=reaction(), is_reaction=True),
            ],
            [episode("ai_resolved_confirmed", is_reopened=False, has_returned=False)],
            status=RESOLVED,
        ),
    ]


@case
def reaction_while_the_customer_waits() -> Conversation:
    """A thumbs-up to an old answer takes nothing back: the question stays open."""
    return Conversation(
        [
            say(0, customer, "Qual o valor do plano?", 1),
            say(5, bot, "R$ 99 por mês.", 1),
            say(60, customer, "E no plano anual?", 1),
            say(90, customer, "👍", 1, stored=reaction(), is_reaction=True),
        ],
        [episode("waiting_us", is_closed=False, waiting_since=60)],
    )


@case
def emoji_as_a_message_is_no_reaction() -> Conversation:
    """An emoji that was written, not put on a message, is speech: here courtesy."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(120, customer, "👍", 1, is_reaction=False, speech_act="courtesy"),
        ],
        [episode("ai_resolved_confirmed")],
    )


@case
def sticker_after_our_answer() -> Conversation:
    """A sticker after the answer is how people say that all is well."""
    sticker = {"content_type": 11, "file_type": 0}
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(90, customer, None, 1, stored=sticker, speech_act="courtesy"),
        ],
        [episode("ai_resolved_confirmed")],
    )


@case
def sticker_of_ours_answers_nothing() -> list[Conversation]:
    """A sticker of the AI or of a person tells the customer nothing."""
    sticker = {"content_type": 11, "file_type": 0}
    return [
        Conversation(
            [
                say(0, customer, "Vocês abrem no feriado?", 1),
                say(5, who, None, 1, stored=sticker, is_spoken=False),
            ],
            [episode("unanswered", has_ai=False, has_human=False)],
        )
        for who in (agent, bot, phone)
    ]


@case
def sticker_as_the_first_message() -> Conversation:
    """Who begins with a sticker begins: somebody should answer."""
    sticker = {"content_type": 11, "file_type": 0}
    return Conversation(
        [say(0, customer, None, 1, stored=sticker, is_request=True)],
        [episode("unanswered", has_demand=True)],
    )


# ============================================================ once


def waid(name: str) -> dict[str, object]:
    return {"source_id": f"WAID:{name}"}


@case
def delivered_twice() -> Conversation:
    """An integration that stores each message twice counts each once."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1, waid("A1"), is_copy=False),
            say(1, customer, "Qual o horário?", 1, waid("A1"), is_copy=True),
            say(60, bot, "Das 6h às 23h.", 1, waid("B1"), is_copy=False),
            say(61, bot, "Das 6h às 23h.", 1, waid("B1"), is_copy=True),
        ],
        [
            episode(
                "ai_resolved_assumed",
                contact_messages=1,
                ai_messages=1,
                first_response_seconds=60,
            )
        ],
    )


@case
def copy_of_the_request_after_the_answer() -> Conversation:
    """The second copy of the question comes after the answer: nobody asks again."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1, waid("A2")),
            say(60, bot, "Das 6h às 23h.", 1),
            say(70, customer, "Qual o horário?", 1, waid("A2"), is_copy=True),
        ],
        [episode("ai_resolved_assumed", waiting_since=None)],
        queue=nobody_waits(),
    )


@case
def copy_days_later_opens_nothing() -> Conversation:
    """A history loaded again days later repeats what was said, and demands nothing."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1, waid("A3")),
            say(60, bot, "Das 6h às 23h.", 1, waid("B3")),
            say(3 * DAY, customer, "Qual o horário?", 1, waid("A3"), is_copy=True),
        ],
        [episode("ai_resolved_assumed", has_returned=False, contact_messages=1)],
    )


@case
def refused_then_delivered_with_the_same_id() -> Conversation:
    """Of two with one id the first that arrived gives the moment."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(60, agent, "R$ 99.", 1, failed(**waid("B4")), is_delivered=False),
            say(600, agent, "R$ 99.", 1, waid("B4"), is_copy=False),
        ],
        [episode("human_resolved", first_response_seconds=600, human_messages=1)],
    )


@case
def edited_with_the_same_id() -> Conversation:
    """An edit comes as the same message with another text: the last text is meant, the
    first moment counts. Here a question became an answer."""
    return Conversation(
        [
            say(0, customer, "Abrem no domingo?", 1),
            say(60, bot, "Qual unidade?", 1, waid("B5")),
            say(90, bot, "Todas abrem às 8h.", 1, waid("B5"), is_copy=True),
        ],
        [
            episode(
                "ai_resolved_assumed",
                first_response_seconds=60,
                stopped_at_our_question=False,
            )
        ],
    )


@case
def copy_in_another_conversation() -> list[Conversation]:
    """WhatsApp's @lid beside the phone: the same message in two conversations of one
    inbox makes one demand, in the first."""
    lid = {"phone_number": None, "identifier": "98765432109876@lid"}
    return [
        Conversation(
            [
                say(0, customer, "Tem plano família?", 1, waid("A6")),
                say(60, bot, "Sim, para até 4 pessoas.", 1, waid("B6")),
            ],
            [episode("ai_resolved_assumed", has_returned=False)],
        ),
        Conversation(
            [
                say(1, customer, "Tem plano família?", None, waid("A6"), is_copy=True),
                say(
                    61, bot, "Sim, para até 4 pessoas.", None, waid("B6"), is_copy=True
                ),
            ],
            [],
            contact=2,
            contact_stored=lid,
            queue=nobody_waits(),
        ),
    ]


@case
def same_id_in_another_inbox() -> list[Conversation]:
    """Two inboxes may use the same ids: those are two messages."""
    return [
        Conversation(
            [
                say(0, customer, "Tem day use?", 1, waid("A7"), is_copy=False),
                say(60, agent, "Sim.", 1, waid("B7"), is_copy=False),
            ],
            [episode("human_resolved")],
            inbox=inbox,
        )
        for inbox in ("plain", "other")
    ]


@case
def same_id_on_the_other_side() -> Conversation:
    """The customer's and our message with one id are two messages."""
    return Conversation(
        [
            say(0, customer, "Tem day use?", 1, waid("AB8"), is_copy=False),
            say(60, agent, "Sim, R$ 40.", 1, waid("AB8"), is_copy=False),
        ],
        [episode("human_resolved", first_response_seconds=60)],
    )


@case
def same_words_without_an_id() -> Conversation:
    """Who writes the same twice wrote twice: only an id tells a copy."""
    return Conversation(
        [
            say(0, customer, "Oi?", 1, is_copy=False),
            say(5, customer, "Oi?", 1, is_copy=False),
            say(60, agent, "Das 6h às 23h.", 1),
        ],
        [episode("human_resolved", contact_messages=2)],
    )


@case
def same_words_with_two_ids() -> Conversation:
    """Different ids are different messages, whatever they say."""
    return Conversation(
        [
            say(0, customer, "Oi?", 1, waid("A10"), is_copy=False),
            say(5, customer, "Oi?", 1, waid("A11"), is_copy=False),
            say(60, agent, "Das 6h às 23h.", 1),
        ],
        [episode("human_resolved", contact_messages=2)],
    )


@case
def one_id_over_unrelated_texts() -> list[Conversation]:
    """An inbox whose integration gives all messages one id: there the id says nothing,
    and each message counts, also where two customers ask the same."""
    texts = (
        ("Tem sauna?", "Sim, na Moema."),
        ("Quero cancelar.", "Cancelado."),
        ("Qual o Pix?", "É o CNPJ."),
        ("Abrem domingo?", "Das 8h às 14h."),
        ("Perdi o cartão.", "Retire outro na recepção."),
        ("Tem natação?", "Não temos."),
        ("Tem sauna?", "Sim, na Moema."),
    )
    return [
        Conversation(
            [
                say(0, customer, request, 1, waid("0"), is_copy=False),
                say(60, agent, answer, 1, waid("0"), is_copy=False),
            ],
            [episode("human_resolved", contact_messages=1, human_messages=1)],
            inbox="repeated_ids",
        )
        for request, answer in texts
    ]


# ============================================================ deleted


@case
def our_only_answer_deleted() -> list[Conversation]:
    """Taken back, it never answered."""
    return [
        Conversation(
            [
                say(0, customer, "Qual a chave Pix?", 1),
                say(
                    30,
                    who,
                    "Esta mensagem foi excluída",
                    1,
                    stored=deleted(),
                    is_deleted=True,
                ),
            ],
            [episode("unanswered", first_response_seconds=None, is_closed=False)],
        )
        for who in (agent, bot)
    ]


@case
def our_question_deleted() -> Conversation:
    """A question taken back waits for nothing."""
    text = "Esta mensagem foi excluída"
    return Conversation(
        [
            say(0, customer, "Qual a chave Pix?", 1),
            say(30, bot, "É o CNPJ da unidade.", 1),
            say(40, bot, text, 1, stored=deleted(), is_deleted=True),
        ],
        [episode("ai_resolved_assumed", stopped_at_our_question=False)],
    )


@case
def customer_takes_the_question_back() -> Conversation:
    """Deleted before we wrote: nobody waits, and there was no demand."""
    text = "Esta mensagem foi excluída"
    return Conversation(
        [say(0, customer, text, None, stored=deleted(), is_deleted=True)],
        [],
        queue=nobody_waits(),
    )


@case
def customer_takes_the_second_question_back() -> Conversation:
    """Deleted after an answer, and nothing of ours after it: the first stays solved."""
    text = "Esta mensagem foi excluída"
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(120, customer, text, 1, stored=deleted(), is_deleted=True),
        ],
        [episode("ai_resolved_assumed", waiting_since=None)],
        queue=nobody_waits(),
    )


@case
def customer_deletes_what_we_answered() -> Conversation:
    """We had written after it: that there was a demand, and how long it took, stay."""
    text = "Esta mensagem foi excluída"
    return Conversation(
        [
            say(0, customer, text, 1, stored=deleted(), is_deleted=True),
            say(60, agent, "Abrimos às 8h.", 1, reply_seconds=60),
        ],
        [episode("human_resolved", has_demand=True, first_response_seconds=60)],
    )


# ============================================================ calls, files, senders


@case
def missed_call_is_a_request() -> Conversation:
    """Nobody took the call: somebody should call back."""
    return Conversation(
        [say(0, call_missed, "WhatsApp Call", 1, speech_act="request")],
        [episode("unanswered", has_demand=True, is_closed=False)],
    )


@case
def missed_call_after_an_answer() -> Conversation:
    """A call after the answer asks for something more, and nobody took it."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(60, bot, "R$ 99.", 1),
            say(600, call_missed, "WhatsApp Call", 1, speech_act="request"),
        ],
        [episode("waiting_us", is_closed=False, waiting_since=600)],
    )


@case
def completed_call_answers() -> Conversation:
    """The person who took the call answered by it."""
    return Conversation(
        [
            say(0, customer, "Minha catraca não abre!", 1),
            say(600, call_taken, "WhatsApp Call", 1, speech_act="answer"),
        ],
        [
            episode(
                "human_resolved",
                has_human=True,
                first_response_class="human",
                first_response_seconds=600,
            )
        ],
    )


@case
def completed_call_alone() -> Conversation:
    """Who only calls, and is answered, had a demand that was answered."""
    return Conversation(
        [say(0, call_taken, "WhatsApp Call", 1)],
        [episode("human_resolved", has_demand=True, has_human=True)],
    )


@case
def file_of_ours_is_an_answer() -> list[Conversation]:
    """The boleto as a file, a voice message or a picture answers without a word."""
    return [
        Conversation(
            [
                say(0, customer, "Me manda a segunda via?", 1),
                say(60, who, None, 1, stored={"file_type": kind}, speech_act="answer"),
            ],
            [episode(outcome, first_response_seconds=60)],
        )
        for kind in (0, 1, 3)
        for who, outcome in ((bot, "ai_resolved_assumed"), (agent, "human_resolved"))
    ]


@case
def customer_sends_a_file() -> Conversation:
    """The receipt that the customer sends wants to be seen."""
    return Conversation(
        [
            say(0, customer, "Paguei hoje.", 1),
            say(5, bot, "Obrigada pelo aviso! O plano já está ativo.", 1),
            say(60, customer, None, 1, stored={"file_type": 0}, speech_act="request"),
        ],
        [episode("waiting_us", waiting_since=60)],
    )


@case
def ai_of_a_fork() -> Conversation:
    """Forks have sender types of their own for their AI."""
    return Conversation(
        [
            say(0, customer, "Tem spinning?", 1),
            say(8, fork_ai, "Sim, às 7h e às 19h.", 1),
        ],
        [episode("ai_resolved_assumed", has_ai=True, first_response_class="ai")],
    )


# ============================================================ moments


@case
def campaign_then_our_message_months_later() -> Conversation:
    """After a campaign that nobody answered, our next message months later begins
    something new: else the resolution takes 61 days."""
    later = 61 * DAY
    return Conversation(
        [
            say(0, campaign, "Volte a treinar!", 1),
            say(later, agent, "Oi, tudo certo?", 2),
            say(later + 60, customer, "Quero renovar meu plano", 2),
            say(later + 120, agent, "Feito!", 2),
        ],
        [
            episode("outbound_no_reply", origin="outbound", has_demand=False),
            episode(
                "human_resolved",
                origin="outbound",
                first_contact_at=later + 60,
                first_response_seconds=60,
                resolution_seconds=120,
            ),
        ],
    )


@case
def campaign_then_a_campaign_months_later() -> Conversation:
    """Two campaigns months apart are two, each without a reply."""
    return Conversation(
        [
            say(0, campaign, "Volte a treinar!", 1),
            say(40 * DAY, campaign, "Saudades de você!", 2),
        ],
        [episode("outbound_no_reply"), episode("outbound_no_reply")],
    )


@case
def imported_history() -> Conversation:
    """An import makes the conversation after its messages: times run from the first
    message and are never negative."""
    before = -9 * DAY
    return Conversation(
        [
            say(before, customer, "Qual o horário?", 1),
            say(before + 90, agent, "Das 6h às 23h.", 1, reply_seconds=90),
        ],
        [
            episode(
                "human_resolved",
                first_response_seconds=90,
                human_response_seconds=90,
                resolution_seconds=90,
            )
        ],
        start=datetime(2024, 3, 22, 15, 0),
    )


@case
def moment_of_the_year_58000() -> Conversation:
    """Milliseconds taken for seconds: ignored as an infinite moment is."""
    far = {"created_at": "58000-01-01"}
    return Conversation(
        [
            say(0, customer, "Tem estacionamento?", 1),
            say(5, bot, "Sim, gratuito por 2 horas.", 1),
            say(60, customer, "E depois?", None, stored=far),
        ],
        [
            episode(
                "ai_resolved_assumed",
                closed_by="silence",
                closed_at=5,
                contact_messages=1,
            )
        ],
    )


@case
def conversation_active_in_the_year_58000() -> Conversation:
    """The same in the conversation's last activity: it neither closes nor breaks it."""
    return Conversation(
        [
            say(0, customer, "Tem estacionamento?", 1),
            say(5, bot, "Sim, gratuito por 2 horas.", 1),
        ],
        [episode("ai_resolved_assumed", closed_by="silence", closed_at=5)],
        stored={"last_activity_at": "58000-01-01"},
    )


@case
def clocks_turned_back_while_the_customer_waits() -> Conversation:
    """In the night when São Paulo's clocks went back the wall showed 23:50, then 23:10:
    twenty minutes of an inbox that never closes, not minus forty."""
    return Conversation(
        [
            say(0, customer, "A unidade está aberta?", 1),
            say(
                20 * MINUTE,
                agent,
                "Sim, até meia-noite.",
                1,
                reply_seconds=20 * MINUTE,
                reply_working_seconds=20 * MINUTE,
            ),
        ],
        [episode("human_resolved", hours_kind="working")],
        start=datetime(2018, 2, 18, 1, 50),
        inbox="always",
    )


@case
def handoff_reason_as_an_object_or_a_list() -> list[Conversation]:
    """Some tools store the reason as an object or a list: its text is the reason, and
    what has no text is "outro"."""
    return [
        Conversation(
            [
                say(0, customer, "Quero cancelar.", 1),
                say(5, bot, "O plano tem multa de 10%.", 1),
                Happened(60, "conversation_bot_handoff"),
                say(660, agent, "Cancelado.", 1),
            ],
            [episode("ai_human_resolved", handoff_at=60, handoff_reason=reason)],
            stored={"custom_attributes": {"motivo_transferencia": value}},
        )
        for value, reason in (
            ("Cancelamento", "Cancelamento"),
            (["Cancelamento"], "Cancelamento"),
            ({"value": "Cancelamento"}, "Cancelamento"),
            ({}, "outro"),
            ([], "outro"),
            ({"id": 7, "ok": True}, "outro"),
            ({"texto": "Cancelamento", "id": 7}, "Cancelamento"),
            ([{"texto": "Cancelamento"}, "Outro"], "Cancelamento"),
            ({"a": "Cancelamento", "b": "c-17"}, "outro"),
            ('["Cancelamento", "Valor"]', "Cancelamento"),
            ('{"id": 7, "texto": "Cancelamento"}', "Cancelamento"),
            ('{"id": 7}', "outro"),
            ("  ", None),
        )
    ]


@case
def undelivered_marks_stay_visible() -> Conversation:
    """What was refused is not hidden: it is a message of its episode, and marked."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(
                60,
                agent,
                "R$ 99.",
                1,
                stored=failed(),
                is_delivered=False,
                message_text="R$ 99.",
                delivery_status="failed",
                message_id=SOMETHING,
            ),
        ],
        [episode("unanswered", undelivered_messages=1)],
    )
