"""What an update means for us, and nothing more of it: names, usernames and pictures are dropped here. Pure."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

# Kinds of content that we do not read, in the order they are looked for: an animation also carries a document.
UNREAD = (
    "animation", "audio", "document", "paid_media", "photo", "sticker", "story", "video", "video_note", "voice",
    "checklist", "dice", "game", "poll", "venue", "location", "invoice",
)  # fmt: skip
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL)
_GONE = ("left", "kicked")


@dataclass(frozen=True)
class Incoming:
    """One update, reduced.

    kind: text, command, button, edited, contact, forwarded, group, migrated, blocked, unblocked, unknown, flood, or one
    of UNREAD. `text`: words, a caption, a command's rest or a telephone number. `name`: the command. `message`: the
    message's id. `query`: what a pressed button's answer goes to. `keyboard`: all buttons of the message it was pressed on,
    as (label, data). `to`: the chat's new id. `at`: seconds since 1970.
    """

    update: int
    chat: int
    kind: str
    at: int = 0
    text: str = ""
    name: str = ""
    message: int = 0
    query: str = ""
    keyboard: tuple[tuple[str, str], ...] = ()
    to: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value or name in ("update", "chat", "kind")}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Incoming":
        """From what `to_dict` gave."""
        return cls(**{**stored, "keyboard": tuple((label, data) for label, data in stored.get("keyboard", ()))})

    def as_flood(self) -> "Incoming":
        """The same, one of too many: its words are dropped."""
        return replace(self, kind="flood", text="", name="")


class NoUpdate(ValueError):
    """JSON that is no update of Telegram: it has no `update_id`."""


def number_of(update: Any) -> int:
    """The update's number.

    Raises:
        NoUpdate: when there is none.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise NoUpdate("There is no update_id.")
    return number


def is_update(update: Any) -> bool:
    """Whether it has the one thing that every update has."""
    try:
        return number_of(update) >= 0
    except NoUpdate:
        return False


def read(update: dict[str, Any]) -> Incoming | None:
    """What the update means; None when there is nothing to do. Never fails, whatever the rest holds."""
    number = number_of(update)
    for name, reader in _READERS.items():
        part = _part(update, name)
        if part:
            return reader(number, part)
    return None


def _message(number: int, message: dict[str, Any]) -> Incoming | None:
    found = _base(number, message)
    if found is None:
        return None
    if _number(message, "migrate_to_chat_id"):
        return replace(found, kind="migrated", to=_number(message, "migrate_to_chat_id"))
    if _in_group(message):
        return replace(found, kind="group")
    if _part(message, "from").get("is_bot") is True:
        return None
    return _content(found, message)


def _content(found: Incoming, message: dict[str, Any]) -> Incoming | None:
    if _part(message, "forward_origin"):
        return replace(found, kind="forwarded")
    words = _words(message, "text")
    if words:
        return _typed(found, words)
    if _part(message, "contact"):
        return replace(found, kind="contact", text=_own_number(message))
    for kind in UNREAD:
        if kind in message:
            return replace(found, kind=kind, text=_words(message, "caption"))
    return replace(found, kind="unknown") if _is_content(message) else None


def _typed(found: Incoming, words: str) -> Incoming:
    command = _COMMAND.fullmatch(words.strip())
    if command is None:
        return replace(found, kind="text", text=words)
    return replace(found, kind="command", name=command[1].lower(), text=(command[2] or "").strip())


def _own_number(message: dict[str, Any]) -> str:
    """The telephone number when the contact is the sender's own card, else nothing."""
    contact = _part(message, "contact")
    own = contact.get("user_id") is not None and contact.get("user_id") == _part(message, "from").get("id")
    return _words(contact, "phone_number") if own else ""


# What Telegram itself notes in a chat; nobody said it, so nobody is answered.
_SERVICE = frozenset(
    """pinned_message message_auto_delete_timer_changed new_chat_title new_chat_photo delete_chat_photo write_access_allowed
    chat_background_set proximity_alert_triggered boost_added users_shared chat_shared connected_website
    group_chat_created supergroup_chat_created channel_chat_created passport_data web_app_data""".split()
)


def _is_content(message: dict[str, Any]) -> bool:
    return not _SERVICE & set(message)


def _edited(number: int, message: dict[str, Any]) -> Incoming | None:
    """A moving live location edits itself every few seconds; that is not said to us."""
    found = _base(number, message)
    if found is None or _in_group(message) or "location" in message:
        return None
    return replace(found, kind="edited", at=_number(message, "edit_date") or found.at)


def _button(number: int, query: dict[str, Any]) -> Incoming | None:
    message = _part(query, "message")
    found = _base(number, message)
    if found is None:
        return None
    found = replace(found, kind="button", at=0, text=_words(query, "data"), query=_words(query, "id"))
    return replace(found, keyboard=_keyboard(message))


def _keyboard(message: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = _part(message, "reply_markup").get("inline_keyboard")
    found = [button for row in rows if isinstance(row, list) for button in row] if isinstance(rows, list) else []
    pairs = [(_words(button, "text"), _words(button, "callback_data")) for button in found if isinstance(button, dict)]
    return tuple(pair for pair in pairs if all(pair))


def _member(number: int, change: dict[str, Any]) -> Incoming | None:
    """Whether we were blocked, let in again, or added to a group."""
    found = _base(number, change)
    status = _part(change, "new_chat_member").get("status")
    if found is None or not isinstance(status, str):
        return None
    if _in_group(change):
        return None if status in _GONE else replace(found, kind="group", name="added")
    return replace(found, kind="blocked" if status in _GONE else "unblocked")


def _base(number: int, message: dict[str, Any]) -> Incoming | None:
    chat = _number(_part(message, "chat"), "id")
    if not chat:
        return None
    return Incoming(number, chat, "unknown", at=_number(message, "date"), message=_number(message, "message_id"))


def _in_group(message: dict[str, Any]) -> bool:
    return _part(message, "chat").get("type") in ("group", "supergroup", "channel")


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def _number(whole: dict[str, Any], name: str) -> int:
    found = whole.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**63 else 0


def _words(whole: dict[str, Any], name: str) -> str:
    """A text without lone surrogates and NULs, which no database or encoder takes."""
    found = whole.get(name)
    return found.encode("utf-8", "replace").decode().replace("\x00", "") if isinstance(found, str) else ""


_READERS = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _button,
    "my_chat_member": _member,
    "channel_post": _message,
}
ALLOWED = tuple(_READERS)  # what we ask Telegram for, and all that we read
