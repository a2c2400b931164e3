"""Which model belongs to the present content: named by a hash, so that nothing is trained twice and nothing stale is run."""

import hashlib
from pathlib import Path

from bot.paths import ROOT

MODELS = ROOT / "models"
# Everything that a trained model depends on.
TRAINED_FROM = (
    "config.yml", "domain.yml", "data", "knowledge/entries", "knowledge/glossary.yml", "knowledge/entities.yml", "bot/nlu",
    "pyproject.toml",
)  # fmt: skip
_KINDS = {".yml", ".py", ".toml"}


def content_hash(root: Path = ROOT) -> str:
    """Twelve hex digits over all that training reads."""
    digest = hashlib.sha256()
    for path in sorted(path for name in TRAINED_FROM for path in _files(root / name)):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def model_path(root: Path = ROOT) -> Path:
    """Where the model of the present content is, or will be."""
    return root / "models" / f"send-desk-{content_hash(root)}.tar.gz"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [found for found in path.rglob("*") if found.suffix in _KINDS and "__pycache__" not in found.parts]
