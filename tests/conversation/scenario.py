"""A scenario: a conversation written as YAML, run through the real engine and the real actions, and checked step by step."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.blocks import Reply
from bot.channels.render import plain
from bot.engine.inprocess import LocalEngine
from bot.knowledge.yaml_lines import read

STEP_KEYS = {"user", "press", "today", "outcome", "entries", "has", "has_not", "slots", "blocks", "replies"}
TOP_KEYS = {"today", "channel", "steps", "case", "cases"}


@dataclass
class Run:
    """What a scenario has produced so far."""

    conversation: str
    replies: list[Reply] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that the parent reads of the last turn."""
        return "\n\n".join(plain(reply["blocks"]) for reply in self.replies)


@dataclass(frozen=True)
class Scenario:
    """One YAML file; its folder is its kind, its name a sentence."""

    path: Path
    today: str
    channel: str
    steps: tuple[dict[str, Any], ...]
    case: dict[str, Any] | None
    cases: int | None

    async def play(self, engine: LocalEngine) -> Run:
        """Plays every step and checks it.

        Raises:
            AssertionError: naming the step and what was expected.
        """
        run = Run(conversation=self.path.stem)
        for number, step in enumerate(self.steps, start=1):
            text, payload = said(step, run)
            run.replies = await engine.turn(
                run.conversation, text, payload=payload, today=str(step.get("today", self.today)), channel=self.channel
            )
            await self._check(step, run, engine, f"{self.path.stem}, step {number}")
        return run

    async def _check(self, step: dict[str, Any], run: Run, engine: LocalEngine, place: str) -> None:
        assert run.replies, f"{place}: there was no reply"
        last = run.replies[-1]
        got = [mark.split("@")[0] for reply in run.replies for mark in reply["entries"]]
        if "outcome" in step:
            wanted = listed(step["outcome"])
            assert last["outcome"] in wanted, f"{place}: outcome {last['outcome']}, not {wanted}\n{run.text}"
        for entry in listed(step.get("entries")):
            assert entry in got, f"{place}: entry {entry} is not among {got}\n{run.text}"
        for piece in listed(step.get("has")):
            assert str(piece).lower() in run.text.lower(), f"{place}: '{piece}' is missing in\n{run.text}"
        for piece in listed(step.get("has_not")):
            assert str(piece).lower() not in run.text.lower(), f"{place}: '{piece}' should not be in\n{run.text}"
        for kind in listed(step.get("blocks")):
            kinds = [block["type"] for reply in run.replies for block in reply["blocks"]]
            assert kind in kinds, f"{place}: no {kind} block among {kinds}"
        if "slots" in step:
            slots = await engine.slots(run.conversation)
            for name, value in step["slots"].items():
                assert dig(slots, name) == value, f"{place}: slot {name} is {dig(slots, name)!r}, not {value!r}"


def said(step: dict[str, Any], run: Run) -> tuple[str, str | None]:
    """What the person types, or the button that she presses (by a part of its label)."""
    if "user" in step:
        return str(step["user"]), None
    label = str(step["press"]).lower()
    offered = [
        item
        for reply in run.replies
        for block in reply["blocks"]
        if block["type"] == "buttons"
        for item in block["items"]
    ]
    for item in offered:
        if label in item["text"].lower():
            return item["text"], item["payload"]
    raise AssertionError(f"no button '{label}' among {[item['text'] for item in offered]}")


def dig(value: Any, path: str) -> Any:
    """A value inside nested dictionaries and lists, by a dotted path: `deadlines.0.due`."""
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def listed(value: Any) -> list[Any]:
    """A list of what may be one thing, many or none."""
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def load(path: Path) -> Scenario:
    """Reads one scenario; an unknown key is an error, so that no check is silently left out."""
    data = read(path).data
    unknown = set(data) - TOP_KEYS | {key for step in data["steps"] for key in step} - STEP_KEYS
    assert not unknown, f"{path.name}: unknown keys {sorted(unknown)}"
    steps = tuple({**step, "user": expanded(step["user"])} if "user" in step else step for step in data["steps"])
    return Scenario(
        path, data.get("today", "2026-11-23"), data.get("channel", "web"), steps, data.get("case"), data.get("cases")
    )


def expanded(text: Any) -> str:
    """`repeat:10000:a` stands for a long message, so that files stay readable."""
    if isinstance(text, str) and text.startswith("repeat:"):
        _, count, piece = text.split(":", 2)
        return piece * (int(count) // len(piece))
    return "" if text is None else str(text)
