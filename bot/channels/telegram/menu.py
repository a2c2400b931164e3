"""The commands of the menu, the greeting, and links that open the chat at an answer."""

from collections.abc import Callable
from typing import Any

from bot.channels.gateway import PERSON, Chosen, Pressed
from bot.channels.telegram.outgoing import Out
from bot.channels.telegram.rendering import WORDS, rendered, said
from bot.knowledge.entries import entries
from bot.knowledge.words import say
from bot.settings import Office

# What each command stands for in the conversation; start, help and delete are the channel's own.
COMMANDS: dict[str, Callable[[], Chosen | Pressed]] = {
    "deadline": lambda: Chosen(say(WORDS, "menu_deadline"), "/deadline"),
    "letter": lambda: Chosen(say(WORDS, "menu_letter"), "/letter"),
    "person": lambda: Pressed(PERSON),
    "stop": lambda: Chosen(say(WORDS, "menu_stop"), "/stop"),
}
MENU = ("deadline", "letter", "person", "help", "stop", "delete")


def menu() -> list[tuple[str, str]]:
    """The menu as Telegram shows it: command and description."""
    return [(name, say(WORDS, f"menu_{name}")) for name in MENU]


def started(office: Office, site: str, kept_days: int) -> list[Out]:
    """What this is, privacy in three lines, and the more private way."""
    privacy = [say(WORDS, f"privacy_{number}", days=kept_days) for number in (1, 2, 3)]
    blocks: list[dict[str, Any]] = [
        {"type": "text", "text": say(WORDS, "start_what", office=office.name)},
        {"type": "text", "text": say(WORDS, "start_how")},
        {"type": "heading", "text": say(WORDS, "privacy_title")},
        {"type": "list", "items": privacy, "ordered": False},
        {"type": "text", "text": say(WORDS, "start_telegram")},
        {"type": "links", "items": [{"text": say(WORDS, "website"), "url": "/chat"}]},
    ]
    return rendered(blocks, site)


def helped() -> list[Out]:
    """What can be sent."""
    lines = [say(WORDS, f"help_{name}") for name in MENU]
    return said("\n".join([say(WORDS, "help_intro"), *lines, "", say(WORDS, "help_danger")]))


def link_choice(start: str) -> Chosen | Pressed | None:
    """What `?start=...` on a link asks for: an entry by its id, or a command; None when it names neither."""
    if start in COMMANDS:
        return COMMANDS[start]()
    entry = entries().get(start)
    return Chosen(entry.title, f'/choose{{"entry": "{entry.id}"}}') if entry else None
