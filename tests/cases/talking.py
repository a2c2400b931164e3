"""A conversation with the case form, without Rasa: made messages in, steps out."""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.blocks import Reply, text
from bot.cases.constituency import Constituency, by_guide
from bot.cases.draft import Draft
from bot.cases.form import FormSetting, FormStep, Submission, Visited, sent, step, visited
from bot.channels.render import plain
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.settings import Office

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
OFFICE = Office("Test MP", "Test MP's office", "Stockport", "0161 480 0833", "office@example.org")
REFERENCE, CODE = "SD-7KQ4-XM2P", "12345678"
ANSWERED = "The answer to the question."


def answer_aside(heard: Heard, memory: Memory) -> tuple[Reply, Memory]:
    """Stands for the knowledge base: always the same answer."""
    reply: Reply = {
        "blocks": [text(ANSWERED)],
        "outcome": "answered",
        "entries": ["mediation@1a2b3c4d"],
        "confidence": 0.9,
    }
    return reply, replace(memory, told=[*memory.told, "mediation@1a2b3c4d"], topic="mediation")


def setting(**other: Any) -> FormSetting:
    """A web conversation on a fixed day."""
    made = FormSetting(
        today=TODAY, now=NOW, channel="web", conversation="c" * 32, aside=answer_aside, known={}, office=OFFICE,
        constituency=by_guide, token="key-1",
    )  # fmt: skip
    return replace(made, **other)


@dataclass
class Talk:
    """One conversation: `say` and `press` take a message, `reply` is what was answered to the last one."""

    setting: FormSetting = field(default_factory=setting)
    memory: Memory = field(default_factory=Memory)
    steps: list[FormStep] = field(default_factory=list)
    submitted: list[Submission] = field(default_factory=list)

    @property
    def last(self) -> FormStep:
        return self.steps[-1]

    @property
    def draft(self) -> Draft:
        return Draft.from_dict(self.memory.case_draft)

    @property
    def reply(self) -> str:
        """All that the parent reads."""
        return plain(self.last.reply["blocks"])

    @property
    def payloads(self) -> list[str]:
        return [
            item["payload"]
            for block in self.last.reply["blocks"]
            if block["type"] == "buttons"
            for item in block["items"]
        ]

    def say(self, said: str, intent: str = "", confidence: float = 0.3, **other: Any) -> "Talk":
        return self.hear(Heard(said, intent, intent, confidence, **other))

    def ask(self, said: str) -> "Talk":
        return self.say(said, "ask", 0.8)

    def press(self, payload: str) -> "Talk":
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        assert found, payload
        carried = json.loads(found[2]) if found[2] else {}
        return self.hear(Heard("", found[1], found[1], 1.0, payload=carried, pressed=True))

    def hear(self, heard: Heard) -> "Talk":
        json.dumps(self.memory.case_draft)
        made = step(heard, self.memory, self.setting)
        if made.submit:
            self.submitted.append(made.submit)
            made = sent(made, REFERENCE, CODE, self.setting)
        self.steps.append(made)
        self.memory = made.memory
        return self

    def start(self) -> "Talk":
        return self.press("/handoff")

    def agree(self) -> "Talk":
        return self.start().press("/affirm")

    def found(self, outcome: Visited) -> "Talk":
        """The office's records answer the last visit."""
        made = visited(self.last, outcome, self.setting)
        self.steps.append(made)
        self.memory = made.memory
        return self


def elsewhere(postcode: str) -> Constituency:
    """A loaded file that says another constituency."""
    return Constituency("no", "Hazel Grove", "file", borough=True)


ANSWERS = {
    "name": "Sam Test",
    "contact": "sam@example.org",
    "postcode": "SK3 8AB",
    "relation": "mother",
    "child": "year 5",
    "story": "Nobody answers my letters and the support has stopped.",
    "stage": "We have a final plan",
    "issue": "Support in the plan is not given",
    "dates": "skip",
    "tried": "I have rung the council twice",
    "want": "The therapy that the plan says",
    "hurts": "2",
    "council": "stockport",
    "school": "Test Primary School",
    "child_name": "Alex",
    "access": "e-mail only please",
    "best_time": "after 3 on weekdays",
}


def until(talk: Talk, asked: str) -> Talk:
    """Answers everything until one field is asked for."""
    for _ in range(30):
        draft = talk.draft
        if draft.phase == "confirm":
            talk.press("/affirm")
        elif draft.asked == asked or draft.phase != "ask":
            break
        else:
            talk.say(ANSWERS[str(draft.asked)])
    return talk


def reviewed() -> Talk:
    """A conversation that stands at the review."""
    talk = until(Talk().agree(), "nothing")
    assert talk.draft.phase == "review", talk.reply
    return talk
