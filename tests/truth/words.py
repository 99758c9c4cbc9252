"""What texts say: the classes of a message, seen in conversations."""

from collections.abc import Iterable

from chatwoot_builder import agent, bot, customer

from truth.language import (
    HOUR,
    MINUTE,
    RESOLVED,
    Conversation,
    case,
    episode,
    resolved,
    say,
)


def after_the_answer(
    texts: Iterable[str], act: str, outcome: str, after: float = MINUTE
) -> list[Conversation]:
    """Each text after the AI's answer, in a conversation of its own."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1, speech_act="answer"),
                say(60 + after, customer, text, 1, speech_act=act),
            ],
            [episode(outcome)],
        )
        for text in texts
    ]


def after_a_greeting(
    texts: Iterable[str], act: str, outcomes: tuple[str, str]
) -> list[Conversation]:
    """Each text of ours after "Oi", said by the AI and by a person."""
    return [
        Conversation(
            [say(0, customer, "Oi", 1), say(60, who, text, 1, speech_act=act)],
            [episode(outcome)],
        )
        for text in texts
        for who, outcome in zip((bot, agent), outcomes, strict=True)
    ]


ABANDONED = ("ai_abandoned", "waiting_customer")
ANSWERED = ("ai_resolved_assumed", "human_resolved")

# ============================================================ the customer


@case
def closings_as_people_write_them() -> list[Conversation]:
    """Thanks with a name, with repeated letters, shouted, or a mere "tá bom": the
    customer says that all is done."""
    return after_the_answer(
        (
            "Muito obrigada viu, Bia",
            "Obrigada Ana",
            "Tá bom então",
            "tá bom",
            "valeu irmão",
            "Vlw, Bia!",
            "OBRIGADAAAA",
            "obrigado pela atenção, tenha um ótimo dia",
            "Até amanhã",
            "Entendi, obrigada",
            "Show de bola",
            "Perfeito!",
            "*Maria:* obrigada",
            "Obrigada\n\nMaria Souza",
            "não, só isso mesmo, obrigada",
        ),
        "courtesy",
        "ai_resolved_confirmed",
    )


@case
def thanks_that_ask_for_more() -> list[Conversation]:
    """Whatever thanks it holds, a question, a "mas" or "só mais" asks for something."""
    return after_the_answer(
        (
            "Obrigada, mas quanto custa a natação?",
            "Valeu! Só mais uma coisa",
            "ok, e o valor",
            "Tá bom, mas não consegui entrar",
            "Obrigada. Pode me mandar o boleto",
            "Perfeito, quero me matricular",
            "Obrigado, e aos domingos",
            "Beleza, me liga então",
            "obrigada, ainda não recebi",
            "Obrigada, o CPF é 111.222.333-44",
            "ok?",
        ),
        "request",
        "waiting_us",
    )


@case
def goodbye_within_an_hour() -> list[Conversation]:
    """A bare "boa noite" soon after our answer says goodbye."""
    return [
        *after_the_answer(
            ("Boa noite", "bom dia!", "Boa tarde 😊"),
            "courtesy",
            "ai_resolved_confirmed",
        ),
        *after_the_answer(
            ("Boa noite",), "courtesy", "ai_resolved_confirmed", after=59 * MINUTE
        ),
    ]


@case
def greeting_hours_later() -> list[Conversation]:
    """The same words hours later begin something: somebody should answer."""
    return [
        *after_the_answer(
            ("Boa noite", "Bom dia!"), "request", "waiting_us", after=5 * HOUR
        ),
        *after_the_answer(("Oi",), "request", "waiting_us"),
    ]


@case
def goodbye_with_a_question() -> list[Conversation]:
    """A greeting with more in it is not bare."""
    return after_the_answer(
        ("Boa noite, e no domingo?", "Bom dia, quero cancelar"),
        "request",
        "waiting_us",
    )


@case
def no_after_a_closing_offer() -> list[Conversation]:
    """ "Não" declines the offer: all is done."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o valor da diária?", 1),
                say(5, bot, "R$ 40.", 1),
                say(
                    6, bot, "Posso ajudar em algo mais?", 1, speech_act="closing_offer"
                ),
                say(60, customer, text, 1, speech_act="courtesy"),
            ],
            [episode("ai_resolved_confirmed", closed_at=60)],
        )
        for text in ("Não", "nao", "Não, só isso")
    ]


@case
def yes_after_a_closing_offer() -> Conversation:
    """ "Sim" takes the offer up: the customer wants something more."""
    return Conversation(
        [
            say(0, customer, "Qual o valor da diária?", 1),
            say(5, bot, "R$ 40.", 1),
            say(6, bot, "Posso ajudar em algo mais?", 1, speech_act="closing_offer"),
            say(60, customer, "Sim", 1, speech_act="request"),
        ],
        [episode("waiting_us", is_closed=False, waiting_since=60)],
    )


@case
def yes_and_no_after_a_question() -> list[Conversation]:
    """After a question both are its answer, and the turn is ours."""
    return [
        Conversation(
            [
                say(0, customer, "Quero fazer uma aula.", 1),
                say(
                    5, bot, "Quer que eu agende para amanhã?", 1, speech_act="question"
                ),
                say(60, customer, text, 1, speech_act="request"),
            ],
            [episode("waiting_us", waiting_since=60)],
        )
        for text in ("Sim", "Não", "não, na sexta")
    ]


@case
def rating_asked_and_given() -> list[Conversation]:
    """A request for a rating closes; the number or the stars that answer it ask for
    nothing."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1),
                say(
                    65,
                    bot,
                    "De 1 a 5, que nota você dá para o nosso atendimento?",
                    1,
                    speech_act="closing_offer",
                ),
                say(120, customer, rating, 1, speech_act="courtesy"),
            ],
            [episode("ai_resolved_confirmed")],
        )
        for rating in ("5", "⭐⭐⭐⭐⭐", "Nota 5")
    ]


@case
def rating_asked_and_not_given() -> Conversation:
    """A request for a rating is no open question: what was answered stays solved."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(60, bot, "Das 6h às 23h.", 1),
            say(65, bot, "Que nota você dá para o nosso atendimento?", 1),
        ],
        [episode("ai_resolved_assumed", stopped_at_our_question=False)],
    )


@case
def number_that_answers_a_menu() -> list[Conversation]:
    """After a menu, or a question for a number, a number is the answer: our turn."""
    return [
        Conversation(
            [
                say(0, customer, "Oi", 1),
                say(5, bot, text, 1, speech_act="question"),
                say(60, customer, "5", 1, speech_act="request"),
            ],
            [episode("waiting_us", waiting_since=60)],
        )
        for text in (
            "Digite o número da opção desejada:\n1 - Planos\n5 - Financeiro",
            "Quantas pessoas vão treinar?",
        )
    ]


# ============================================================ ours


@case
def mere_greetings() -> list[Conversation]:
    """A hello solves nothing, from an AI or from a person, with a name above it or
    not; the offer that opens is part of the hello."""
    return after_a_greeting(
        (
            "Olá! Seja bem-vinda à AllpFit 💪",
            "*Bia:*\nOlá! Sou a assistente virtual da AllpFit.",
            "**Ana:** Oi, tudo bem?",
            "Oi! Em que posso ajudar?",
            "Bom dia! Aqui é a Bia, da AllpFit.",
        ),
        "greeting",
        ABANDONED,
    )


@case
def greetings_with_an_answer() -> list[Conversation]:
    """A hello in front of an answer is an answer."""
    return after_a_greeting(
        (
            "*Bia:*\nOlá! A mensalidade é R$ 119 e não tem matrícula.",
            "Oi, Maria! Já liberei a sua catraca.",
            "Bom dia! Abrimos às 6h.",
        ),
        "answer",
        ANSWERED,
    )


@case
def questions_in_any_form() -> list[Conversation]:
    """Menus, requests for data, a question above a signature, a link or a list: after
    each, silence is the customer's."""
    return after_a_greeting(
        (
            "Digite o número da opção desejada:\n1 - Planos\n2 - Horários",
            "Escolha uma opção:\n1️⃣ Planos\n2️⃣ Horários",
            "Para continuar, me informe seu CPF, por favor.",
            "Por favor, digite seu nome completo:",
            "Pode me passar seu e-mail, por gentileza",
            "Qual unidade você frequenta?\n\nAtenciosamente,\nBia - AllpFit",
            "Qual unidade você frequenta? https://allpfit.example/unidades",
            "Qual plano te interessa?\n- Mensal\n- Anual",
            "*Bia:*\nQual unidade você frequenta? 😊",
        ),
        "question",
        ABANDONED,
    )


@case
def questions_by_type() -> list[Conversation]:
    """What Chatwoot shows as a choice, a form or a field asks, whatever its text."""
    return [
        Conversation(
            [
                say(0, customer, "Oi", 1),
                say(
                    60,
                    bot,
                    "Vamos começar",
                    1,
                    stored={"content_type": content_type},
                    speech_act="question",
                ),
            ],
            [episode("ai_abandoned", stopped_at_our_question=True)],
        )
        for content_type in (1, 2, 3, 4, 6)
    ]


@case
def article_and_cards_ask_nothing() -> list[Conversation]:
    """An article is an answer, not a choice."""
    return [
        Conversation(
            [
                say(0, customer, "Quais são os horários?", 1),
                say(
                    60,
                    bot,
                    "Horários de todas as unidades",
                    1,
                    stored={"content_type": 7},
                    speech_act="answer",
                ),
            ],
            [episode("ai_resolved_assumed", stopped_at_our_question=False)],
        )
    ]


@case
def question_marks_that_ask_nothing() -> list[Conversation]:
    """A question that the text itself answers, one in a link, or an offer to help."""
    return after_a_greeting(
        (
            "Procura estacionamento? Temos, e é gratuito.",
            "Veja os planos: https://allpfit.example/planos?origem=whatsapp",
            "A diária custa R$ 40. Precisa de mais alguma coisa?",
            "Digite *treino* no app e toque em Salvar. A senha é a mesma.",
        ),
        "answer",
        ANSWERED,
    )


@case
def closing_offer_alone() -> list[Conversation]:
    """An offer without any answer before it solved nothing."""
    return after_a_greeting(
        ("Posso ajudar em mais alguma coisa?", "Qualquer dúvida é só chamar!"),
        "closing_offer",
        ABANDONED,
    )


@case
def announcements_of_a_transfer() -> list[Conversation]:
    """Whatever the words, the customer was promised a person, and nobody came."""
    return [
        Conversation(
            [
                say(0, customer, "Minha fatura veio errada", 1),
                say(60, bot, text, 1, speech_act="transfer"),
            ],
            [
                episode(
                    "waiting_us",
                    has_handoff=True,
                    handoff_signal="announced",
                    handoff_at=60,
                    waiting_since=60,
                )
            ],
        )
        for text in (
            "Vou transferir você para a equipe.",
            "*Bia:*\nVou te transferir para um atendente, tá bom?",
            "Estou encaminhando seu caso ao setor financeiro.",
            "Um atendente vai falar com você em instantes.",
            "Vou chamar uma pessoa da nossa equipe para te ajudar.",
            "Sua solicitação foi encaminhada ao setor responsável.",
            "Só um momento, vou passar para a recepção.",
        )
    ]


@case
def answers_near_a_transfer() -> list[Conversation]:
    """The same words in an answer promise no person."""
    return [
        Conversation(
            [
                say(0, customer, "Como funciona?", 1),
                say(60, bot, text, 1, speech_act="answer"),
            ],
            [episode("ai_resolved_assumed", has_handoff=False, handoff_signal=None)],
        )
        for text in (
            "Você pode pagar por transferência bancária ou Pix.",
            "A transferência de unidade é gratuita.",
            "Encaminhei o boleto para o seu e-mail.",
            "O atendente da recepção fica na unidade das 6h às 22h.",
            "Nossa equipe tem dez professores.",
            "Para trocar a toalha, passe na recepção.",
            "Transferi o seu plano para a unidade Moema.",
        )
    ]


@case
def edited_marker() -> list[Conversation]:
    """An integration writes "Mensagem editada" above the text: the text counts."""
    mark = "\n\n`Mensagem editada:`\n\n"
    return [
        *after_the_answer((f"{mark}Obrigada!",), "courtesy", "ai_resolved_confirmed"),
        *after_the_answer((f"{mark}E no domingo?",), "request", "waiting_us"),
        *after_a_greeting((f"{mark}Olá! Tudo bem?",), "greeting", ABANDONED),
    ]


@case
def thanks_after_the_resolve_with_a_name() -> Conversation:
    """Thanks with a name after the resolve bring nobody back."""
    return Conversation(
        [
            say(0, customer, "Perdi meu cartão.", 1),
            say(120, agent, "Segunda via emitida.", 1),
            *resolved(600, 1, by="agent"),
            say(2 * HOUR, customer, "Obrigada Ana", 1, speech_act="courtesy"),
        ],
        [episode("human_resolved", is_reopened=False, has_returned=False)],
        status=RESOLVED,
    )


@case
def answers_in_one_breath_with_a_hello() -> list[Conversation]:
    """On WhatsApp a hello, a name and the answer are one sentence: the hello does not
    swallow the answer."""
    return after_a_greeting(
        (
            "Boa tarde, aceitamos sim",
            "Bom dia Maria, a unidade abre cedo",
            "Boa noite, o cancelamento é feito na recepção",
            "Oi Maria, estornado!",
            "Bom dia Carla, já troquei",
            "Oi, sou a Ana, cancelado",
            "Oi Maria, aqui é a Ana da AllpFit, seu plano foi cancelado",
            "Posso te ajudar: para cancelar, acesse o app.",
            "Obrigado por aguardar, o boleto foi enviado",
            "Combinado, bloqueei",
        ),
        "answer",
        ANSWERED,
    )


@case
def hellos_and_goodbyes_with_more_words() -> list[Conversation]:
    """Near misses: with a name, a wish or an offer they are still no answer."""
    return [
        *after_a_greeting(
            (
                "Boa tarde, Zuleide Ferreira!",
                "Oi Vanderlei, boa tarde!",
                "Olá! Sou a Fit, a IA da AllpFit 🤖 Me conta, como posso te ajudar?",
                "Oi, aqui é a Ana da AllpFit, tudo bem?",
                "Olá, sou a Bia e posso ajudar com planos, horários e pagamentos",
            ),
            "greeting",
            ABANDONED,
        ),
        *after_a_greeting(
            (
                "Bom final de semana pra você e sua família",
                "De nada, Maria! Bons treinos 💪",
                "Espero ter resolvido sua dúvida!",
                "Agradecemos seu contato, tenha um ótimo dia",
            ),
            "closing_offer",
            ABANDONED,
        ),
    ]


@case
def questions_as_people_write_them() -> list[Conversation]:
    """A screenshot asked for, a menu without signs, a name and a role below."""
    return after_a_greeting(
        (
            "Me manda um print da tela do erro",
            "Só preciso que confirme seu endereço",
            "Digite:\n1 para Matrícula\n2 para Financeiro\n3 para Outros",
            "Quando você quer começar? 💪\n\nCarlos | Consultor AllpFit",
            "Qual unidade você prefere?\n\n--\n\nBia Souza\nConsultora AllpFit",
            "Pra eu localizar seu cadastro, qual é o seu CPF?",
        ),
        "question",
        ABANDONED,
    )


@case
def more_goodbyes() -> list[Conversation]:
    """ "Uma boa noite" is a bare "boa noite"; "nos vemos amanhã" asks for nothing."""
    return after_the_answer(
        ("Uma boa noite", "Perfeito. Nos vemos amanhã", "Não preciso de mais nada"),
        "courtesy",
        "ai_resolved_confirmed",
    )


@case
def polite_words_that_ask() -> list[Conversation]:
    """No word of these lists takes a request for thanks."""
    return after_the_answer(
        (
            "não preciso mais do plano",
            "Já resolvi, só falta o boleto",
            "Obrigada, meu nome é Carla Dias",
            "Muito obrigada pela péssima experiência, quero meu dinheiro de volta",
            "não entendi",
            "Ok. Aguardando o boleto então",
        ),
        "request",
        "waiting_us",
    )


@case
def rating_with_a_word_more() -> list[Conversation]:
    """A rating may carry praise; with a "mas" it asks for something."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o valor da diária?", 1),
                say(5, bot, "R$ 40.", 1),
                say(
                    6,
                    bot,
                    "De 1 a 5, como você avalia nosso atendimento?",
                    1,
                    speech_act="closing_offer",
                ),
                say(60, customer, text, 1, speech_act=act),
            ],
            [episode(outcome)],
        )
        for text, act, outcome in (
            ("Nota 5, muito bom", "courtesy", "ai_resolved_confirmed"),
            ("10/10", "courtesy", "ai_resolved_confirmed"),
            ("5, mas ainda não recebi o boleto", "request", "waiting_us"),
        )
    ]
