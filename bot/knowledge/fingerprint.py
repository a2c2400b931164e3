"""Digests of what training rests on besides Rasa's own data: knowledge/, which is stamped on every answer too, and understanding's code."""

import hashlib
from pathlib import Path

from bot.paths import KNOWLEDGE, ROOT


def knowledge_fingerprint(folder: Path = KNOWLEDGE) -> str:
    """Sixteen hex digits over the names and contents of all files of the knowledge base."""
    return _digest(folder, "*")


def understanding_fingerprint(folder: Path = ROOT / "bot" / "nlu") -> str:
    """Sixteen hex digits over the code of understanding: what was learnt with other vectors or features does not fit it."""
    return _digest(folder, "*.py")


def _digest(folder: Path, names: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob(names) if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
