"""What goes into one step of the case form and what comes out of it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from bot.blocks import Block, Reply
from bot.cases.constituency import Constituency
from bot.cases.draft import Draft
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.entries import Entry
from bot.outcomes import Outcome
from bot.settings import Office

TELEGRAM = "telegram"
Act = Literal["status", "check", "add", "withdraw"]


@dataclass(frozen=True)
class FormSetting:
    """Where a step happens.

    aside: answers a question in the middle (bot.dialogue.turn.take_turn). constituency: what a postcode says.
    open_case: the reference of this conversation's open case. token: fresh and random, for the key of a new draft.
    earlier: entities (label, text) of the parent's earlier messages.
    """

    today: date
    now: datetime
    channel: str
    conversation: str
    aside: Callable[[Heard, Memory], tuple[Reply, Memory]]
    known: Mapping[str, Entry]
    office: Office
    constituency: Callable[[str], Constituency]
    token: str
    open_case: str | None = None
    earlier: tuple[tuple[str, str], ...] = ()

    @property
    def telegram(self) -> bool:
        """Whether the parent writes on Telegram, where the office can answer."""
        return self.channel == TELEGRAM


@dataclass(frozen=True)
class Submission:
    """A case to be stored once. `queue` has the fields of bot.cases.store.QueueFields."""

    key: str
    conversation: str
    summary: dict[str, Any] = field(repr=False)
    contact: dict[str, Any] = field(repr=False)
    queue: dict[str, Any]
    consent_version: str
    now: datetime


@dataclass(frozen=True)
class Visit:
    """Coming back to a sent case. `code` is None where the conversation itself made the case."""

    act: Act
    reference: str
    code: str | None = field(repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Visited:
    """What came of a visit.

    trouble: wrong (reference and code do not match), locked (`minutes` to wait), over (the case is no longer open),
    failed (the records could not be reached), or "" when it was done.
    """

    trouble: Literal["", "wrong", "locked", "over", "failed"] = ""
    state: str = ""
    sent_on: date | None = None
    due_on: date | None = None
    minutes: int = 0


@dataclass(frozen=True)
class FormStep:
    """The reply, the memory after it, and whether the form goes on.

    submit or visit: what the action must do; it then asks bot.cases.form for the reply to the outcome.
    hand_to: another form that takes the message.
    """

    reply: Reply
    memory: Memory
    active: bool
    submit: Submission | None = None
    visit: Visit | None = None
    hand_to: str | None = None


@dataclass
class Work:
    """One step under way: what came in, and the draft as it changes."""

    heard: Heard
    memory: Memory
    setting: FormSetting
    draft: Draft

    @classmethod
    def begin(cls, heard: Heard, memory: Memory, setting: FormSetting) -> "Work":
        """The step's own copies; what was passed in stays as it is."""
        return cls(heard, replace(memory), setting, Draft.from_dict(memory.case_draft))

    def go_on(
        self, blocks: list[Block], outcome: Outcome = Outcome.ASKED_BACK, private: bool = False, **more: Any
    ) -> FormStep:
        """A step after which the form goes on. `private`: the next message may hold a personal detail."""
        return self.done(blocks, outcome, private, active=True, **more)

    def done(
        self,
        blocks: list[Block],
        outcome: Outcome = Outcome.SMALLTALK,
        private: bool = False,
        active: bool = False,
        **more: Any,
    ) -> FormStep:
        """A step after which the form is over, unless `active`."""
        kept = [block for block in blocks if block.get("items", True)]
        reply: Reply = {"blocks": kept, "outcome": str(outcome), "entries": [], "confidence": None}
        if private:
            reply["detail"] = {"private": True}
        self.memory.case_draft = self.draft.to_dict()
        return FormStep(reply, self.memory, active, **more)
