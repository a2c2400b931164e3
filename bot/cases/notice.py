"""What is delivered when something happened to a case: as little as the office allows. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cases.fields import load

TITLES = {"case.submitted": "New case", "case.added": "Added to case", "case.withdrawn": "Withdrawn case"}


@dataclass(frozen=True)
class Notice:
    """One event of one case. `document` is the case document, for offices that have it sent in full."""

    id: str
    kind: str
    reference: str
    urgency: int
    safeguarding: bool
    link: str
    at: datetime
    document: dict[str, Any] | None = None

    @property
    def subject(self) -> str:
        """Reference and urgency, nothing of the family."""
        return f"{TITLES.get(self.kind, 'Case')} {self.reference}: {self.level}"

    @property
    def level(self) -> str:
        """The urgency in words."""
        return str(load("priority")["levels"].get(self.urgency, "In turn"))

    def lines(self) -> list[str]:
        """The plain body of a mail."""
        flagged = ["A sign of danger was heard in the conversation."] if self.safeguarding else []
        return [
            f"{TITLES.get(self.kind, 'Case')} {self.reference}",
            f"Urgency: {self.level}",
            *flagged,
            f"Open it: {self.link}",
        ]

    def data(self) -> dict[str, Any]:
        """The body of a webhook."""
        told: dict[str, Any] = {
            "reference": self.reference, "urgency": self.urgency, "urgency_name": self.level,
            "safeguarding": self.safeguarding, "link": self.link,
        }  # fmt: skip
        return {**told, "case": self.document} if self.document is not None else told
