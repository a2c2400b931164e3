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


class ModelChanged(Exception):
    """A model file that is not the one that was trained."""


def note_digest(model: Path) -> None:
    """Writes the model's sha256 beside it, when it has just been trained."""
    _digest_file(model).write_text(_digest(model) + "\n", encoding="ascii")


def check_digest(model: Path) -> bool:
    """Whether the model is known to be the one that was trained; False where none was noted, as after `rasa train`.

    Raises:
        ModelChanged: when it is another file: loading one runs what is in it.
    """
    if not _digest_file(model).exists():
        return False
    if _digest_file(model).read_text(encoding="ascii").strip() != _digest(model):
        raise ModelChanged(f"{model.name} is not the file that was trained. Mend: delete it and run `make train`.")
    return True


def _digest_file(model: Path) -> Path:
    return model.with_name(f"{model.name}.sha256")


def _digest(model: Path) -> str:
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [found for found in path.rglob("*") if found.suffix in _KINDS and "__pycache__" not in found.parts]
