"""The blocks that a reply is made of: structured content, never markup.

Every channel renders blocks in its own way: the widget as DOM nodes, Telegram as its HTML,
`bot ask` and the no-script page as plain text (bot/channels/render.py).
"""

from typing import Any, Literal, NotRequired, TypedDict


class Text(TypedDict):
    """One paragraph."""

    type: Literal["text"]
    text: str


class Heading(TypedDict):
    """A short heading above what follows."""

    type: Literal["heading"]
    text: str


class List(TypedDict):
    """A bulleted or numbered list of plain sentences."""

    type: Literal["list"]
    items: list[str]
    ordered: bool


class Link(TypedDict):
    """One link; `url` is https, mailto or tel, or a path on the office's own site."""

    text: str
    url: str


class Links(TypedDict):
    """A list of links or phone numbers."""

    type: Literal["links"]
    items: list[Link]


class More(TypedDict):
    """Text that stays folded until asked for. Plain channels leave it out and offer "more"."""

    type: Literal["more"]
    summary: str
    paragraphs: list[str]


class Sources(TypedDict):
    """Where an answer comes from: law in words, pages with the day they were read, review dates."""

    type: Literal["sources"]
    entry: str
    version: str
    law: list[str]
    items: list[Link]
    law_as_at: str
    review_by: str


class Button(TypedDict):
    """One choice. `payload` goes to the engine; the office swaps it for a short id before it leaves."""

    text: str
    payload: str


class Buttons(TypedDict):
    """Choices; `prompt` is said before them when it is not empty."""

    type: Literal["buttons"]
    prompt: str
    items: list[Button]


class TimelineRow(TypedDict):
    """One step of a parent's own timeline. Dates are ISO; `status` is done, due, overdue or later."""

    label: str
    date: str | None
    status: Literal["done", "due", "overdue", "later"]
    detail: str
    provision: str


class Timeline(TypedDict):
    """A parent's own timeline: a picture on the web, text everywhere else."""

    type: Literal["timeline"]
    title: str
    rows: list[TimelineRow]


class File(TypedDict):
    """A file for the parent: `content` is base64, made for this reply and not stored."""

    type: Literal["file"]
    name: str
    mime: str
    label: str
    content: str


class Letter(TypedDict):
    """A letter in full: headed paragraphs to read, copy and download. Blanks read [like this]."""

    type: Literal["letter"]
    letter: str
    title: str
    paragraphs: list[str]
    missing: list[str]


class ReviewItem(TypedDict):
    """One line of the case review; `field` names what a change button changes."""

    field: str
    label: str
    value: str
    basis: Literal["said", "confirmed", "calculated"]


class Review(TypedDict):
    """Everything that would be sent, each item changeable, nothing sent yet."""

    type: Literal["review"]
    title: str
    items: list[ReviewItem]


class Reference(TypedDict):
    """The case's reference and the one-time code to come back with."""

    type: Literal["reference"]
    reference: str
    code: str


Block = Text | Heading | List | Links | More | Sources | Buttons | Timeline | File | Letter | Review | Reference


class Reply(TypedDict):
    """One reply of the assistant: what every action dispatches and every channel receives.

    `entries` are `id@version`; `confidence` is 0 to 1 or None where nothing was chosen;
    `case` is the reference of a case stored in this turn.
    """

    blocks: list[Block]
    outcome: str
    entries: list[str]
    confidence: float | None
    case: NotRequired[str]
    detail: NotRequired[dict[str, Any]]


def text(value: str) -> Text:
    """A paragraph block."""
    return {"type": "text", "text": value}


def heading(value: str) -> Heading:
    """A heading block."""
    return {"type": "heading", "text": value}


def bullets(items: list[str], ordered: bool = False) -> List:
    """A list block."""
    return {"type": "list", "items": items, "ordered": ordered}


def links(items: list[Link]) -> Links:
    """A links block."""
    return {"type": "links", "items": items}


def buttons(items: list[Button], prompt: str = "") -> Buttons:
    """A buttons block."""
    return {"type": "buttons", "prompt": prompt, "items": items}


def button(label: str, payload: str) -> Button:
    """One button: `payload` is a Rasa payload such as `/choose{"entry": "mediation"}`."""
    return {"text": label, "payload": payload}
