"""Builds the project's own spaCy pipeline: a blank English one with an entity ruler, saved to disk.

Nothing is downloaded. The version stands in the name, because Rasa's training cache sees only the name.
An office that has a trained pipeline may name it in config.yml instead.
"""

from pathlib import Path

import spacy
import yaml

from bot.paths import KNOWLEDGE, ROOT

NAME = "send_desk_en-1.0"
FOLDER = ROOT / "build" / NAME


def build(folder: Path = FOLDER) -> Path:
    """Builds and saves the pipeline; returns its folder."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    ruler.add_patterns(patterns())  # type: ignore[attr-defined]
    nlp.meta["name"] = "send_desk_en"
    nlp.meta["version"] = "1.0.0"
    folder.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(folder)
    return folder


def patterns() -> list[dict[str, object]]:
    """The ruler's patterns, from knowledge/entities.yml: token patterns as they stand, phrases word for word."""
    data = yaml.safe_load((KNOWLEDGE / "entities.yml").read_text(encoding="utf-8"))
    tokens = [{"label": label, "pattern": pattern} for label, found in data["tokens"].items() for pattern in found]
    phrases = [{"label": label, "pattern": phrase} for label, found in data["phrases"].items() for phrase in found]
    return tokens + phrases
