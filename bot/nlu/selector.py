"""Rasa classifier: names the intent and, for questions, ranks the knowledge entries with calibrated probabilities.

Trained on the `ask/<entry id>` examples of data/nlu, the other intents' examples and the entries' own text. It adds to
each message, besides `intent` and `intent_ranking`, a compact `knowledge` field (see `Understanding`).
"""

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.entries import entries
from bot.knowledge.fingerprint import knowledge_fingerprint, understanding_fingerprint
from bot.nlu.classifier import Classifier, Examples, train
from bot.nlu.encoder import MODEL_SHA256, load_encoder, model_folder
from bot.nlu.known import Known, Reading
from bot.nlu.passages import Passages, collect
from bot.nlu.spelling import mender
from bot.nlu.texts import texts_of
from bot.nlu.understanding import Labels, stands_alone, understanding_of
from bot.nlu.wording import plain

logger = logging.getLogger(__name__)

LIKELY = 3
TITLE_WEIGHT = 0.8  # an entry's own title is nearly as good as a phrasing
KNOWN = "known.json"
TEXT_WEIGHT = 0.3  # its sentences name its facts, but are not how people ask


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KnowledgeSelector(IntentClassifier, GraphComponent):
    """Wraps bot.nlu.classifier for Rasa's graph: registered, persisted, fingerprinted with the knowledge."""

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        classifier: Classifier | None = None,
        passages: Passages | None = None,
        known: Known | None = None,
    ):
        self._storage = model_storage
        self._resource = resource
        self._classifier = classifier
        self._passages = passages
        self._known = known or Known()
        self._labels = Labels(tuple(classifier.labels) if classifier else ())
        self._encoder = load_encoder()
        self._mend = mender(classifier.features.rarity) if classifier else str.lower

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "KnowledgeSelector":
        """An untrained selector."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "KnowledgeSelector":
        """The trained selector from Rasa's model storage."""
        with model_storage.read_from(resource) as folder:
            known = Known.load(folder / KNOWN)
            return cls(model_storage, resource, Classifier.load(folder), Passages.load(folder), known)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Entries, glossary, sentence model and our own code count too, though Rasa looks only at this class."""
        model = MODEL_SHA256 if model_folder() else "no sentence model"
        return f"{knowledge_fingerprint()} {understanding_fingerprint()} {model}"

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples and persists the result."""
        self._classifier = train(examples_of(training_data))
        self._passages = collect(entries(), load_encoder())
        mend = mender(self._classifier.features.rarity)
        self._known = Known.of(mend(plain(message.get(TEXT))) for message in training_data.intent_examples)
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
            self._passages.save(folder)
            self._known.save(folder / KNOWN)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds intent, ranking and `knowledge` to messages that are not payloads already understood."""
        for message in messages:
            if self._classifier and message.get(TEXT) and not message.get(INTENT):
                self._understand(message, self._classifier)
        return messages

    def _understand(self, message: Message, classifier: Classifier) -> None:
        texts = texts_of(message)
        found, vectors = self._read(classifier, [texts.whole, *texts.parts])
        if texts.context and not stands_alone(self._labels, found[0], texts.whole):
            found = np.vstack([found, self._read(classifier, [texts.context])[0]])
        understanding = understanding_of(self._labels, found, texts.whole, list(texts.parts))
        if vectors is not None and self._passages:
            understanding["passages"] = self._passages.rank(likely(understanding), vectors)
        ranking = understanding.pop("intents")
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set("knowledge", understanding, add_to_output=True)

    def _read(self, classifier: Classifier, texts: list[str]) -> Reading:
        """Probabilities of each text, slips of the finger mended, and its sentence vector."""

        def afresh(read: list[str]) -> Reading:
            vectors = self._encoder.encode(read) if self._encoder else None
            return classifier.probabilities(read, vectors), vectors

        return self._known.read([self._mend(text) for text in texts], afresh)


def likely(understanding: dict[str, Any]) -> list[str]:
    """The entries that the dialogue may give: the best of the message, of its context and of each part."""
    rankings = [understanding["entries"][:LIKELY], understanding["context"][:LIKELY]]
    rankings += [part["entries"][:1] for part in understanding["parts"]]
    return [entry_id for ranking in rankings for entry_id, _ in ranking]


def examples_of(training_data: TrainingData) -> Examples:
    """All examples with their labels, and the entries' own titles and sentences with less weight."""
    written = training_data.intent_examples
    labels = [m.get(INTENT_RESPONSE_KEY) or m.get(INTENT) for m in written]
    extra = [row for row in _entry_rows() if row[1] in set(labels)]
    texts = [plain(m.get(TEXT)) for m in written] + [plain(text) for text, _, _ in extra]
    weights = np.array([1.0] * len(written) + [weight for _, _, weight in extra], dtype=np.float32)
    encoder = load_encoder()
    vectors = encoder.encode(texts) if encoder else None
    return Examples(texts, [*labels, *(label for _, label, _ in extra)], vectors, weights)


def _entry_rows() -> list[tuple[str, str, float]]:
    rows = []
    for entry in entries().values():
        label = f"ask/{entry.id}"
        rows.append((entry.title, label, TITLE_WEIGHT))
        rows += [(item.q, label, TITLE_WEIGHT) for item in entry.asked]
        rows += [(sentence, label, TEXT_WEIGHT) for sentence in (entry.short, *entry.more) if sentence]
    return rows
