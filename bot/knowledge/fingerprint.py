"""One digest over all of knowledge/: a change there means training again, and is stamped on every answer."""

import hashlib
from pathlib import Path

from bot.paths import KNOWLEDGE


def knowledge_fingerprint(folder: Path = KNOWLEDGE) -> str:
    """Sixteen hex digits over the names and contents of all files of the knowledge base."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
