"""What the tests of the letters share: facts made from each letter's own examples, hostile values, a made conversation."""

import json
from datetime import date
from typing import Any

from bot.blocks import Block, Reply
from bot.channels.render import plain
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.entries import entries
from bot.law.calendar import calendar
from bot.letters.answers import read_answer
from bot.letters.content import LetterKind
from bot.letters.form import LetterSetting, LetterStep, step

TODAY = date(2026, 11, 23)
OFFICE = {
    "mp": "Test Member MP",
    "constituency": "Stockport",
    "council": "Stockport Council",
    "phone": "01632 960123",
    "email": "office@example.org",
}
HOSTILE = (
    "{{7*7}}",
    "{% for x in ().__class__.__mro__ %}x{% endfor %}",
    "{{ self._TemplateReference__context }}",
    "<b>bold</b><script>alert(1)</script>",
    "Robert'); DROP TABLE cases;--",
    "a\x00b\x08c\x1b[31m",
    "\ud800 lone \u202e reversed",
    "]]> &amp; & < > \" '",
    "one\ntwo\n\n\nthree",
    "[your name]",
    "A" * 9000,
    "Łukasz Ní Bhraonáin 李小龙 محمد",
)


def full_facts(letter: LetterKind, today: date = TODAY) -> dict[str, str]:
    """Every fact of a letter, from its own example."""
    found = {}
    for fact in letter.facts.values():
        answer = fact.example if fact.kind == "choice" else read_answer(fact, fact.example, today).value
        assert answer, f"{letter.id}: the example of {fact.id} is no answer"
        found[fact.id] = answer
    return found


class Talk:
    """A conversation inside the letter form, with a stand-in for the answers to questions in the middle."""

    def __init__(self, memory: Memory | None = None, today: date = TODAY):
        self.memory = memory or Memory()
        self.today = today
        self.asides: list[str] = []
        self.last: LetterStep | None = None

    def say(self, text: str, intent: str = "ask", label: str = "", confidence: float = 0.3, **more: Any) -> str:
        """Types a message; returns all that is read of the reply."""
        return self._step(Heard(text, intent, label or intent, confidence, **more))

    def ask_for(self, letter: str, text: str = "write me a letter", **more: Any) -> str:
        """Asks for a letter in words."""
        return self.say(text, "letter", f"letter/{letter}", 0.9, **more)

    def press(self, label: str) -> str:
        """Presses a button of the last reply, by a part of its label."""
        for block in self.blocks("buttons"):
            for item in block["items"]:
                if label.lower() in item["text"].lower():
                    return self._step(pressed(item["text"], item["payload"]))
        raise AssertionError(f"no button '{label}' in {self.blocks('buttons')}")

    def blocks(self, kind: str) -> list[Any]:
        """The blocks of this kind in the last reply."""
        assert self.last is not None
        return [block for block in self.last.reply["blocks"] if block["type"] == kind]

    @property
    def reply(self) -> Reply:
        """The last reply."""
        assert self.last is not None
        return self.last.reply

    @property
    def active(self) -> bool:
        """Whether the form goes on."""
        assert self.last is not None
        return self.last.active

    @property
    def letter(self) -> str:
        """The letter as it was shown last."""
        found = self.blocks("letter")
        assert found, f"no letter was shown, but: {plain(self.reply['blocks'])}"
        return "\n".join(found[-1]["paragraphs"])

    @property
    def values(self) -> dict[str, str]:
        """What the draft holds."""
        return dict(self.memory.letter_draft.get("values", {}))

    def _step(self, heard: Heard) -> str:
        self.last = step(heard, self.memory, self._setting())
        slots = json.loads(json.dumps(self.last.memory.to_slots()))  # as the engine keeps them
        self.memory = Memory.from_slots(slots)
        return plain(self.last.reply["blocks"])

    def _setting(self) -> LetterSetting:
        return LetterSetting(self.today, calendar(), self._aside, entries(), OFFICE)

    def _aside(self, heard: Heard, memory: Memory) -> tuple[Reply, Memory]:
        self.asides.append(heard.text)
        blocks: list[Block] = [{"type": "text", "text": f"Answer to: {heard.text}"}]
        return {"blocks": blocks, "outcome": "answered", "entries": ["overdue-plan@1"], "confidence": 0.9}, memory


def pressed(label: str, payload: str) -> Heard:
    """A pressed button as understanding leaves it."""
    intent, brace, rest = payload.lstrip("/").partition("{")
    carried = json.loads(brace + rest) if brace else {}
    return Heard(label, intent, intent, 1.0, payload=carried, pressed=True)


def shown_letter(letter: str = "early-review") -> Talk:
    """A talk in which a letter was just shown."""
    talk = Talk()
    talk.ask_for(letter)
    talk.say("Sam Test")
    talk.say("Example Primary School")
    talk.say("He has been sent home twice a week since September.")
    talk.say("skip")
    talk.say("Test Parent")
    assert talk.blocks("letter")
    return talk
