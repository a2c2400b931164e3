"""Makes one stored reply of what the engine sent: merges replies, swaps button payloads for short ids. Pure."""

import secrets
from typing import Any

from bot.blocks import Reply
from bot.cases.fields import fields
from bot.knowledge.words import say
from bot.outcomes import Outcome

# Which outcome names a turn that holds several replies: what matters most comes first.
_WEIGHT = (
    Outcome.URGENT, Outcome.HANDED_OFF, Outcome.DEADLINE, Outcome.LETTER, Outcome.ANSWERED, Outcome.HELD,
    Outcome.ASKED_BACK, Outcome.OUT_OF_SCOPE, Outcome.FAILED, Outcome.SMALLTALK,
)  # fmt: skip


def merged(replies: list[Reply]) -> dict[str, Any]:
    """One reply of several: blocks in order, the weightiest outcome, every entry once. At least one is needed."""
    leading = min(replies, key=lambda reply: _WEIGHT.index(Outcome(reply["outcome"])))
    detail: dict[str, Any] = {}
    for reply in replies:
        detail |= reply.get("detail") or {}
    return {
        "blocks": [block for reply in replies for block in reply["blocks"]],
        "outcome": leading["outcome"],
        "entries": list(dict.fromkeys(entry for reply in replies for entry in reply["entries"])),
        "confidence": leading["confidence"],
        "detail": detail,
    }


def with_short_ids(
    blocks: list[dict[str, Any]], answers: int
) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    """Blocks whose buttons carry an id instead of a payload, and what each id stands for.

    The items of a case review get an id each, which asks to change that item.

    The id names the message that the reply answers and is random beside, so that none can be guessed or carried over
    to another conversation.
    """
    known: dict[str, dict[str, str]] = {}

    def short_id(text: str, payload: str) -> str:
        button_id = f"{answers}-{secrets.token_hex(6)}"
        known[button_id] = {"text": text, "payload": payload}
        return button_id

    def swapped(button: dict[str, str]) -> dict[str, str]:
        return {"text": button["text"], "id": short_id(button["text"], button["payload"])}

    def changeable(item: dict[str, str]) -> dict[str, str]:
        if item["basis"] == "calculated" or item["field"] not in fields():
            return item  # such as a deadline: it changes with the facts it comes from
        text = say("office", "change_item", label=item["label"])
        return {**item, "id": short_id(text, f'/change{{"field": "{item["field"]}"}}')}

    make = {"buttons": swapped, "review": changeable}
    changed = [
        {**block, "items": [make[block["type"]](item) for item in block["items"]]} if block["type"] in make else block
        for block in blocks
    ]
    return changed, known


def harmless(text: str) -> str:
    """Typed text that no engine can read as a command: a leading slash becomes a fraction slash (U+2044)."""
    bare = text.lstrip()
    return f"\u2044{bare[1:]}" if bare.startswith("/") else text
