"""What our programs end with, 0 where all is done; docs/operations.md has the table."""

FAILED = 1
MISCONFIGURED = 2  # as click ends on a wrong option
ANOTHER_RUN = 75  # EX_TEMPFAIL: try again later
INTERRUPTED = 130
