"""The chain of a case's events: each hash covers the event and the hash before it. Pure."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

START = "0" * 64


def chained_hash(
    prev_hash: str, case_id: str, seq: int, at: datetime, actor: str, kind: str, data: dict[str, Any]
) -> str:
    """The hash of one event; 64 hex digits. `data` must be JSON and hold no personal detail."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [prev_hash, case_id, seq, when, actor, kind, data]
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
