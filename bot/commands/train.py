"""`bot train`: builds the spaCy pipeline and trains the Rasa model, unless a model of the same content is there."""

import argparse
import os
import subprocess
import sys

from bot.engine.model import model_path, note_digest
from bot.paths import ROOT


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("train", help="train the model if config, domain, data or knowledge changed")
    parser.add_argument("--force", action="store_true", help="train even when a model of the same content exists")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Trains; prints which model is in use."""
    path = model_path()
    build_pipeline()
    if path.exists() and not arguments.force:
        print(f"The model is up to date: {path.relative_to(ROOT)}")
        return 0
    print("Training the model; this takes a few minutes the first time ...", flush=True)
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--fixed-model-name",
        path.name.removesuffix(".tar.gz"),
        "--quiet",
    ]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if code == 0:
        note_digest(path)
    return code


def build_pipeline() -> None:
    """Builds the spaCy pipeline where it is missing or older than its patterns."""
    from bot.nlu.spacy_pipeline import FOLDER, build  # here, so that the other verbs start without spaCy

    patterns = ROOT / "knowledge" / "entities.yml"
    if not (FOLDER / "meta.json").exists() or (FOLDER / "meta.json").stat().st_mtime < patterns.stat().st_mtime:
        build()
