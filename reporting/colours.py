"""What a colour stands for, on pages and in the report alike.

Teal is the AI, amber a person, violet the customer, brick nobody yet, grey not known.
"""

# Seen on a light and on a dark background alike.
MUTED = "#8C9C99"
TEAL, AMBER, VIOLET, BRICK = "#12897D", "#C9780F", "#7466C9", "#C4553B"

# On pages the theme has the colours: a place in it, and how strong; -1 is grey.
Place = tuple[int, float]
OUTCOMES: dict[str, Place] = {
    "ai_resolved_confirmed": (0, 1.0),
    "ai_resolved_assumed": (0, 0.65),
    "ai_human_resolved": (1, 0.65),
    "human_resolved": (1, 1.0),
    "waiting_customer": (2, 1.0),
    "ai_abandoned": (2, 0.65),
    "waiting_us": (3, 0.65),
    "unanswered": (3, 1.0),
    "immature": (-1, 1.0),
}
RATINGS: dict[int, Place] = {
    1: (3, 1.0), 2: (3, 0.55), 3: (-1, 1.0), 4: (2, 0.55), 5: (2, 1.0),
}  # fmt: skip

# In the order of the outcomes' stacks, and of who writes.
STACKS = (TEAL, AMBER, VIOLET, BRICK, MUTED)
SENDERS = (TEAL, AMBER, VIOLET, BRICK)
RATINGS_OF_REPORT = ("#B42318", "#D9776C", MUTED, "#A79DDD", VIOLET)
