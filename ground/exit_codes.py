"""What our programs end with, 0 where all is done; docs/operations.md has the table."""

import sys
from typing import NoReturn

import click

FAILED = 1
MISCONFIGURED = 2  # as click ends on a wrong option
ANOTHER_RUN = 75  # EX_TEMPFAIL: try again later
INTERRUPTED = 130


def stop(message: str, code: int = FAILED) -> NoReturn:
    """Print why, and leave."""
    click.echo(f"error: {message}", err=True)
    sys.exit(code)
