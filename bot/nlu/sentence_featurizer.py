"""Rasa featurizer: adds the sentence encoder's vector of each message as a dense sentence feature."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import MODEL_SHA256, load_encoder
from bot.nlu.texts import texts_of
from bot.nlu.wording import plain

VECTORS = "sentence_vectors"  # of the whole, the parts and the context, as bot/nlu/texts.py orders them


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one vector of 384 numbers a message; adds nothing when the model's package is absent."""

    def __init__(self, config: dict[str, Any], name: str):
        super().__init__(name, config)
        self._encoder = load_encoder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceFeaturizer":
        """Made by Rasa's graph; nothing is stored, the model comes from its package."""
        return cls(config, execution_context.node_name)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The model's digest: another model means training again."""
        return MODEL_SHA256 if load_encoder() else "no sentence model"

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to set."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vectors to the messages; those of parts and context too, in one call, for the selector."""
        for message in messages:
            if self._encoder and message.get(TEXT):
                vectors = self._encoder.encode(texts_of(message).all)
                self._add(message, vectors[:1])
                message.set(VECTORS, vectors)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors to the training examples."""
        written = [message for message in training_data.training_examples if message.get(TEXT)]
        if self._encoder and written:
            vectors = self._encoder.encode([plain(message.get(TEXT)) for message in written])
            for message, vector in zip(written, vectors, strict=True):
                self._add(message, vector[None, :])
        return training_data

    def _add(self, message: Message, vector: NDArray[np.float32]) -> None:
        message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
