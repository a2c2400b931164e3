"""Joins the widget's source files into the one file that a page loads, named by its hash. Nothing is minified."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.knowledge.words import say, words
from bot.limits import CONVERSATION_DAYS, MAX_MESSAGE_CHARS
from bot.settings import Office

SOURCE = Path(__file__).parent / "src"
# Each file uses only what stands before it.
MODULES = (
    "dom", "timeline", "paper", "blocks", "useful", "spoken", "store", "api", "conversation", "log", "menu", "compose",
    "telling", "launcher", "view", "page", "element",
)  # fmt: skip
STATUSES = ("done", "due", "overdue", "later")
_IMPORT = re.compile(r"^import\b.*;$")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Bundle:
    """A file as it is served: its name, its bytes, and the same compressed."""

    name: str
    content: bytes
    zipped: bytes

    @classmethod
    def of(cls, name: str, text: str) -> "Bundle":
        """The file of this text."""
        content = text.encode("utf-8")
        return cls(name, content, gzip.compress(content, 9, mtime=0))


@cache
def component(office: Office, days: int = CONVERSATION_DAYS) -> Bundle:
    """The whole widget, which says for how many `days` a chat is kept.

    Its name changes with every change of its content, words and office included.
    """
    lines = [line for module in MODULES for line in module_lines((SOURCE / f"{module}.js").read_text(encoding="utf-8"))]
    text = "\n".join([f"const SETTINGS={_json(settings(office, days))};", f"const STYLE={_json(style())};", *lines, ""])
    mark = hashlib.sha256(text.encode()).hexdigest()[:10]
    return Bundle.of(f"send-desk-{mark}.js", text)


def settings(office: Office, days: int) -> dict[str, object]:
    """What the widget must know before, and without, any answer of the server."""
    texts = dict(words("widget"))
    texts |= {f"status_{status}": say("clock", f"status_{status}") for status in STATUSES}
    texts["no_date"] = say("clock", "no_date")
    texts["privacy"] = say("widget", "privacy", days=days)
    told = {"name": office.name, "phone": office.phone, "email": office.email}
    return {"words": texts, "office": told, "maxChars": MAX_MESSAGE_CHARS}


def module_lines(source: str) -> Iterable[str]:
    """A module's lines without imports, `export`, comment lines and indentation. Sources hold no template over lines."""
    for line in source.splitlines():
        bare = line.strip()
        if bare and not bare.startswith("//") and not _IMPORT.match(bare):
            yield bare.removeprefix("export ")


def style() -> str:
    """The style sheet without comments and indentation."""
    sheet = _COMMENT.sub("", (SOURCE / "style.css").read_text(encoding="utf-8"))
    return "\n".join(line.strip() for line in sheet.splitlines() if line.strip())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
