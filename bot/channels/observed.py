"""The gateway, measured: counts and times every turn of every channel and logs it by its id, without a word of it."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from bot.channels.engine_client import EngineClient
from bot.channels.gateway import ButtonUnknown, Channel, Chosen, Gateway, Pressed, Typed
from bot.channels.waiting import Busy
from bot.json_logs import about_turn, facts
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.transcript import ConversationGone, StoredTurn

logger = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class ObservedGateway(Gateway):
    """A gateway that tells its metrics and its log what became of each turn."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        engine: EngineClient,
        metrics: Metrics,
        now: Callable[[], datetime] = _now,
    ):
        super().__init__(db, settings, engine, now)
        self._metrics = metrics

    async def turn(
        self, conversation: str, said: Typed | Pressed | Chosen, message_id: str, channel: Channel = "web"
    ) -> StoredTurn:
        """As Gateway.turn."""
        about_turn(conversation, message_id)
        began, moment = time.perf_counter(), self._now()
        with self._metrics.queue.track_inprogress():
            try:
                turn = await super().turn(conversation, said, message_id, channel)
            except (ConversationGone, ButtonUnknown, Busy):
                raise
            except Exception as error:
                self._metrics.failures.labels(type(error).__name__, channel).inc()
                raise
        self._tell(turn, channel, time.perf_counter() - began, repeated=turn.at < moment)
        return turn

    def _tell(self, turn: StoredTurn, channel: Channel, seconds: float, repeated: bool) -> None:
        if repeated:
            self._metrics.repeats.labels(channel).inc()
            return
        self._metrics.turns.labels(turn.outcome, channel).inc()
        self._metrics.seconds.labels(channel).observe(seconds)
        told = facts(channel=channel, outcome=turn.outcome, entries=list(turn.entries), ms=round(seconds * 1000))
        asyncio.get_running_loop().call_soon(partial(logger.info, "turn", extra=told))  # once the reply is on its way
