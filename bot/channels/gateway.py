"""The gateway: one turn of a parent, from the channel to the engine and back, stored on the way.

One message at a time in a conversation; the same message id gets the same reply; with the engine down a parent reads
an apology with the office's telephone number, and the next message tries again.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from bot.blocks import text as paragraph
from bot.cases import replies, work
from bot.channels import lessons
from bot.channels.apology import apology
from bot.channels.engine_client import EngineClient, EngineDown
from bot.channels.merging import harmless, merged, with_short_ids
from bot.channels.waiting import Queue
from bot.knowledge.words import say
from bot.limits import GAP_DAYS, LIVE_TURNS, MAX_HISTORY_TURNS
from bot.outcomes import Outcome
from bot.privacy.redaction import mask, masked_blocks
from bot.settings import Settings
from bot.store import learning, transcript
from bot.store.engine import Database
from bot.store.transcript import StoredTurn

logger = logging.getLogger(__name__)

Channel = Literal["web", "telegram", "ask"]
PERSON = "person"  # the button that every page always has; it belongs to every conversation


class ButtonUnknown(Exception):
    """A pressed button that this conversation does not have."""


@dataclass(frozen=True)
class Typed:
    """What a parent typed."""

    text: str


@dataclass(frozen=True)
class Pressed:
    """A button that a parent pressed, by its short id."""

    button: str


@dataclass(frozen=True)
class Chosen:
    """What a channel's own menu or link stands for; made by the office's code, never from what a person typed."""

    text: str
    payload: str


def _now() -> datetime:
    return datetime.now(UTC)


class Gateway:
    """The one way from any channel to the engine. Belongs to one event loop."""

    def __init__(self, db: Database, settings: Settings, engine: EngineClient, now: Callable[[], datetime] = _now):
        self._db = db
        self._office = settings.office
        self._public_url = settings.public_url
        self._conversation_days = settings.conversation_days
        self.engine = engine
        self._now = now
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._live: OrderedDict[tuple[str, int], StoredTurn] = OrderedDict()
        self._queue = Queue(len(settings.engines))

    async def start(self, channel: Channel, conversation: str | None = None) -> str:
        """A new conversation; returns its id, random unless one is given (32 hex digits)."""
        return await run_in_threadpool(transcript.start_conversation, self._db, channel, self._now(), conversation)

    async def turn(
        self, conversation: str, said: Typed | Pressed | Chosen, message_id: str, channel: Channel = "web"
    ) -> StoredTurn:
        """One message and its reply.

        Raises:
            bot.store.transcript.ConversationGone: when there is no such conversation.
            ButtonUnknown: when the button is not one of this conversation's.
            bot.channels.waiting.Busy: when too many turns wait already; only on the website, other channels wait.
        """
        async with self._queue.place(patient=channel != "web"), self._lock(conversation):
            words, payload = await self._meant(conversation, said)
            begun = await run_in_threadpool(self._begun, conversation, message_id, words, payload)
            if begun.reply is not None:
                return self._whole(conversation, begun.reply)
            body = {"conversation": conversation, "text": words if payload else harmless(words), "payload": payload}
            body |= {"channel": channel, "message_id": message_id, "today": None}
            if begun.state == "office":
                await run_in_threadpool(work.parent_wrote, self._db, conversation, message_id, words, self._now())
            reply = self._switched_off(begun.why_off) if begun.why_off else await self._spoken(begun.state, body)
            asked = "" if payload or begun.private else words
            return await self._kept(conversation, begun.seq, reply, asked, channel)

    async def history(self, conversation: str, after: int = 0) -> list[StoredTurn]:
        """The turns after number `after`, oldest first; those just made are whole, with their files.

        Raises:
            bot.store.transcript.ConversationGone: when there is no such conversation.
        """
        turns = await run_in_threadpool(transcript.history, self._db, conversation, after, MAX_HISTORY_TURNS)
        return [self._whole(conversation, turn) for turn in turns]

    async def seen(self, conversation: str, seq: int) -> None:
        """The parent has had the turns up to this number before their eyes, not merely fetched."""
        await run_in_threadpool(replies.seen, self._db, conversation, seq, self._now())

    async def rate(self, conversation: str, turn_id: str, useful: bool, channel: Channel) -> bool:
        """Counts whether an answer was useful, once an answer; False when there is no such answer here.

        Raises:
            bot.store.transcript.ConversationGone: when there is no such conversation.
        """
        marks = await run_in_threadpool(transcript.rate, self._db, conversation, turn_id)
        for one in lessons.rated(marks or (), useful):
            day = self._now().date()
            await run_in_threadpool(learning.keep_feedback, self._db, one.entry, one.version, one.yes, day, channel)
        return marks is not None

    async def exists(self, conversation: str) -> bool:
        """Whether there is such a conversation."""
        return await run_in_threadpool(transcript.exists, self._db, conversation)

    async def erase(self, conversation: str) -> None:
        """Deletes a conversation here and in the engine; if the engine is down, the outbox sees to it."""
        async with self._lock(conversation):
            try:
                await self.engine.erase(conversation)
                done = True
            except EngineDown as error:
                logger.warning("The engine could not erase a conversation now: %s.", error)
                done = False
            await run_in_threadpool(transcript.erase, self._db, conversation, done, self._now())
            for key in [key for key in self._live if key[0] == conversation]:
                del self._live[key]

    async def tidy(self) -> None:
        """Deletes what is past its days, and asks the engine again for what it still owes."""
        await run_in_threadpool(learning.forget_gaps, self._db, self._now().date() - timedelta(days=GAP_DAYS))
        before = self._now() - timedelta(days=self._conversation_days)
        for conversation in await run_in_threadpool(transcript.expired, self._db, before):
            await self.erase(conversation)
        for row_id, conversation in await run_in_threadpool(transcript.waiting_erasures, self._db):
            try:
                await self.engine.erase(conversation)
            except EngineDown:
                return  # it is down; the next round asks again
            await run_in_threadpool(transcript.erasure_done, self._db, row_id)

    def _begun(self, conversation: str, message_id: str, words: str, payload: str | None) -> transcript.Begun:
        masked = mask(words)
        hidden = masked if payload else say("office", "privacy_hidden")
        return transcript.begin_turn(self._db, conversation, message_id, masked, hidden, self._now())

    def _learn(self, reply: dict[str, Any], asked: str, channel: str) -> None:
        """Keeps what the turn teaches. `asked` is empty where it was a button or a personal detail. Never breaks a turn."""
        day = self._now().date()
        try:
            if gap := lessons.gap(reply, asked, day, channel):
                learning.keep_gap(self._db, gap)
            if useful := lessons.useful(reply):
                learning.keep_feedback(self._db, useful.entry, useful.version, useful.yes, day, channel)
        except Exception as error:
            logger.error("What a turn taught was not kept: %s.", type(error).__name__)

    async def close(self) -> None:
        """Closes the way to the engine."""
        await self.engine.close()

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())

    async def _meant(self, conversation: str, said: Typed | Pressed | Chosen) -> tuple[str, str | None]:
        """The words of a message, and the payload if a button was pressed or a menu used."""
        if isinstance(said, Typed):
            return said.text, None
        if isinstance(said, Chosen):
            return said.text, said.payload
        if said.button == PERSON:
            return say("office", "talk_to_person"), "/handoff"
        answers = said.button.partition("-")[0]
        found = None
        if answers.isascii() and answers.isdigit() and len(answers) < 7:
            found = await run_in_threadpool(transcript.pressed, self._db, conversation, int(answers), said.button)
        if found is None:
            raise ButtonUnknown
        return found["text"], found["payload"]

    def _switched_off(self, reason: str) -> dict[str, Any]:
        """The office has switched this channel off: its reason, and the ways that are open."""
        contact = {"phone": self._office.phone, "email": self._office.email}
        others = (say("office", key, **contact) for key in ("engine_down_contact", "engine_down_danger"))
        return _plain(Outcome.HELD, reason, *others)

    async def _spoken(self, state: str, body: dict[str, Any]) -> dict[str, Any]:
        """Who answers: the assistant, or the office. While the office has the conversation, only danger is answered."""
        if state == "bot":
            return await self._reply(body)
        if state == "office":
            reply = await self._reply(body)
            if reply["outcome"] == Outcome.URGENT:
                return reply
        return self._with_office(state)

    async def _reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """The engine's reply, or an apology that names the office; silence counts as a failure."""
        try:
            async with self._queue.engine():
                found = await self.engine.turn(body)
            if found:
                return merged(found)
            raise EngineDown("no reply at all")
        except EngineDown as error:
            logger.error("The engine gave no answer: %s.", error)
            asked = "" if body["payload"] else body["text"]
            base = "" if body["channel"] == "web" else self._public_url
            return dict(await run_in_threadpool(apology, self._office, asked, self._now().date(), base))

    def _with_office(self, state: str) -> dict[str, Any]:
        key = "with_office" if state == "office" else "conversation_closed"
        return _plain(Outcome.HANDED_OFF, say("office", key, phone=self._office.phone))

    async def _kept(
        self, conversation: str, answers: int, reply: dict[str, Any], asked: str, channel: str
    ) -> StoredTurn:
        """Stores the masked reply and what it teaches, and hands back the whole one."""
        blocks, buttons = with_short_ids(reply["blocks"], answers)
        stored = {**reply, "blocks": masked_blocks(blocks, say("office", "privacy_hidden"))}

        def store() -> StoredTurn:
            turn = transcript.add_reply(self._db, conversation, answers, stored, buttons, self._now())
            self._learn(reply, asked, channel)
            return turn

        turn = await run_in_threadpool(store)
        if list(turn.blocks) != stored["blocks"]:
            return turn  # another office had answered this message already
        whole = replace(turn, blocks=tuple(blocks))
        self._live[conversation, turn.seq] = whole
        while len(self._live) > LIVE_TURNS:
            self._live.popitem(last=False)
        return whole

    def _whole(self, conversation: str, turn: StoredTurn) -> StoredTurn:
        """With its files and details, if it was made just now."""
        whole = self._live.get((conversation, turn.seq), turn)
        return whole if whole.rated == turn.rated else replace(whole, rated=turn.rated)


def _plain(outcome: Outcome, *lines: str) -> dict[str, Any]:
    blocks = [paragraph(line) for line in lines]
    return {"blocks": blocks, "outcome": outcome.value, "entries": [], "confidence": None}
