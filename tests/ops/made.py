"""Made things for the tests: a conversation, a case, and the parent's words in them. Nobody real."""

from datetime import UTC, date, datetime

from bot.cases.store import QueueFields, submit
from bot.store.engine import Database
from bot.store.transcript import begin_turn, start_conversation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STORY = "They refused to assess my son and the letter came on 2 November."
QUEUE = QueueFields(
    urgency=1, due_on=date(2027, 1, 2), stage="refused-assessment", issue="refusal", council="stockport",
    channel="web", constituency="inside",
)  # fmt: skip


def conversation(db: Database, text: str = STORY) -> str:
    """A conversation with one message."""
    made = start_conversation(db, "web", NOW)
    begin_turn(db, made, "message-1", text, "hidden", NOW)
    return made


def case(db: Database, key: str = "key-1") -> str:
    """A case; returns its reference."""
    return submit(
        db, idempotency_key=key, conversation_id=None, summary={"story": STORY}, contact={"name": "Test Parent"},
        queue=QUEUE, consent_version="1", now=NOW,
    )  # fmt: skip
