"""The engine's tracker store: encrypted rows, few events, recent conversations kept in memory and written through.

A turn's cost must not grow with the conversation: Rasa replays every event several times a turn. So what is kept is where
the conversation stands, slots and active loop, and of the last messages what was recognised. The office has the transcript.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import (
    Column,
    Engine,
    Float,
    Insert,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.privacy.crypto import Vault
from bot.settings import Settings
from bot.store.prepared import Prepared

logger = logging.getLogger(__name__)

KEPT_MESSAGES = 6  # a form takes places, ages and school years from them
_CREATE_LOCK = 0x54524B52  # any number, the same in every engine: "TRKR"
LIVE_CONVERSATIONS = 500  # at about 10 kB each, 5 MB
READY_CONVERSATIONS = 100  # at about 13 kB each, 1.3 MB
READY_AFTER_SECONDS = 0.002  # after a turn: its reply is on its way by then

_metadata = MetaData()
TRACKERS = Table(
    "engine_trackers",
    _metadata,
    Column("conversation", String(128), primary_key=True),
    Column("sealed_events", Text, nullable=False),
    Column("saved_at", Float, nullable=False, index=True),
)


class OfficeTrackerStore(TrackerStore):
    """Stores each conversation as one sealed row; named in endpoints.yml."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        shared: bool = False,
        **kwargs: Any,
    ):
        """`shared`: several engines use one database, so what is in memory may be out of date and is checked first."""
        super().__init__(domain, event_broker)
        self._shared = shared
        settings = Settings.from_environment()
        self._vault = Vault(settings.keys)
        self._engine = open_engine(url or engine_database_url(settings))
        self._upsert = Prepared(upsert(self._engine.dialect.name))
        self._live: OrderedDict[str, tuple[float, list[dict[str, Any]]]] = OrderedDict()
        self._ready: OrderedDict[str, tuple[float, DialogueStateTracker]] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the bounded conversation to the database, then to memory."""
        await self.stream_events(tracker) if self.event_broker else None
        events = standing(tracker)
        saved_at = await asyncio.to_thread(self._write, tracker.sender_id, events)
        self._remember(tracker.sender_id, saved_at, events)
        later = asyncio.get_running_loop().call_later
        later(READY_AFTER_SECONDS, self._make_ready, tracker.sender_id, saved_at)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, from memory or from the database; None when there is none."""
        live = self._live.get(sender_id)
        if live is None or (self._shared and await asyncio.to_thread(self._saved_at, sender_id) != live[0]):
            live = await asyncio.to_thread(self._read, sender_id)
            if live is None:
                self._live.pop(sender_id, None)
                return None
            self._remember(sender_id, *live)
        made = self._ready.pop(sender_id, None)  # for one turn alone: Rasa changes it
        return made[1] if made and made[0] == live[0] else self._made(sender_id, live[1])

    async def delete(self, sender_id: str) -> None:
        """Erases the conversation from memory and database."""
        self._live.pop(sender_id, None)
        self._ready.pop(sender_id, None)
        await asyncio.to_thread(self._erase, sender_id)

    async def keys(self) -> Iterable[str]:
        """The ids of all stored conversations."""
        return await asyncio.to_thread(self._keys)

    def _remember(self, sender_id: str, saved_at: float, events: list[dict[str, Any]]) -> None:
        self._live[sender_id] = (saved_at, events)
        self._live.move_to_end(sender_id)
        while len(self._live) > LIVE_CONVERSATIONS:
            self._live.popitem(last=False)

    def _make_ready(self, sender_id: str, saved_at: float) -> None:
        """Makes the tracker of the next turn while the parent reads; nothing, when the conversation has moved on meanwhile."""
        live = self._live.get(sender_id)
        if live is None or live[0] != saved_at:
            return
        self._ready[sender_id] = (saved_at, self._made(sender_id, live[1]))
        self._ready.move_to_end(sender_id)
        while len(self._ready) > READY_CONVERSATIONS:
            self._ready.popitem(last=False)

    def _made(self, sender_id: str, events: list[dict[str, Any]]) -> DialogueStateTracker:
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    def _write(self, sender_id: str, events: list[dict[str, Any]]) -> float:
        """Writes the row and returns its stamp."""
        text = json.dumps(events, ensure_ascii=False, separators=(",", ":"))
        sealed = self._vault.seal(TRACKERS.name, "sealed_events", sender_id, text)
        saved_at = time.time()
        row = {"conversation": sender_id, "sealed_events": sealed, "saved_at": saved_at}
        with self._engine.begin() as connection:
            self._upsert.row(connection, row)
        return saved_at

    def _read(self, sender_id: str) -> tuple[float, list[dict[str, Any]]] | None:
        query = select(TRACKERS.c.saved_at, TRACKERS.c.sealed_events).where(TRACKERS.c.conversation == sender_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return float(row[0]), json.loads(self._vault.unseal(TRACKERS.name, "sealed_events", sender_id, row[1]))

    def _saved_at(self, sender_id: str) -> float | None:
        """The stamp of the row as it stands in the database."""
        with self._engine.connect() as connection:
            return connection.execute(select(TRACKERS.c.saved_at).where(TRACKERS.c.conversation == sender_id)).scalar()

    def _erase(self, sender_id: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(TRACKERS).where(TRACKERS.c.conversation == sender_id))

    def _keys(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(select(TRACKERS.c.conversation)).scalars())


def standing(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Where a conversation stands, as few events: the session, its last messages without their words, slots, loop, listening.

    Prediction rests on the active loop and on the message that comes next, so that this ends in the same state as all events.
    """
    said = [event for event in tracker.events if isinstance(event, UserUttered)][-KEPT_MESSAGES:]
    slots = [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.value != slot.initial_value]
    loop = [ActiveLoop(tracker.active_loop_name)] if tracker.active_loop_name else []
    begun, going_on = [ActionExecuted("action_session_start"), SessionStarted()], [*slots, *loop]
    return [
        *(event.as_dict() for event in begun),
        *(without_words(event) for event in said),
        *(event.as_dict() for event in going_on),
        ActionExecuted("action_listen").as_dict(),
    ]


def without_words(said: UserUttered) -> dict[str, Any]:
    """A message as it is kept: when it came, its intent, and the places, ages and dates in it."""
    recognised = {"intent": said.intent, "entities": said.entities}
    return {
        "event": UserUttered.type_name,
        "timestamp": said.timestamp,
        "text": "",
        "parse_data": recognised,
        "input_channel": said.input_channel,
    }


def upsert(dialect: str) -> Insert:
    """Writes a row, or writes it over: made once, for making a statement costs more than running it."""
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(TRACKERS)
    over = {name: insert.excluded[name] for name in ("sealed_events", "saved_at")}
    return insert.on_conflict_do_update(index_elements=["conversation"], set_=over)


def engine_database_url(settings: Settings) -> str:
    """The office's PostgreSQL where there is one; else a SQLite file of the engine's own, so that they never wait for each other."""
    if settings.database_url.startswith("sqlite"):
        return f"sqlite:///{settings.data / 'engine.db'}"
    return settings.database_url


def open_engine(url: str) -> Engine:
    """Opens the database and creates the one table."""
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _set_up_sqlite)
    with engine.begin() as connection:
        if not url.startswith("sqlite"):  # two engines that start at once would both make it, and one would fail
            connection.execute(select(func.pg_advisory_xact_lock(_CREATE_LOCK)))
        _metadata.create_all(connection)
    return engine


def _set_up_sqlite(connection: Any, record: Any) -> None:
    """NORMAL: a power cut may lose the last turn's place in the dialogue, never a case (those are the office's)."""
    for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}").close()
