"""The named outcomes of one turn; every reply has exactly one."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a parent's message (docs/architecture.md, "Outcomes")."""

    ANSWERED = "answered"
    ASKED_BACK = "asked_back"
    HELD = "held"
    OUT_OF_SCOPE = "out_of_scope"
    URGENT = "urgent"
    DEADLINE = "deadline"
    LETTER = "letter"
    HANDED_OFF = "handed_off"
    SMALLTALK = "smalltalk"
    FAILED = "failed"
