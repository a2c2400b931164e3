"""What a letter consists of: typed, immutable, as read from knowledge/letters/."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "name", "date", "choice"]
Audience = Literal["parent", "office"]
When = tuple[tuple[str, tuple[str, ...]], ...]  # (fact or date, states that fit); all must hold


@dataclass(frozen=True)
class Option:
    """One option of a choice: `title` is shown, `text` stands in the letter; `clock` and `topics` suggest it."""

    id: str
    title: str
    text: str
    words: tuple[str, ...] = ()
    clock: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class LetterFact:
    """One fact of a letter; fields as in knowledge/schema/letter.schema.json. `max` is in characters."""

    id: str
    label: str
    question: str
    why: str
    kind: Kind
    required: bool
    blank: str
    example: str
    asked: bool = True
    max: int = 120
    names: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    when: When = ()
    clock: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    entity: str | None = None
    office: str | None = None
    past: bool = False
    month: bool = False

    def option(self, option_id: str) -> Option | None:
        """The option with this id."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True)
class LetterDate:
    """A day that the letter works out: the last day of a limit, or a day to answer by. `start`: trigger to fact."""

    id: str
    blank: str
    limit: str | None = None
    start: tuple[tuple[str, str], ...] = ()
    working_days: int | None = None
    months: int | None = None


@dataclass(frozen=True)
class Line:
    """One template, and when it stands in the letter. `items` is a list; else there is one `text`."""

    kind: Literal["text", "heading", "items"]
    templates: tuple[str, ...]
    when: When = ()


@dataclass(frozen=True)
class LetterLaw:
    """One provision and what it says in plain words."""

    provision: str
    says: str
    url: str | None = None


@dataclass(frozen=True)
class LetterSource:
    """A page the letter rests on and the day it was read."""

    title: str
    url: str
    seen: date


@dataclass(frozen=True)
class Frame:
    """Head and foot of a letter."""

    sender: tuple[Line, ...]
    reference: tuple[Line, ...]
    greeting: str
    close: tuple[Line, ...]
    enclosed: str


@dataclass(frozen=True, eq=False)  # there is one of each; its facts are a mapping and have no hash
class LetterKind:
    """One letter: what it asks for, its templates, its law. `facts` are in the order in which they are asked."""

    id: str
    title: str
    audience: Audience
    purpose: str
    names: tuple[str, ...]
    to: tuple[Line, ...]
    subject: str
    facts: Mapping[str, LetterFact]
    dates: tuple[LetterDate, ...]
    paragraphs: tuple[Line, ...]
    enclose: tuple[Line, ...]
    tips: tuple[Line, ...]
    law: tuple[LetterLaw, ...]
    sources: tuple[LetterSource, ...]
    frame: Frame
    law_as_at: date | None
    review_by: date
    version: str

    def held(self, today: date) -> bool:
        """Whether the letter may no longer be given as current on this day."""
        return today > self.review_by

    def lines(self) -> tuple[Line, ...]:
        """Every template of the letter, with its frame."""
        own = (Line("text", (self.subject,)), *self.to, *self.paragraphs, *self.enclose, *self.tips)
        frame = self.frame
        return (*own, *frame.sender, *frame.reference, Line("text", (frame.greeting,)), *frame.close)
