"""What managers read, except what the KPI catalogue says: Portuguese, then English."""

import re
from typing import Literal

Language = Literal["pt", "en"]

TEXTS = {
    # ---------- shell
    "product": ("Painel de Atendimento", "Customer service dashboard"),
    "language": ("Idioma", "Language"),
    "period": ("Período", "Period"),
    "hoje": ("Hoje", "Today"),
    "until_now": ("{day}, só até {clock}", "{day}, only until {clock}"),
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
    "accounts": ("Contas", "Accounts"),
    "all_accounts": ("Todas as contas", "All accounts"),
    "one_of_accounts": ("Conta", "Account"),
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
    # Short, so that a phone shows it whole.
    "shown_until": ("Até {moment}", "Until {moment}"),
    "fresh": ("Em dia", "Up to date"),
    "building": (
        "carga de {loaded} em processamento",
        "load of {loaded} being processed",
    ),
    "unbuilt": (
        "carga de {loaded} ainda não processada",
        "load of {loaded} not processed yet",
    ),
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
    "mixed_banner": (
        "Números de duas cargas: o processamento parou no meio (desde {since}). Até "
        "que um termine, um número pode não bater com outro.",
        "Numbers of two loads: processing stopped half-way (since {since}). Until it "
        "gets to its end, one number may not match another.",
    ),
    "build_banner": (
        "O processamento falha desde {since}. Os números são os da carga de {moment}.",
        "Processing has failed since {since}. The numbers are those of the load of "
        "{moment}.",
    ),
    "checks_banner": (
        "Uma verificação dos dados falhou (desde {since}): parte dos números pode "
        "estar errada. Quem cuida dos dados vê qual com `make status`.",
        "A check of the data has failed (since {since}): some numbers may be wrong. "
        "Whoever looks after the data sees which with `make status`.",
    ),
    "new_accounts": (
        "conta nova no Chatwoot, fora dos números: {names}",
        "new account in Chatwoot, not in the numbers: {names}",
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
    "cases": ("casos: {cases}", "cases: {cases}"),
    "cases_of": ("{what}: {cases}", "{what}: {cases}"),
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
    "reason_low_coverage": ("Indisponível", "Not available"),
    "low_coverage_help": (
        "Menos da metade dos atendimentos foi analisada: não fala pelo todo.",
        "Less than half of the episodes were analysed: it does not speak for all.",
    ),
    "reason_immature": ("Ainda cedo", "Too early"),
    "immature_help": (
        "Os atendimentos do período têm menos de 24 horas e ainda não são julgados.",
        "The episodes of the period are under 24 hours old and not judged yet.",
    ),
    "reason_no_ai": ("Sem IA aqui", "No AI here"),
    "no_ai_help": (
        "A IA não participou de nenhum atendimento com este período e estes filtros.",
        "The AI took part in no episode with this period and these filters.",
    ),
    "reason_no_survey": ("Sem pesquisa", "No survey"),
    "no_survey_help": (
        "Nenhuma pesquisa foi respondida com este período e estes filtros.",
        "No survey was answered with this period and these filters.",
    ),
    "part_ai_resolved_confirmed_episodes": (
        "confirmado {value}",
        "confirmed {value}",
    ),
    "in_working_hours": ("em horário de atendimento", "in working hours"),
    "part_ai_resolved_assumed_episodes": ("presumido {value}", "assumed {value}"),
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
    "how_receipts": (
        "Use caixas de entrada que informam entrega, leitura e falha, como as do "
        "WhatsApp Cloud.",
        "Use inboxes that report delivery, reading and failure, such as those of "
        "WhatsApp Cloud.",
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
    "within_share": (
        "em {share} dos casos, até isto",
        "within this in {share} of cases",
    ),
    "nine_in_ten": (
        "9\u00a0em\u00a010 até {value}",
        "9\u00a0in\u00a010 within {value}",
    ),
    "most": ("{name}: {value}", "{name}: {value}"),
    "per_month": ("{value}/mês", "{value}/mo."),
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
    # ---------- marks
    "only_mark": ("Só: {mark}", "Only: {mark}"),
    "mark_messages": ("após {count} mensagens", "after {count} messages"),
    "mark_last_messages": (
        "após {count} ou mais mensagens",
        "after {count} or more messages",
    ),
    "mark_last_agent": ("última pessoa: {name}", "last person: {name}"),
    "mark_nobody": ("nenhuma pessoa escreveu", "no person wrote"),
    "mark_without_holidays": ("sem feriados", "without holidays"),
    "mark_answered": ("respondidos", "answered"),
    "mark_resolved": ("resolvidos", "resolved"),
    "mark_rated": ("avaliados", "rated"),
    "mark_with_ai": ("com a IA", "with the AI"),
    "mark_without_ai": ("sem a IA", "without the AI"),
    "mark_with_human": ("com atendente", "with a person"),
    "mark_handed_off": ("transferidos", "handed over"),
    "mark_not_handed_off": ("não transferidos", "not handed over"),
    "mark_contact_messages": ("mensagens do cliente", "the customer's messages"),
    "mark_ai_messages": ("mensagens da IA", "the AI's messages"),
    "mark_human_messages": ("mensagens da equipe", "the team's messages"),
    "mark_human_phone_messages": (
        "mensagens da equipe pelo celular",
        "the team's messages by phone",
    ),
    "mark_ratings_1": ("nota 1", "rated 1"),
    "mark_ratings_2": ("nota 2", "rated 2"),
    "mark_ratings_3": ("nota 3", "rated 3"),
    "mark_ratings_4": ("nota 4", "rated 4"),
    "mark_ratings_5": ("nota 5", "rated 5"),
    "mark_returned": ("o cliente voltou", "the customer came back"),
    "flow_lists": ("Ver conversas de cada caminho", "Lists of each path"),
    "forecast_not_listed": (
        "A previsão não conta conversas: não há lista.",
        "A forecast counts no conversations: there is no list.",
    ),
    "worst_title": ("Atendimentos da IA para revisar", "Episodes of the AI to review"),
    "worst_loops": ("Insistência", "Loops"),
    "worst_loops_caption": (
        "Os {count} em que a IA mais escreveu: é onde ela dá voltas.",
        "The {count} in which the AI wrote most: there it turns in circles.",
    ),
    "worst_ratings": ("Notas baixas", "Low ratings"),
    "worst_ratings_caption": (
        "Com a IA e nota de 1 a 3, os piores primeiro; até {count}.",
        "With the AI and rated 1 to 3, the worst first; up to {count}.",
    ),
    "worst_returns": ("Voltaram logo", "Came back soon"),
    "worst_returns_caption": (
        "Resolvidos pela IA, mas o cliente voltou logo; até {count}.",
        "Resolved by the AI, yet the customer soon came back; up to {count}.",
    ),
    "worst_none": ("Nenhum no período.", "None in the period."),
    # ---------- trends over a longer time
    "days": ("{count} dias", "{count} days"),
    "measures_days": ("Período do gráfico", "Time of the chart"),
    "measures_finding": ("Os números principais, juntos", "The main numbers together"),
    "measures_by_day": (
        "Por dia, com escala própria a partir de zero; a linha tracejada é a meta",
        "By day, each with its own scale from zero; the dashed line is the target",
    ),
    "measures_by_week": (
        "Por semana, com escala própria a partir de zero; a linha tracejada é a meta",
        "By week, each with its own scale from zero; the dashed line is the target",
    ),
    "trend_finding": (
        "O tempo até a 1ª resposta muda {change}",
        "The time to the first response moves {change}",
    ),
    "trend_caption": (
        "Mediana das últimas 12 semanas e sua tendência; tracejado, a meta",
        "Median of the last 12 weeks and its trend; dashed, the target",
    ),
    "trend_line": ("Tendência", "Trend"),
    # ---------- checks
    "ignored": ("Conversas fora dos números", "Conversations not in the numbers"),
    "ignored_caption": (
        "Não são de clientes: não contam como demanda, espera nem mensagem, e "
        "continuam na lista de conversas.",
        "They are with no customer: no demand, wait or message of theirs counts, and "
        "they can still be opened.",
    ),
    "ignored_none": ("Nenhuma.", "None."),
    "ignored_reason": ("Motivo", "Reason"),
    "ignored_short": ("Fora dos números", "Not counted"),
    "ignored_group": ("Grupo do WhatsApp", "WhatsApp group"),
    "ignored_broadcast": (
        "Status ou lista de transmissão do WhatsApp",
        "WhatsApp status or broadcast list",
    ),
    "ignored_contact": (
        "Contato na lista de ignorados",
        "Contact on the list of those ignored",
    ),
    "ignored_label": (
        "Etiqueta na lista de ignorados",
        "Label on the list of those ignored",
    ),
    "checks": ("Os números conferem?", "Do the numbers agree?"),
    "checks_caption": (
        "Confere agora, nos dados carregados, de {first} a {last}, sem filtros.",
        "Checked now, on the data loaded, from {first} to {last}, without filters.",
    ),
    "checks_run": ("Conferir agora", "Check now"),
    "checks_running": ("Conferindo…", "Checking…"),
    "checks_source": (
        "A comparação com o próprio Chatwoot é `make reconcile`, no servidor; nas "
        "cargas abaixo ela aparece como conferência.",
        "The comparison with Chatwoot itself is `make reconcile`, on the server; it is "
        "a reconcile among the loads below.",
    ),
    "check": ("Conferência", "Check"),
    "check_result": ("Resultado", "Result"),
    "check_details": ("Detalhe", "Detail"),
    "check_good": ("✓ {good} de {count}", "✓ {good} of {count}"),
    "check_bad": ("✗ {good} de {count}", "✗ {good} of {count}"),
    "check_loaded": (
        "O painel tem tudo o que foi carregado",
        "The dashboard has all that was loaded",
    ),
    "check_outcomes": (
        "A soma dos desfechos é o total de atendimentos",
        "The outcomes add up to the episodes",
    ),
    "check_sums": (
        "As somas por dia são as das linhas",
        "The sums by day are those of the rows",
    ),
    "check_list": (
        "Cada lista tem o que o indicador conta",
        "Each list has what its KPI counts",
    ),
    "conversations": ("Conversas", "Conversations"),
    # ---------- segments side by side
    "compared_finding": ("{names}, lado a lado", "{names}, side by side"),
    "compared_caption": (
        "Cada número em relação ao total (100%, a linha); poucos casos ficam de fora",
        "Each number beside that of the whole (100%, the line), without few cases",
    ),
    "quadrants_finding": (
        "{count} agentes estão acima da mediana em volume e em {label}",
        "{count} agents are above the median in volume and in {label}",
    ),
    "quadrants_caption": (
        "Volume e qualidade por agente; quanto maior, mais lenta a resposta; as linhas "
        "são as medianas",
        "Volume and quality by agent; the larger, the slower the replies; the lines "
        "are the medians",
    ),
    # ---------- operation over time
    "half": ("Metade em até", "Half within"),
    "nine_tenths": ("9 em 10 em até", "9 in 10 within"),
    "ranges_finding": (
        "{channel}: 9 em 10 esperam até {time} pela 1ª resposta",
        "{channel}: 9 in 10 wait up to {time} for the first response",
    ),
    "ranges_caption": (
        "1ª resposta por canal: metade e 9 em 10; a linha é a meta",
        "First response by channel: half and 9 in 10; the line is the target",
    ),
    "coverage_finding": (
        "Às {hour} só {share} recebem resposta a tempo",
        "At {hour} only {share} are answered in time",
    ),
    "coverage_caption": (
        "Respondidos no prazo por hora de início; sombreado, horário de atendimento",
        "Answered in time by hour of start; shaded, the hours of service",
    ),
    "reply_finding": (
        "O dia mais lento: {day}, metade das respostas em até {time}",
        "The slowest day: {day}, half of the replies within {time}",
    ),
    "reply_caption": (
        "Velocidade de resposta por dia; a linha tracejada é a meta",
        "Reply time by day; the dashed line is the target",
    ),
    # ---------- what changed, and the funnel
    "changes_title": ("O que mudou", "What changed"),
    "changes_kpi": ("Indicador", "KPI"),
    "changes_by": ("Por", "By"),
    "changes_caption": (
        "Contribuição de cada parte para a variação de {label}; a soma é {change}",
        "Contribution of each part to the change of {label}; they add up to {change}",
    ),
    "changes_rate": (
        "Desempenho: a taxa da parte mudou. Composição: o peso dela mudou.",
        "Performance: the rate of the part changed. Mix: its weight did.",
    ),
    "changes_none": (
        "Sem período de comparação: escolha outro período ou outra comparação.",
        "No period to compare with: choose another period or comparison.",
    ),
    "changes_nothing": (
        "Nenhuma parte mudou este número.",
        "No part changed this number.",
    ),
    "changes_others": ("Outros ({count})", "Others ({count})"),
    "by_unit": ("Unidade", "Unit"),
    "by_channel_kind": ("Canal", "Channel"),
    "by_team": ("Time", "Team"),
    "by_last_human_agent_id": ("Última pessoa", "Last person"),
    "by_nobody": ("Nenhuma pessoa", "No person"),
    "contribution": ("Contribuição", "Contribution"),
    "performance": ("Desempenho", "Performance"),
    "mix": ("Composição", "Mix"),
    "funnel_finding": (
        "De cada 100 atendimentos, {answered} são respondidos e {resolved} resolvidos",
        "Of 100 episodes, {answered} are answered and {resolved} resolved",
    ),
    "funnel_caption": (
        "O mesmo grupo de atendimentos com mais de 24 horas, etapa por etapa",
        "The same group of episodes, over 24 hours old, step by step",
    ),
    "funnel_started": ("Iniciados", "Started"),
    "funnel_answered": ("Respondidos", "Answered"),
    "funnel_resolved": ("Resolvidos", "Resolved"),
    "funnel_rated": ("Avaliados", "Rated"),
    "funnel_with_human": ("Com atendente", "With a person"),
    "funnel_step": ("Etapa", "Step"),
    "funnel_of_previous": ("Da etapa anterior", "Of the step before"),
    "funnel_side": (
        "Com atendente é um ramo dos respondidos, não uma etapa.",
        "With a person is a branch of the answered ones, not a step.",
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
        "Na carga de {moment}; não muda com o período, só com outra carga. A página "
        "confere a cada minuto se há uma.",
        "At the load of {moment}; no period changes it, only another "
        "load. The page looks for one every minute.",
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
    "heat_hover": (
        "{value} por vez, {count} no período",
        "{value} each time, {count} in the period",
    ),
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
    "not_delivered": ("não entregue", "not delivered"),
    "reaction": ("reação", "reaction"),
    "copy": ("repetida pelo canal", "repeated by the channel"),
    "attachment": ("Anexo ou mensagem sem texto", "Attachment, or no text"),
    # ---------- AI agent and quality
    "ai_page": ("Agente de IA", "AI agent"),
    "identity_finding": (
        "A IA participa de {involvement} dos atendimentos e resolve {resolution} "
        "deles: {automation} se resolvem sozinhos",
        "The AI takes part in {involvement} of the episodes and resolves {resolution} "
        "of these: {automation} resolve by themselves",
    ),
    "identity_caption": (
        "Participação × resolução = automação",
        "Involvement × resolution = automation",
    ),
    "gap_finding": (
        "Contenção não é solução: {gap} ficaram sem humano e sem solução da IA",
        "Contained is not solved: {gap} had no person and no solution by the AI",
    ),
    "gap_caption": (
        "Parte dos atendimentos com a IA que não teve humano, que a IA resolveu, e a "
        "diferença",
        "Share of the episodes with the AI that had no person, that the AI resolved, "
        "and the difference",
    ),
    "gap_contained": ("Contenção: {value}", "Containment: {value}"),
    "gap_resolved": ("Resolução: {value}", "Resolution: {value}"),
    "gap_left": (
        "Diferença: {value} (abandono {abandoned}, outros {others})",
        "Gap: {value} (abandoned {abandoned}, others {others})",
    ),
    "hours_title": ("Horas economizadas", "Hours saved"),
    "hours_assumption": (
        "{hours} economizadas são uma estimativa: cada resposta da IA em atendimento "
        "que ela resolveu conta {minutes} min.",
        "{hours} saved are an estimate: each reply of the AI in an episode that it "
        "resolved counts {minutes} min.",
    ),
    "minutes_per_reply_try": ("E com outros minutos?", "And with other minutes?"),
    "minutes_per_reply_help": (
        "Só para comparar: não muda o indicador nem fica gravado.",
        "Only to compare: it neither changes the KPI nor is saved.",
    ),
    "flow_entry": ("Entrada", "Entry"),
    "flow_ai": ("IA", "AI"),
    "flow_without_ai": ("Sem IA", "Without AI"),
    "flow_ai_resolved": ("IA resolveu", "AI resolved"),
    "flow_abandoned": ("Abandonado", "Abandoned"),
    "flow_handed_off": ("Transferido", "Handed over"),
    "flow_resolved": ("Equipe resolveu", "Team resolved"),
    "flow_open": ("Em aberto", "Open"),
    "flow_from": ("De", "From"),
    "flow_to": ("Para", "To"),
    "flow_finding": (
        "Do que chega à IA, ela resolve {resolved}, transfere {handed_off} e perde "
        "{abandoned}",
        "Of what reaches the AI, it resolves {resolved}, hands over {handed_off} and "
        "loses {abandoned}",
    ),
    "flow_caption": (
        "Caminho dos atendimentos com mais de 24 horas; em aberto é quem espera, de um "
        "lado ou do outro",
        "The way of episodes over 24 hours old; open is whoever waits, on either side",
    ),
    "handoff_messages_finding": (
        "O mais comum é transferir após {messages} mensagens ({share})",
        "Handing over after {messages} messages is most common ({share})",
    ),
    "handoff_messages_caption": (
        "Em que mensagem transfere: mensagens antes da transferência",
        "In which message it hands over: messages before the handoff",
    ),
    "handoff_messages_hover": (
        "Após {messages} mensagens: {episodes} ({share})",
        "After {messages} messages: {episodes} ({share})",
    ),
    "or_more": ("{count} ou mais", "{count} or more"),
    "reasons_title": ("Motivos da transferência", "Handoff reasons"),
    "reasons_finding": (
        "{reason} é o motivo de {share} das transferências",
        "{reason} is the reason of {share} of the handoffs",
    ),
    "reasons_caption": ("Transferências por motivo", "Handoffs by reason"),
    "no_reason": ("Não informado", "Not informed"),
    "ratings_title": ("CSAT por quem resolveu", "CSAT by who resolved"),
    "ratings_finding": (
        "A melhor nota é de {who}: {value}",
        "The best rating is for {who}: {value}",
    ),
    "ratings_few": (
        "Ainda há poucas notas para comparar",
        "There are too few ratings to compare yet",
    ),
    "ratings_caption": (
        "Nota média de 1 a 5 por quem resolveu, com o número de notas",
        "Mean rating from 1 to 5 by who resolved, with the number of ratings",
    ),
    "rated_ai": ("IA", "AI"),
    "rated_human": ("Humano", "Human"),
    "rated_ai_human": ("Misto", "Both"),
    "rated_none": ("Sem solução", "Unresolved"),
    "parameters": ("Parâmetros: {parameters}", "Parameters: {parameters}"),
    "used_episode_gap_hours": (
        "novo atendimento após {value} h de silêncio",
        "new episode after {value} h of silence",
    ),
    "used_maturity_hours": (
        "julgado após {value} h",
        "judged after {value} h",
    ),
    "used_return_window_days": (
        "volta do cliente em até {value} dias",
        "return of the customer within {value} days",
    ),
    "used_minutes_per_reply": (
        "{value} min por resposta da IA",
        "{value} min per reply of the AI",
    ),
    "used_long_ai_episode_replies": (
        "longo acima de {value} respostas da IA",
        "long above {value} replies of the AI",
    ),
    "quality": ("Qualidade", "Quality"),
    "survey_off_title": (
        "Ative a pesquisa de satisfação",
        "Switch on the satisfaction survey",
    ),
    "survey_off": (
        "Sem ela não há notas nem comentários, e nada disso é uma nota ruim. {how}",
        "Without it there are no ratings or comments, and none of that is a bad "
        "rating. {how}",
    ),
    "without_survey": ("Sem depender da pesquisa", "Without the survey"),
    "csat_sentence": (
        "CSAT {value}, com 95% de confiança entre {low} e {high} ({cases} notas)",
        "CSAT {value}, with 95% confidence between {low} and {high} ({cases} ratings)",
    ),
    "csat_few": (
        "{cases} notas no período: poucas para uma média",
        "{cases} ratings in the period: too few for a mean",
    ),
    "stars_1": ("1 · péssimo", "1 · terrible"),
    "stars_2": ("2 · ruim", "2 · bad"),
    "stars_3": ("3 · regular", "3 · fair"),
    "stars_4": ("4 · bom", "4 · good"),
    "stars_5": ("5 · ótimo", "5 · great"),
    "weeks_finding": (
        "{good} das notas são 4 ou 5, e {bad} são 1 ou 2",
        "{good} of the ratings are 4 or 5, and {bad} are 1 or 2",
    ),
    "weeks_caption": (
        "Notas por semana da resposta: ruins à esquerda, boas à direita",
        "Ratings by week of the answer: bad ones left, good ones right",
    ),
    "week": ("Semana", "Week"),
    "week_of": ("semana de {day}", "week of {day}"),
    "terms_finding": (
        "“{term}” aparece em {share} dos comentários",
        "“{term}” is in {share} of the comments",
    ),
    "terms_positive": (
        "Termos elogiados, em comentários com nota 4 ou 5; clique para lê-los",
        "Praised terms, in comments rated 4 or 5; click to read them",
    ),
    "terms_negative": (
        "Termos criticados, em comentários com nota 1 ou 2; clique para lê-los",
        "Criticised terms, in comments rated 1 or 2; click to read them",
    ),
    "terms_few": (
        "{cases} comentários ainda são poucos para contar termos: leia-os abaixo",
        "{cases} comments are too few to count terms yet: read them below",
    ),
    "one_term_few": (
        "1 comentário ainda é pouco para contar termos: leia-o abaixo",
        "1 comment is too few to count terms yet: read it below",
    ),
    "sentiment_finding": (
        "Sentimento médio por nota, de −1 a +1",
        "Mean sentiment by rating, from −1 to +1",
    ),
    "sentiment_caption": (
        "Sentimento dos atendimentos avaliados, com quantos são",
        "Sentiment of the rated episodes, with how many they are",
    ),
    "sentiment_title": ("Sentimento", "Sentiment"),
    "comments_title": ("{count} comentários", "{count} comments"),
    "one_comment": ("1 comentário", "1 comment"),
    "comments_term": (
        "Só os que dizem “{term}”. Desmarque a barra para ver todos.",
        "Only those that say “{term}”. Unselect the bar to see all.",
    ),
    "comments_shown": (
        "Os {count} mais recentes.",
        "The {count} newest.",
    ),
    "comments_none": (
        "Nenhum comentário com esta escolha.",
        "No comment with this choice.",
    ),
    "comments_ratings": ("Notas", "Ratings"),
    "open_conversation": ("Abrir a conversa", "Open the conversation"),
    "more_comments": ("Mostrar mais", "Show more"),
    # ---------- segments
    "segments": ("Segmentos", "Segments"),
    "segment_places": ("Canal e unidade", "Channel and unit"),
    "segment_agents": ("Agente", "Agent"),
    "segment_teams": ("Time", "Team"),
    "segment_by": ("Comparar por", "Compare by"),
    "segment_title_unit": ("Unidades lado a lado", "Units side by side"),
    "segment_title_channel_kind": ("Canais lado a lado", "Channels side by side"),
    "segment_title_agent": ("Agentes lado a lado", "Agents side by side"),
    "segment_title_team": ("Times lado a lado", "Teams side by side"),
    "segment_hint": (
        "{best} melhor e {worst} pior da coluna; em cinza, poucos casos para comparar. "
        "Marque uma linha para abrir só ela, duas ou três para comparar.",
        "{best} best and {worst} worst of the column; in grey, too few cases to "
        "compare. Tick a row to open it alone, two or three to compare.",
    ),
    "ai_off": ("sem IA", "no AI"),
    "segment_page": ("Visão executiva", "Executive overview"),
    "share": ("Parte", "Share"),
    "column_change": ("Variação", "Change"),
    "column_change_help": (
        "Do volume, contra o período de comparação.",
        "Of the volume, against the period compared with.",
    ),
    "column_course": ("Por dia", "By day"),
    "column_channel_episodes": ("Atendimentos", "Episodes"),
    "column_channel_first_response_time": ("1ª resposta", "First response"),
    "column_first_response_time": ("1ª resposta", "First response"),
    "column_human_response_time": ("Até o humano", "To a person"),
    "column_team_response_time": ("Até o humano", "To a person"),
    "column_channel_resolution_rate": ("Resolução", "Resolution"),
    "column_resolution_rate": ("Resolução", "Resolution"),
    "column_agent_resolution_rate": ("Resolução", "Resolution"),
    "column_channel_ai_automation_rate": ("Automação", "Automation"),
    "column_ai_automation_rate": ("Automação", "Automation"),
    "column_channel_csat": ("CSAT", "CSAT"),
    "column_team_csat": ("CSAT", "CSAT"),
    "column_agent_csat": ("CSAT", "CSAT"),
    "column_reopened_rate": ("Reabertura", "Reopened"),
    "column_agent_episodes": ("Atendimentos", "Episodes"),
    "column_agent_reply_time": ("Tempo de resposta", "Reply time"),
    "column_team_episodes": ("Atendimentos", "Episodes"),
    "column_team_scorecard": ("Metas", "Targets"),
    "load_caption": (
        "Atendimentos por dia trabalhado, por agente",
        "Episodes per day worked, by agent",
    ),
    "load": ("Atendimentos por dia trabalhado", "Episodes per day worked"),
    "load_flag": ("mais de 2× a média", "over 2× the mean"),
    "load_over": (
        "Mais de 2× a carga média: {names}",
        "Over 2× the mean load: {names}",
    ),
    "load_none_over": (
        "Ninguém tem mais de 2× a carga média",
        "Nobody has over 2× the mean load",
    ),
    "load_mean": ("média", "mean"),
    "load_limit": ("2×", "2×"),
    "ranking_top": ("Destaques", "Standing out"),
    "ranking_attention": ("Pontos de atenção", "Needing attention"),
    "ranking_few": (
        "Poucos casos para comparar: são precisos {cases} de cada um.",
        "Too few cases to compare: it takes {cases} of each.",
    ),
    "scorecard_caption": (
        "Quanto da meta cada time alcança: ✓ alcançada, ~ perto, ! abaixo de 80%.",
        "How much of the target each team reaches: ✓ reached, ~ close, ! under 80%.",
    ),
    "scorecard_mean": ("Média", "Mean"),
    # ---------- trends
    "trends": ("Tendências", "Trends"),
    "volume_finding": (
        "Atendimentos em {days} dias",
        "Episodes over {days} days",
    ),
    "forecast_finding": (
        "Próximos {days} dias: cerca de {value} atendimentos",
        "Next {days} days: about {value} episodes",
    ),
    "volume_caption": ("Atendimentos por dia.", "Episodes by day."),
    "forecast_error": (
        "Tracejado: previsão, com a faixa de 80%. Erro histórico de {wape}; "
        "repetir a semana anterior erraria {naive}; {coverage} dos dias ficaram na "
        "faixa.",
        "Dashed: forecast, with the band of 80%. Past error {wape}; repeating "
        "the week before would be off by {naive}; {coverage} of the days were within "
        "the band.",
    ),
    "forecast_untested": (
        "A previsão ainda não tem passado para ser conferida.",
        "The forecast has no past yet to be checked against.",
    ),
    "forecast_too_early": (
        "Sem previsão: faltam quatro semanas de histórico.",
        "No forecast: it takes four weeks of history.",
    ),
    "forecast_later": (
        "A previsão só aparece em períodos que vão até ontem.",
        "The forecast shows only with periods that go up to yesterday.",
    ),
    "forecast_not_filterable": (
        "Previsão e dias fora do padrão só existem para o total ou uma única caixa de "
        "entrada: tire os outros filtros.",
        "Forecast and unusual days exist for the whole or a single inbox only: remove "
        "the other filters.",
    ),
    "forecast_band": ("Faixa de 80%", "80% band"),
    "expected": ("Esperado", "Expected"),
    "expected_from": ("De", "From"),
    "expected_to": ("Até", "To"),
    "anomaly": ("Fora do padrão", "Unusual"),
    "anomaly_hover": (
        "Fora do padrão: esperava-se {expected}",
        "Unusual: {expected} expected",
    ),
    "anomalies_title": ("Dias fora do padrão", "Unusual days"),
    "anomalies_none": (
        "Nenhum dia fora do padrão neste período.",
        "No unusual day in this period.",
    ),
    "anomalies_hint": (
        "Muito acima (▲) ou abaixo (▼) do normal do dia da semana. Marque uma linha "
        "para ver os atendimentos do dia.",
        "Far above (▲) or below (▼) what is normal for the weekday. Tick a row to see "
        "the episodes of the day.",
    ),
    "everything": ("Tudo", "Everything"),
    "where": ("Onde", "Where"),
    "deviation": ("Desvio", "Deviation"),
    "deviation_value": ("{value} desvios-padrão", "{value} standard deviations"),
    "weeks_title": ("Semana × semana", "Week over week"),
    "week_over_week_caption": (
        "{first} a {last}, comparado com os 7 dias antes",
        "{first} to {last}, compared with the 7 days before",
    ),
    "profile_busiest_weekday": (
        "Média de atendimentos por dia da semana, sem feriados",
        "Mean episodes by weekday, without holidays",
    ),
    "profile_peak_hour": (
        "Média de atendimentos por hora de início, sem feriados",
        "Mean episodes by hour of start, without holidays",
    ),
    "profile_busiest_weekday_finding": (
        "{name} é o dia mais movimentado: {value} atendimentos",
        "{name} is the busiest day: {value} episodes",
    ),
    "profile_peak_hour_finding": (
        "{name} é o horário de pico: {value} atendimentos",
        "{name} is the peak hour: {value} episodes",
    ),
    "per_occurrence": ("Média", "Mean"),
    "calendar_finding": (
        "O dia mais cheio: {day}, com {value} atendimentos",
        "The fullest day: {day}, with {value} episodes",
    ),
    "calendar_caption": (
        "Atendimentos de cada dia, em até 26 semanas; um círculo marca os feriados, um "
        "quadriculado os dias em que nenhuma carga rodou",
        "Episodes of each day, in up to 26 weeks; a ring marks holidays, a grid the "
        "days on which no load ran",
    ),
    "holiday": ("Feriado", "Holiday"),
    "unloaded": ("Sem carga no dia", "No load that day"),
    "note": ("Nota", "Note"),
    "months_title": ("Mês a mês", "Month by month"),
    "months_hint": (
        "O crescimento compara atendimentos por dia de meses inteiros. Marque uma "
        "linha para ver os atendimentos do mês.",
        "Growth compares episodes per day of whole months. Tick a row to see the "
        "episodes of the month.",
    ),
    "month": ("Mês", "Month"),
    "per_day": ("Por dia", "Per day"),
    "growth": ("Crescimento", "Growth"),
    "few": ("{value} (poucos casos)", "{value} (few cases)"),
    # ---------- glossary
    "glossary": ("Glossário e saúde dos dados", "Glossary and data health"),
    "glossary_kpis": ("Indicadores", "KPIs"),
    "glossary_parameters": ("Parâmetros e fontes", "Parameters and sources"),
    "glossary_health": ("Saúde dos dados", "Data health"),
    "glossary_search": ("Buscar um indicador", "Search for a KPI"),
    "glossary_nothing": (
        "Nenhum indicador com esse texto: tente outra palavra.",
        "No KPI with this text: try another word.",
    ),
    "glossary_marks": (
        "Metas: (O) do documento original, (P) proposta a confirmar.",
        "Targets: (O) of the original document, (P) proposed, to be confirmed.",
    ),
    "glossary_minimum": (
        "comparável a partir de {cases} casos",
        "comparable from {cases} cases on",
    ),
    "glossary_counted_by": (
        "casos: Σ `{counted_by}`",
        "cases: Σ `{counted_by}`",
    ),
    "before_title": (
        "O que mudou: {month} pelas definições antigas e pelas novas",
        "What changed: {month} by the old definitions and by the new ones",
    ),
    "before_caption": (
        "Os períodos passados foram contados de novo, e por isso os números deram um "
        "salto. Os antigos são de toda a rede, como a carga de {moment} os mostrava; "
        "os novos são do mesmo mês, sem filtros. Casos que na carga antiga ainda eram "
        "recentes podem ter tido desfecho depois.",
        "Past periods have been counted anew, so that the numbers jumped. The old ones "
        "are of the whole chain, as the load of {moment} showed them; the new ones are "
        "of the same month, without filters. Cases that were recent at the old load "
        "may have had their outcome since.",
    ),
    "before_old": ("Antes", "Before"),
    "before_new": ("Agora", "Now"),
    "before_change": ("Diferença", "Difference"),
    "before_why": ("Por quê", "Why"),
    "before_of_the_load": (
        "{label} (na carga)",
        "{label} (at the load)",
    ),
    "before_loads": (
        "(na carga): o retrato de cada carga, a de {old} e a de {new}, sem diferença "
        "entre os dois momentos.",
        "(at the load): the state at each load, that of {old} and that of {new}, "
        "without a difference between the two moments.",
    ),
    "before_same": (
        "Indicadores com o mesmo valor de antes: {count}.",
        "KPIs with the same value as before: {count}.",
    ),
    "level_executive": ("Executivo", "Executive"),
    "level_operational": ("Operacional", "Operational"),
    "level_quality": ("Qualidade", "Quality"),
    "level_segment": ("Segmentos", "Segments"),
    "level_temporal": ("Tendências", "Trends"),
    "level_ai": ("Agente de IA", "AI agent"),
    "level_commercial": ("Comercial", "Commercial"),
    "formula": ("Fórmula", "Formula"),
    "source": ("Fonte", "Source"),
    "caveat": ("Atenção", "Mind"),
    "axis": ("Data", "Date"),
    "axis_cohort": ("início do atendimento", "start of the episode"),
    "axis_event": ("quando aconteceu", "when it happened"),
    "axis_snapshot": ("na última carga", "at the last load"),
    "axis_forecast": ("dias previstos", "days of the forecast"),
    "no_target": ("sem meta", "no target"),
    # ---------- Chatwoot's own numbers
    "glossary_chatwoot": ("Números do Chatwoot", "Chatwoot's numbers"),
    "chatwoot_caption": (
        "O que os relatórios do Chatwoot mostram de {first} a {last}, pelas definições "
        "do Chatwoot {version}, ao lado do indicador daqui que responde à mesma "
        "pergunta.",
        "What Chatwoot's reports show from {first} to {last}, by the definitions of "
        "Chatwoot {version}, beside the KPI of ours that answers the same question.",
    ),
    "chatwoot_there": ("Chatwoot", "Chatwoot"),
    "chatwoot_here": ("Aqui", "Here"),
    "chatwoot_number": ("Número", "Number"),
    "chatwoot_definitions": ("Como o Chatwoot conta", "How Chatwoot counts"),
    "chatwoot_why": ("Por que difere", "Why it differs"),
    "chatwoot_business_hours": ("Em horário comercial", "In business hours"),
    "chatwoot_business_hours_help": (
        "Muda as três médias do Chatwoot, como lá. Onde a caixa não tem horário, o "
        "Chatwoot grava 0, e não vazio, e isso puxa a média para baixo.",
        "Changes the three means of Chatwoot, as there. Where an inbox has no hours, "
        "Chatwoot writes 0, not nothing, and that pulls the mean down.",
    ),
    "chatwoot_without_filters": (
        "Os relatórios do Chatwoot não têm estes filtros, que aqui ficam de fora dos "
        "dois lados: {names}.",
        "Chatwoot's reports do not have these filters, which are left out of both "
        "sides here: {names}.",
    ),
    "chatwoot_none": (
        "Nada foi registrado nestes dias: escolha um período maior ou outras caixas.",
        "Nothing was recorded in these days: choose a longer period or other inboxes.",
    ),
    "chatwoot_counted": (
        "Grupos, contatos ignorados, mensagens que falharam e mensagens repetidas "
        "entram, como lá.",
        "Groups, ignored contacts, messages that failed and messages that were "
        "repeated are in them, as there.",
    ),
    "chatwoot_days": (
        "Cada evento conta no dia em que o Chatwoot o gravou, pelo relógio da empresa "
        "em todas as caixas; o Chatwoot usa o relógio de quem abre o relatório.",
        "Each event counts on the day on which Chatwoot recorded it, by the clock of "
        "the business for all inboxes; Chatwoot goes by the clock of who opens the "
        "report.",
    ),
    "chatwoot_orphans": (
        "Eventos de conversas apagadas não podem ser vistos daqui: um Chatwoot que os "
        "guardou (antes do 4.2) mostra mais resoluções.",
        "Events of deleted conversations cannot be seen from here: a Chatwoot that "
        "kept them (before 4.2) shows more resolutions.",
    ),
    "chatwoot_versions": (
        "Outra versão do Chatwoot conta de outra forma: antes do 4.6, resoluções eram "
        "conversas e não eventos; antes do 4.14, uma transferência não tirava a "
        "resolução do robô.",
        "Another version of Chatwoot counts otherwise: before 4.6 resolutions were "
        "conversations, not events; before 4.14 a handoff did not take the resolution "
        "from the bot.",
    ),
    "chatwoot_conversations": ("Conversas", "Conversations"),
    "chatwoot_conversations_is": (
        "Conversas criadas no período.",
        "Conversations created in the period.",
    ),
    "chatwoot_conversations_differs": (
        "Lá entram também grupos e contatos que aqui são ignorados; quem volta na "
        "mesma conversa não conta em nenhum dos dois, e sim em Atendimentos.",
        "Groups and contacts that are ignored here are in there, too; who comes back "
        "in the same conversation counts in neither, but in Episodes.",
    ),
    "chatwoot_incoming": ("Mensagens recebidas", "Incoming messages"),
    "chatwoot_incoming_ours": ("Mensagens de clientes", "Messages of customers"),
    "chatwoot_incoming_is": (
        "Todas as mensagens de clientes, também reações.",
        "All messages of customers, reactions too.",
    ),
    "chatwoot_incoming_differs": (
        "Lá contam também reações, mensagens repetidas, grupos e contatos ignorados; "
        "aqui, uma vez, só o que um cliente disse.",
        "Reactions, repeated messages, groups and ignored contacts count there, too; "
        "here only what a customer said, once.",
    ),
    "chatwoot_outgoing": ("Mensagens enviadas", "Outgoing messages"),
    "chatwoot_outgoing_ours": (
        "Mensagens da IA e da equipe",
        "Messages of the AI and the staff",
    ),
    "chatwoot_outgoing_is": (
        "Mensagens de pessoas, robôs e regras, com notas internas, e também as que "
        "falharam ou foram apagadas; sem os textos automáticos do próprio Chatwoot.",
        "Messages of people, bots and rules, with private notes, and those that failed "
        "or were deleted, too; without the automatic texts of Chatwoot itself.",
    ),
    "chatwoot_outgoing_differs": (
        "Lá contam também notas internas, regras, campanhas e o que ninguém recebeu; "
        "aqui só o que a IA e a equipe disseram ao cliente.",
        "Private notes, rules, campaigns and what nobody received count there, too; "
        "here only what the AI and the staff said to the customer.",
    ),
    "chatwoot_first_response": ("Tempo de primeira resposta", "First response time"),
    "chatwoot_first_response_is": (
        "Média do tempo até a primeira resposta de uma pessoa na conversa, desde a "
        "última transferência ou abertura, ou desde a criação.",
        "Mean time to the first response of a person in the conversation, since the "
        "last handoff or opening, or since it was created.",
    ),
    "chatwoot_first_response_differs": (
        "Lá é a média até uma pessoa responder, uma vez por conversa, e uma IA com o "
        "acesso de um usuário passa por pessoa; aqui é a mediana até a IA ou a equipe "
        "responder, em cada atendimento.",
        "There it is the mean until a person answers, once a conversation, and an AI "
        "with a user's access passes for a person; here it is the median until the AI "
        "or the staff answers, in each episode.",
    ),
    "chatwoot_reply": ("Tempo de espera do cliente", "Customer waiting time"),
    "chatwoot_reply_is": (
        "Média do tempo das respostas de pessoas depois da primeira, desde que o "
        "cliente passou a esperar.",
        "Mean time of the replies of people after the first, since the customer began "
        "to wait.",
    ),
    "chatwoot_reply_differs": (
        "Lá é a média, que poucas esperas longas puxam para cima, sem a primeira "
        "resposta; aqui é a mediana de todas as respostas da equipe.",
        "There it is the mean, which few long waits pull up, without the first "
        "response; here it is the median of all replies of the staff.",
    ),
    "chatwoot_resolution": ("Tempo de resolução", "Resolution time"),
    "chatwoot_resolution_is": (
        "Média do tempo da criação da conversa até cada resolução.",
        "Mean time from the creation of the conversation to each resolution.",
    ),
    "chatwoot_resolution_differs": (
        "Lá cada resolução conta desde a criação da conversa, mesmo que o cliente "
        "tenha voltado meses depois; aqui é a mediana do início ao fim de cada "
        "atendimento resolvido.",
        "There each resolution counts from the creation of the conversation, even if "
        "the customer came back months later; here it is the median from start to end "
        "of each resolved episode.",
    ),
    "chatwoot_resolutions": ("Resoluções", "Resolutions"),
    "chatwoot_resolutions_is": (
        "Vezes em que uma conversa foi marcada como resolvida.",
        "Times that a conversation was marked as resolved.",
    ),
    "chatwoot_resolutions_differs": (
        "Lá a conversa resolvida duas vezes conta duas; aqui cada conversa conta uma "
        "vez no período.",
        "There a conversation that was resolved twice counts twice; here each "
        "conversation counts once in the period.",
    ),
    "chatwoot_bot_resolutions": ("Resoluções do robô", "Bot resolutions"),
    "chatwoot_bot_resolutions_is": (
        "Resoluções, em caixas com robô, de conversas em que nenhum usuário escreveu, "
        "sem transferência do robô no período.",
        "Resolutions in inboxes with a bot of conversations in which no user wrote, "
        "without a handoff of the bot in the period.",
    ),
    "chatwoot_bot_resolutions_differs": (
        "Lá basta marcar como resolvida uma conversa em que nenhum usuário escreveu, "
        "nem uma nota, e uma IA com o acesso de um usuário nunca conta; aqui conta "
        "cada atendimento que a IA respondeu e resolveu sozinha, também em silêncio.",
        "There it is enough to mark a conversation as resolved in which no user wrote, "
        "not even a note, and an AI with a user's access never counts; here each "
        "episode counts that the AI answered and resolved alone, also in silence.",
    ),
    "chatwoot_bot_handoffs": ("Transferências do robô", "Bot handoffs"),
    "chatwoot_bot_handoffs_ours": (
        "Atendimentos que a IA transferiu",
        "Episodes that the AI handed over",
    ),
    "chatwoot_bot_handoffs_is": (
        "Conversas diferentes que um robô transferiu no período.",
        "Different conversations that a bot handed over in the period.",
    ),
    "chatwoot_bot_handoffs_differs": (
        "Lá só conta o aviso do robô ao Chatwoot, uma vez na vida da conversa; aqui "
        "contam também outros sinais, como abrir a conversa ou anunciar a "
        "transferência, em cada atendimento.",
        "There only what the bot reports to Chatwoot counts, once in the life of a "
        "conversation; here other signs count, too, such as opening the conversation "
        "or announcing the handoff, in each episode.",
    ),
    "chatwoot_csat_score": ("Satisfação (CSAT)", "Satisfaction (CSAT)"),
    "chatwoot_csat_score_is": (
        "Parte das respostas recebidas com nota 4 ou 5; 0% sem respostas.",
        "Share of the answers received with a rating of 4 or 5; 0% without answers.",
    ),
    "chatwoot_csat_score_differs": (
        "Lá é a parte de notas 4 e 5; aqui é a média das notas de 1 a 5, uma por "
        "atendimento.",
        "There it is the share of ratings of 4 and 5; here it is the mean of the "
        "ratings from 1 to 5, one per episode.",
    ),
    "chatwoot_csat_response_rate": ("Respostas da pesquisa", "Survey responses"),
    "chatwoot_csat_response_rate_is": (
        "Respostas recebidas ÷ pesquisas enviadas no período, estas de todas as caixas "
        "mesmo com filtro; 0% sem pesquisas.",
        "Answers received ÷ surveys sent in the period, these of all inboxes even with "
        "a filter; 0% without surveys.",
    ),
    "chatwoot_csat_response_rate_differs": (
        "Lá contam as respostas que chegaram no período, também a pesquisas "
        "anteriores; aqui, das pesquisas enviadas no período, as respondidas em até 7 "
        "dias.",
        "There the answers that came in the period count, to earlier surveys, too; "
        "here, of the surveys sent in the period, those answered within 7 days.",
    ),
    # ---------- parameters and sources
    "parameters_caption": (
        "O que os números supõem; muda-se em config/parameters.csv.",
        "What the numbers assume; changed in config/parameters.csv.",
    ),
    "parameter": ("Parâmetro", "Parameter"),
    "value": ("Valor", "Value"),
    "not_given": ("não informado", "not given"),
    "whose": ("De quem", "Whose"),
    "origin_ours": ("padrão", "default"),
    "origin_owner": ("seu", "yours"),
    "origin_demo": ("demonstração", "demo"),
    "our_value": ("Padrão", "Default"),
    "configuration": ("Configuração", "Configuration"),
    "configuration_caption": (
        "O que está na pasta config/, e o padrão ao lado. De listas de palavras e "
        "feriados só aparece o que é seu.",
        "What stands in the folder config/, and the default beside it. Of word lists "
        "and holidays only what is yours.",
    ),
    "configured_count": ("{file} · {count}", "{file} · {count}"),
    "configured_own": (
        "{file} · {count}, sendo {own} de vocês",
        "{file} · {count}, {own} of them yours",
    ),
    "entry": ("Item", "Item"),
    "threshold_target": ("meta", "target"),
    "threshold_amber": ("atenção além de", "attention beyond"),
    "threshold_red": ("crítico além de", "critical beyond"),
    "threshold_minimum_cases": ("mínimo de casos", "fewest cases"),
    "removed": ("retirado", "removed"),
    "config_ai_users": ("Usuários que são IA", "Users that are AIs"),
    "config_ai_sender_types": ("Remetentes que são IA", "Senders that are AIs"),
    "config_inbox_map": ("Unidade e canal das caixas", "Unit and channel of inboxes"),
    "config_ignored_contacts": ("Quem não é cliente", "Who is no customer"),
    "config_handoff_reasons": (
        "Etiquetas e motivos de transferência",
        "Labels and handoff reasons",
    ),
    "config_funnel_map": ("Funil comercial", "Sales funnel"),
    "config_phrases": ("Frases", "Phrases"),
    "config_stop_words": ("Palavras vazias", "Stop words"),
    "config_holidays": ("Feriados", "Holidays"),
    "config_parameters": ("Parâmetros", "Parameters"),
    "config_targets": ("Metas", "Targets"),
    "config_kpis": ("Indicadores próprios", "KPIs of your own"),
    "parameter_episode_gap_hours": (
        "Silêncio que encerra um atendimento",
        "Silence that ends an episode",
    ),
    "parameter_maturity_hours": (
        "Idade para um atendimento ser julgado",
        "Age at which an episode is judged",
    ),
    "parameter_return_window_days": (
        "Prazo para o cliente voltar",
        "Time in which a customer comes back",
    ),
    "parameter_queue_horizon_days": (
        "Espera que já não é desta fila, mas esquecida",
        "Wait after which somebody is forgotten, not in the queue",
    ),
    "parameter_ai_silence_minutes": (
        "Espera a partir da qual a IA está sem resposta",
        "Wait from which the AI is silent",
    ),
    "parameter_response_target_seconds": (
        "Meta da primeira resposta",
        "Target of the first response",
    ),
    "parameter_minutes_per_reply": (
        "Tempo poupado por resposta da IA",
        "Time saved by a reply of the AI",
    ),
    "parameter_long_ai_episode_replies": (
        "Respostas da IA a partir das quais há laço",
        "Replies of the AI from which on it loops",
    ),
    "parameter_hourly_cost_brl": ("Custo da hora de trabalho", "Cost of an hour"),
    "parameter_cost_per_ai_episode_brl": (
        "Custo da IA por atendimento",
        "Cost of the AI per episode",
    ),
    "unit_hours": ("horas", "hours"),
    "unit_days": ("dias", "days"),
    "unit_seconds": ("segundos", "seconds"),
    "unit_minutes": ("minutos", "minutes"),
    "unit_messages": ("mensagens", "messages"),
    "features": ("Fontes ligadas", "Sources switched on"),
    "feature_on": ("Ligado", "On"),
    "feature_ai": ("IA", "AI"),
    "feature_csat": ("Pesquisa de satisfação", "Satisfaction survey"),
    "feature_sentiment": ("Sentimento", "Sentiment"),
    "feature_working_hours": ("Horário de atendimento", "Business hours"),
    "feature_handoff_reason": ("Motivo da transferência", "Handoff reason"),
    "feature_ai_cost": ("Custo da IA", "Cost of the AI"),
    "feature_funnel": ("Funil comercial", "Commercial funnel"),
    "release": (
        "AllpFit Analytics, versão {release}",
        "AllpFit Analytics, release {release}",
    ),
    "last_load": ("Última carga boa", "Last good load"),
    "last_load_caption": (
        "Dados até {moment}; carga {run} ({mode}) terminou {loaded}",
        "Data until {moment}; load {run} ({mode}) ended {loaded}",
    ),
    "rows_brought": ("Conversas trazidas", "Conversations brought"),
    "load_time": ("Duração da carga", "Duration of the load"),
    "runs": ("Cargas recentes", "Recent loads"),
    "runs_none": ("Nenhuma carga em 90 dias.", "No load in 90 days."),
    "run": ("Carga", "Load"),
    "mode": ("Tipo", "Kind"),
    "mode_full": ("completa", "full"),
    "mode_incremental": ("incremental", "incremental"),
    "mode_none": ("nada mudou", "nothing had changed"),
    "mode_reconcile": ("conferência", "reconcile"),
    "run_running": ("em andamento", "running"),
    "run_succeeded": ("✓ bem-sucedida", "✓ succeeded"),
    "run_failed": ("✗ falhou", "✗ failed"),
    "run_interrupted": ("✗ interrompida", "✗ interrupted"),
    "rows_read": ("Lidas", "Read"),
    "rows_new": ("Novas", "New"),
    "rows_changed": ("Alteradas", "Changed"),
    "rows_deleted": ("Removidas", "Removed"),
    "failures": ("Falhas", "Failures"),
    "failures_none": ("Nenhuma falha registrada", "No failure on record"),
    "failure_of_load": (
        "Carga {run} {status} · {moment}",
        "Load {run} {status} · {moment}",
    ),
    "failure_of_build": (
        "Processamento da carga {run} {status} · {moment} {what}",
        "Processing of load {run} {status} · {moment} {what}",
    ),
    "failures_help": (
        "A causa está em `make status`, no servidor.",
        "The cause is in `make status`, on the server.",
    ),
    "backtest": ("Acerto da previsão", "How the forecast did"),
    "backtest_caption": (
        "As previsões das últimas oito semanas já encerradas, contra o que aconteceu. "
        "MASE abaixo de 1 é melhor que repetir a semana anterior.",
        "The forecasts of the last eight weeks that are over, against what happened. "
        "A MASE under 1 beats repeating the week before.",
    ),
    "wape": ("Erro (WAPE)", "Error (WAPE)"),
    "naive_wape": ("Repetindo a semana", "Repeating the week"),
    "mase": ("MASE", "MASE"),
    "coverage": ("Dias na faixa de 80%", "Days within the 80% band"),
    "days_judged": ("Dias conferidos", "Days checked"),
    # ---------- files
    "download": ("Baixar", "Download"),
    "download_csv": ("Esta página em CSV", "This page as CSV"),
    "download_xlsx": ("Esta página em Excel", "This page as Excel"),
    "download_pdf": ("Relatório em PDF", "Report as PDF"),
    "download_help": (
        "Os números desta página, com o período e os filtros escolhidos. De uma lista, "
        "até {rows} linhas. Se o arquivo não vier, recarregue a página.",
        "The numbers of this page, with the period and the filters chosen. Of a list, "
        "up to {rows} rows. If no file comes, load the page again.",
    ),
    "file_failed": ("O arquivo não pôde ser feito", "The file could not be made"),
    # A notice has room for three short lines.
    "file_failed_changed": (
        "Os dados mudaram. Recarregue a página e baixe de novo.",
        "The data has changed. Load the page again, then download it.",
    ),
    "file_failed_down": (
        "O banco de dados não respondeu. Tente de novo em instantes.",
        "The database did not answer. Try again in a moment.",
    ),
    "file_failed_otherwise": (
        "O erro foi registrado no servidor. Tente de novo.",
        "The error was recorded on the server. Try again.",
    ),
    "export_kpis": ("Indicadores", "KPIs"),
    "export_kpi": ("Indicador", "KPI"),
    "export_id": ("Código", "Id"),
    "export_segment": ("Segmento", "Segment"),
    "export_value": ("Valor", "Value"),
    "export_unit": ("Unidade de medida", "Unit of measure"),
    "export_on_screen": ("Na tela", "On screen"),
    "export_numerator": ("Numerador", "Numerator"),
    "export_denominator": ("Denominador", "Denominator"),
    "export_n": ("n", "n"),
    "export_previous": ("Valor anterior", "Previous value"),
    "export_change": ("Variação", "Change"),
    "export_change_unit": ("Unidade da variação", "Unit of the change"),
    "export_status": ("Situação", "Status"),
    "export_from": ("De", "From"),
    "export_to": ("Até", "To"),
    "export_compared_from": ("Comparado de", "Compared from"),
    "export_compared_to": ("Comparado até", "Compared to"),
    "export_filters": ("Filtros", "Filters"),
    "export_no_filters": ("Sem filtros", "No filters"),
    "export_data": ("Dados até", "Data until"),
    "export_made": ("Arquivo gerado em", "File made at"),
    "export_page": ("Página", "Page"),
    "export_what": ("O quê", "What"),
    "export_note": ("Observação", "Note"),
    "export_scope": ("Período e filtros", "Period and filters"),
    "export_definitions": ("Definições", "Definitions"),
    "export_definition": ("Definição", "Definition"),
    "export_minimum": ("n mínimo", "Minimum n"),
    "export_contact_messages": ("Mensagens do cliente", "Customer messages"),
    "export_ai_messages": ("Mensagens da IA", "AI messages"),
    "export_human_messages": ("Mensagens de humanos", "Human messages"),
    "export_only": ("Só", "Only"),
    "export_cut": (
        "Cortado: {rows} de {all} linhas. Escolha um período menor ou mais filtros.",
        "Cut: {rows} of {all} rows. Choose a shorter period or more filters.",
    ),
    "measure_seconds": ("s", "s"),
    "measure_hours": ("h", "h"),
    "measure_rate": ("%", "%"),
    "measure_points": ("pp", "pp"),
    "measure_rating": ("nota (1 a 5)", "rating (1 to 5)"),
    "measure_index": ("índice", "index"),
    "measure_ratio": ("razão", "ratio"),
    "measure_weekday": ("dia da semana (0 = domingo)", "weekday (0 = Sunday)"),
    "measure_hour_of_day": ("hora do dia", "hour of the day"),
    "measure_percent_per_month": ("% ao mês", "% per month"),
    "measure_currency_brl": ("R$", "R$"),
    "measure_episodes": ("atendimentos", "episodes"),
    "measure_conversations": ("conversas", "conversations"),
    "measure_contacts": ("clientes", "customers"),
    "measure_messages": ("mensagens", "messages"),
    "measure_agents": ("agentes", "agents"),
    "measure_answers": ("respostas", "answers"),
    "measure_terms": ("termos", "terms"),
    "measure_days": ("dias", "days"),
    "measure_difference": ("pontos", "points"),
    "report_title": ("Relatório de atendimento", "Customer service report"),
    "report_page": ("Página {page} de 2", "Page {page} of 2"),
    "report_file": ("relatorio", "report"),
    "report_footer": (
        "{days}. Filtros: {filters}. Dados até {data}. Gerado em {made}.",
        "{days}. Filters: {filters}. Data until {data}. Made on {made}.",
    ),
    "report_not_compared": ("sem comparação", "no comparison"),
    "report_more": ("e mais {count}", "and {count} more"),
    "report_who_wrote": ("Quem escreveu as mensagens", "Who wrote the messages"),
    "report_ratings": ("Notas dos clientes", "Customers' ratings"),
    "report_rating": ("nota {rating}", "rating {rating}"),
    "report_outcomes": ("Como terminaram", "How they ended"),
    "report_before": ("Antes", "Before"),
    # ---------- access
    "sign_in": ("Entrar", "Sign in"),
    "sign_out": ("Sair", "Sign out"),
    "signed_out_title": ("Entre para ver o painel", "Sign in to see the dashboard"),
    "signed_out": (
        "Use a sua conta da empresa. Só quem está na lista de acesso vê os números.",
        "Use your company account. Only those on the access list see the numbers.",
    ),
    "unknown_person_title": ("Você não tem acesso", "You have no access"),
    "unknown_person": (
        "A conta **{email}** não está na lista de acesso do painel. Peça a quem cuida "
        "do painel que inclua este e-mail, ou saia e entre com outra conta.",
        "The account **{email}** is not on the dashboard's access list. Ask whoever "
        "looks after the dashboard to add this e-mail, or sign out and use another "
        "account.",
    ),
    "unverified_email_title": ("E-mail não confirmado", "E-mail not verified"),
    "unverified_email": (
        "O provedor de login diz que **{email}** ainda não foi confirmado. Confirme o "
        "e-mail no provedor, saia e entre de novo.",
        "The sign-in provider says that **{email}** has not been verified yet. Verify "
        "the e-mail there, sign out and sign in again.",
    ),
    "no_account": ("sem e-mail", "without e-mail"),
    "role_gestor": ("Gestor", "Manager"),
    "role_supervisor": ("Supervisor", "Supervisor"),
    "role_auditor": ("Auditor", "Auditor"),
    "role_admin": ("Administrador", "Administrator"),
    "limited_to": ("Você vê: {names}", "You see: {names}"),
    "nothing_allowed_title": (
        "Nada do que você pode ver está nos dados",
        "Nothing that you may see is in the data",
    ),
    "nothing_allowed": (
        "A lista de acesso limita a sua conta a {names}, e os dados não têm conversas "
        "com esses nomes. Peça a quem cuida do painel que confira os nomes.",
        "The access list limits your account to {names}, and the data has no "
        "conversations under these names. Ask whoever looks after the dashboard to "
        "check the names.",
    ),
    "log_unavailable_title": (
        "A abertura não pôde ser registrada",
        "The opening could not be recorded",
    ),
    "log_unavailable": (
        "Cada conversa aberta é registrada; sem o registro ela não é mostrada. Tente "
        "de novo; se continuar, `make run` cria o registro que falta e `make doctor` "
        "mostra a causa.",
        "Each conversation that is opened is recorded; without the record it is not "
        "shown. Try again; if it goes on, `make run` makes a missing record and "
        "`make doctor` shows the cause.",
    ),
}

# What holds for all of Chatwoot's numbers, in this order.
CHATWOOT_NOTES = (
    "chatwoot_counted", "chatwoot_days", "chatwoot_orphans", "chatwoot_versions",
)  # fmt: skip

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
