"""Logs for machines: one JSON object a line, with the id of the turn it belongs to, and no word that a person wrote.

An exception is told by its kind and by file and line, never by its text, which may quote a message or a row. The id of
a turn is made from conversation and message, so office, engine and actions find the same one without handing it on.
"""

import hashlib
import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

_turn: ContextVar[str | None] = ContextVar("turn", default=None)


def set_up(part: str, level: int = logging.INFO) -> None:
    """Writes the logs of this process as JSON to standard error; libraries are heard from warnings on.

    Args:
        part: office, engine or actions.
        level: from which level on our own modules are heard.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(part))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)  # else libraries write them past this format, onto standard error
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.getLogger("bot").setLevel(level)
    logging.getLogger("actions").setLevel(level)


def about_turn(conversation: str, message_id: str) -> str:
    """Names the turn that all later lines of this task are about; returns its id."""
    name = hashlib.sha256(f"{conversation}:{message_id}".encode()).hexdigest()[:16]
    _turn.set(name)
    return name


def facts(**told: Any) -> dict[str, Any]:
    """The `extra` of a log call: ids, outcomes and figures, never text of a person."""
    return {"facts": told}


class JsonFormatter(logging.Formatter):
    """One record as one line of JSON."""

    def __init__(self, part: str):
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """Moment, level, part, logger, words, turn, facts, and where an error happened."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": self._part,
            "logger": record.name,
            "said": record.getMessage(),
        }
        if turn := _turn.get():
            line["turn"] = turn
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "where": _places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(trace: TracebackType | None) -> list[str]:
    """The innermost frames: file, line and function."""
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
