"""What a parent reads while the engine is down: an apology, the office's contacts, and the pages that fit best."""

import logging
from datetime import date

from bot.blocks import Block, Link, Reply, links, text
from bot.dialogue.talk import urgent
from bot.knowledge.search import Found, find
from bot.knowledge.signals import signal_by_words
from bot.knowledge.words import say
from bot.outcomes import Outcome
from bot.settings import Office

logger = logging.getLogger(__name__)

OFFERED = 3
LOOKED_AT = 10  # entries held back are passed over


def apology(office: Office, asked: str, today: date, base: str = "") -> Reply:
    """The reply without the engine; where there is danger its signposts come first.

    Args:
        office: whose telephone and e-mail are named.
        asked: what the parent wrote; empty when a button was pressed.
        today: entries held on this day are not offered.
        base: what a page's path is put behind; empty on the office's own site.
    """
    found, danger = _heard(asked)
    contact = {"phone": office.phone, "email": office.email}
    lines = [say("office", key, **contact) for key in ("engine_down", "engine_down_contact", "engine_down_danger")]
    blocks: list[Block] = [*(urgent(danger)["blocks"] if danger else []), *(text(line) for line in lines)]
    form: Link = {"text": say("office", "engine_down_form"), "url": f"{base}/case"}
    blocks.append(links([form]))
    outcome = Outcome.URGENT if danger else Outcome.FAILED
    return {"blocks": blocks + _pages(found, today, base), "outcome": str(outcome), "entries": [], "confidence": None}


def _pages(found: Found, today: date, base: str) -> list[Block]:
    """Up to three pages that fit."""
    current = [entry for entry in found.entries if not entry.held(today)][:OFFERED]
    pages: list[Link] = [{"text": entry.title, "url": f"{base}/answers/{entry.id}"} for entry in current]
    return [text(say("answers", "offered_title")), links(pages)] if pages else []


def _heard(asked: str) -> tuple[Found, str | None]:
    """The entries that fit, and the danger if there is one. This is the last resort: it must not fail itself."""
    try:
        found = find(asked, LOOKED_AT)
        return found, signal_by_words(asked) or found.danger
    except Exception as error:
        logger.error("The entries could not be searched: %s.", type(error).__name__)
        return Found(), None
