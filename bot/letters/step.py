"""What goes into one step of the letter form and what comes out of it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.blocks import Block, Reply
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.entries import Entry
from bot.law.calendar import Calendar
from bot.letters.content import LetterFact, LetterKind
from bot.letters.draft import Draft
from bot.letters.fill import FilledLetter, fill, needed
from bot.letters.library import letters
from bot.outcomes import Outcome


@dataclass(frozen=True)
class LetterSetting:
    """Where a step happens.

    aside: answers a question in the middle (bot.dialogue.turn.take_turn). office: the lines of knowledge/office.yml,
    by name.
    """

    today: date
    calendar: Calendar
    aside: Callable[[Heard, Memory], tuple[Reply, Memory]]
    known: Mapping[str, Entry]
    office: Mapping[str, str]


@dataclass(frozen=True)
class LetterStep:
    """The reply, the memory after it, whether the form goes on; `hand_to` names another form that takes the message."""

    reply: Reply
    memory: Memory
    active: bool
    hand_to: str | None = None


@dataclass
class Work:
    """One step under way: what came in, and the draft as it changes."""

    heard: Heard
    memory: Memory
    setting: LetterSetting
    draft: Draft

    @classmethod
    def begin(cls, heard: Heard, memory: Memory, setting: LetterSetting) -> "Work":
        """The step's own copies; what was passed in stays as it is."""
        return cls(heard, replace(memory), setting, Draft.from_dict(memory.letter_draft))

    @property
    def letter(self) -> LetterKind | None:
        """The letter under way; a letter that is no longer there, or not a parent's, is none."""
        found = letters().get(self.draft.letter or "")
        return found if found and found.audience == "parent" else None

    @property
    def fact(self) -> LetterFact | None:
        """The fact asked now."""
        return self.letter.facts.get(self.draft.asked or "") if self.letter else None

    def needed(self) -> list[LetterFact]:
        """The facts of use in this letter, in the order in which they are asked."""
        return needed(self.letter, self.draft.values, self.setting.today, self.setting.calendar) if self.letter else []

    def filled(self, letter: LetterKind) -> FilledLetter:
        """The letter as far as it is known."""
        return fill(letter, self.draft.values, self.setting.today, self.setting.calendar)

    def go_on(self, blocks: list[Block], outcome: Outcome = Outcome.LETTER, private: bool = False) -> LetterStep:
        """A step after which the form goes on. `private`: the next message may hold a personal detail."""
        return self.done(blocks, outcome, active=True, private=private)

    def done(
        self,
        blocks: list[Block],
        outcome: Outcome = Outcome.SMALLTALK,
        active: bool = False,
        private: bool = False,
        hand_to: str | None = None,
    ) -> LetterStep:
        """A step after which the form is over, unless `active`."""
        kept = [block for block in blocks if block.get("items", True)]
        reply: Reply = {"blocks": kept, "outcome": str(outcome), "entries": [], "confidence": None}
        if private:
            reply["detail"] = {"private": True}
        self.draft.paused = not active
        self.memory.letter_draft = self.draft.to_dict()
        return LetterStep(reply, self.memory, active, hand_to)
