"""Which accounts of a Chatwoot are loaded: one server may hold several companies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class AccountsError(Exception):
    """It is not clear which accounts to load; says what to write into `.env`."""


@dataclass(frozen=True)
class Account:
    """An account of the source."""

    account_id: int
    name: str | None
    has_conversations: bool

    def __str__(self) -> str:
        """Return how people know it."""
        return f"{self.account_id} {self.name or 'account without a name'}"


@dataclass(frozen=True)
class Choice:
    """The accounts to load, and those with conversations that nobody decided about."""

    loaded: tuple[Account, ...]
    new: tuple[Account, ...] = ()

    @property
    def ids(self) -> list[int]:
        """The ids of the accounts to load, sorted."""
        return sorted(account.account_id for account in self.loaded)


def choose(
    named: Sequence[int], found: Sequence[Account], known: Iterable[int]
) -> Choice | None:
    """Choose the accounts to load; None where several could be meant.

    `named` are those of the settings, `found` those of the source, `known` those that
    the warehouse has. Raises AccountsError for a named one that there is not.
    """
    if named:
        missing = set(named) - {account.account_id for account in found}
        if missing:
            raise AccountsError(
                "SOURCE_ACCOUNT_IDS: the source has no account "
                + ", ".join(map(str, sorted(missing)))
                + "; it has "
                + (", ".join(map(str, found)) or "none")
            )
        return Choice(tuple(each for each in found if each.account_id in named))
    in_use = tuple(account for account in found if account.has_conversations)
    if len(in_use) == 1 or not in_use:
        # Before the first conversation nothing can be mixed up but names.
        return Choice(in_use or (tuple(found) if len(found) == 1 else ()))
    kept = set(known)
    loaded = tuple(account for account in found if account.account_id in kept)
    if not loaded:
        return None
    return Choice(loaded, tuple(each for each in in_use if each not in loaded))


def which(counted: Sequence[tuple[Account, int]]) -> str:
    """Ask which accounts are meant: each with its number of conversations."""
    in_use = [(account, count) for account, count in counted if count]
    example = ",".join(str(account.account_id) for account, _ in in_use[:1])
    lines = [
        f"  {account}: {count:,} conversation{'' if count == 1 else 's'}"
        for account, count in in_use
    ]
    return "\n".join(
        [
            "several accounts have conversations on the source, and nothing was read:"
            f" name those to load in .env, such as SOURCE_ACCOUNT_IDS={example}",
            *lines,
        ]
    )
