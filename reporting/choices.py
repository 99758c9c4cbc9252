"""What a reader may choose: the days and filters, in words and as a link says them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, get_args

from kpis import Days, Filters, Period, dimensions, periods
from kpis.periods import Comparison
from kpis.status import LoadStatus
from reporting import formats
from reporting.texts import Language, say
from reporting.view import Ask, Link

# A choice by its name, as said() returns it.
Chosen = Mapping[str, Any]

LANGUAGES: tuple[Language, ...] = ("pt", "en")
CUSTOM = "personalizado"
PRESETS = (periods.TODAY, "7d", "30d", periods.MONTH, "90d", CUSTOM)
COMPARISONS: dict[str, Comparison] = dict(
    zip(("anterior", "4semanas", "ano", "nenhuma"), get_args(Comparison), strict=True)
)
RESOLVERS = ("ai", "human", "ai_human", "none")
# What a filter is called in the link.
LISTS = {
    "accounts": "conta",
    "units": "un",
    "channels": "canal",
    "teams": "time",
    "agents": "ag",
    "labels": "et",
    "resolvers": "res",
}
KEYS = ("p", "de", "ate", "cmp", *LISTS.values(), "hoje", "idioma")
# What else a page keeps in its link.
KEYS_OF_PAGE = {"conversas": ("kpi", "lado", "ordem", "so", "pagina", "id")}


def said(link: Link) -> dict[str, object]:
    """Return what a link chooses; what it may not say is left at the default."""
    last = {name: values[-1] for name, values in link.items()}
    days = [_day(last.get(name)) for name in ("de", "ate")]
    preset = last.get("p")
    if preset not in PRESETS or (preset == CUSTOM and None in days):
        preset = periods.DEFAULT_PRESET
    found: dict[str, object] = {
        "preset": preset,
        "range": tuple(days) if preset == CUSTOM else (),
        "comparison": last.get("cmp"),
        "include_today": last.get("hoje") == "1",
        "language": last.get("idioma"),
    }
    if found["comparison"] not in COMPARISONS:
        found["comparison"] = next(iter(COMPARISONS))
    if found["language"] not in LANGUAGES:
        found["language"] = LANGUAGES[0]
    for key, name in LISTS.items():
        values: list[object] = list(dict.fromkeys(link.get(name, [])))
        if key in ("teams", "agents"):
            values = [int(str(value)) for value in values if str(value).isdecimal()]
        found[key] = values
    return found


def link_of(chosen: Chosen) -> Link:
    """Return what is chosen, as a link says it."""
    link = {name: [str(item) for item in chosen[key]] for key, name in LISTS.items()}
    if chosen["preset"] != periods.DEFAULT_PRESET:
        link["p"] = [chosen["preset"]]
    if chosen["preset"] == CUSTOM and len(chosen["range"]) == 2:
        link["de"], link["ate"] = ([day.isoformat()] for day in chosen["range"])
    if chosen["comparison"] != next(iter(COMPARISONS)):
        link["cmp"] = [chosen["comparison"]]
    if chosen["include_today"]:
        link["hoje"] = ["1"]
    if chosen["language"] != LANGUAGES[0]:
        link["idioma"] = [chosen["language"]]
    return {key: link[key] for key in KEYS if link.get(key)}


def of_days(days: Days) -> Link:
    """Return what a link says that shows some days."""
    return {
        "p": [CUSTOM],
        "de": [days.first.isoformat()],
        "ate": [days.last.isoformat()],
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def period_of(chosen: Chosen, status: LoadStatus) -> Period:
    """Return the days that are chosen, and those that they are compared with."""
    comparison = COMPARISONS[chosen["comparison"]]
    if chosen["preset"] == CUSTOM:
        # While the reader chooses, there is only the first day.
        shown = Days(chosen["range"][0], chosen["range"][-1])
        return periods.between(shown, status.first_date, status.local_date, comparison)
    return periods.choose(
        chosen["preset"],
        status.first_date,
        status.local_date,
        chosen["include_today"],
        comparison,
    )


def filters_of(chosen: Chosen, places: Mapping[str, Sequence[int]]) -> Filters:
    """Return what is chosen to be kept."""
    inboxes = {inbox_id for unit in chosen["units"] for inbox_id in places[unit]}
    return Filters(
        inboxes=tuple(sorted(inboxes)),
        channel_kinds=tuple(chosen["channels"]),
        teams=tuple(chosen["teams"]),
        agents=tuple(chosen["agents"]),
        labels=tuple(chosen["labels"]),
        resolvers=tuple(chosen["resolvers"]),
        accounts=tuple(chosen["accounts"]),
    )


def describe(link: Link, ask: Ask, language: Language) -> list[tuple[str, list[str]]]:
    """Name the filters of a link and what each keeps, in words."""
    by_name = names(ask, language)
    return [
        (
            say(language, name),
            [
                by_name[name](int(item) if name in ("teams", "agents") else item)
                for item in link[key]
            ],
        )
        for name, key in LISTS.items()
        if link.get(key)
    ]


def names(ask: Ask, language: Language) -> dict[str, Callable[[object], str]]:
    """How what one can filter by is called."""
    teams, agents = ask(dimensions.teams), ask(dimensions.agents)
    return {
        "accounts": str,
        "units": str,
        "labels": str,
        "channels": lambda kind: kind_name(str(kind), language),
        "teams": lambda team: teams[team] or say(language, "no_team"),  # type: ignore[index]
        "agents": lambda agent: agents[agent],  # type: ignore[index]
        "resolvers": lambda resolver: say(language, f"resolver_{resolver}"),
    }


def versus(language: Language, name: object) -> str:
    """Say what a choice compares with."""
    return say(language, f"versus_{COMPARISONS[str(name)]}")


def kind_name(kind: str, language: Language) -> str:
    """Name a kind of channel; one we have no word for is its own."""
    return say(language, f"channel_{kind}", or_else=kind.capitalize())


def describe_days(
    chosen: Chosen, period: Period, status: LoadStatus, language: Language
) -> str:
    """Say which days are shown, and with which they are compared."""
    shown = days_in_words(period.shown, language)
    if period.complete is None:
        shown = say(
            language,
            "until_now",
            day=formats.full_date(period.shown.last, language),
            clock=formats.clock(status.local_as_of, language),
        )
    compared = compared_in_words(period, language)
    if compared is not None:
        return f"{shown} · {compared}"
    if COMPARISONS[chosen["comparison"]] == "none":
        return shown
    if period.complete is None:
        compared = say(language, "nothing_complete")
    else:
        first = formats.full_date(status.first_date, language)
        compared = say(language, "not_compared", first=first)
    return f"{shown} · {compared}"


def days_in_words(days: Days, language: Language) -> str:
    """Say which days these are."""
    return _between("shown_days", days, language)


def compared_in_words(period: Period, language: Language) -> str | None:
    """Say with which days a period is compared; None where it is with none."""
    if period.previous is None:
        return None
    compared = _between("compared_with", period.previous, language)
    if period.is_last_day_partial:
        return say(language, "compared_without_today", compared=compared)
    return compared


def _between(key: str, days: Days, language: Language) -> str:
    return say(
        language,
        key,
        first=formats.full_date(days.first, language),
        last=formats.full_date(days.last, language),
    )
