"""Rasa importer: reads the phrasings quickly, and tells Rasa that each retrieval intent is answered.

Rasa's reader checks each of some ten thousand lines against a schema, which takes a minute; `bot check` has done that
already. And Rasa wants a response for every `ask/<entry id>`: the answers are in knowledge/, and actions give them;
here each label gets its entry's title as its response, made when the data is read and written nowhere.
"""

from pathlib import Path
from typing import Any

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.importers import utils
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.entries import entries
from bot.knowledge.phrasings import phrasings_of
from bot.knowledge.yaml_lines import read

PLAIN_KEYS = {"intent", "examples"}


class KnowledgeImporter(RasaFileImporter):
    """Reads the project's files as Rasa does, and adds a response for every retrieval label; named in config.yml."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training data with its responses."""
        plain = {path for path in self._nlu_files if _is_plain(Path(path))}
        data = utils.training_data_from_paths([path for path in self._nlu_files if path not in plain], language or "en")
        examples = [Message.build(p.text, p.intent) for path in sorted(plain) for p in phrasings_of(Path(path))]
        data = data.merge(TrainingData(training_examples=examples))
        for label in sorted({example.get(INTENT_RESPONSE_KEY) for example in data.intent_examples} - {None}):
            data.responses.setdefault(f"{UTTER_PREFIX}{label}", [{"text": _title(label)}])
        return data


def _is_plain(path: Path) -> bool:
    """Whether a file holds intents with examples and no more, without entity marks: anything else is Rasa's to read."""
    data: dict[str, Any] = read(path).data or {}
    blocks = data.get("nlu", [])
    return set(data) <= {"version", "nlu"} and all(
        set(b) <= PLAIN_KEYS and "](" not in b["examples"] and "]{" not in b["examples"] for b in blocks
    )


def _title(label: str) -> str:
    entry = entries().get(label.removeprefix("ask/"))
    return entry.title if entry else label
