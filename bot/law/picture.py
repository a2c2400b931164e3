"""A timeline as an accessible SVG picture: the rows' own text, shapes as well as words, no style and no script."""

import hashlib
import re
import textwrap
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree

from bot.blocks import TimelineRow
from bot.knowledge.words import say
from bot.law.reckoning import in_words

SVG = "http://www.w3.org/2000/svg"
WIDTH = 480  # about a phone, so that the words stay legible on one
MARGIN = 24
TEXT_LEFT = 64
LINE = 22  # height of a line of text
GAP = 20  # between two steps
DOT = 9
CHARACTERS = 44  # what fits a line at 17 px
INK = "currentColor"  # takes the page's own colour, light or dark
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def picture(rows: Sequence[TimelineRow], title: str | None = None) -> str:
    """The SVG of a timeline's rows, in their order; all that a row says is text in it.

    Args:
        rows: as `bot.law.timeline.timeline` gives them.
        title: the picture's name; "Your timeline" when None.
    """
    heading = _clean(title or say("clock", "picture_title"))
    blocks = [_lines(row) for row in rows]
    height = 2 * MARGIN + sum(len(lines) * LINE + GAP for lines in blocks)
    svg = _frame(heading, rows, max(height, 2 * MARGIN + LINE))
    if not rows:
        _text(svg, MARGIN + LINE, say("clock", "picture_empty"), bold=False)
    _draw(svg, rows, blocks, height)
    return ElementTree.tostring(svg, encoding="unicode")


def _frame(heading: str, rows: Sequence[TimelineRow], height: int) -> ElementTree.Element:
    """The outer element with its name and description; their ids differ between two pictures on a page."""
    mark = hashlib.sha256(repr((heading, list(rows))).encode("utf-8", "replace")).hexdigest()[:8]
    svg = ElementTree.Element("svg", {"xmlns": SVG, "viewBox": f"0 0 {WIDTH} {height}", "role": "img"})
    svg.set("aria-labelledby", f"timeline-title-{mark} timeline-desc-{mark}")
    svg.set("font-family", "sans-serif")
    svg.set("font-size", "17")
    svg.set("fill", INK)
    ElementTree.SubElement(svg, "title", {"id": f"timeline-title-{mark}"}).text = heading
    desc = ElementTree.SubElement(svg, "desc", {"id": f"timeline-desc-{mark}"})
    desc.text = " ".join([say("clock", "picture_desc", count=len(rows)), *(_sentence(row) for row in rows)])
    return svg


def _draw(svg: ElementTree.Element, rows: Sequence[TimelineRow], blocks: list[list[str]], height: int) -> None:
    """The line from the first step to the last, and each step's mark and text."""
    if len(rows) > 1:
        last = height - MARGIN - GAP - len(blocks[-1]) * LINE + LINE // 2
        ends = {"x1": "36", "y1": str(MARGIN + LINE // 2), "x2": "36", "y2": str(last)}
        ElementTree.SubElement(svg, "line", {**ends, "stroke": INK, "stroke-width": "2", "stroke-opacity": "0.4"})
    top = MARGIN
    for row, lines in zip(rows, blocks, strict=True):
        _mark(svg, row["status"], top + LINE // 2)
        for number, line in enumerate(lines):
            _text(svg, top + LINE * number + 16, line, bold=number == 0)
        top += len(lines) * LINE + GAP


def _mark(svg: ElementTree.Element, status: str, y: int) -> None:
    """A full circle for done, a square for next, a diamond for overdue, an open circle for later."""
    if status in ("done", "later"):
        circle = ElementTree.SubElement(svg, "circle", {"cx": "36", "cy": str(y), "r": str(DOT), "stroke": INK})
        circle.set("fill-opacity", "1" if status == "done" else "0")
        circle.set("stroke-width", "2")
        return
    square = {"x": str(36 - DOT), "y": str(y - DOT), "width": str(2 * DOT), "height": str(2 * DOT)}
    mark = ElementTree.SubElement(svg, "rect", square)
    if status == "overdue":
        mark.set("transform", f"rotate(45 36 {y})")


def _text(svg: ElementTree.Element, y: int, words: str, bold: bool) -> None:
    text = ElementTree.SubElement(svg, "text", {"x": str(TEXT_LEFT), "y": str(y)})
    if bold:
        text.set("font-weight", "bold")
    text.text = words


def _lines(row: TimelineRow) -> list[str]:
    """What stands beside a mark: date and status, then label, detail and law, each wrapped."""
    parts = [_head(row), row["label"], row["detail"], row["provision"]]
    return [line for part in parts for line in textwrap.wrap(_clean(part), CHARACTERS)]


def _head(row: TimelineRow) -> str:
    day = in_words(date.fromisoformat(row["date"])) if row["date"] else say("clock", "no_date")
    return f"{day}: {say('clock', 'status_' + row['status'])}"


def _sentence(row: TimelineRow) -> str:
    parts = [f"{_head(row)}.", f"{row['label']}.", row["detail"], row["provision"] and f"{row['provision']}."]
    return _clean(" ".join(part for part in parts if part))


def _clean(text: str) -> str:
    """The text without the characters that XML does not allow."""
    return _NOT_XML.sub("", text)
