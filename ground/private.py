"""Files that hold personal data are for their owner alone, whatever the umask.

0600 in folders of 0700. Only what leads to an embedded server's data may be passed
through, 0711, because for root the server runs as another user.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = 0o077
WAY = 0o711


def is_open(path: Path) -> bool:
    """Whether others than the owner may read, write or enter."""
    return bool(path.stat().st_mode & OTHERS)


@contextmanager
def umask() -> Iterator[None]:
    """Make files for us alone; of the whole process, so not beside other threads."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def opener(path: str, flags: int) -> int:
    """Open a file for us alone, for `open`; one that is there is closed to others."""
    descriptor = os.open(path, flags, 0o600)
    if stat.S_IMODE(os.fstat(descriptor).st_mode) & OTHERS:
        os.fchmod(descriptor, 0o600)
    return descriptor


def make_folder(path: Path) -> None:
    """Make a folder for us alone, or close one with all that is in it."""
    make_way(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    close(path)


def make_way(path: Path) -> None:
    """Make a folder that leads to others; one that is there stays as it is.

    It is never there with another mode: where an embedded server has its data depends
    on who can pass.
    """
    if path.exists():
        return
    make_way(path.parent)
    mode = WAY if os.geteuid() == 0 else 0o700
    before = os.umask(0o777 & ~mode)
    try:
        path.mkdir(mode=mode, exist_ok=True)
    finally:
        os.umask(before)


def close(path: Path) -> None:
    """Close a folder, or a file, of ours: an earlier version may have left it open."""
    _take_away(path, OTHERS)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            _take_away(Path(folder, name), OTHERS)


def close_way(path: Path) -> None:
    """Let others pass through a folder of ours if they could, and no more."""
    _take_away(path, OTHERS & ~WAY)


def _take_away(path: Path, bits: int) -> None:
    with suppress(FileNotFoundError):  # there is none, or not any more
        facts = path.lstat()
        is_ours = facts.st_uid == os.geteuid() and not stat.S_ISLNK(facts.st_mode)
        if is_ours and facts.st_mode & bits:
            path.chmod(stat.S_IMODE(facts.st_mode) & ~bits)
