"""The stock Rasa bot to compare with: the pipeline and policies of `rasa init`, on this project's phrasings and answers.

python -m benchmarks.stock [--epochs 10] [--make-only]

Made in build/stock, which stands by itself: `rasa run`, `rasa shell` and `rasa test` work in it. `ask/<entry id>` goes to
the response selector, whose responses are the entries' short texts and next steps; every other intent has a plain rule
and its words. Nothing of this project's own code is loaded in it.

`rasa init` gives 100 epochs. On 15,000 phrasings one epoch of DIET takes about 90 seconds of processor time and one of the
response selector 30, so that 100 of both would take over three hours; `--epochs` sets them. What a turn costs does not
depend on it: the networks have the same size.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.entries import entries
from bot.knowledge.phrasings import Phrasing, read_phrasings
from bot.knowledge.yaml_lines import read
from bot.paths import KNOWLEDGE, ROOT

FOLDER = ROOT / "build" / "stock"
TOLD = FOLDER / "training.json"
EPOCHS = 10  # of DIET and the response selector; `rasa init` gives 100
POLICY_EPOCHS = 100  # of TED and UnexpecTED, as `rasa init` gives them: they learn from a few stories
FALLBACK = "I'm sorry, I didn't understand that. Could you say it in other words?"
KINDS = ("chitchat", "out_of_scope", "urgent")  # intents whose words stand in the file of the same name
JOURNEYS = (
    ("chitchat_greet", "ask", "ask", "chitchat_thanks"),
    ("ask", "shorter", "chitchat_thanks", "chitchat_goodbye"),
    ("ask", "deadline", "timeline"),
    ("urgent_life_at_risk", "ask"),
    ("ask", "handoff", "affirm", "stop"),
)
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def main() -> None:
    """Makes the project and trains it; what training took is kept beside it."""
    parser = argparse.ArgumentParser(prog="benchmarks.stock", description="Make and train the stock bot.")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of DIET and the response selector")
    parser.add_argument("--make-only", action="store_true", help="write the project, do not train it")
    arguments = parser.parse_args()
    make(arguments.epochs)
    if not arguments.make_only:
        print(json.dumps(train(arguments.epochs)))


def make(epochs: int = EPOCHS, folder: Path = FOLDER) -> None:
    """Writes configuration, domain, rules, stories, phrasings and channel; an older one is taken away."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    examples = flat(read_phrasings())
    files = {
        "config.yml": config(epochs),
        "domain.yml": domain(examples),
        "credentials.yml": {"rest": None},
        "endpoints.yml": {},
        "data/nlu.yml": nlu(examples),
        "data/rules.yml": rules(examples),
        "data/stories.yml": stories(examples),
    }
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False, width=1000), encoding="utf-8")


def train(epochs: int = EPOCHS, folder: Path = FOLDER) -> dict[str, Any]:
    """Trains with `rasa train`; seconds by the clock and of the processors."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "stock"]
    subprocess.run(command, cwd=folder, env={**os.environ, **QUIET}, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = {
        "epochs": epochs,
        "wall_s": round(time.perf_counter() - begun),
        "cpu_s": round(spent),
        "examples": examples_in(folder),
        "model_mb": round((folder / "models" / "stock.tar.gz").stat().st_size / 1e6, 1),
    }
    (folder / TOLD.name).write_text(json.dumps(found), encoding="utf-8")
    return found


def examples_in(folder: Path) -> int:
    """How many phrasings the project holds: those of the day it was made."""
    return sum(
        block["examples"].count("\n") for block in yaml.safe_load((folder / "data" / "nlu.yml").read_text())["nlu"]
    )


def flat(phrasings: list[Phrasing]) -> dict[str, list[str]]:
    """Examples by intent; kinds other than `ask/...` become intents of their own (`chitchat/greet`: `chitchat_greet`)."""
    found: dict[str, list[str]] = {}
    for one in phrasings:
        name = one.intent if one.intent.startswith("ask/") else one.intent.replace("/", "_")
        found.setdefault(name, []).append(one.text)
    return found


def plain_intents(examples: dict[str, list[str]]) -> list[str]:
    """The intents that have a rule of their own."""
    return [name for name in examples if not name.startswith("ask/")]


def config(epochs: int) -> dict[str, Any]:
    """The defaults of Rasa 3.6 (rasa/engine/recipes/config_files/default_config.yml), with the selector named for `ask`."""
    learned = {"epochs": epochs, "constrain_similarities": True}
    policy = {"max_history": 5, "epochs": POLICY_EPOCHS}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", **learned},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "retrieval_intent": "ask", **learned},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", **policy},
            {"name": "TEDPolicy", **policy, "constrain_similarities": True},
        ],
    }


def domain(examples: dict[str, list[str]]) -> dict[str, Any]:
    """Intents, and a response for each."""
    plain = plain_intents(examples)
    responses = {f"utter_{name}": words(name) for name in plain}
    responses |= {f"utter_ask/{entry.id}": answer(entry.id) for entry in entries().values()}
    responses["utter_fallback"] = FALLBACK
    return {
        "version": "3.1",
        "intents": ["ask", *plain],
        "responses": {name: [{"text": text}] for name, text in responses.items()},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def answer(entry_id: str) -> str:
    """An entry as one text: the short answer and the steps."""
    entry = entries()[entry_id]
    return "\n".join([entry.short, *(f"- {step}" for step in entry.next_steps)])


def words(intent: str) -> str:
    """What the knowledge base says to a kind; for intents that this project answers by code, one plain sentence."""
    for group in KINDS:
        if intent.startswith(f"{group}_"):
            said = read(KNOWLEDGE / f"{group}.yml").data[intent.removeprefix(f"{group}_")]["say"]
            return said if isinstance(said, str) else " ".join(said)
    return f"You asked about: {intent.replace('_', ' ')}. Please tell me more."


def nlu(examples: dict[str, list[str]]) -> dict[str, Any]:
    """All phrasings."""
    blocks = [
        {"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in examples.items()
    ]
    return {"version": "3.1", "nlu": blocks}


def rules(examples: dict[str, list[str]]) -> dict[str, Any]:
    """Each intent gets its response."""
    names = ["ask", *plain_intents(examples)]
    made = [(f"say {name}", name, f"utter_{name}") for name in names] + [("fallback", "nlu_fallback", "utter_fallback")]
    return {
        "version": "3.1",
        "rules": [{"rule": rule, "steps": [{"intent": i}, {"action": action}]} for rule, i, action in made],
    }


def stories(examples: dict[str, list[str]]) -> dict[str, Any]:
    """A few journeys, so that the policies that learn have something to learn from."""
    return {
        "version": "3.1",
        "stories": [
            {
                "story": f"journey {n}",
                "steps": [step for i in one for step in ({"intent": i}, {"action": f"utter_{i}"})],
            }
            for n, one in enumerate(JOURNEYS, start=1)
        ],
    }


if __name__ == "__main__":
    main()
