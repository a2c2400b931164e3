"""What is measured, by its Prometheus name. Labels hold outcomes, channels and states, never an id or a word of a person.

Counters and times are of this office process; what stands in the database is the same from every office, so take the
maximum over offices, not the sum.
"""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 20)  # seconds; ENGINE_SECONDS is the last
UNDER_WAY = frozenset({"waiting", "sending", "handing"})  # what is held, given up or unsure waits for a person


@dataclass(frozen=True)
class OutboxCount:
    """The outbox rows of one kind in one state: how many, their tries, and how long the oldest has been due."""

    kind: str
    state: str
    rows: int
    tries: int
    overdue_seconds: float


class Metrics:
    """The figures of one office process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = self._counter("turns", "Turns answered, by outcome and channel", "outcome", "channel")
        self.repeats = self._counter("turns_repeated", "Messages sent again that had been answered before", "channel")
        self.failures = self._counter("turns_raised", "Turns that ended in an error, by its kind", "kind", "channel")
        self.seconds = Histogram(
            "send_desk_turn_seconds", "Time of a turn in the office, engine included", ["channel"],
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.queue = self._gauge("turns_waiting", "Turns accepted and not yet answered")
        self.responses = self._counter("responses", "Responses by status and kind of route", "status", "route")
        self.engine_ready = self._gauge("engine_ready", "1 when the engine is there with its database", "engine")
        self.outbox_rows = self._gauge("outbox_rows", "Outbox rows, by kind and state", "kind", "state")
        self.outbox_tries = self._gauge("outbox_tries", "Tries so far of rows not delivered", "kind", "state")
        self.outbox_age = self._gauge("outbox_overdue_seconds", "How long the oldest due row has waited", "kind")
        self.calendar_days = self._gauge("calendar_days_left", "Days until the list of bank holidays ends")
        self.review_days = self._gauge("review_days_left", "Days until the next answer needs its review")
        self.held = self._gauge("entries_held", "Answers past their review, which are held back")
        self.database_up = self._gauge("database_up", "1 when the database answers")

    def show_outbox(self, counts: list[OutboxCount]) -> None:
        """Puts the outbox's figures in place of the last ones."""
        for gauge in (self.outbox_rows, self.outbox_tries, self.outbox_age):
            gauge.clear()
        oldest: dict[str, float] = {}
        for count in counts:
            self.outbox_rows.labels(count.kind, count.state).set(count.rows)
            if count.state != "done":
                self.outbox_tries.labels(count.kind, count.state).set(count.tries)
            if count.state in UNDER_WAY:
                oldest[count.kind] = max(oldest.get(count.kind, 0), count.overdue_seconds)
        for kind, seconds in oldest.items():
            self.outbox_age.labels(kind).set(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"send_desk_{name}", told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(f"send_desk_{name}", told, labels, registry=self.registry)
