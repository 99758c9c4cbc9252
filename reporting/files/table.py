"""A table as a file of any kind takes it: cells typed, words in one language."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Form = Literal["count", "decimal", "share", "seconds", "money", "points"]


@dataclass(frozen=True)
class Number:
    """A number; a share is a part of 1, seconds and points are as they are called."""

    value: float
    form: Form


@dataclass(frozen=True)
class Unit:
    """What a number is counted in; of times each kind of file has its own."""

    form: Form
    word: str


Cell = str | Number | Unit | date | datetime | None


@dataclass(frozen=True)
class Table:
    """Named columns of cells, and what there is to say below them."""

    title: str
    columns: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    note: str = ""
