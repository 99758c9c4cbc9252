"""What managers read, except what the KPI catalogue says: Portuguese, then English."""

import re
from typing import Literal

Language = Literal["pt", "en"]

TEXTS = {
    # ---------- shell
    "product": ("Painel de Atendimento", "Customer service dashboard"),
    "language": ("Idioma", "Language"),
    "period": ("Período", "Period"),
    "7d": ("7 dias", "7 days"),
    "30d": ("30 dias", "30 days"),
    "90d": ("90 dias", "90 days"),
    "mes": ("Mês", "Month"),
    "include_today": ("Incluir hoje", "Include today"),
    "include_today_help": (
        "Hoje ainda não terminou: entra nos valores, mas não na comparação.",
        "Today is not over: it is part of the values, but not of the comparison.",
    ),
    "personalizado": ("Personalizado", "Custom"),
    "comparison": ("Comparação", "Comparison"),
    "versus_previous": ("vs. período anterior", "vs. previous period"),
    "versus_four_weeks": ("vs. 4 semanas antes", "vs. 4 weeks before"),
    "versus_year": ("vs. ano anterior", "vs. previous year"),
    "versus_none": ("sem comparação", "no comparison"),
    "units": ("Unidades", "Units"),
    "all_units": ("Todas as unidades", "All units"),
    "one_of_units": ("Unidade", "Unit"),
    "channels": ("Canais", "Channels"),
    "all_channels": ("Todos os canais", "All channels"),
    "one_of_channels": ("Canal", "Channel"),
    "teams": ("Times", "Teams"),
    "all_teams": ("Todos os times", "All teams"),
    "one_of_teams": ("Time", "Team"),
    "no_team": ("Sem time", "No team"),
    "agents": ("Agentes", "Agents"),
    "all_agents": ("Todos os agentes", "All agents"),
    "one_of_agents": ("Agente", "Agent"),
    "labels": ("Etiquetas", "Labels"),
    "all_labels": ("Todas as etiquetas", "All labels"),
    "one_of_labels": ("Etiqueta", "Label"),
    "resolvers": ("Quem resolveu", "Resolved by"),
    "all_resolvers": ("Todos", "Everybody"),
    "one_of_resolvers": ("Resolvido por", "Resolved by"),
    "resolver_ai": ("IA", "AI"),
    "resolver_human": ("Humano", "Human"),
    "resolver_ai_human": ("IA e humano", "AI and human"),
    "resolver_none": ("Ninguém", "Nobody"),
    "more_filters": ("Mais filtros", "More filters"),
    "drop_filter": ("Tirar este filtro", "Remove this filter"),
    "channel_whatsapp": ("WhatsApp", "WhatsApp"),
    "channel_web": ("Site", "Website"),
    "channel_email": ("E-mail", "E-mail"),
    "channel_sms": ("SMS", "SMS"),
    "channel_other": ("Outro", "Other"),
    "shown_days": ("{first} a {last}", "{first} to {last}"),
    "compared_with": (
        "comparado com {first} a {last}",
        "compared with {first} to {last}",
    ),
    "compared_without_today": (
        "{compared}, sem contar hoje",
        "{compared}, without today",
    ),
    "not_compared": (
        "sem comparação: os dados começam em {first}",
        "no comparison: the data starts on {first}",
    ),
    "nothing_complete": (
        "sem comparação: nenhum dia do período terminou",
        "no comparison: no day of the period is over",
    ),
    # ---------- freshness
    "data_until": (
        "Dados até {moment} · carga {loaded}",
        "Data until {moment} · loaded {loaded}",
    ),
    "fresh": ("Em dia", "Up to date"),
    "late": ("Atrasados", "Late"),
    "stale": ("Desatualizados", "Out of date"),
    "stale_banner": (
        "Os dados param em {moment}, há {age}. Os números abaixo são os dessa hora: a "
        "carga precisa voltar a rodar.",
        "The data ends on {moment}, {age} ago. The numbers below are those of that "
        "time: the load has to run again.",
    ),
    "failed_banner": (
        "A última carga falhou. Os números são os da carga anterior, de {moment}.",
        "The last load failed. The numbers are those of the load before, of {moment}.",
    ),
    # ---------- states
    "no_data_title": ("Ainda não há dados", "There is no data yet"),
    "no_data": (
        "O painel mostra o que uma carga traz do Chatwoot, e nenhuma terminou ainda "
        "nesta versão. Rode `make run` e tente de novo.",
        "The dashboard shows what a load brings from Chatwoot, and none has finished "
        "yet in this version. Run `make run` and try again.",
    ),
    "down_title": ("O banco de dados não responde", "The database does not answer"),
    "down": (
        "Os números não puderam ser lidos. Tente de novo em instantes; se continuar, "
        "`make doctor` mostra a causa.",
        "The numbers could not be read. Try again in a moment; if it goes on, "
        "`make doctor` shows the cause.",
    ),
    "failure_title": ("Algo deu errado nesta página", "Something went wrong here"),
    "failure": (
        "O erro foi registrado no servidor. Tente de novo; se continuar, avise quem "
        "cuida do painel.",
        "The error was recorded on the server. Try again; if it goes on, tell whoever "
        "looks after the dashboard.",
    ),
    "retry": ("Tentar de novo", "Try again"),
    "empty_title": ("Nenhuma conversa neste período", "No conversation in this period"),
    "empty": (
        "De {first} a {last} não há conversas com os filtros escolhidos. Escolha um "
        "período maior ou tire um filtro.",
        "From {first} to {last} there is no conversation with the chosen filters. "
        "Choose a longer period or remove a filter.",
    ),
    "clear_filters": ("Limpar filtros", "Clear filters"),
    # ---------- cards
    "versus": ("vs. {value}", "vs. {value}"),
    "points": ("pp", "pp"),
    "met": ("Meta", "On target"),
    "attention": ("Atenção", "Attention"),
    "critical": ("Crítico", "Critical"),
    "reason_small_sample": ("Amostra pequena", "Small sample"),
    "cases": ("n = {cases}", "n = {cases}"),
    "target_at_least": ("Meta: pelo menos {target}.", "Target: at least {target}."),
    "target_at_most": ("Meta: até {target}.", "Target: at most {target}."),
    "proposed_target": ("A meta é uma proposta.", "The target is a proposal."),
    "small_sample_help": (
        "Com menos de {cases} casos, o valor é pouco confiável.",
        "With fewer than {cases} cases, the value is not reliable.",
    ),
    "reason_no_data": ("Sem dados", "No data"),
    "no_data_help": (
        "Nada a contar com este período e estes filtros.",
        "Nothing to count with this period and these filters.",
    ),
    "reason_immature": ("Ainda cedo", "Too early"),
    "immature_help": (
        "Os atendimentos do período têm menos de 24 horas e ainda não são julgados.",
        "The episodes of the period are under 24 hours old and not judged yet.",
    ),
    "reason_not_configured": ("Não configurado", "Not configured"),
    "not_configured_help": (
        "A fonte deste número não está ligada.",
        "The source of this number is not switched on.",
    ),
    "how_csat": (
        "Ative a pesquisa de satisfação nas caixas de entrada do Chatwoot.",
        "Switch on the satisfaction survey in the inboxes of Chatwoot.",
    ),
    "how_ai": (
        "Ligue um bot a uma caixa de entrada do Chatwoot, ou diga em ai_users.csv "
        "quem é a IA.",
        "Connect a bot to an inbox of Chatwoot, or say in ai_users.csv who the AI is.",
    ),
    "how_sentiment": (
        "Grave o sentimento no atributo da conversa, de −1 a +1.",
        "Write the sentiment into the conversation's attribute, from −1 to +1.",
    ),
    "how_working_hours": (
        "Ative o horário de atendimento nas caixas de entrada do Chatwoot.",
        "Switch on the business hours in the inboxes of Chatwoot.",
    ),
    "how_handoff_reason": (
        "Grave o motivo no atributo da conversa, ou ligue etiquetas a motivos em "
        "handoff_reasons.csv.",
        "Write the reason into the conversation's attribute, or map labels to reasons "
        "in handoff_reasons.csv.",
    ),
    "how_ai_cost": (
        "Informe cost_per_ai_episode_brl em dbt_project.yml.",
        "Fill in cost_per_ai_episode_brl in dbt_project.yml.",
    ),
    "how_funnel": (
        "Ligue etiquetas às etapas do funil em funnel_map.csv.",
        "Map labels to stages of the funnel in funnel_map.csv.",
    ),
    "reason_not_filterable": ("Sem este filtro", "Not with this filter"),
    "not_filterable_help": (
        "Só existe por período, unidade e canal: tire os outros filtros.",
        "Exists by period, unit and channel only: remove the other filters.",
    ),
    "card_failed": ("Erro", "Error"),
    "card_failed_help": (
        "Este número não pôde ser calculado; os outros valem.",
        "This number could not be computed; the others hold.",
    ),
    "section_failed_help": (
        "Esta parte não pôde ser desenhada; as outras valem.",
        "This part could not be drawn; the others hold.",
    ),
    "estimate": ("estimativa", "estimate"),
    "nine_in_ten": ("9\u00a0em\u00a010: {value}", "9\u00a0in\u00a010: {value}"),
    "most": ("{name}: {value}", "{name}: {value}"),
    "per_month": ("{value} ao mês", "{value} a month"),
    "see_conversations": ("Ver conversas", "View list"),
    "ai": ("IA", "AI"),
    "human": ("Humano", "Human"),
    # ---------- executive
    "executive": ("Visão executiva", "Executive overview"),
    "summary_period": ("{days} dias", "{days} days"),
    "summary_one_day": ("1 dia", "1 day"),
    "summary_episodes": ("{value} atendimentos", "{value} episodes"),
    "summary_automation": ("a IA resolveu {value}", "the AI resolved {value}"),
    "summary_human": ("o humano demora {value}", "people take {value}"),
    "summary_met": ("na meta de {target}", "on the target of {target}"),
    "summary_attention": ("meta {target}, atenção", "target {target}, attention"),
    "summary_critical": ("meta {target}, crítico", "target {target}, critical"),
    "and_also": ("E também", "And also"),
    "outcome_finding": (
        "A IA resolveu {ai} dos atendimentos e a equipe {team}; {waiting} esperam por "
        "nós",
        "The AI resolved {ai} of the episodes and the team {team}; {waiting} wait for "
        "us",
    ),
    "outcome_caption": (
        "Atendimentos por dia de início e desfecho",
        "Episodes by day of start and outcome",
    ),
    "stack_ai": ("IA resolveu", "AI resolved"),
    "stack_team": ("Equipe resolveu", "Team resolved"),
    "stack_customer": ("Cliente parou", "Customer stopped"),
    "stack_us": ("Espera por nós", "Waits for us"),
    "stack_immature": ("Ainda cedo", "Too early"),
    "share_finding": ("Como os atendimentos terminam", "How episodes end"),
    "share_caption": (
        "Parte dos atendimentos com cada desfecho, agora e antes",
        "Share of episodes with each outcome, now and before",
    ),
    "now": ("Agora", "Now"),
    "before": ("Antes", "Before"),
    "unit_finding": (
        "{unit} tem {share} dos atendimentos",
        "{unit} has {share} of the episodes",
    ),
    "unit_caption": ("Atendimentos por unidade", "Episodes by unit"),
    "total": ("Total", "Total"),
    "previous_period": ("Período anterior", "Previous period"),
    "day": ("Dia", "Day"),
    "unit": ("Unidade", "Unit"),
    "outcome": ("Desfecho", "Outcome"),
    "episodes": ("Atendimentos", "Episodes"),
    "partial": ("{day} (parcial)", "{day} (partial)"),
    "show_table": ("Ver tabela", "Show table"),
    "chart_alt": (
        "{caption}, de {first} a {last}. {finding}.",
        "{caption}, from {first} to {last}. {finding}.",
    ),
    # ---------- outcomes
    "ai_resolved_confirmed": ("IA resolveu, confirmado", "AI resolved, confirmed"),
    "ai_resolved_assumed": ("IA resolveu, presumido", "AI resolved, assumed"),
    "ai_abandoned": ("Parou após a IA", "Stopped after the AI"),
    "human_resolved": ("Equipe resolveu", "Team resolved"),
    "ai_human_resolved": ("IA e equipe resolveram", "AI and team resolved"),
    "unanswered": ("Sem resposta", "No answer"),
    "waiting_us": ("Espera por nós", "Waits for us"),
    "waiting_customer": ("Espera pelo cliente", "Waits for the customer"),
    "outbound_no_reply": ("Contato sem resposta", "Outreach without reply"),
    "immature_outcome": ("Ainda cedo", "Too early"),
    # ---------- operation
    "operation": ("Operação", "Operation"),
    "now_title": ("Agora", "Now"),
    "now_caption": (
        "Como estava na última carga, {moment}; não muda com o período.",
        "As of the last load, {moment}; it does not change with the period.",
    ),
    "waiting_table": ("Quem espera há mais tempo", "Who has waited longest"),
    "nobody_waits": ("Ninguém espera na fila humana.", "Nobody waits for a person."),
    "period_title": ("No período", "In the period"),
    "heat_finding": (
        "{weekday} às {hour} é o pico: {value} atendimentos por vez",
        "{weekday} at {hour} is the peak: {value} episodes each time",
    ),
    "heat_caption": (
        "Média de atendimentos por dia da semana e hora de início",
        "Mean episodes by weekday and hour of start",
    ),
    "heat_hover": ("{value} por vez", "{value} each time"),
    "histogram_finding": (
        "{share} esperam até 5 minutos por {who}",
        "{share} wait up to 5 minutes for {who}",
    ),
    "histogram_who_first_response": ("uma resposta", "an answer"),
    "histogram_who_human_response": ("um humano", "a person"),
    "histogram_first_response": ("1ª resposta", "First response"),
    "histogram_human_response": ("Tempo até o humano", "Time to a person"),
    "histogram_caption": (
        "Quantos atendimentos esperaram quanto tempo; a linha é a meta",
        "How many episodes waited how long; the line is the target",
    ),
    "time": ("Tempo", "Time"),
    "target": ("Meta", "Target"),
    "messages_finding": (
        "{share} das mensagens da empresa são da IA",
        "{share} of the company's messages are the AI's",
    ),
    "messages_caption": (
        "Mensagens por dia e por quem escreveu",
        "Messages by day and by who wrote",
    ),
    "contact_messages": ("Cliente", "Customer"),
    "ai_messages": ("IA", "AI"),
    "human_messages": ("Humano", "Human"),
    "human_phone_messages": ("Humano, pelo celular", "Human, by phone"),
    "none_finding": ("Nada a mostrar neste período", "Nothing to show in this period"),
    # ---------- conversations
    "conversations_page": ("Conversas", "Conversations"),
    "list_title": ("{count} · {label}", "{count} · {label}"),
    "list_rows": ("{rows} linhas", "{rows} rows"),
    "one_row": ("1 linha", "1 row"),
    "list_numerator": ("Contados", "Counted"),
    "list_denominator": ("Base", "Base"),
    "list_side": ("O que listar", "What to list"),
    "list_kpi": ("Indicador", "KPI"),
    "list_empty": (
        "Este número não conta nenhuma conversa com estes filtros.",
        "This number counts no conversation with these filters.",
    ),
    "not_listed": (
        "{label} não conta conversas, então não há o que listar.",
        "{label} counts no conversations, so there is nothing to list.",
    ),
    "order": ("Ordem", "Order"),
    "order_newest": ("Mais recentes", "Newest"),
    "order_oldest": ("Mais antigas", "Oldest"),
    "order_largest": ("Maior valor", "Largest"),
    "order_worst_rating": ("Pior nota primeiro", "Worst rating first"),
    "order_longest_wait": ("Maior espera", "Longest wait"),
    "open_hint": (
        "Marque uma linha para abrir a conversa.",
        "Tick a row to open the conversation.",
    ),
    "conversation": ("Conversa", "Conversation"),
    "conversation_title": ("Conversa {number}", "Conversation {number}"),
    "started": ("Início", "Started"),
    "contact": ("Cliente", "Customer"),
    "phone": ("Telefone", "Phone"),
    "channel": ("Canal", "Channel"),
    "team": ("Time", "Team"),
    "agent": ("Agente", "Agent"),
    "status": ("Situação", "Status"),
    "status_open": ("Aberta", "Open"),
    "status_resolved": ("Resolvida", "Resolved"),
    "status_pending": ("Com a IA", "With the AI"),
    "status_snoozed": ("Adiada", "Snoozed"),
    "messages": ("Mensagens", "Messages"),
    "messages_columns": ("Cliente / IA / humano", "Customer / AI / human"),
    "first_response": ("1ª resposta", "First response"),
    "human_response": ("Até o humano", "To a person"),
    "resolution": ("Duração", "Duration"),
    "rating": ("Nota", "Rating"),
    "waiting": ("Espera atual", "Current wait"),
    "counted_as": ("Conta", "Counts"),
    "back_to_list": ("Voltar à lista", "Back to the list"),
    "no_conversation": (
        "Não há conversa {number}, ou ela saiu do Chatwoot.",
        "There is no conversation {number}, or it has left Chatwoot.",
    ),
    "episode_title": ("Atendimento {number}", "Episode {number}"),
    "messages_by": (
        "{contact} do cliente · {ai} da IA · {human} da equipe",
        "{contact} by the customer · {ai} by the AI · {human} by the team",
    ),
    "closed_by": ("Encerrado por", "Closed by"),
    "closed_by_agent": ("Agente", "Agent"),
    "closed_by_ai": ("IA", "AI"),
    "closed_by_auto_resolve": ("Inatividade", "Inactivity"),
    "closed_by_automation": ("Automação", "Automation"),
    "closed_by_contact": ("Cliente", "Customer"),
    "closed_by_silence": ("Silêncio de 24 horas", "24 hours of silence"),
    "closed_by_unknown": ("Desconhecido", "Unknown"),
    "closed_by_None": ("Ainda não", "Not yet"),
    "handoff_reason": ("Motivo da transferência", "Handoff reason"),
    "timeline": ("Mensagens", "Messages"),
    "earlier": ("Mostrar as anteriores ({count})", "Show earlier ones ({count})"),
    "sender_contact": ("Cliente", "Customer"),
    "sender_ai": ("IA", "AI"),
    "sender_human": ("Humano", "Human"),
    "sender_human_phone": ("Pelo celular", "By phone"),
    "sender_automation": ("Automático", "Automatic"),
    "handoff_line": ("Transferido para humano · {time}", "Handed to a person · {time}"),
    "handoff_line_plain": ("Transferido para humano", "Handed to a person"),
    "waited": ("{time} sem resposta", "{time} without an answer"),
    "waited_human": (
        "{time} à espera de um humano",
        "{time} waiting for a person",
    ),
    "deleted": ("Mensagem apagada", "Message deleted"),
    "attachment": ("Anexo ou mensagem sem texto", "Attachment, or no text"),
}

MARKDOWN = re.compile(r"([\\`*_\[\]#|~$<>:])")


def say(
    language: Language, key: str, or_else: str | None = None, **values: object
) -> str:
    """Return a text in the language, with the values put in.

    `or_else` stands in for a text that nobody has written. Raises KeyError without it.
    """
    if or_else is not None and key not in TEXTS:
        return or_else
    portuguese, english = TEXTS[key]
    return (portuguese if language == "pt" else english).format(**values)


def plain(text: str) -> str:
    """Return markdown that shows the text as it is."""
    return MARKDOWN.sub(r"\\\1", text)
