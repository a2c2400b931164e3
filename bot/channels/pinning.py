"""Which engine a conversation belongs to: rendezvous hashing, the same answer in every office. Pure.

An engine keeps recent conversations in memory, so a conversation that stays with one engine is cheapest there. When an
engine is added or taken away, only the conversations move that belong to it; all others stay where they were.
"""

import hashlib
from collections.abc import Sequence


def ranked(conversation: str, engines: Sequence[str]) -> list[str]:
    """All engines, the conversation's own first, then those that stand in for it, in their order."""
    return sorted(engines, key=lambda engine: _weight(conversation, engine), reverse=True)


def _weight(conversation: str, engine: str) -> bytes:
    return hashlib.blake2b(f"{engine}\n{conversation}".encode(), digest_size=8).digest()
