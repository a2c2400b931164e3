"""Saying yes to a person: the office was offered, and a plain yes takes up the offer. Pure."""

from bot.cases.steering import yes_or_no
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory

HANDOFF = "/handoff"


def accepted(heard: Heard, memory: Memory) -> bool:
    """Whether a message says yes to the office that was offered: after an answer of no use, or after a failed try to help.

    The clock's own questions offer the office too; a yes to those is an answer to the clock.
    """
    if heard.urgent or heard.pressed or yes_or_no(heard) is not True:
        return False
    clock_asks = memory.clock.get("awaiting") or memory.clock.get("pending")
    offered = memory.awaiting == "handoff" or (memory.misses > 0 and not clock_asks)
    return offered and memory.offered == [HANDOFF]
