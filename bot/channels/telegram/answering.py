"""Answers one update: what came in gives the messages to send. Everything that arrives gets a decent reply.

Answering the same update again gives the same reply (the gateway knows its message id), so a crash in between doubles nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from bot.channels.gateway import ButtonUnknown, Chosen, Gateway, Pressed, Typed
from bot.channels.telegram import store
from bot.channels.telegram.incoming import UNREAD, Incoming
from bot.channels.telegram.menu import COMMANDS, helped, link_choice, started
from bot.channels.telegram.outgoing import Out
from bot.channels.telegram.rendering import PRESSED, RATED, WORDS, rendered, said
from bot.channels.telegram.store import Chat, Waiting
from bot.knowledge.words import say
from bot.limits import CONVERSATION_DAYS, TELEGRAM_LATE_MINUTES
from bot.settings import Office
from bot.store.engine import Database
from bot.store.transcript import ConversationGone
from bot.web.limiter import Limiter

DELETE_YES, DELETE_NO = "d:yes", "d:no"
LATE = timedelta(minutes=TELEGRAM_LATE_MINUTES)
SORRY_AGAIN = timedelta(hours=1)
LEFT = "left"

Said = Typed | Pressed | Chosen


@dataclass(frozen=True)
class Asked:
    """One update being answered, with the chat it came from (None: never seen) and the moment."""

    incoming: Incoming
    chat: Chat | None
    now: datetime

    @property
    def message_id(self) -> str:
        """By which the gateway knows a repeat."""
        return f"tg-{self.incoming.update}"


class Answering:
    """The bridge between an update and the gateway."""

    def __init__(self, gateway: Gateway, db: Database, office: Office, site: str, kept_days: int = CONVERSATION_DAYS):
        self._gateway = gateway
        self._db = db
        self._office = office
        self._site = site
        self._kept_days = kept_days
        self._floods = Limiter(1, 60)

    async def answer(self, waiting: Waiting, now: datetime) -> list[Out]:
        """The messages for one update, in order; none where nothing is to be said."""
        incoming = waiting.incoming
        chat = await run_in_threadpool(store.chat_of, self._db, store.key_of(self._db, incoming.chat))
        asked = Asked(incoming, chat, now)
        outs = await _HANDLERS.get(incoming.kind, Answering._unread)(self, asked)
        if outs and late(waiting, now):
            return [*await self._sorry(asked), *outs]
        return outs

    def gave_up(self) -> list[Out]:
        """The apology for an update that we cannot deal with."""
        return said(say(WORDS, "could_not", phone=self._office.phone))

    async def _text(self, asked: Asked) -> list[Out]:
        outs = await self._turn(asked, Typed(asked.incoming.text))
        return outs if asked.chat else [*outs, *said(say(WORDS, "first_time"))]

    async def _command(self, asked: Asked) -> list[Out]:
        name = asked.incoming.name
        if name == "start":
            return await self._start(asked)
        if name == "help":
            return helped()
        if name == "delete":
            keyboard = ((say(WORDS, "delete_yes"), DELETE_YES), (say(WORDS, "delete_no"), DELETE_NO))
            return said(say(WORDS, "delete_ask"), keyboard)
        if name in COMMANDS:
            return await self._turn(asked, COMMANDS[name]())
        return [*said(say(WORDS, "unknown_command")), *helped()]

    async def _start(self, asked: Asked) -> list[Out]:
        """The greeting; a link from the website brings its answer with it."""
        choice = link_choice(asked.incoming.text)
        await self._touched(asked)
        outs = started(self._office, self._site, self._kept_days)
        return [*outs, *await self._turn(asked, choice)] if choice else outs

    async def _button(self, asked: Asked) -> list[Out]:
        """A pressed button goes away, so that nothing is chosen twice."""
        data, gone = asked.incoming.text, [Out("unbutton", message=asked.incoming.message)]
        if data == DELETE_YES:
            return [*gone, *await self._deleted(asked)]
        if data == DELETE_NO:
            return [*gone, *said(say(WORDS, "delete_kept"))]
        if data.startswith(RATED):
            return await self._rated(asked)
        try:
            return [*gone, *await self._turn(asked, Pressed(data.removeprefix(PRESSED)))]
        except ButtonUnknown:
            return [*gone, *said(say(WORDS, "button_gone"))]

    async def _rated(self, asked: Asked) -> list[Out]:
        """Whether an answer was useful; its other buttons stay."""
        useful, _, answer = asked.incoming.text.removeprefix(RATED).partition(":")
        rest = tuple((label, data) for label, data in asked.incoming.keyboard if not data.startswith(RATED))
        gone = [Out("unbutton", message=asked.incoming.message, keyboard=rest)]
        conversation = asked.chat.conversation if asked.chat else None
        try:
            found = conversation and await self._gateway.rate(conversation, answer, useful == "y", "telegram")
        except ConversationGone:
            found = False
        key = "button_gone" if not found else "useful_thanks" if useful == "y" else "useful_thanks_no"
        return [*gone, *said(say(WORDS, key))]

    async def _deleted(self, asked: Asked) -> list[Out]:
        if asked.chat and asked.chat.conversation:
            await self._gateway.erase(asked.chat.conversation)
        await run_in_threadpool(store.forget, self._db, store.key_of(self._db, asked.incoming.chat))
        return said(say(WORDS, "delete_done"))

    async def _contact(self, asked: Asked) -> list[Out]:
        """A telephone number is taken only where the form has asked for a detail, which it does after consent alone."""
        conversation = asked.chat.conversation if asked.chat else None
        if conversation is None or not await run_in_threadpool(store.private_next, self._db, conversation):
            return said(say(WORDS, "contact"))
        if not asked.incoming.text:
            return said(say(WORDS, "contact_not_own"))
        number = asked.incoming.text
        return await self._turn(asked, Typed(number if number.startswith(("0", "+")) else f"+{number}"))

    async def _unread(self, asked: Asked) -> list[Out]:
        """What we cannot read; words under it are read."""
        if asked.incoming.text:
            return [*said(say(WORDS, "with_caption")), *await self._turn(asked, Typed(asked.incoming.text))]
        kind = asked.incoming.kind if asked.incoming.kind in UNREAD else "unknown"
        return said(say(WORDS, f"unread_{kind}"))

    async def _edited(self, asked: Asked) -> list[Out]:
        return said(say(WORDS, "edited"))

    async def _forwarded(self, asked: Asked) -> list[Out]:
        return said(say(WORDS, "forwarded"))

    async def _flood(self, asked: Asked) -> list[Out]:
        """Said once a minute; who is in danger still reads where to ring."""
        if self._floods.take(store.key_of(self._db, asked.incoming.chat)):
            return []
        return said(f"{say(WORDS, 'too_many')} {say(WORDS, 'help_danger')}")

    async def _group(self, asked: Asked) -> list[Out]:
        """Says why and leaves; what still comes from there afterwards is let be, unless we are added again."""
        if asked.chat and asked.chat.state == LEFT and asked.incoming.name != "added":
            return []
        await self._touched(asked, state=LEFT)
        return [*said(say(WORDS, "group")), Out("leave")]

    async def _migrated(self, asked: Asked) -> list[Out]:
        await run_in_threadpool(store.move, self._db, store.key_of(self._db, asked.incoming.chat), asked.incoming.to)
        return []

    async def _blocked(self, asked: Asked) -> list[Out]:
        if asked.chat:
            await run_in_threadpool(store.close, self._db, asked.chat.key, "blocked")
        return []

    async def _unblocked(self, asked: Asked) -> list[Out]:
        if asked.chat:
            await self._touched(asked, state=store.OPEN)
        return []

    async def _turn(self, asked: Asked, words: Said) -> list[Out]:
        """One turn of the conversation; one that was deleted or has expired begins anew."""
        chat = asked.chat if asked.chat and asked.chat.conversation else await self._begin(asked)
        try:
            turn = await self._gateway.turn(str(chat.conversation), words, asked.message_id, "telegram")
        except ConversationGone:
            chat = await self._begin(asked)
            turn = await self._gateway.turn(str(chat.conversation), words, asked.message_id, "telegram")
        return rendered(turn.blocks, self._site, rate=turn.id if turn.useful == "ask" else "")

    async def _begin(self, asked: Asked) -> Chat:
        conversation = store.new_conversation_id(self._db, asked.incoming.chat)
        await self._gateway.start("telegram", conversation)
        return await self._touched(asked, conversation_id=conversation, told_seq=0, state=store.OPEN)

    async def _touched(self, asked: Asked, **changes: object) -> Chat:
        return await run_in_threadpool(lambda: store.touch(self._db, asked.incoming.chat, asked.now, **changes))

    async def _sorry(self, asked: Asked) -> list[Out]:
        """Once for a backlog, not once a message."""
        if asked.chat and asked.chat.sorry_at and asked.now - asked.chat.sorry_at < SORRY_AGAIN:
            return []
        if asked.incoming.kind != "button" or asked.incoming.text != DELETE_YES:
            await self._touched(asked, sorry_at=asked.now)
        return said(say(WORDS, "sorry_late"))


def late(waiting: Waiting, now: datetime) -> bool:
    """Whether somebody has waited for this answer longer than TELEGRAM_LATE_MINUTES."""
    since = waiting.received_at.timestamp()
    return now.timestamp() - min(waiting.incoming.at or since, since) > LATE.total_seconds()


def in_order(found: list[Waiting], now: datetime, awaited: bool) -> list[Waiting]:
    """A chat's updates as they are answered: in Telegram's order, but after a long wait the newest first.

    Args:
        awaited: the assistant had asked something; then the answers to it keep their order.
    """
    found = sorted(found, key=lambda waiting: waiting.incoming.update)
    old = [waiting for waiting in found if late(waiting, now)]
    if awaited or len(old) < 2:
        return found
    return [*reversed(old), *(waiting for waiting in found if waiting not in old)]


_HANDLERS: dict[str, Callable[[Answering, Asked], Awaitable[list[Out]]]] = {
    "text": Answering._text,
    "command": Answering._command,
    "button": Answering._button,
    "contact": Answering._contact,
    "edited": Answering._edited,
    "forwarded": Answering._forwarded,
    "flood": Answering._flood,
    "group": Answering._group,
    "migrated": Answering._migrated,
    "blocked": Answering._blocked,
    "unblocked": Answering._unblocked,
}
