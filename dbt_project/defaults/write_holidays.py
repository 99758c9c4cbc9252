"""Write holidays.csv from the library of holidays: `make holidays`.

National holidays and those of the state of São Paulo; Carnival and Corpus Christi too,
which no law makes holidays but on which gyms keep a holiday's hours.
"""

import csv
from pathlib import Path

import holidays

FILE = Path(__file__).parent / "holidays.csv"
YEARS = range(2015, 2036)
OPTIONAL = {"Carnaval", "Corpus Christi"}


def rows() -> list[tuple[str, str]]:
    """Return date and name of each holiday, by date; one row per date."""
    official, optional = (
        holidays.country_holidays(
            "BR", subdiv="SP", years=YEARS, language="pt_BR", categories=(category,)
        )
        for category in ("public", "optional")
    )
    names = {
        **{date: name for date, name in optional.items() if name in OPTIONAL},
        **official,
    }
    return [(date.isoformat(), name) for date, name in sorted(names.items())]


if __name__ == "__main__":
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("holiday_date", "holiday_name"))
        writer.writerows(rows())
