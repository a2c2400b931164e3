"""Reads a reply as a parent does: all its words in order."""

from datetime import date

from bot.blocks import Reply
from bot.law.reckoning import in_words


def words_of(reply: Reply) -> str:
    """Every word of a reply, dates in words; the calendar file is its label."""
    lines: list[str] = []
    for block in reply["blocks"]:
        if block["type"] in ("text", "heading"):
            lines.append(block["text"])
        elif block["type"] == "list":
            lines += block["items"]
        elif block["type"] == "timeline":
            lines.append(block["title"])
            lines += [
                f"{row['label']}: {in_words(date.fromisoformat(row['date']))}" for row in block["rows"] if row["date"]
            ]
        elif block["type"] == "file":
            lines.append(block["label"])
    return "\n".join(lines)
