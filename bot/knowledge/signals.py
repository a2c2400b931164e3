"""Words that always mean danger (knowledge/urgent_signals.yml), read without the engine. Pure but for reading the file."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.knowledge.yaml_lines import read
from bot.nlu.wording import plain
from bot.paths import KNOWLEDGE

SIGNALS = KNOWLEDGE / "urgent_signals.yml"
NEVER = "never"


def signal_by_words(text: str) -> str | None:
    """The name of the first signal whose words stand in the text; None when there is none."""
    signals, never = _signals()
    cleaned = never.sub(" ", plain(text).lower())
    return next((name for name, pattern in signals.items() if pattern.search(cleaned)), None)


@cache
def _signals() -> tuple[Mapping[str, re.Pattern[str]], re.Pattern[str]]:
    data: dict[str, Any] = read(SIGNALS).data
    signals = {name: re.compile("|".join(signal["any"])) for name, signal in data.items() if name != NEVER}
    return signals, re.compile("|".join(data[NEVER]))
