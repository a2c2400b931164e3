"""Where the project's own files stand, relative to the checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = ROOT / "knowledge"
ENTRIES = KNOWLEDGE / "entries"
LETTERS = KNOWLEDGE / "letters"
SCHEMAS = KNOWLEDGE / "schema"
DATA = ROOT / "data"
NLU = DATA / "nlu"
ASK = NLU / "ask"
