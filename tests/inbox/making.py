"""Makes cases as the form makes them: a whole conversation through the pure form, then the real store."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from bot.cases.clock import deadlines
from bot.cases.store import QueueFields, submit
from bot.cases.work import Doer
from bot.store.engine import Database
from bot.store.tables import Case, Conversation

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
TODAY = NOW.date()


def fact(value: Any, words: str | None = None) -> dict[str, Any]:
    """A value as the case document holds it."""
    return {"value": value, "words": words or str(value), "basis": "said"}


def limit_rows(dates: dict[str, str], today: date = TODAY) -> list[dict[str, Any]]:
    """The limits that follow from dates, as the case document holds them."""
    return [
        {
            "limit": one.limit, "label": one.label, "whose": one.whose, "due": one.due.isoformat(), "days_left": one.days,
            "status": one.status, "provision": one.provision, "working": list(one.working),
            "confidence": one.confidence, "basis": "calculated",
        }
        for one in deadlines(dates, today)
    ]  # fmt: skip


def summary(dates: dict[str, str] | None = None, **other: Any) -> dict[str, Any]:
    """A case's summary as bot/cases/summary.py builds it."""
    dates = dates if dates is not None else {"request_received": "2026-06-01"}
    made = {
        "schema_version": "1.0", "made_at": NOW.isoformat(), "made_on": TODAY.isoformat(), "channel": "web",
        "person": {"relation": fact("mother", "Mother"), "access": fact("Large print, please"), "best_time": None},
        "child": {"age_or_year": fact({"year": 5}, "Year 5"), "school": fact("Testwood Primary")},
        "stage": fact("requested", "Asked for an assessment, no decision yet"),
        "council": fact("Stockport Council"),
        "issue": fact("late-decision", "No decision, or a late one"),
        "happened": fact("We asked for an assessment in June and heard nothing. Marmalade waits."),
        "tried": fact("I rang the council four times."),
        "wanted": fact("A decision and an apology."),
        "how_soon": fact("weeks", "In the next weeks"),
        "key_dates": [
            {"event": name, "label": name, "date": {"value": day, "basis": "said"}, "about": False}
            for name, day in dates.items()
        ],
        "deadlines": limit_rows(dates),
        "urgency": {"level": 1, "name": "This week", "reasons": ["A legal limit passed more than six weeks ago."], "basis": "calculated"},
        "safeguarding": {"flag": False, "signal": None},
        "told": ["ehcna-six-weeks@1a2b3c4d"],
        "constituency": {"result": "likely", "name": "Stockport", "source": "guide", "basis": "calculated"},
        "left_out": [],
        "consent": {"version": "2026-11-1", "at": NOW.isoformat()},
    }  # fmt: skip
    return {**made, **other}


CONTACT = {
    "name": fact("Test Parent"), "email": fact("parent@example.org"), "phone": fact("+447700900123", "07700 900123"),
    "postcode": fact("SK3 8AB"), "child_name": fact("Robin"), "telegram": False,
}  # fmt: skip


@dataclass
class Made:
    """A database with cases in it."""

    db: Database
    worker: str
    number: int = field(default=0)

    def conversation(self, channel: str = "web", state: str = "bot") -> str:
        with self.db.session_scope() as session:
            found = Conversation(channel=channel, state=state, created_at=NOW, last_at=NOW)
            session.add(found)
            session.flush()
            return found.id

    def case(self, conversation: str | None = None, contact: dict[str, Any] | None = None, **queue: Any) -> str:
        """A case in the store; `queue` overrides what the inbox orders by, `summary` the document."""
        self.number += 1
        document = queue.pop("summary", None) or summary()
        now = queue.pop("now", NOW)
        fields = {
            "urgency": 1, "due_on": date(2026, 7, 13), "stage": "requested", "issue": "late-decision",
            "council": "Stockport Council", "channel": "web", "constituency": "likely",
        }  # fmt: skip
        return submit(
            self.db, idempotency_key=f"key {self.number}", conversation_id=conversation, summary=document,
            contact=contact or CONTACT, queue=QueueFields(**{**fields, **queue}), consent_version="2026-11-1", now=now,
        )  # fmt: skip

    def row(self, reference: str) -> Case:
        with self.db.read_scope() as session:
            return session.query(Case).filter_by(reference=reference).one()

    def doer(self, reference: str | None = None) -> Doer:
        """The caseworker, who sees the case as it is now (or only adds, without a reference)."""
        return Doer(self.worker, NOW, self.row(reference).version if reference else None)
