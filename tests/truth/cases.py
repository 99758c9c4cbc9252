"""The definition of truth: conversations written by hand, and what they must become.

The cases of this file go through the whole of an episode; the files beside it go
through one subject each: messages, turns, handoffs, closers, queue, customers.

Each case is a function; its docstring says why it exists. A message reads
`say(seconds, who, text, episode)`, where the episode is NULL (None) for what belongs to
none. The default customer writes on a Wednesday at noon in São Paulo, in an inbox
without working hours. Derived from the borders and not repeated here: start, contact
key, messages of each class, resolver.
"""

from datetime import date, datetime

from chatwoot_builder import AGENT as ANA
from chatwoot_builder import (
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

from truth.language import (
    DAY,
    HOUR,
    MINUTE,
    RESOLVED,
    SECOND,
    SNOOZED,
    Conversation,
    Happened,
    Rated,
    ago,
    case,
    episode,
    resolved,
    say,
)

BRUNO = 500_010

# ============================================================ who speaks


@case
def phone_echo_is_a_person() -> Conversation:
    """Staff answering on the paired phone are stored without a sender."""
    return Conversation(
        [
            say(0, customer, "Vocês abrem no feriado?", 1),
            say(300, phone, "Abrimos das 8h às 14h.", 1, reply_seconds=300),
            say(400, customer, "Obrigada!", 1, speech_act="courtesy"),
        ],
        [
            episode(
                "human_resolved",
                origin="inbound",
                closed_by="silence",
                closed_at=400,
                has_ai=False,
                has_human=True,
                has_handoff=False,
                first_response_class="human",
                first_response_seconds=300,
                resolution_seconds=400,
            )
        ],
    )


@case
def ai_with_a_users_token() -> Conversation:
    """An AI that answers with an agent's token looks like a person to Chatwoot."""
    return Conversation(
        [
            say(0, customer, "Qual o valor do plano?", 1),
            say(5, ai_user, "O plano anual custa R$ 99.", 1, reply_seconds=5),
        ],
        [
            episode(
                "ai_resolved_assumed",
                has_ai=True,
                has_human=False,
                has_handoff=False,
                first_response_class="ai",
                first_response_seconds=5,
                ai_first_response_seconds=5,
                last_human_agent_id=None,
                resolved_by_agent_id=None,
            )
        ],
    )


@case
def ai_with_a_users_token_hands_off() -> Conversation:
    """Of two users, the one that is an AI announces a person, who comes: the wait runs
    from the announcement."""
    return Conversation(
        [
            say(0, customer, "Quero trancar o plano.", 1),
            say(5, ai_user, "Vou chamar a equipe.", 1),
            say(605, agent, "Plano trancado.", 1),
            *resolved(700, 1, by="agent"),
        ],
        [
            episode(
                "ai_human_resolved",
                handoff_signal="announced",
                handoff_at=5,
                human_response_seconds=600,
                agent_ids=[ANA],
                resolved_by_agent_id=ANA,
            )
        ],
        status=RESOLVED,
    )


@case
def captain_is_an_ai() -> Conversation:
    """Chatwoot's own assistant has a sender type of its own."""
    return Conversation(
        [
            say(0, customer, "Tem aula de spinning?", 1),
            say(8, captain, "Sim, às 7h e às 19h.", 1),
        ],
        [episode("ai_resolved_assumed", has_ai=True, first_response_class="ai")],
    )


@case
def automation_rule_is_no_answer() -> Conversation:
    """A rule's "um momento!" must not hide that nobody answered."""
    return Conversation(
        [
            say(0, customer, "Minha catraca não abre!", 1),
            say(10, automation_rule, "Um momento!", 1, reply_seconds=None),
        ],
        [
            episode(
                "unanswered",
                has_demand=True,
                has_ai=False,
                has_human=False,
                is_closed=False,
                closed_at=None,
                closed_by=None,
                first_response_class=None,
                first_response_seconds=None,
                resolution_seconds=None,
            )
        ],
    )


@case
def greeting_of_chatwoot_is_no_answer() -> Conversation:
    """The inbox's automatic greeting comes first, the first answer is the person's."""
    return Conversation(
        [
            say(0, customer, "Boa tarde, quero me matricular.", 1),
            say(2, greeting, "Bem-vindo! Já vamos responder.", 1, reply_seconds=None),
            say(240, agent, "A matrícula é gratuita hoje.", 1, reply_seconds=240),
        ],
        [
            episode(
                "human_resolved",
                first_response_class="human",
                first_response_seconds=240,
                has_ai=False,
            )
        ],
    )


@case
def message_of_a_deleted_user() -> Conversation:
    """Chatwoot empties the sender when a user is deleted: nobody knows who it was."""
    return Conversation(
        [
            say(0, customer, "Alguém pode me ajudar?", 1),
            say(60, nobody, "Claro, qual a sua dúvida?", 1),
        ],
        [episode("unanswered", has_human=False, first_response_seconds=None)],
    )


@case
def private_note_is_no_answer() -> Conversation:
    """What the team writes to itself is neither an answer nor speech."""
    return Conversation(
        [
            say(0, customer, "Quero reembolso.", 1),
            say(60, note, "Cliente já ligou hoje.", 1, reply_seconds=None),
            say(90, activity, "Ana atribuiu a si mesmo esta conversa", 1),
        ],
        [episode("unanswered", is_closed=False, has_human=False)],
    )


@case
def deleted_message_answers_nothing() -> Conversation:
    """What was taken back answered nobody: the answer is the one that stayed."""
    deleted = {"attributes": {"deleted": True}}
    return Conversation(
        [
            say(0, customer, "Qual a chave Pix?", 1),
            say(
                30,
                agent,
                "Esta mensagem foi excluída",
                1,
                stored=deleted,
                reply_seconds=None,
                is_deleted=True,
            ),
            say(60, agent, "É o CNPJ da unidade.", 1, reply_seconds=60),
        ],
        [episode("human_resolved", first_response_seconds=60, closed_at=60)],
    )


@case
def audio_without_text() -> Conversation:
    """Messages of media alone have no text, and are messages all the same."""
    return Conversation(
        [
            say(0, customer, None, 1, speech_act="request"),
            say(5, customer, "", 1, speech_act="request"),
            say(20, bot, "Ouvi seu áudio: o horário é das 6h às 22h.", 1),
        ],
        [episode("ai_resolved_assumed", first_response_seconds=20)],
    )


# ============================================================ no episode at all


@case
def empty_conversation() -> Conversation:
    """A conversation without any message has no demand in it."""
    return Conversation([], [])


@case
def private_note_only() -> Conversation:
    """Notes and activities alone are nothing that a customer saw."""
    return Conversation(
        [
            say(0, activity, "Ana definiu a prioridade como alta", None),
            say(60, note, "Ligar amanhã.", None),
        ],
        [],
    )


@case
def automatic_texts_only() -> Conversation:
    """Greeting, rule and survey never open an episode, not even the first."""
    return Conversation(
        [
            say(0, greeting, "Bem-vindo à AllpFit!", None),
            say(10, automation_rule, "Um momento!", None),
            say(20, survey, "Avalie o atendimento.", None),
        ],
        [],
    )


@case
def what_comes_before_the_first_demand() -> Conversation:
    """Notes, activities and automatic texts before the customer belong to nothing."""
    return Conversation(
        [
            say(0, greeting, "Bem-vindo à AllpFit!", None),
            say(10, note, "Aluno antigo.", None),
            say(2 * HOUR, customer, "Bom dia, qual o horário?", 1),
            say(2 * HOUR + 5, bot, "Das 6h às 22h.", 1),
        ],
        [
            episode(
                "ai_resolved_assumed",
                origin="inbound",
                first_response_seconds=5,
                resolution_seconds=5,
            )
        ],
    )


@case
def message_at_an_infinite_time() -> Conversation:
    """Chatwoot's column may hold 'infinity': ignored, or the episode never ends."""
    return Conversation(
        [
            say(0, customer, "Olá?", None, stored={"created_at": "-infinity"}),
            say(0, customer, "Tem estacionamento?", 1),
            say(5, bot, "Sim, gratuito por 2 horas.", 1),
            say(60, customer, "E depois?", None, stored={"created_at": "infinity"}),
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


# ============================================================ borders: customer first


@case
def five_demands_in_one_thread() -> Conversation:
    """On WhatsApp one conversation lives for years: five demands, five outcomes."""
    day = DAY
    return Conversation(
        [
            say(0, customer, "Qual o horário da unidade?", 1),
            say(5, bot, "Abrimos das 6h às 22h.", 1),
            say(60, customer, "Obrigado!", 1),
            say(3 * day, customer, "Quero cancelar meu plano.", 2),
            say(3 * day + 5, bot, "Vou chamar a equipe.", 2),
            say(3 * day + 600, agent, "Cancelamento feito.", 2),
            *resolved(3 * day + 1200, 2, by="agent"),
            say(3 * day + 2 * HOUR, customer, "E a multa?", 3),
            say(3 * day + 2 * HOUR + 300, agent, "Não há multa.", 3),
            say(10 * day, campaign, "Volte a treinar!", 4),
            say(20 * day, customer, "Vocês têm natação?", 5),
        ],
        [
            episode(
                "ai_resolved_confirmed",
                closed_by="silence",
                closed_at=60,
                is_reopened=False,
                has_returned=True,
            ),
            episode(
                "ai_human_resolved",
                closed_by="agent",
                closed_at=3 * day + 1200,
                handoff_signal="announced",
                handoff_at=3 * day + 5,
                time_to_handoff_seconds=5,
                human_response_seconds=595,
                is_reopened=True,
                has_returned=True,
            ),
            episode(
                "human_resolved",
                closed_by="silence",
                closed_at=3 * day + 2 * HOUR + 300,
                has_ai=False,
                has_handoff=False,
                is_reopened=False,
                has_returned=False,
                resolution_seconds=300,
            ),
            episode("outbound_no_reply", origin="outbound", has_demand=False),
            episode("unanswered", origin="inbound", is_closed=False),
        ],
    )


@case
def gap_of_exactly_24_hours() -> Conversation:
    """The gap ends an episode when more than 24 hours have passed, not at 24."""
    return Conversation(
        [
            say(0, customer, "Qual a mensalidade?", 1),
            say(60, agent, "R$ 99.", 1),
            say(60 + DAY, customer, "E a matrícula?", 1),
            say(120 + DAY, agent, "Grátis.", 1),
            say(120 + 2 * DAY + SECOND, customer, "Aceitam Pix?", 2),
            say(180 + 2 * DAY, agent, "Sim.", 2),
        ],
        [
            episode("human_resolved", closed_at=120 + DAY, closed_by="silence"),
            episode("human_resolved", first_response_seconds=59),
        ],
    )


@case
def customer_writes_while_closed() -> Conversation:
    """A resolve ends the demand: minutes later the customer brings the next one."""
    return Conversation(
        [
            say(0, customer, "Perdi meu cartão.", 1),
            say(120, agent, "Segunda via emitida.", 1),
            *resolved(600, 1, by="agent"),
            say(600 + HOUR, customer, "Onde retiro o cartão?", 2),
            say(700 + HOUR, agent, "Na recepção.", 2),
        ],
        [
            episode(
                "human_resolved",
                closed_by="agent",
                closed_at=600,
                resolution_seconds=600,
                is_reopened=True,
                has_returned=True,
            ),
            episode(
                "human_resolved",
                closed_by="silence",
                first_response_seconds=100,
                is_reopened=False,
            ),
        ],
    )


@case
def thanks_after_close_is_no_reopen() -> Conversation:
    """Thanks after the resolve, with words or emoji, bring the conversation back only
    for Chatwoot; to us they confirm."""
    return Conversation(
        [
            say(0, customer, "Qual o horário da natação?", 1),
            say(5, bot, "Às terças e quintas, 18h.", 1),
            *resolved(600, 1, by="ai", by_bot=True),
            say(660, customer, "Muito obrigada! 🙏", 1, speech_act="courtesy"),
            say(670, customer, "👍", 1, speech_act="courtesy"),
        ],
        [
            episode(
                "ai_resolved_confirmed",
                closed_by="ai",
                closed_at=600,
                is_reopened=False,
                has_returned=False,
            )
        ],
    )


@case
def thanks_as_people_write_them() -> Conversation:
    """Short, shouted, with emoji of any skin and a wish: none of it is a demand."""
    thanks = (
        "obg",
        "Vlw!",
        "OBRIGADA!!!",
        "Ok 👍",
        "👍🏽",
        "🙏❤️",
        "Blz, obrigado",
        "Tá bom, obrigada",
        "Muito obrigada pela ajuda",
        "Obrigada, bom dia!",
        "Perfeito, muito obrigado",
    )
    return Conversation(
        [
            say(0, customer, "Trocaram o horário da aula?", 1),
            say(60, agent, "Sim, agora é às 19h.", 1),
            *resolved(300, 1, by="agent"),
            *(
                say(400 + 10 * number, customer, text, 1, speech_act="courtesy")
                for number, text in enumerate(thanks)
            ),
        ],
        [episode("human_resolved", closed_at=300, is_reopened=False)],
        status=RESOLVED,
    )


@case
def reopen_after_thanks() -> Conversation:
    """Thanks between the resolve and the next question must not hide the reopening."""
    return Conversation(
        [
            say(0, customer, "Quero mudar de plano.", 1),
            say(120, agent, "Plano alterado.", 1),
            *resolved(300, 1, by="agent"),
            say(360, customer, "Valeu!", 1, speech_act="courtesy"),
            say(HOUR, customer, "O valor veio errado na fatura.", 2),
            say(HOUR + 60, agent, "Corrigido.", 2),
        ],
        [
            episode("human_resolved", closed_at=300, is_reopened=True),
            episode("human_resolved", closed_by="silence"),
        ],
    )


@case
def thanks_with_a_question_is_a_demand() -> Conversation:
    """Politeness in front of a question does not make it thanks."""
    return Conversation(
        [
            say(0, customer, "Vocês têm musculação?", 1),
            say(5, bot, "Sim, em todas as unidades.", 1),
            *resolved(600, 1, by="ai", by_bot=True),
            say(
                900,
                customer,
                "Obrigada, mas quanto custa a natação?",
                2,
                speech_act="request",
            ),
            say(905, bot, "A natação custa R$ 50 a mais.", 2),
        ],
        [
            episode("ai_resolved_assumed", closed_by="ai", is_reopened=True),
            episode("ai_resolved_assumed", closed_by="silence"),
        ],
    )


@case
def polite_words_that_are_a_demand() -> Conversation:
    """Made of the words of thanks, and still the customer waits for an answer."""
    return Conversation(
        [
            say(0, customer, "A aula é de manhã?", 1),
            say(60, agent, "Sim, às 7h.", 1),
            *resolved(300, 1, by="agent"),
            say(HOUR, customer, "Legal, e à noite?", 2, speech_act="request"),
            say(HOUR + 60, agent, "Só de manhã.", 2),
            *resolved(2 * HOUR, 2, by="agent"),
            say(3 * HOUR, customer, "Não entendi", 3, speech_act="request"),
            say(3 * HOUR + 60, agent, "À noite não há aula.", 3),
        ],
        [
            episode("human_resolved", is_reopened=True),
            episode("human_resolved", is_reopened=True),
            episode("human_resolved", closed_by="silence"),
        ],
    )


@case
def thanks_days_later_open_nothing() -> Conversation:
    """Thanks three days after the silence are still about the demand that ended."""
    return Conversation(
        [
            say(0, customer, "Como troco a senha do app?", 1),
            say(5, bot, "Em Perfil, toque em Trocar senha.", 1),
            say(3 * DAY, customer, "Obrigado!", 1),
            say(3 * DAY + 5, bot, "Por nada! Bons treinos!", 1),
        ],
        [episode("ai_resolved_confirmed", closed_by="silence")],
    )


@case
def thanks_as_the_very_first_message() -> Conversation:
    """A conversation has to start somewhere, even with thanks; and thanks before any
    answer confirm none."""
    return Conversation(
        [
            say(0, customer, "Obrigada!", 1, is_request=True),
            say(5, bot, "Seu plano está renovado até dezembro.", 1),
        ],
        [episode("ai_resolved_assumed", origin="inbound")],
    )


@case
def customer_waits_over_the_gap_and_we_answer_late() -> Conversation:
    """An answer after 30 hours answers that demand; it is no new one of ours."""
    return Conversation(
        [
            say(0, customer, "Posso trancar por um mês?", 1),
            say(30 * HOUR, agent, "Pode, sim.", 1, reply_seconds=30 * HOUR),
            say(30 * HOUR + 60, agent, "Já deixei trancado.", 1, reply_seconds=None),
        ],
        [
            episode(
                "human_resolved",
                origin="inbound",
                first_response_seconds=30 * HOUR,
                closed_by="silence",
                closed_at=30 * HOUR + 60,
            )
        ],
    )


@case
def customer_asks_again_after_the_gap() -> Conversation:
    """Our silence ends nothing: who asks again after a day still waits for the first
    answer, and waited since then. Else a neglect would count as a fast answer."""
    return Conversation(
        [
            say(0, customer, "Posso levar um convidado?", 1),
            say(30 * HOUR, customer, "Alguém aí?", 1),
            say(30 * HOUR + 300, agent, "Pode, uma vez por mês.", 1),
        ],
        [episode("human_resolved", first_response_seconds=30 * HOUR + 300)],
    )


@case
def two_messages_at_the_same_second() -> Conversation:
    """Equal times are told apart by the id: the question came first."""
    return Conversation(
        [
            say(0, customer, "Tem armário?", 1),
            say(0, bot, "Sim, com cadeado próprio.", 1, reply_seconds=0),
        ],
        [
            episode(
                "ai_resolved_assumed",
                origin="inbound",
                first_response_seconds=0,
                resolution_seconds=0,
            )
        ],
    )


@case
def turns_of_several_messages() -> Conversation:
    """A turn counts from its first message to the first of ours, each turn once. The
    request for a person that a person answered is the handoff, and begins the wait."""
    return Conversation(
        [
            say(0, customer, "Boa tarde", 1, reply_seconds=None),
            say(30, customer, "Tem aula de dança?", 1, reply_seconds=None),
            say(60, bot, "Sim, temos.", 1, reply_seconds=60),
            say(62, bot, "Terças e quintas, 19h.", 1, reply_seconds=None),
            say(100, customer, "Quero falar com uma pessoa.", 1, reply_seconds=None),
            say(110, automation_rule, "Um momento!", 1, reply_seconds=None),
            say(400, agent, "Oi, sou a Ana. A turma é gratuita.", 1, reply_seconds=300),
        ],
        [
            episode(
                "ai_human_resolved",
                closed_by="silence",
                handoff_signal="requested",
                handoff_at=100,
                time_to_handoff_seconds=100,
                human_response_seconds=300,
                messages_before_handoff=4,
                first_response_seconds=60,
                ai_first_response_seconds=60,
                first_response_class="ai",
            )
        ],
    )


# ============================================================ borders: we write first


@case
def campaign_without_answer() -> Conversation:
    """A campaign that nobody answers is no demand."""
    return Conversation(
        [say(0, campaign, "Volte a treinar!", 1)],
        [
            episode(
                "outbound_no_reply",
                origin="outbound",
                has_demand=False,
                closed_by="silence",
                closed_at=0,
                first_contact_at=None,
                first_response_seconds=None,
            )
        ],
    )


@case
def outbound_without_answer() -> Conversation:
    """A person writes first and the customer never answers: nobody solved anything."""
    return Conversation(
        [say(0, agent, "Olá Maria, seu plano vence amanhã.", 1, reply_seconds=None)],
        [
            episode(
                "outbound_no_reply",
                origin="outbound",
                has_demand=False,
                closed_by="silence",
                closed_at=0,
            )
        ],
    )


@case
def outbound_answered() -> Conversation:
    """With the customer's answer it becomes a demand, measured from that answer."""
    return Conversation(
        [
            say(0, campaign, "Aula grátis esta semana!", 1, reply_seconds=None),
            say(HOUR, customer, "Quero participar.", 1),
            say(HOUR + 90, agent, "Inscrição feita.", 1, reply_seconds=90),
        ],
        [
            episode(
                "human_resolved",
                origin="outbound",
                has_demand=True,
                first_contact_at=HOUR,
                first_response_seconds=90,
                resolution_seconds=HOUR + 90,
            )
        ],
    )


@case
def outbound_answered_late() -> Conversation:
    """An answer after more than 24 hours is the customer's own demand."""
    return Conversation(
        [
            say(0, campaign, "Aula grátis esta semana!", 1),
            say(30 * HOUR, customer, "Ainda dá tempo?", 2),
            say(30 * HOUR + 10, bot, "Dá, até sábado.", 2),
        ],
        [
            episode("outbound_no_reply", origin="outbound", closed_by="silence"),
            episode("ai_resolved_assumed", origin="inbound", has_demand=True),
        ],
    )


@case
def template_of_an_agent_answered() -> Conversation:
    """A WhatsApp template that an agent sends opens as any other message of his."""
    return Conversation(
        [
            say(0, whatsapp_template, "Seu plano vence hoje.", 1),
            say(600, customer, "Quero renovar.", 1),
            say(660, agent, "Renovado.", 1),
            *resolved(900, 1, by="agent"),
        ],
        [
            episode(
                "human_resolved",
                origin="outbound",
                closed_by="agent",
                first_response_seconds=60,
            )
        ],
        status=RESOLVED,
    )


@case
def template_without_a_sender() -> Conversation:
    """A template sent by a tool opens too, but is no answer to what follows."""
    template = {"additional_attributes": {"template_params": {"name": "vencimento"}}}
    return Conversation(
        [
            say(0, nobody, "Seu plano vence hoje.", 1, stored=template),
            say(600, customer, "Não quero renovar.", 1),
        ],
        [episode("unanswered", origin="outbound", has_demand=True, is_closed=False)],
    )


@case
def we_write_again_days_after_the_silence() -> Conversation:
    """A person who follows up days later starts an episode of the company."""
    return Conversation(
        [
            say(0, customer, "Qual o preço?", 1),
            say(60, agent, "R$ 99 por mês.", 1),
            say(3 * DAY, agent, "Oi Maria, vamos fechar?", 2),
        ],
        [
            episode("human_resolved", closed_at=60, has_returned=False),
            episode("outbound_no_reply", origin="outbound", has_demand=False),
        ],
    )


@case
def campaign_while_the_customer_waits() -> Conversation:
    """A broadcast neither answers who waits for an answer nor opens something new."""
    return Conversation(
        [
            say(0, customer, "Fui cobrada duas vezes.", 1),
            say(2 * DAY, campaign, "Volte a treinar!", 1, reply_seconds=None),
        ],
        [episode("unanswered", origin="inbound", first_response_seconds=None)],
    )


@case
def farewell_after_the_resolve() -> Conversation:
    """What we write after the resolve, within a day, belongs to what was closed."""
    return Conversation(
        [
            say(0, customer, "Quero nota fiscal.", 1),
            say(120, agent, "Enviada por e-mail.", 1),
            *resolved(600, 1, by="agent"),
            say(700, agent, "Bons treinos, Maria!", 1),
        ],
        [episode("human_resolved", closed_by="agent", closed_at=600)],
        status=RESOLVED,
    )


@case
def customer_asks_after_our_farewell() -> Conversation:
    """Our farewell does not undo the resolve: the next question is a new demand."""
    return Conversation(
        [
            say(0, customer, "Quero nota fiscal.", 1),
            say(120, agent, "Enviada por e-mail.", 1),
            *resolved(600, 1, by="agent"),
            say(700, agent, "Bons treinos, Maria!", 1),
            say(HOUR, customer, "Veio com o CPF errado.", 2),
            say(HOUR + 60, agent, "Corrigida.", 2),
        ],
        [
            episode("human_resolved", closed_at=600, is_reopened=True),
            episode("human_resolved", first_response_seconds=60),
        ],
    )


@case
def we_write_over_a_day_after_the_resolve() -> Conversation:
    """Who was waiting was closed meanwhile: a day later it is we who begin."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            *resolved(600, 1, by="agent"),
            say(30 * HOUR, agent, "Oi Maria, ainda quer cancelar?", 2),
        ],
        [
            episode("unanswered", closed_by="agent", closed_at=600),
            episode("outbound_no_reply", origin="outbound"),
        ],
    )


@case
def automation_message_after_the_resolve() -> Conversation:
    """An automation rule days after the close opens nothing, and keeps nothing open."""
    return Conversation(
        [
            say(0, customer, "Tem sauna?", 1),
            say(60, agent, "Sim, na unidade Moema.", 1),
            *resolved(600, 1, by="agent"),
            say(2 * DAY, automation_rule, "Conte para os amigos!", 1),
        ],
        [episode("human_resolved", closed_at=600, is_reopened=False)],
        status=RESOLVED,
    )


@case
def survey_after_the_close() -> Conversation:
    """A survey days after the last message belongs to what it asks about."""
    return Conversation(
        [
            say(0, customer, "Tem bicicletário?", 1),
            say(5, bot, "Sim, coberto.", 1),
            *resolved(3 * DAY, 1, by="auto_resolve", by_bot=True),
            say(3 * DAY + 2, survey, "Avalie o atendimento.", 1),
            Rated(3 * DAY + 60, 4),
        ],
        [episode("ai_resolved_assumed", closed_by="auto_resolve", csat_rating=4)],
        status=RESOLVED,
    )


@case
def survey_sent_as_template() -> Conversation:
    """After 24 hours WhatsApp takes a survey only as a template: still a survey."""
    template = {"additional_attributes": {"template_params": {"name": "csat"}}}
    return Conversation(
        [
            say(0, customer, "Tem bicicletário?", 1),
            say(60, agent, "Sim, coberto.", 1),
            *resolved(3 * DAY, 1, by="auto_resolve"),
            say(3 * DAY + 2, survey_by_template, "Avalie.", 1, stored=template),
            Rated(3 * DAY + 60, 5),
        ],
        [episode("human_resolved", closed_by="auto_resolve", csat_rating=5)],
        status=RESOLVED,
    )


# ============================================================ who closed it


@case
def silent_close_by_a_person_after_the_ai() -> Conversation:
    """Chatwoot records a bot's resolution whenever no user wrote; a person decided."""
    return Conversation(
        [
            say(0, customer, "Quero congelar o plano.", 1),
            say(5, bot, "O congelamento é pelo app.", 1),
            *resolved(900, 1, by="agent", by_bot=True),
        ],
        [
            episode(
                "ai_human_resolved",
                closed_by="agent",
                closed_at=900,
                has_ai=True,
                has_handoff=False,
            )
        ],
        status=RESOLVED,
    )


@case
def silent_close_by_a_person_without_the_ai() -> Conversation:
    """Closing without a word answers nobody."""
    return Conversation(
        [
            say(0, customer, "Quero falar com a gerência.", 1),
            *resolved(900, 1, by="agent", by_bot=True),
        ],
        [
            episode(
                "unanswered",
                closed_by="agent",
                closed_at=900,
                is_closed=True,
                resolution_seconds=900,
                first_response_seconds=None,
            )
        ],
        status=RESOLVED,
    )


@case
def person_closes_on_a_question() -> Conversation:
    """Pressing resolve is the agent's judgement, even with a question left."""
    return Conversation(
        [
            say(0, customer, "Abrem no sábado?", 1),
            say(300, agent, "Sim, das 8h às 14h.", 1),
            say(600, customer, "E no domingo?", 1),
            *resolved(900, 1, by="agent"),
        ],
        [episode("human_resolved", closed_by="agent", closed_at=900)],
        status=RESOLVED,
    )


@case
def person_answers_just_after_closing() -> Conversation:
    """Resolve first, then write: the order of two clicks is no missing answer."""
    return Conversation(
        [
            say(0, customer, "Cancela minha aula de amanhã.", 1),
            *resolved(600, 1, by="agent"),
            say(620, agent, "Aula cancelada.", 1, reply_seconds=620),
        ],
        [
            episode(
                "human_resolved",
                closed_by="agent",
                closed_at=600,
                first_response_seconds=620,
            )
        ],
        status=RESOLVED,
    )


@case
def person_answers_after_an_automation_closed() -> Conversation:
    """A rule closed too early, the person answered all the same, without any AI: the
    rule's close was none."""
    return Conversation(
        [
            say(0, customer, "Cancela minha aula de amanhã.", 1),
            *resolved(60, 1, by="automation"),
            say(620, agent, "Aula cancelada.", 1, reply_seconds=620),
        ],
        [
            episode(
                "human_resolved",
                closed_by="silence",
                closed_at=620,
                first_response_seconds=620,
            )
        ],
        status=RESOLVED,
    )


@case
def answer_and_close_in_the_same_second() -> Conversation:
    """A rule resolves what was just answered: the answer came before the close."""
    return Conversation(
        [
            say(0, customer, "Cancela minha aula de amanhã.", 1),
            say(600, agent, "Aula cancelada.", 1),
            *resolved(600, 1, by="automation"),
        ],
        [
            episode(
                "human_resolved",
                closed_by="automation",
                closed_at=600,
                resolved_by_agent_id=ANA,
            )
        ],
        status=RESOLVED,
    )


@case
def auto_resolve_after_the_ai() -> Conversation:
    """Closed for inactivity with nothing left to answer: solved, one assumes."""
    return Conversation(
        [
            say(0, customer, "Qual o endereço?", 1),
            say(5, bot, "Rua das Flores, 100.", 1),
            *resolved(3 * DAY, 1, by="auto_resolve", by_bot=True),
        ],
        [
            episode(
                "ai_resolved_assumed",
                closed_by="auto_resolve",
                closed_at=3 * DAY,
                is_closed=True,
                resolution_seconds=3 * DAY,
            )
        ],
        status=RESOLVED,
    )


@case
def auto_resolve_after_a_person() -> Conversation:
    """Inactivity after a person's answer leaves the resolution to the person."""
    return Conversation(
        [
            say(0, customer, "Meu boleto não chegou.", 1),
            say(300, agent, "Reenviei agora.", 1),
            *resolved(3 * DAY, 1, by="auto_resolve"),
        ],
        [
            episode(
                "human_resolved",
                closed_by="auto_resolve",
                closed_at=3 * DAY,
                resolved_by_agent_id=ANA,
            )
        ],
        status=RESOLVED,
    )


@case
def auto_resolve_while_the_customer_waits() -> Conversation:
    """Inactivity that was ours is no resolution."""
    return Conversation(
        [
            say(0, customer, "Meu boleto não chegou.", 1),
            say(300, agent, "Me diga o seu CPF.", 1),
            say(600, customer, "123.456.789-09", 1),
            *resolved(3 * DAY, 1, by="auto_resolve"),
        ],
        [episode("waiting_us", closed_by="auto_resolve", resolved_by_agent_id=None)],
        status=RESOLVED,
    )


@case
def automation_closes() -> Conversation:
    """A rule that resolves is told apart from a person by the activity message."""
    return Conversation(
        [
            say(0, customer, "Qual o wi-fi?", 1),
            say(300, agent, "Rede AllpFit, sem senha.", 1),
            *resolved(600, 1, by="automation"),
        ],
        [episode("human_resolved", closed_by="automation", closed_at=600)],
        status=RESOLVED,
    )


@case
def contact_closes() -> Conversation:
    """The customer can end the conversation in the widget."""
    return Conversation(
        [
            say(0, customer, "Qual o telefone?", 1),
            say(5, bot, "11 3333-4444.", 1),
            *resolved(60, 1, by="contact"),
        ],
        [episode("ai_resolved_assumed", closed_by="contact", closed_at=60)],
        status=RESOLVED,
    )


@case
def ai_user_closes() -> Conversation:
    """An AI with a user's token resolves under a user's name, which is no person's."""
    return Conversation(
        [
            say(0, customer, "Como vejo meus treinos?", 1),
            say(5, ai_user, "No app, em Treinos.", 1),
            say(40, customer, "Perfeito, obrigada", 1, speech_act="courtesy"),
            *resolved(60, 1, by="ai"),
        ],
        [episode("ai_resolved_confirmed", closed_by="ai", closed_at=60)],
        status=RESOLVED,
    )


@case
def bot_closes_without_an_activity_message() -> Conversation:
    """Without the activity message the event of the bot's resolution tells."""
    return Conversation(
        [
            say(0, customer, "Tem pilates?", 1),
            say(5, bot, "Sim, às segundas.", 1),
            Happened(600, "conversation_resolved"),
            Happened(600, "conversation_bot_resolved"),
        ],
        [episode("ai_resolved_assumed", closed_by="ai", closed_at=600)],
        status=RESOLVED,
    )


@case
def bot_closes_under_its_own_name() -> Conversation:
    """A name that nobody knows may be a person who left: the bot's event, written
    whenever no user wrote, says AI only where no line names somebody."""
    text = "Conversa foi marcada como resolvida por Robô AllpFit"
    return Conversation(
        [
            say(0, customer, "Tem pilates?", 1),
            say(5, bot, "Sim, às segundas.", 1),
            Happened(600, "conversation_resolved"),
            Happened(600, "conversation_bot_resolved"),
            say(600, activity, text, 1),
        ],
        [episode("ai_resolved_assumed", closed_by="unknown", closed_at=600)],
        status=RESOLVED,
    )


@case
def person_closes_without_an_activity_message() -> Conversation:
    """Without any other sign the user of the event closed it."""
    return Conversation(
        [
            say(0, customer, "Tem pilates?", 1),
            say(5, bot, "Sim, às segundas.", 1),
            Happened(600, "conversation_resolved", ANA),
        ],
        [episode("ai_human_resolved", closed_by="agent", closed_at=600)],
        status=RESOLVED,
    )


@case
def nobody_knows_who_closed() -> Conversation:
    """An event without a user or an activity is a resolve all the same."""
    return Conversation(
        [
            say(0, customer, "Tem personal?", 1),
            say(300, agent, "Sim, à parte.", 1),
            Happened(600, "conversation_resolved"),
        ],
        [episode("human_resolved", closed_by="unknown", closed_at=600)],
        status=RESOLVED,
    )


@case
def activity_in_english() -> Conversation:
    """An account in English says it in English."""
    return Conversation(
        [
            say(0, customer, "Tem yoga?", 1),
            say(5, bot, "Sim, aos sábados.", 1),
            Happened(600, "conversation_resolved", ANA),
            Happened(600, "conversation_bot_resolved", ANA),
            say(600, activity, "Conversation was marked resolved by Ana", 1),
        ],
        [episode("ai_human_resolved", closed_by="agent")],
        status=RESOLVED,
    )


@case
def resolved_without_an_event() -> Conversation:
    """An old Chatwoot left no event: the state and the activity message remain."""
    return Conversation(
        [
            say(0, customer, "Tem jiu-jítsu?", 1),
            say(300, agent, "Sim, à noite.", 1),
            say(900, activity, "Conversa foi marcada como resolvida por Ana", 1),
        ],
        [
            episode(
                "human_resolved",
                closed_by="agent",
                closed_at=900,
                resolution_seconds=900,
            )
        ],
        status=RESOLVED,
    )


@case
def resolved_without_an_event_or_activity() -> Conversation:
    """With the state alone, the last thing that happened is the close."""
    return Conversation(
        [
            say(0, customer, "Tem boxe?", 1),
            say(5, bot, "Sim, às sextas.", 1),
        ],
        [episode("ai_resolved_assumed", closed_by="unknown", closed_at=5)],
        status=RESOLVED,
    )


@case
def second_resolve_without_an_event() -> Conversation:
    """The event of an earlier episode does not close the later one."""
    return Conversation(
        [
            say(0, customer, "Tem muay thai?", 1),
            say(300, agent, "Sim, à tarde.", 1),
            *resolved(600, 1, by="agent"),
            say(HOUR, customer, "Que dias?", 2),
            say(HOUR + 60, agent, "Segundas.", 2),
            say(HOUR + 90, activity, "Conversa foi marcada como resolvida por Ana", 2),
        ],
        [
            episode("human_resolved", closed_at=600, is_reopened=True),
            episode("human_resolved", closed_at=HOUR + 90, closed_by="agent"),
        ],
        status=RESOLVED,
    )


@case
def resolve_recorded_twice() -> Conversation:
    """A repeated job writes the event twice, and a person may resolve again."""
    return Conversation(
        [
            say(0, customer, "Tem crossfit?", 1),
            say(300, agent, "Não temos.", 1),
            Happened(600, "conversation_resolved", ANA),
            *resolved(600, 1, by="agent"),
            Happened(700, "conversation_opened", ANA),
            say(700, activity, "Conversa foi reaberta por Ana", 1),
            *resolved(1200, 1, by="agent"),
        ],
        [episode("human_resolved", closed_at=600, is_reopened=False)],
        status=RESOLVED,
    )


# ============================================================ handoff


@case
def handoff_by_the_bots_event() -> Conversation:
    """Announcement, the bot's event and the opening are one handoff; the earliest sign
    dates it. Who presses resolve after a mere hello has judged."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou chamar a equipe.", 1),
            Happened(6, "conversation_bot_handoff"),
            Happened(6, "conversation_opened"),
            say(6, activity, "Conversa foi marcada como aberta por Assistente", 1),
            say(600, agent, "Oi, sou a Ana.", 1),
            *resolved(900, 1, by="agent"),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=True,
                handoff_signal="announced",
                handoff_at=5,
                handoff_reason="Cancelamento",
                messages_before_handoff=1,
                time_to_handoff_seconds=5,
                human_response_seconds=595,
                first_response_class="ai",
                labels=["cancelamento"],
            )
        ],
        status=RESOLVED,
        stored={"custom_attributes": {"motivo_transferencia": "Cancelamento"}},
        labels=("cancelamento",),
    )


@case
def handoff_by_the_opened_event() -> Conversation:
    """A bot with a user's token opens the conversation: no handoff event exists. A mere
    hello of the person is no answer, so it is not resolved."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(5, ai_user, "O cancelamento tem uma multa de 10%.", 1),
            Happened(60, "conversation_opened"),
            say(660, phone, "Oi, aqui é a Ana.", 1, speech_act="greeting"),
        ],
        [
            episode(
                "waiting_customer",
                has_handoff=True,
                handoff_signal="opened",
                handoff_at=60,
                handoff_reason=None,
                messages_before_handoff=2,
                time_to_handoff_seconds=60,
                human_response_seconds=600,
            )
        ],
    )


@case
def handoff_never_answered() -> Conversation:
    """The AI said it would call somebody, and nobody came."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou chamar a equipe.", 1),
            Happened(6, "conversation_bot_handoff"),
        ],
        [
            episode(
                "waiting_us",
                has_handoff=True,
                handoff_signal="announced",
                has_human=False,
                human_response_seconds=None,
            )
        ],
    )


@case
def handoff_never_answered_and_auto_resolved() -> Conversation:
    """Closing it for inactivity days later does not make it solved."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou chamar a equipe.", 1),
            Happened(6, "conversation_bot_handoff"),
            Happened(6, "conversation_opened"),
            *resolved(3 * DAY, 1, by="auto_resolve", by_bot=True),
        ],
        [
            episode(
                "waiting_us",
                closed_by="auto_resolve",
                closed_at=3 * DAY,
                has_handoff=True,
                human_response_seconds=None,
            )
        ],
        status=RESOLVED,
    )


@case
def handoff_closed_silently_by_a_person() -> Conversation:
    """Who presses resolve without a word took nothing up: the customer was promised a
    person, and none came."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou chamar a equipe.", 1),
            Happened(6, "conversation_bot_handoff"),
            *resolved(HOUR, 1, by="agent", by_bot=True),
        ],
        [
            episode(
                "waiting_us",
                closed_by="agent",
                has_handoff=True,
                human_response_seconds=None,
            )
        ],
        status=RESOLVED,
    )


@case
def bot_hands_off_without_a_word() -> Conversation:
    """The event alone is a handoff; the AI took no other part."""
    return Conversation(
        [
            say(0, customer, "Atendente, por favor.", 1),
            Happened(1, "conversation_bot_handoff"),
            Happened(1, "conversation_opened"),
            say(61, agent, "Oi, sou a Ana.", 1),
            *resolved(300, 1, by="agent"),
        ],
        [
            episode(
                "human_resolved",
                has_ai=False,
                has_handoff=True,
                handoff_signal="bot_event",
                handoff_at=1,
                messages_before_handoff=1,
                human_response_seconds=60,
            )
        ],
        status=RESOLVED,
    )


@case
def opened_before_the_ai_is_no_handoff() -> Conversation:
    """Where no AI wrote there is nothing to hand over; the wait for a person is that of
    the request."""
    return Conversation(
        [
            say(0, customer, "Bom dia, tem vaga?", 1),
            Happened(10, "conversation_opened", ANA),
            say(60, agent, "Tem, sim.", 1),
        ],
        [
            episode(
                "human_resolved",
                has_handoff=False,
                handoff_signal=None,
                handoff_at=None,
                human_response_seconds=60,
                time_to_handoff_seconds=None,
            )
        ],
    )


@case
def ai_after_the_person_is_no_handoff() -> Conversation:
    """The person was there first; both took part."""
    return Conversation(
        [
            say(0, customer, "Bom dia, tem vaga?", 1),
            say(60, agent, "Tem, sim.", 1),
            say(120, customer, "Qual o valor?", 1),
            say(125, bot, "R$ 99 por mês.", 1),
        ],
        [
            episode(
                "ai_human_resolved",
                has_handoff=False,
                handoff_signal=None,
                first_response_class="human",
                ai_first_response_seconds=125,
            )
        ],
    )


@case
def snoozed_and_woken_is_no_handoff() -> Conversation:
    """Chatwoot records the end of a snooze as an opening, as it does a handoff."""
    return Conversation(
        [
            say(0, customer, "Quando abre a nova unidade?", 1),
            say(5, bot, "Em 10 de abril.", 1),
            say(60, activity, "Conversa foi adiada por Ana", 1),
            Happened(2 * HOUR, "conversation_opened"),
        ],
        [episode("ai_resolved_assumed", closed_by="silence", has_handoff=False)],
    )


@case
def reopening_is_no_handoff() -> Conversation:
    """The customer's message reopens, which Chatwoot records as an opening too."""
    return Conversation(
        [
            say(0, customer, "Tem ducha?", 1),
            say(5, bot, "Sim, em todas as unidades.", 1),
            *resolved(600, 1, by="ai", by_bot=True),
            say(DAY, customer, "E secador?", 2),
            Happened(DAY + 1, "conversation_opened"),
            say(DAY + 5, bot, "Também.", 2),
        ],
        [
            episode("ai_resolved_assumed", has_handoff=False, is_reopened=True),
            episode("ai_resolved_assumed", has_handoff=False, handoff_signal=None),
        ],
    )


@case
def snoozed_for_ever() -> Conversation:
    """Snoozing says nothing about the demand: the messages do."""
    return Conversation(
        [
            say(0, customer, "Quero uma segunda via.", 1),
            say(300, agent, "Enviei por e-mail.", 1),
            say(360, activity, "Conversa foi adiada por Ana", 1),
        ],
        [episode("human_resolved", closed_by="silence", closed_at=300)],
        status=SNOOZED,
    )


@case
def person_writes_after_the_ai_closed() -> Conversation:
    """What comes after the close takes nothing away from the AI that solved it."""
    return Conversation(
        [
            say(0, customer, "Qual o horário de sábado?", 1),
            say(5, bot, "Das 8h às 14h.", 1),
            *resolved(600, 1, by="ai", by_bot=True),
            say(HOUR, agent, "Bons treinos, Maria!", 1),
        ],
        [
            episode(
                "ai_resolved_assumed",
                closed_by="ai",
                closed_at=600,
                has_handoff=False,
                resolved_by_agent_id=None,
            )
        ],
        status=RESOLVED,
    )


# ============================================================ how the AI's episodes end


@case
def greeting_only_ai() -> Conversation:
    """An AI that only said hello has solved nothing."""
    return Conversation(
        [
            say(0, customer, "Oi", 1),
            say(
                3,
                bot,
                "Olá! Sou a assistente virtual da AllpFit. Como posso ajudar?",
                1,
                speech_act="greeting",
            ),
        ],
        [episode("ai_abandoned", closed_by="silence")],
    )


@case
def greetings_as_ais_write_them() -> Conversation:
    """Hello, welcome and an offer to help are no answer, in any words."""
    return Conversation(
        [
            say(0, customer, "Oi", 1),
            say(3, bot, "Bom dia! Em que posso ajudar?", 1, speech_act="greeting"),
            say(
                4,
                bot,
                "Olá, Maria! Seja bem-vinda à AllpFit 💪",
                1,
                speech_act="greeting",
            ),
            say(
                5,
                bot,
                "Oi! Tudo bem? Sou a assistente da AllpFit, aqui para te ajudar.",
                1,
                speech_act="greeting",
            ),
        ],
        [episode("ai_abandoned")],
    )


@case
def greeting_and_thanks_solve_nothing() -> Conversation:
    """An "ok" after a mere greeting confirms no answer, for there was none."""
    hello = "Olá! Sou a assistente virtual da AllpFit. Como posso ajudar?"
    return Conversation(
        [
            say(0, customer, "Oi", 1, speech_act="request"),
            say(3, bot, hello, 1, speech_act="greeting"),
            say(60, customer, "ok", 1, speech_act="courtesy"),
        ],
        [episode("ai_abandoned", closed_at=60)],
    )


@case
def greeting_with_an_answer() -> Conversation:
    """Saying hello in front of an answer does not make it a greeting."""
    return Conversation(
        [
            say(0, customer, "Oi, quanto custa?", 1),
            say(3, bot, "Olá! O plano mensal custa R$ 120.", 1, speech_act="answer"),
        ],
        [episode("ai_resolved_assumed")],
    )


@case
def greeting_with_an_answer_and_an_offer() -> Conversation:
    """Hello, the answer and an offer to help further: there is an answer in it."""
    text = "Olá, Maria! Sim, temos estacionamento gratuito. Posso ajudar em algo mais?"
    return Conversation(
        [
            say(0, customer, "Oi, tem estacionamento?", 1),
            say(3, bot, text, 1, speech_act="answer"),
        ],
        [episode("ai_resolved_assumed")],
    )


@case
def ai_question_unanswered() -> Conversation:
    """The AI asked, the customer left: not solved, an emoji after it or not."""
    return Conversation(
        [
            say(0, customer, "Quero agendar uma visita.", 1),
            say(5, bot, "Temos horários amanhã.", 1),
            say(7, bot, "Qual unidade você prefere? 😊", 1, speech_act="question"),
        ],
        [
            episode(
                "ai_abandoned",
                closed_by="silence",
                closed_at=7,
            )
        ],
    )


@case
def ai_question_auto_resolved() -> Conversation:
    """Closing for inactivity after the AI's question solves nothing either."""
    return Conversation(
        [
            say(0, customer, "Quero agendar uma visita.", 1),
            say(5, bot, "Qual unidade você prefere?", 1, speech_act="question"),
            *resolved(3 * DAY, 1, by="auto_resolve", by_bot=True),
        ],
        [episode("ai_abandoned", closed_by="auto_resolve", closed_at=3 * DAY)],
        status=RESOLVED,
    )


@case
def courtesy_question_is_no_question() -> Conversation:
    """ "Posso ajudar em algo mais?" waits for no answer."""
    return Conversation(
        [
            say(0, customer, "Qual o valor da diária?", 1),
            say(
                5,
                bot,
                "A diária custa R$ 40. Posso ajudar em algo mais? 😊",
                1,
                speech_act="answer",
            ),
        ],
        [episode("ai_resolved_assumed")],
    )


@case
def courtesy_question_declined() -> Conversation:
    """ "Não, obrigada" is how people say that all is done, not that they wait."""
    return Conversation(
        [
            say(0, customer, "Qual o valor da diária?", 1),
            say(5, bot, "R$ 40. Posso ajudar em algo mais?", 1, speech_act="answer"),
            say(60, customer, "Não, obrigada", 1, speech_act="courtesy"),
        ],
        [episode("ai_resolved_confirmed", closed_by="silence", closed_at=60)],
    )


@case
def courtesy_questions_as_ais_write_them() -> Conversation:
    """The same courtesy in other words."""
    return Conversation(
        [
            say(0, customer, "Qual o valor da diária?", 1),
            say(5, bot, "R$ 40. Posso te ajudar em algo mais?", 1, speech_act="answer"),
            say(
                6,
                bot,
                "Posso ajudar com mais alguma coisa?",
                1,
                speech_act="closing_offer",
            ),
            say(7, bot, "Precisa de mais alguma coisa?", 1, speech_act="closing_offer"),
        ],
        [episode("ai_resolved_assumed", closed_by="silence")],
    )


@case
def question_in_passing() -> Conversation:
    """An AI that answers what it asked waits for nobody."""
    return Conversation(
        [
            say(0, customer, "Vou de carro.", 1),
            say(
                5,
                bot,
                "Procura estacionamento? Temos, e é gratuito.",
                1,
                speech_act="answer",
            ),
        ],
        [episode("ai_resolved_assumed", closed_by="silence")],
    )


@case
def ai_asks_after_the_thanks() -> Conversation:
    """A question after the thanks is a question: the AI wanted something yet."""
    return Conversation(
        [
            say(0, customer, "Tem aula experimental?", 1),
            say(5, bot, "Sim, gratuita.", 1),
            say(60, customer, "Obrigada!", 1),
            say(65, bot, "Quer agendar a sua para amanhã?", 1, speech_act="question"),
        ],
        [episode("ai_abandoned", closed_by="silence")],
    )


@case
def thanks_confirm() -> Conversation:
    """The customer's thanks are what confirms; the AI's last word does not matter."""
    return Conversation(
        [
            say(0, customer, "Onde fica a unidade Moema?", 1),
            say(5, bot, "Av. Ibirapuera, 2000.", 1),
            say(60, customer, "ok, obrigada!", 1, speech_act="courtesy"),
            say(63, bot, "Por nada! Bons treinos!", 1),
        ],
        [episode("ai_resolved_confirmed", closed_by="silence", closed_at=63)],
    )


@case
def ai_leaves_a_question_open() -> Conversation:
    """The customer's last message got no answer from the AI: it is our turn."""
    return Conversation(
        [
            say(0, customer, "Qual o valor do plano?", 1),
            say(5, bot, "R$ 99 por mês.", 1),
            say(60, customer, "E no plano anual?", 1),
        ],
        [
            episode(
                "waiting_us",
                is_closed=False,
                closed_at=None,
                closed_by=None,
                resolution_seconds=None,
                has_handoff=False,
            )
        ],
    )


@case
def yes_is_no_thanks() -> Conversation:
    """A "sim" to the AI's question asks for something, however short."""
    return Conversation(
        [
            say(0, customer, "Quero fazer uma aula.", 1),
            say(5, bot, "Quer que eu agende para amanhã?", 1, speech_act="question"),
            say(60, customer, "Sim", 1, speech_act="request"),
        ],
        [episode("waiting_us", is_closed=False, closed_by=None)],
    )


@case
def ai_closes_on_a_question() -> Conversation:
    """The AI's judgement is not an agent's: who asked last is still waiting."""
    return Conversation(
        [
            say(0, customer, "Qual o valor do plano?", 1),
            say(5, bot, "R$ 99 por mês.", 1),
            say(60, customer, "E no plano anual?", 1),
            *resolved(HOUR, 1, by="ai", by_bot=True),
        ],
        [episode("waiting_us", closed_by="ai", closed_at=HOUR)],
        status=RESOLVED,
    )


@case
def person_leaves_a_question_open() -> Conversation:
    """A person's episode waits for us too: two days of our silence do not end it."""
    return Conversation(
        [
            say(0, customer, "Abrem no sábado?", 1),
            say(300, agent, "Sim.", 1),
            say(600, customer, "Até que horas?", 1),
            say(600 + 2 * DAY, customer, "Abrem no domingo?", 1),
        ],
        [
            episode(
                "waiting_us",
                is_closed=False,
                closed_at=None,
                waiting_since=600,
                last_waited_for_at=600 + 2 * DAY,
            )
        ],
    )


# ============================================================ around the load


@case
def immature() -> Conversation:
    """Two hours old: too early to say how it ends."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 22h.", 1),
            say(60, customer, "Obrigada!", 1),
        ],
        [
            episode(
                "immature",
                is_matured=False,
                has_demand=True,
                first_response_seconds=5,
            )
        ],
        start=ago(hours=2),
    )


@case
def immature_although_resolved() -> Conversation:
    """Even a resolved one waits for its day, for the customer may come back."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(300, agent, "Das 6h às 22h.", 1),
            *resolved(600, 1, by="agent"),
        ],
        [episode("immature", is_matured=False, closed_by="agent", closed_at=600)],
        start=ago(hours=20),
        status=RESOLVED,
    )


@case
def campaign_of_today() -> Conversation:
    """Not yet a campaign without an answer."""
    return Conversation(
        [say(0, campaign, "Volte a treinar!", 1)],
        [
            episode(
                "immature",
                origin="outbound",
                is_matured=False,
                has_demand=False,
                is_closed=False,
            )
        ],
        start=ago(hours=2),
    )


@case
def a_little_over_a_day_old() -> Conversation:
    """Mature, and silent for just long enough."""
    return Conversation(
        [
            say(0, customer, "Qual o horário?", 1),
            say(5, bot, "Das 6h às 22h.", 1),
        ],
        [
            episode(
                "ai_resolved_assumed",
                is_matured=True,
                is_closed=True,
                closed_by="silence",
                is_return_window_over=False,
            )
        ],
        start=ago(hours=25),
    )


@case
def customer_may_still_answer_a_person() -> Conversation:
    """Mature and not closed, the person wrote last: the customer's turn."""
    return Conversation(
        [
            say(0, customer, "Quero remarcar a avaliação.", 1),
            say(300, agent, "Que dia fica bom para você?", 1),
            say(12 * HOUR, customer, "Sexta.", 1),
            say(12 * HOUR + 60, agent, "Às 10h ou às 15h?", 1),
        ],
        [
            episode(
                "waiting_customer",
                is_matured=True,
                is_closed=False,
                closed_at=None,
                closed_by=None,
            )
        ],
        start=ago(hours=30),
    )


@case
def customer_may_still_answer_the_ai() -> Conversation:
    """The same with the AI: not abandoned before the silence is over."""
    return Conversation(
        [
            say(0, customer, "Quero agendar uma visita.", 1),
            say(5, bot, "Temos horários amanhã.", 1),
            say(12 * HOUR, customer, "De manhã.", 1),
            say(12 * HOUR + 5, bot, "Qual unidade você prefere?", 1),
        ],
        [episode("waiting_customer", is_matured=True, is_closed=False)],
        start=ago(hours=30),
    )


@case
def returns_today() -> Conversation:
    """A return counts at once, before the new episode is mature."""
    return Conversation(
        [
            say(0, customer, "Quanto custa?", 1),
            say(5, bot, "R$ 99 por mês.", 1),
            say(3 * DAY, customer, "Meu boleto veio errado.", 2),
        ],
        [
            episode(
                "ai_resolved_assumed",
                has_returned=True,
                is_reopened=False,
                is_return_window_over=False,
            ),
            episode("immature", is_matured=False, is_closed=False),
        ],
        start=ago(days=3, hours=1),
    )


# ============================================================ coming back


@case
def bot_resolved_then_reopened() -> Conversation:
    """The AI closed it, the customer was back two days later: not durable."""
    return Conversation(
        [
            say(0, customer, "O app não abre.", 1),
            say(5, bot, "Reinstale o app.", 1),
            *resolved(600, 1, by="ai", by_bot=True),
            say(2 * DAY, customer, "Ainda não abre.", 2),
            Happened(2 * DAY, "conversation_opened"),
            say(2 * DAY + 300, agent, "Corrigimos o seu cadastro.", 2),
        ],
        [
            episode(
                "ai_resolved_assumed",
                closed_by="ai",
                closed_at=600,
                has_handoff=False,
                is_reopened=True,
                has_returned=True,
                is_return_window_over=True,
            ),
            episode(
                "human_resolved",
                has_ai=False,
                has_handoff=False,
                is_reopened=False,
                has_returned=False,
            ),
        ],
    )


@case
def same_phone_in_two_inboxes() -> list[Conversation]:
    """Two contacts with one phone are one person, who came back in another inbox."""
    return [
        Conversation(
            [
                say(0, customer, "Tem plano família?", 1),
                say(5, bot, "Sim, para até 4 pessoas.", 1),
                *resolved(600, 1, by="ai", by_bot=True),
            ],
            [episode("ai_resolved_assumed", is_reopened=False, has_returned=True)],
            status=RESOLVED,
        ),
        Conversation(
            [
                say(6 * DAY, customer, "Tem plano família?", 1),
                say(6 * DAY + 60, agent, "Sim, para até 4 pessoas.", 1),
            ],
            [episode("human_resolved", is_reopened=False, has_returned=False)],
            inbox="other",
            contact=2,
        ),
    ]


@case
def two_conversations_at_once() -> list[Conversation]:
    """Who writes elsewhere before the first is closed has not come back."""
    return [
        Conversation(
            [
                say(0, customer, "Meu boleto não chegou.", 1),
                say(300, agent, "Reenviei.", 1),
                *resolved(2 * HOUR, 1, by="agent"),
            ],
            [episode("human_resolved", closed_at=2 * HOUR, has_returned=False)],
            status=RESOLVED,
        ),
        Conversation(
            [
                say(HOUR, customer, "Meu boleto não chegou.", 1),
                say(HOUR + 300, agent, "Já reenviei no outro número.", 1),
            ],
            [episode("human_resolved", has_returned=False)],
            inbox="other",
        ),
    ]


@case
def returns_after_eight_days() -> Conversation:
    """The window of a return is seven days from the close."""
    return Conversation(
        [
            say(0, customer, "Tem avaliação física?", 1),
            say(300, agent, "Sim, agendada no app.", 1),
            *resolved(600, 1, by="agent"),
            say(8 * DAY, customer, "Quero agendar.", 2),
            say(8 * DAY + 60, agent, "Agendado.", 2),
        ],
        [
            episode("human_resolved", is_reopened=False, has_returned=False),
            episode("human_resolved", is_reopened=False, has_returned=False),
        ],
    )


@case
def our_campaign_is_no_return() -> Conversation:
    """That we wrote again says nothing about the customer."""
    return Conversation(
        [
            say(0, customer, "Tem day use?", 1),
            say(5, bot, "Sim, R$ 40.", 1),
            say(2 * DAY, campaign, "Volte a treinar!", 2),
        ],
        [
            episode("ai_resolved_assumed", has_returned=False),
            episode("outbound_no_reply", has_returned=False),
        ],
    )


@case
def strangers_without_a_phone() -> list[Conversation]:
    """Contacts without a phone are told apart by their id: nobody came back."""
    nameless = {"phone_number": None}
    return [
        Conversation(
            [
                say(0, customer, "Tem day use?", 1),
                say(5, bot, "Sim, R$ 40.", 1),
            ],
            [episode("ai_resolved_assumed", has_returned=False)],
            contact_stored=nameless,
        ),
        Conversation(
            [
                say(DAY, customer, "Tem day use?", 1),
                say(DAY + 5, bot, "Sim, R$ 40.", 1),
            ],
            [episode("ai_resolved_assumed", has_returned=False)],
            contact=2,
            contact_stored=nameless,
        ),
    ]


@case
def blocked_contact() -> Conversation:
    """Who is blocked brings no demand; Chatwoot makes it resolved at once."""
    return Conversation(
        [say(0, customer, "Ganhe dinheiro em casa.", 1)],
        [
            episode(
                "unanswered",
                has_demand=False,
                is_closed=True,
                closed_by="unknown",
                closed_at=0,
            )
        ],
        status=RESOLVED,
        contact_stored={"blocked": True},
    )


# ============================================================ satisfaction


@case
def two_csat_answers() -> Conversation:
    """Two surveys in one episode: the answer that came last counts, once."""
    return Conversation(
        [
            say(0, customer, "Fui cobrada a mais.", 1),
            say(300, agent, "Estornei.", 1),
            *resolved(600, 1, by="agent"),
            say(601, survey, "Avalie o atendimento.", 1),
            *resolved(HOUR, 1, by="agent"),
            say(HOUR + 1, survey, "Avalie o atendimento.", 1),
            Rated(HOUR + 60, 5, survey=2),
            Rated(2 * HOUR, 2, survey=1),
        ],
        [episode("human_resolved", closed_at=600, csat_rating=2)],
        status=RESOLVED,
    )


@case
def late_csat() -> Conversation:
    """An answer after the next demand began rates the one that was asked about."""
    return Conversation(
        [
            say(0, customer, "O ar não funciona.", 1),
            say(300, agent, "Chamamos o técnico.", 1),
            *resolved(600, 1, by="agent"),
            say(601, survey, "Avalie o atendimento.", 1),
            say(2 * DAY, customer, "E o chuveiro?", 2),
            Rated(3 * DAY, 3),
        ],
        [
            episode("human_resolved", csat_rating=3),
            episode("unanswered", csat_rating=None),
        ],
    )


# ============================================================ local time, opening hours


@case
def half_past_eleven_at_night() -> Conversation:
    """At 23:30 in São Paulo it is tomorrow in UTC, and today here."""
    return Conversation(
        [
            say(0, customer, "Abrem amanhã cedo?", 1),
            say(5, bot, "Às 6h.", 1),
        ],
        [
            episode(
                "ai_resolved_assumed",
                local_date=date(2024, 3, 13),
                local_hour=23,
                hours_kind="not_configured",
            )
        ],
        start=datetime(2024, 3, 14, 2, 30),
    )


@case
def month_end() -> Conversation:
    """The last half hour of a year: the answer in the next does not move the start."""
    return Conversation(
        [
            say(0, customer, "Abrem no dia 1º?", 1, local_date=date(2024, 12, 31)),
            say(HOUR, bot, "Não abrimos.", 1, local_date=date(2025, 1, 1)),
        ],
        [
            episode(
                "ai_resolved_assumed",
                local_date=date(2024, 12, 31),
                local_hour=23,
                resolution_seconds=HOUR,
            )
        ],
        start=datetime(2025, 1, 1, 2, 30),
    )


@case
def zone_of_the_inbox() -> Conversation:
    """In Manaus it is still the old year when São Paulo celebrates."""
    return Conversation(
        [
            say(0, customer, "Abrem no dia 1º?", 1),
            say(5, bot, "Não abrimos.", 1),
        ],
        [
            episode(
                "ai_resolved_assumed",
                local_date=date(2024, 12, 31),
                local_hour=23,
                hours_kind="not_configured",
            )
        ],
        start=datetime(2025, 1, 1, 3, 30),
        inbox="manaus",
    )


@case
def summer_time_of_2018() -> Conversation:
    """São Paulo had summer time until 2019: the wall showed an hour more."""
    return Conversation(
        [
            say(0, customer, "Abrem amanhã?", 1),
            say(5, bot, "Abrimos.", 1),
        ],
        [episode("ai_resolved_assumed", local_date=date(2018, 11, 30), local_hour=23)],
        start=datetime(2018, 12, 1, 1, 30),
    )


# The inbox "hours" is open Monday to Friday 6:00-22:00, Saturday 8:00-14:00.


@case
def within_the_hours() -> Conversation:
    """Within one open interval working time is time."""
    return Conversation(
        [
            say(0, customer, "Tem toalha?", 1),
            say(300, agent, "Sim.", 1, reply_seconds=300, reply_working_seconds=300),
        ],
        [episode("human_resolved", hours_kind="working")],
        inbox="hours",
    )


@case
def after_hours() -> Conversation:
    """Written at 23:30, answered at 6:10: ten minutes of our time."""
    return Conversation(
        [
            say(0, customer, "Tem toalha?", 1),
            say(
                6 * HOUR + 40 * MINUTE,
                agent,
                "Sim.",
                1,
                reply_seconds=6 * HOUR + 40 * MINUTE,
                reply_working_seconds=10 * MINUTE,
            ),
        ],
        [
            episode(
                "human_resolved",
                hours_kind="after_hours",
                local_date=date(2024, 3, 13),
                local_hour=23,
            )
        ],
        start=datetime(2024, 3, 14, 2, 30),
        inbox="hours",
    )


@case
def saturday_morning() -> Conversation:
    """Saturday at 9:00 has hours of its own, and is open."""
    return Conversation(
        [
            say(0, customer, "Tem toalha?", 1),
            say(60, bot, "Sim.", 1, reply_working_seconds=60),
        ],
        [episode("ai_resolved_assumed", hours_kind="working", local_hour=9)],
        start=datetime(2024, 3, 16, 12, 0),
        inbox="hours",
    )


@case
def saturday_afternoon() -> Conversation:
    """Saturday at 15:00 is open on other days, and closed."""
    return Conversation(
        [
            say(0, customer, "Tem toalha?", 1),
            say(60, bot, "Sim.", 1, reply_working_seconds=0),
        ],
        [episode("ai_resolved_assumed", hours_kind="after_hours", local_hour=15)],
        start=datetime(2024, 3, 16, 18, 0),
        inbox="hours",
    )


@case
def weekend_between_question_and_answer() -> Conversation:
    """Saturday 13:50 to Monday 6:30 is ten minutes and thirty, not forty hours."""
    wall = 40 * HOUR + 40 * MINUTE
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(
                wall,
                agent,
                "Cancelado.",
                1,
                reply_seconds=wall,
                reply_working_seconds=40 * MINUTE,
            ),
        ],
        [episode("human_resolved", hours_kind="working", first_response_seconds=wall)],
        start=datetime(2024, 3, 16, 16, 50),
        inbox="hours",
    )


@case
def person_answers_on_a_closed_day() -> Conversation:
    """Who answers on a closed Sunday costs the customer no working time."""
    return Conversation(
        [
            say(0, customer, "Quero cancelar.", 1),
            say(
                30 * MINUTE,
                agent,
                "Cancelado.",
                1,
                reply_seconds=30 * MINUTE,
                reply_working_seconds=0,
            ),
        ],
        [
            episode(
                "human_resolved",
                hours_kind="after_hours",
                first_response_seconds=30 * MINUTE,
            )
        ],
        start=datetime(2024, 3, 17, 13, 0),
        inbox="hours",
    )


@case
def handoff_over_the_night() -> Conversation:
    """Announced on Friday at 20:59:05, taken up on Saturday at 8:10: an hour and ten
    of working time. A mere hello is no answer."""
    wall = 11 * HOUR + 10 * MINUTE
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou chamar a equipe.", 1, reply_working_seconds=5),
            Happened(60, "conversation_bot_handoff"),
            say(60 + wall, agent, "Oi, sou a Ana.", 1, reply_seconds=None),
        ],
        [
            episode(
                "waiting_customer",
                handoff_signal="announced",
                human_response_seconds=wall + 55,
                human_response_working_seconds=HOUR + 10 * MINUTE + 55,
                hours_kind="working",
                local_date=date(2024, 3, 15),
                local_hour=20,
            )
        ],
        start=datetime(2024, 3, 15, 23, 59),
        inbox="hours",
    )


@case
def inbox_without_working_hours() -> Conversation:
    """Where nobody set hours there is no working time, not a working time of zero. The
    wait runs from the announcement, and a mere hello is no answer."""
    return Conversation(
        [
            say(0, customer, "Quero falar com uma pessoa.", 1),
            say(5, bot, "Vou chamar a equipe.", 1, reply_working_seconds=None),
            say(600, agent, "Oi, sou a Ana.", 1),
        ],
        [
            episode(
                "waiting_customer",
                hours_kind="not_configured",
                human_response_seconds=595,
                human_response_working_seconds=None,
            )
        ],
    )


@case
def hours_of_an_outbound_are_the_customers() -> Conversation:
    """Our message went out in the evening; the demand began at night."""
    return Conversation(
        [
            say(0, campaign, "Aula grátis amanhã!", 1),
            say(2 * HOUR, customer, "Quero ir.", 1),
            say(2 * HOUR + 10, bot, "Inscrição feita.", 1),
        ],
        [
            episode(
                "ai_resolved_assumed",
                origin="outbound",
                hours_kind="after_hours",
                local_date=date(2024, 3, 13),
                local_hour=21,
            )
        ],
        start=datetime(2024, 3, 14, 0, 30),
        inbox="hours",
    )


# ============================================================ agents


@case
def several_agents() -> Conversation:
    """Two people wrote; the last before the close resolved it, whoever pressed."""
    return Conversation(
        [
            say(0, customer, "Quero mudar de unidade.", 1),
            say(300, agent, "Vou verificar.", 1),
            say(900, agent, "Mudança feita.", 1, stored={"sender_id": BRUNO}),
            *resolved(1200, 1, by="agent"),
        ],
        [
            episode(
                "human_resolved",
                agent_ids=[ANA, BRUNO],
                last_human_agent_id=BRUNO,
                resolved_by_agent_id=BRUNO,
                closed_by="agent",
            )
        ],
        status=RESOLVED,
    )
