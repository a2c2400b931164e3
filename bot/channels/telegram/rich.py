"""Rich text as runs, and what Telegram reads of it: its HTML (five entities, few tags) or plain text. Pure.

Runs are cut before they become HTML, so that no part ends inside a tag, an entity or a link.
"""

import re
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby, pairwise

from bot.channels.telegram.splitting import cuts

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_GAPS = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_SPACES = re.compile(r"[^\S\n]{2,}")


@dataclass(frozen=True)
class Run:
    """Text of one style. `quote`: folded, as a quotation that opens on a tap. `kept`: begins no new message."""

    text: str
    bold: bool = False
    code: bool = False
    quote: bool = False
    kept: bool = False
    url: str = ""


Rich = tuple[Run, ...]


def clean(text: str) -> str:
    """Without control signs and lone surrogates, at most one empty line or one space at a time."""
    seen = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return _GAPS.sub("\n\n", _SPACES.sub(" ", seen)).strip()


def plain(rich: Rich) -> str:
    """The text alone, as Telegram counts it."""
    return "".join(run.text for run in rich)


def with_addresses(rich: Rich) -> str:
    """The text for a client that shows no markup: links name their address."""
    return "".join(f"{run.text} ({run.url})" if run.url and run.url != run.text else run.text for run in rich)


def html(rich: Rich) -> str:
    """Telegram's HTML; whatever the text holds stays text."""
    parts = []
    for quote, runs in groupby(rich, key=lambda run: run.quote):
        inner = "".join(_tagged(run) for run in runs)
        parts.append(f"<blockquote expandable>{inner}</blockquote>" if quote and inner.strip() else inner)
    return "".join(parts)


def _tagged(run: Run) -> str:
    text = escape(run.text)
    if run.code:
        text = f"<code>{text}</code>"
    if run.bold:
        text = f"<b>{text}</b>"
    return f'<a href="{escape(run.url)}">{text}</a>' if run.url else text


def split_rich(rich: Rich, limit: int) -> list[Rich]:
    """The parts of a rich text, none longer than `limit` units; joined they are the whole."""
    starts = _starts(rich)
    spans = [(at, at + len(run.text)) for at, run in zip(starts, rich, strict=True) if run.url]
    kept = [at for at, run in zip(starts, rich, strict=True) if run.kept]
    return [_slice(rich, start, end) for start, end in pairwise([0, *cuts(plain(rich), limit, spans, kept)])]


def _starts(rich: Rich) -> list[int]:
    starts, at = [], 0
    for run in rich:
        starts.append(at)
        at += len(run.text)
    return starts


def _slice(rich: Rich, start: int, end: int) -> Rich:
    pieces = []
    for at, run in zip(_starts(rich), rich, strict=True):
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            pieces.append(replace(run, text=text))
    return tuple(pieces)
