"""All cases, in the order in which they get their numbers."""

from truth import (  # noqa: F401  each registers its own
    cases,
    closers,
    customers,
    handoffs,
    messages,
    neglect,
    queue,
    turns,
    waits,
    words,
)
