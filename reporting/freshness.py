"""How fresh the data is, in words."""

from datetime import UTC, datetime, timedelta

from ground.settings import LATE_AFTER
from kpis.status import LoadStatus
from reporting import formats
from reporting.texts import Language, say

STALE_AFTER = LATE_AFTER + timedelta(days=1)  # a second daily load has not come


def now() -> datetime:
    """The moment, in UTC; nothing else asks the clock."""
    return datetime.now(UTC).replace(tzinfo=None)


def age(status: LoadStatus) -> timedelta:
    """How long ago the data showed Chatwoot as it was."""
    return now() - status.as_of


def state(status: LoadStatus) -> str:
    """Return fresh, building or unbuilt where a later load waits, late or stale."""
    if age(status) > STALE_AFTER:
        return "stale"
    if age(status) > LATE_AFTER:
        return "late"
    if status.unbuilt_local_loaded_at is not None:
        return "building" if status.is_building else "unbuilt"
    return "fresh"


def word(status: LoadStatus, language: Language) -> str:
    """Say the state in a word or two."""
    loaded = status.unbuilt_local_loaded_at
    return say(
        language,
        state(status),
        loaded="" if loaded is None else formats.clock(loaded, language),
    )


def until(status: LoadStatus, language: Language) -> str:
    """Say until when the data goes and when it was loaded, or which load waits."""
    waits = status.unbuilt_local_loaded_at is not None
    text = say(
        language,
        "shown_until" if waits else "data_until",
        moment=formats.moment(status.local_as_of, language),
        loaded=formats.clock(status.local_loaded_at, language),
    )
    return f"{text} · {word(status, language)}"


def warning(status: LoadStatus, language: Language) -> str | None:
    """Say why the numbers are not those of now, or not to be relied on.

    None where nothing is wrong. A build at work is not.
    """
    moment = formats.moment(status.local_as_of, language)
    if status.is_mixed and not status.is_building:
        return say(language, "mixed_banner", since=_failed_since(status, language))
    if state(status) == "stale":
        return say(
            language,
            "stale_banner",
            moment=moment,
            age=formats.age(age(status), language),
        )
    if status.has_failed_checks:
        return say(language, "checks_banner", since=_failed_since(status, language))
    if status.has_failed_build:
        return say(
            language,
            "build_banner",
            moment=moment,
            since=_failed_since(status, language),
        )
    if status.has_failed_load:
        return say(language, "failed_banner", moment=moment)
    return None


def _failed_since(status: LoadStatus, language: Language) -> str:
    since = status.build_failed_local_since or status.local_loaded_at
    return formats.moment(since, language)
