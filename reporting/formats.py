"""Numbers, dates and durations as the reader's language writes them."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import dates, numbers, units

from reporting.texts import Language

LOCALE = {"pt": "pt_BR", "en": "en"}
DAY = {"pt": "dd/MM", "en": "MMM d"}
DATE = {"pt": "dd/MM/yyyy", "en": "MMM d, yyyy"}
MOMENT = {"pt": "dd/MM HH:mm", "en": "MMM d HH:mm"}
WEEKDAY = {"pt": "EEE dd/MM", "en": "EEE MMM d"}

NO_VALUE = "—"
KEPT = 4096  # what a page writes, it writes again when it is drawn again
# Symbols are the same in both languages; days are written out.
UNITS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


@lru_cache(KEPT)
def count(value: float, language: Language) -> str:
    """1.234."""
    return str(numbers.format_decimal(round(value), locale=LOCALE[language]))


@lru_cache(KEPT)
def percent(share: float, language: Language) -> str:
    """12,3%."""
    return str(numbers.format_percent(share, "#,##0.0%", locale=LOCALE[language]))


def whole_percent(share: float, language: Language) -> str:
    """12%."""
    return str(numbers.format_percent(share, "#,##0%", locale=LOCALE[language]))


def count_and_share(value: float, share: float, language: Language) -> str:
    """1.234 (12%)."""
    return f"{count(value, language)} ({whole_percent(share, language)})"


@lru_cache(KEPT)
def decimal(value: float, language: Language, digits: int = 1) -> str:
    """1.234,5."""
    return str(
        numbers.format_decimal(value, f"#,##0.{'0' * digits}", locale=LOCALE[language])
    )


@lru_cache(KEPT)
def signed(value: float, language: Language, digits: int = 1) -> str:
    """+1,2, or an empty text for what would show as zero."""
    if round(value, digits) == 0:
        return ""
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return str(
        numbers.format_decimal(value, f"+{pattern};-{pattern}", locale=LOCALE[language])
    )


def rating(value: float, language: Language) -> str:
    """4,32."""
    return decimal(value, language, 2)


def hours(value: float, language: Language) -> str:
    """12,3 h."""
    number = count if value >= 100 else decimal
    return f"{number(value, language)} h"


def money(value: float, language: Language) -> str:
    """R$ 1,23."""
    return str(numbers.format_currency(value, "BRL", locale=LOCALE[language]))


@lru_cache(KEPT)
def weekday_name(number: int, language: Language, width: str = "wide") -> str:
    """Segunda-feira, for 1; 0 is Sunday."""
    names = dates.get_day_names(width, locale=LOCALE[language])
    return str(names[(number - 1) % 7])


def hour_of_day(hour: int) -> str:
    """18 h."""
    return f"{hour} h"


@lru_cache(KEPT)
def duration(seconds: float, language: Language) -> str:
    """4 s, 9 min 20 s, 12 min, 2 h 35 min: a second unit where the first is small."""
    left = round(seconds)
    if seconds > 0 and left == 0:
        return "< 1 s"
    if left >= 600:  # seconds, then minutes, no longer matter
        left = round(left / 60) * 60
    if left >= 36_000:
        left = round(left / 3_600) * 3_600
    parts: list[str] = []
    for unit, size in UNITS:
        amount, left = divmod(left, size)
        if amount:
            parts.append(_unit(amount, unit, language))
        if len(parts) == 2 or (parts and (amount >= 10 or not left)):
            break
    return " ".join(parts) or "0 s"


def span(low: float, high: float, language: Language) -> str:
    """4 min – 5 min."""
    return f"{duration(low, language)} – {duration(high, language)}"


@lru_cache(KEPT)
def day(value: date, language: Language) -> str:
    """21/11."""
    return str(dates.format_date(value, DAY[language], locale=LOCALE[language]))


def full_date(value: date, language: Language) -> str:
    """21/11/2026."""
    return str(dates.format_date(value, DATE[language], locale=LOCALE[language]))


@lru_cache(KEPT)
def weekday(value: date, language: Language) -> str:
    """sáb. 21/11."""
    return str(dates.format_date(value, WEEKDAY[language], locale=LOCALE[language]))


def moment(value: datetime, language: Language) -> str:
    """21/11 23:59."""
    return str(dates.format_datetime(value, MOMENT[language], locale=LOCALE[language]))


def full_moment(value: datetime, language: Language) -> str:
    """21/11/2026 23:59."""
    return f"{full_date(value.date(), language)} {clock(value, language)}"


def long_date(value: date, language: Language) -> str:
    """21 de novembro de 2026."""
    return str(dates.format_date(value, "long", locale=LOCALE[language]))


def month(value: date, language: Language) -> str:
    """Nov. de 2026."""
    text = str(dates.format_skeleton("yMMM", value, locale=LOCALE[language]))
    return text[:1].upper() + text[1:]


def clock(value: datetime, language: Language) -> str:
    """23:59."""
    return str(dates.format_time(value, "HH:mm", locale=LOCALE[language]))


def age(value: timedelta, language: Language) -> str:
    """3 dias."""
    return str(dates.format_timedelta(value, threshold=1.5, locale=LOCALE[language]))


def _unit(amount: int, unit: str, language: Language) -> str:
    if unit == "day":
        return str(units.format_unit(amount, unit, "short", locale=LOCALE[language]))
    return f"{amount} {unit}"
