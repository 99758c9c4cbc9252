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
    "units": ("Unidades", "Units"),
    "all_units": ("Todas as unidades", "All units"),
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
        "De {first} a {last} não há conversas com os filtros escolhidos.",
        "From {first} to {last} there is no conversation with the chosen filters.",
    ),
    "clear_filters": ("Limpar filtros", "Clear filters"),
    # ---------- cards
    "versus": ("vs. {value}", "vs. {value}"),
    "points": ("pp", "pp"),
    "met": ("Meta", "On target"),
    "attention": ("Atenção", "Attention"),
    "critical": ("Crítico", "Critical"),
    "small_sample": ("Amostra pequena", "Small sample"),
    "cases": ("n = {cases}", "n = {cases}"),
    "target_at_least": ("Meta: pelo menos {target}.", "Target: at least {target}."),
    "target_at_most": ("Meta: até {target}.", "Target: at most {target}."),
    "small_sample_help": (
        "Com menos de {cases} casos, o valor é pouco confiável.",
        "With fewer than {cases} cases, the value is not reliable.",
    ),
    "median": ("{label} (mediana)", "{label} (median)"),
    "ninety_percent": ("{label} (9\u00a0em\u00a010)", "{label} (9\u00a0in\u00a010)"),
    "median_help": (
        "Metade das respostas chegou em até este tempo.",
        "Half of the responses came within this time.",
    ),
    "ninety_percent_help": (
        "Nove em cada dez respostas chegaram em até este tempo.",
        "Nine out of ten responses came within this time.",
    ),
    "ai": ("IA", "AI"),
    "human": ("Humano", "Human"),
    # ---------- pages
    "executive": ("Visão executiva", "Executive overview"),
    "conversations_finding": (
        "A IA atendeu sozinha {ai_only} das {conversations} conversas; {unanswered} "
        "ficaram sem resposta",
        "The AI alone handled {ai_only} of {conversations} conversations; {unanswered} "
        "got no answer",
    ),
    "conversations_caption": (
        "Conversas por dia de criação e por quem respondeu",
        "Conversations by day of creation and by who answered",
    ),
    "ai_only": ("Só IA", "AI only"),
    "with_human": ("Com humano", "With a human"),
    "unanswered": ("Sem resposta", "No answer"),
    "conversations": ("Total", "Total"),
    "previous_period": ("Período anterior", "Previous period"),
    "day": ("Dia", "Day"),
    "partial": ("{day} (parcial)", "{day} (partial)"),
    "show_table": ("Ver tabela", "Show table"),
    "chart_alt": (
        "Colunas por dia, de {first} a {last}. {finding}.",
        "Columns by day, from {first} to {last}. {finding}.",
    ),
}

MARKDOWN = re.compile(r"([\\`*_\[\]#|~$<>:])")


def say(language: Language, key: str, **values: object) -> str:
    """Return a text in the language, with the values put in."""
    portuguese, english = TEXTS[key]
    return (portuguese if language == "pt" else english).format(**values)


def plain(text: str) -> str:
    """Return markdown that shows the text as it is."""
    return MARKDOWN.sub(r"\\\1", text)
