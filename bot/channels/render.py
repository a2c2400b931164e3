"""Blocks as plain text: for `bot ask`, Telegram's fallback and anything else that shows no structure. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any


def plain(blocks: Iterable[Mapping[str, Any]]) -> str:
    """All that a parent reads of a reply. Buttons are numbered; what is folded under "more" is left out."""
    parts = (_RENDERERS.get(block["type"], _nothing)(block) for block in blocks)
    return "\n\n".join(part for part in parts if part)


def _nothing(block: Mapping[str, Any]) -> str:
    return ""


def _text(block: Mapping[str, Any]) -> str:
    return str(block["text"])


def _list(block: Mapping[str, Any]) -> str:
    marks = (f"{number}." for number in range(1, len(block["items"]) + 1)) if block["ordered"] else None
    return "\n".join(f"{next(marks) if marks else '-'} {item}" for item in block["items"])


def _links(block: Mapping[str, Any]) -> str:
    return "\n".join(_link(item) for item in block["items"])


def _link(item: Mapping[str, Any]) -> str:
    """Telephone and mail links already say their number or address in their text."""
    kind, _, rest = item["url"].partition(":")
    if kind in ("tel", "mailto"):
        return item["text"] if _bare(rest) in _bare(item["text"]) else f"{item['text']}: {rest}"
    return f"{item['text']}: {item['url']}"


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum() or sign == "@")


def _sources(block: Mapping[str, Any]) -> str:
    law = "; ".join(block["law"])
    lines = [f"Law: {law}."] if law else []
    if block["items"]:
        lines.append("Source: " + "; ".join(_link(item) for item in block["items"][:2]))
    if block["law_as_at"]:
        lines.append(f"Law as at {in_words(block['law_as_at'])}.")
    return "\n".join(lines)


def _buttons(block: Mapping[str, Any]) -> str:
    lines = [block["prompt"]] if block["prompt"] else []
    return "\n".join(lines + [f"{number}. {item['text']}" for number, item in enumerate(block["items"], start=1)])


def _timeline(block: Mapping[str, Any]) -> str:
    return "\n".join([block["title"], *(_row(row) for row in block["rows"])])


def _row(row: Mapping[str, Any]) -> str:
    when = in_words(row["date"]) if row["date"] else "no date yet"
    detail = f" {row['detail']}" if row["detail"] else ""
    return f"- {when}: {row['label']} ({row['status']}).{detail}"


def _file(block: Mapping[str, Any]) -> str:
    return f"{block['label']} ({block['name']})"


def _letter(block: Mapping[str, Any]) -> str:
    return "\n\n".join([block["title"], *block["paragraphs"]])


def _review(block: Mapping[str, Any]) -> str:
    return "\n".join([block["title"], *(f"- {item['label']}: {item['value']}" for item in block["items"])])


def _reference(block: Mapping[str, Any]) -> str:
    code = f"\nYour code: {block['code']}" if block["code"] else ""
    return f"Your reference: {block['reference']}{code}"


def in_words(day: str) -> str:
    """An ISO date as people say it, such as 23 November 2026; anything else as it is."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{found.day} {found:%B %Y}"


_RENDERERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "text": _text,
    "heading": _text,
    "list": _list,
    "links": _links,
    "sources": _sources,
    "buttons": _buttons,
    "timeline": _timeline,
    "file": _file,
    "letter": _letter,
    "review": _review,
    "reference": _reference,
}
