"""What can be sent to a chat, in a form that is stored until it has been delivered. Pure."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Out:
    """One call of the Bot API.

    text: `html`, and `plain` should Telegram not take the HTML; `keyboard` are (label, callback data) pairs, one a row.
    document: `name`, `mime`, `content` (base64), `plain` as its caption, `keyboard`.
    unbutton: takes the buttons off message `message`, but for those of `keyboard`. leave: leaves the chat.
    """

    kind: Literal["text", "document", "unbutton", "leave"]
    html: str = ""
    plain: str = ""
    keyboard: tuple[tuple[str, str], ...] = ()
    name: str = ""
    mime: str = ""
    content: str = ""
    message: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Out":
        """From what `to_dict` gave, after JSON."""
        keyboard = tuple((label, data) for label, data in stored.get("keyboard", ()))
        return cls(**{**stored, "keyboard": keyboard})
