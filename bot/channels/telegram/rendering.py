"""Blocks of a reply as messages for Telegram: text in its HTML with buttons under the last one, files as documents. Pure."""

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from bot.channels.render import in_words
from bot.channels.telegram.outgoing import Out
from bot.channels.telegram.rich import Rich, Run, clean, html, plain, split_rich, with_addresses
from bot.channels.telegram.splitting import split, units
from bot.knowledge.words import say
from bot.limits import TELEGRAM_CALLBACK_BYTES, TELEGRAM_CAPTION_UNITS, TELEGRAM_MESSAGE_UNITS

WORDS = "telegram"
PRESSED = "b:"  # before the short id of a reply's button
RATED = "u:"  # before y or n and the id of an answer: was it useful?
_LABEL = 32  # a longer label is cut off on a narrow phone, so it is written out above the buttons
_GAP = (Run("\n\n"),)

Block = Mapping[str, Any]
Keyboard = tuple[tuple[str, str], ...]


def rendered(blocks: Iterable[Block], site: str, rate: str = "") -> list[Out]:
    """The messages that a reply is sent as, in order.

    Args:
        blocks: as stored by the gateway: buttons carry short ids.
        site: the office's own address, put before links that are paths.
        rate: the id of the answer, where "was this useful?" is to be asked.
    """
    outs: list[Out] = []
    paragraphs: list[Rich] = []
    keyboard: Keyboard = ()
    for block in blocks:
        if block["type"] == "file":
            outs += [*_texts(paragraphs), *_file(block)]
            paragraphs = []
            continue
        paragraphs += _PARAGRAPHS.get(block["type"], _nothing)(block, site)
        if block["type"] == "buttons":
            keyboard += _keyboard(block)
    outs += _texts(paragraphs)
    return _with_keyboard(outs, keyboard + (_rating(rate) if rate else ()))


def _rating(answer: str) -> Keyboard:
    return (say(WORDS, "useful_yes"), f"{RATED}y:{answer}"), (say(WORDS, "useful_no"), f"{RATED}n:{answer}")


def said(words: str, keyboard: Keyboard = ()) -> list[Out]:
    """One plain sentence or more of our own, with buttons if there are any; line breaks stay."""
    return _with_keyboard(_texts([(Run(clean(words)),)]), keyboard)


def _texts(paragraphs: list[Rich]) -> list[Out]:
    """Paragraphs as few messages as hold them; a message of nothing but space would be refused."""
    whole: Rich = ()
    for paragraph in paragraphs:
        if plain(paragraph).strip():
            whole += (*_GAP, *paragraph) if whole else paragraph
    parts = split_rich(whole, TELEGRAM_MESSAGE_UNITS)
    return [Out("text", html=html(part), plain=with_addresses(part)) for part in parts if plain(part).strip()]


def _with_keyboard(outs: list[Out], keyboard: Keyboard) -> list[Out]:
    """Buttons under the last message; a reply of buttons alone gets a line to carry them."""
    if not keyboard:
        return outs
    if not outs:
        outs = said(say(WORDS, "choose"))
    last = outs[-1]
    return [*outs[:-1], Out(**{**vars(last), "keyboard": keyboard})]


def _keyboard(block: Block) -> Keyboard:
    items = block["items"]
    marks = [f"{number}. " for number in range(1, len(items) + 1)] if _written_out(block) else [""] * len(items)
    return tuple((mark + clean(item["text"]), callback(item["id"])) for mark, item in zip(marks, items, strict=True))


def callback(button_id: str) -> str:
    """What Telegram sends back when the button is pressed.

    Raises:
        ValueError: when it is longer than Telegram takes.
    """
    data = PRESSED + button_id
    if len(data.encode()) > TELEGRAM_CALLBACK_BYTES:
        raise ValueError(f"A button's id may have {TELEGRAM_CALLBACK_BYTES} bytes at most.")
    return data


def _written_out(block: Block) -> bool:
    return any(units(item["text"]) > _LABEL for item in block["items"])


def _nothing(block: Block, site: str) -> list[Rich]:
    return []


def _text(block: Block, site: str) -> list[Rich]:
    return [(Run(clean(block["text"])),)]


def _heading(block: Block, site: str) -> list[Rich]:
    return [(Run(clean(block["text"]), bold=True),)]


def _list(block: Block, site: str) -> list[Rich]:
    marks = (f"{number}." for number in count(1)) if block["ordered"] else None
    lines = (f"{next(marks) if marks else '•'} {clean(item)}" for item in block["items"])
    return [(Run("\n".join(lines)),)]


def _links(block: Block, site: str) -> list[Rich]:
    return [_joined([(Run("• "), *_link(item, site)) for item in block["items"]], "\n")]


def _link(item: Block, site: str) -> Rich:
    """Pages are linked; numbers and addresses stand in full, as every client finds those by itself."""
    text, url = clean(item["text"]), str(item["url"])
    if url.startswith("/"):
        url = site + url
    kind, _, rest = url.partition(":")
    if kind in ("https", "http"):
        return (Run(text, url=url),)
    if kind in ("tel", "mailto"):
        return (Run(text if _bare(rest) in _bare(text) else f"{text}: {rest}"),)
    return (Run(text),)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum() or sign == "@")


def _sources(block: Block, site: str) -> list[Rich]:
    """A folded list that stays with what it proves."""
    lines: list[Rich] = [(Run(say(WORDS, "sources"), bold=True),)]
    lines += [(Run(f"• {clean(law)}"),) for law in block["law"]]
    lines += [(Run("• "), *_link(item, site)) for item in block["items"]]
    if block["law_as_at"]:
        days = {"law_as_at": in_words(block["law_as_at"]), "review_by": in_words(block["review_by"])}
        lines.append((Run(say(WORDS, "sources_days", **days)),))
    first, *rest = _joined(lines, "\n")
    return [tuple(Run(run.text, bold=run.bold, url=run.url, quote=True, kept=run is first) for run in (first, *rest))]


def _buttons(block: Block, site: str) -> list[Rich]:
    lines = [clean(block["prompt"])] if block["prompt"] else []
    if _written_out(block):
        lines += [f"{number}. {clean(item['text'])}" for number, item in enumerate(block["items"], start=1)]
    return [(Run("\n".join(lines)),)]


def _timeline(block: Block, site: str) -> list[Rich]:
    return [(Run(clean(block["title"]), bold=True),), _joined([_row(row) for row in block["rows"]], "\n")]


def _row(row: Block) -> Rich:
    when = in_words(row["date"]) if row["date"] else say(WORDS, "no_date")
    what = f" {clean(row['label'])} ({say(WORDS, 'status_' + row['status'])})"
    detail = f"\n    {clean(row['detail'])}" if row["detail"] else ""
    return (Run(f"{say(WORDS, 'mark_' + row['status'])} "), Run(f"{when}:", bold=True), Run(what + detail))


def _letter(block: Block, site: str) -> list[Rich]:
    return [(Run(clean(block["title"]), bold=True),), *((Run(clean(text)),) for text in block["paragraphs"])]


def _review(block: Block, site: str) -> list[Rich]:
    lines = [(Run(f"{clean(item['label'])}:", bold=True), Run(f" {clean(item['value'])}")) for item in block["items"]]
    return [(Run(clean(block["title"]), bold=True),), _joined(lines, "\n")]


def _reference(block: Block, site: str) -> list[Rich]:
    """Both can be copied with one tap."""
    lines: list[Rich] = [(Run(say(WORDS, "reference") + " "), Run(block["reference"], code=True))]
    if block["code"]:
        lines.append((Run(say(WORDS, "code") + " "), Run(block["code"], code=True)))
    return [_joined(lines, "\n")]


def _file(block: Block) -> list[Out]:
    if not block["content"]:
        return said(say(WORDS, "file_gone", label=clean(block["label"])))
    caption = next(iter(split(clean(block["label"]), TELEGRAM_CAPTION_UNITS)), "")
    return [Out("document", plain=caption, name=block["name"], mime=block["mime"], content=block["content"])]


def _joined(lines: Iterable[Rich], between: str) -> Rich:
    found: Rich = ()
    for line in lines:
        found += (Run(between), *line) if found else line
    return found


_PARAGRAPHS: dict[str, Callable[[Block, str], list[Rich]]] = {
    "text": _text,
    "heading": _heading,
    "list": _list,
    "links": _links,
    "sources": _sources,
    "buttons": _buttons,
    "timeline": _timeline,
    "letter": _letter,
    "review": _review,
    "reference": _reference,
}
