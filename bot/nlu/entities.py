"""Rasa component: dates, postcodes, ages and the like, from the text as SpacyNLP has just read it.

Rasa's own extractor has spaCy read each message a second time, because SpacyNLP may have lower-cased it; ours keeps capitals
(`case_sensitive: true` in config.yml).
"""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.spacy_entity_extractor import SpacyEntityExtractor
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False, model_from="SpacyNLP")
class RecognisedOnce(SpacyEntityExtractor):
    """Rasa's spaCy extractor without the second reading."""

    def process(self, messages: list[Message], model: SpacyModel) -> list[Message]:
        """Adds the entities of the kinds that config.yml names (`dimensions`)."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None:  # a message without text
                continue
            found = self.add_extractor_name(self._extract_entities(doc))
            kept = self.filter_irrelevant_entities(found, self._config["dimensions"])
            message.set(ENTITIES, message.get(ENTITIES, []) + kept, add_to_output=True)
        return messages
