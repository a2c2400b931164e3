"""The states of a case and the moves between them: a table, and what refuses a move that it does not hold. Pure."""

from dataclasses import dataclass


class IllegalMove(ValueError):
    """A move that the table does not hold."""


@dataclass(frozen=True)
class State:
    """One state: what the office calls it, and whether the case still needs work."""

    id: str
    title: str
    open: bool


STATES = {
    state.id: state
    for state in (
        State("new", "New", True),
        State("acknowledged", "Acknowledged", True),
        State("in_progress", "In progress", True),
        State("waiting_parent", "Waiting for parent", True),
        State("waiting_council", "Waiting for council", True),
        State("resolved", "Resolved", False),
        State("closed", "Closed", False),
        State("withdrawn", "Withdrawn", False),
        State("misdirected", "Misdirected", False),
        State("merged", "Merged", False),
        State("erased", "Erased", False),
    )
}
OPEN = tuple(state.id for state in STATES.values() if state.open)

_WORK = ("acknowledged", "in_progress", "waiting_parent", "waiting_council")
_ENDS = ("resolved", "closed", "withdrawn", "misdirected", "merged", "erased")

# From each state to where it may go. A closed case opens again when the parent writes; an erased one stays erased.
MOVES: dict[str, tuple[str, ...]] = {
    "new": (*_WORK, *_ENDS),
    "acknowledged": ("in_progress", "waiting_parent", "waiting_council", *_ENDS),
    "in_progress": ("waiting_parent", "waiting_council", *_ENDS),
    "waiting_parent": ("in_progress", "waiting_council", *_ENDS),
    "waiting_council": ("in_progress", "waiting_parent", *_ENDS),
    "resolved": ("in_progress", "closed", "withdrawn", "merged", "erased"),
    "closed": ("in_progress", "merged", "erased"),
    "withdrawn": ("in_progress", "closed", "erased"),
    "misdirected": ("in_progress", "closed", "erased"),
    "merged": ("in_progress", "erased"),
    "erased": (),
}

# Moves that have their own page or cause, so that no plain list of states offers them.
BY_OTHER_WAYS = frozenset({"withdrawn", "merged", "erased", "closed", "resolved", "misdirected"})

OUTCOMES = {
    "solved": "The family has what they asked for",
    "partly": "Part of what they asked for",
    "advice": "Advice given",
    "referred": "Passed to another service",
    "not_solved": "Not solved",
    "no_contact": "No answer from the parent",
    "not_constituent": "Another MP's constituent",
}


def check_move(state: str, to: str) -> None:
    """Lets a move of the table pass.

    Raises:
        IllegalMove: for any other.
    """
    if to not in MOVES.get(state, ()):
        raise IllegalMove(f"A case cannot go from '{state}' to '{to}'.")


def choices(state: str) -> list[State]:
    """The states that a caseworker may choose on the case page."""
    return [STATES[to] for to in MOVES[state] if to not in BY_OTHER_WAYS]


def endings(state: str) -> list[State]:
    """The ways to finish a case from here, each with an outcome."""
    return [STATES[to] for to in MOVES[state] if to in ("resolved", "closed", "misdirected")]


def when_the_parent_writes(state: str) -> str:
    """The state after a message of the parent: what waited for it, or was finished, is in progress again."""
    return "in_progress" if state in ("waiting_parent", "resolved", "closed") else state


def when_answered(state: str) -> str:
    """The state after a reply to the parent: a case that nobody had begun is in progress."""
    return "in_progress" if state in ("new", "acknowledged") else state


def title(state: str) -> str:
    """What the office calls a state."""
    return STATES[state].title if state in STATES else state
