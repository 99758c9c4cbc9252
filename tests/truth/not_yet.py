"""The cases whose rule is not built yet. Each of them must fail: one that passes has to
leave the list."""

NOT_YET: set[str] = set()

# By the number of their line, as in inputs.sql.
INPUTS_NOT_YET: set[str] = set()
