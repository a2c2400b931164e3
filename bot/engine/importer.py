"""Rasa importer: tells Rasa that each retrieval intent is answered, so that its own checks hold.

Rasa wants a response for every `ask/<entry id>`. The answers are in knowledge/, and actions give them; here each label
gets its entry's title as its response, made when the data is read and written nowhere.
"""

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.entries import entries


class KnowledgeImporter(RasaFileImporter):
    """Reads the project's files as Rasa does, and adds a response for every retrieval label; named in config.yml."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training data with its responses."""
        data = super().get_nlu_data(language)
        labels = {example.get(INTENT_RESPONSE_KEY) for example in data.intent_examples} - {None}
        for label in sorted(labels):
            data.responses.setdefault(f"{UTTER_PREFIX}{label}", [{"text": _title(label)}])
        return data


def _title(label: str) -> str:
    entry = entries().get(label.removeprefix("ask/"))
    return entry.title if entry else label
