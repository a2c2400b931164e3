"""The office as one Starlette application: its routes, what stands in front of them, and how errors are answered."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.cases import delivery, index, reply_mail
from bot.cases.delivery_settings import DeliverySettings
from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway
from bot.channels.observed import ObservedGateway
from bot.channels.telegram.service import TelegramService
from bot.channels.telegram.settings import TelegramSettings
from bot.limits import INDEX_SECONDS, TIDY_SECONDS
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store.engine import Database
from bot.web import answers, case_page, chat_api, chat_page, health, inbox, metrics_page
from bot.web import telegram as telegram_webhook
from bot.web.access import assert_declared
from bot.web.counted import Counted
from bot.web.edge import BodyLimit, SecurityHeaders
from bot.web.errors import http_error, server_error
from bot.web.events import Watch
from bot.web.inbox.pages import today
from bot.web.office import STATIC, Limits, OfficeState, make_templates
from bot.web.openid import OpenId
from bot.web.openid_settings import OpenIdSettings
from bot.web.tokens import Tokens
from bot.web.widget import routes as widget

logger = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    gateway: Gateway | None = None,
    telegram: TelegramSettings | None = None,
    openid: OpenIdSettings | None = None,
) -> Starlette:
    """The office's application. It opens the database of the settings; `gateway` stands in for its own in tests.

    `telegram` turns that channel on, `openid` signing in through the organisation's own accounts.

    Raises:
        bot.web.access.UndeclaredRoute: when a route has no access rule.
    """
    db = Database.from_settings(settings)
    metrics = Metrics()
    gateway = gateway or ObservedGateway(db, settings, EngineClient(settings), metrics)
    state = OfficeState(
        settings, db, gateway, Tokens(settings.keys.session), Limits.fresh(settings.turns_a_minute), make_templates(settings), Watch(db),
        openid=OpenId(openid, settings.public_url + inbox.PROVIDER_BACK) if openid else None,
    )  # fmt: skip
    channel = TelegramService(settings, telegram, db, gateway) if telegram else None
    app = Starlette(
        routes=[*all_routes(settings), *telegram_webhook.routes(channel)],
        middleware=[Middleware(BodyLimit)],
        exception_handlers={HTTPException: http_error, Exception: server_error},
        lifespan=lambda app: _lifespan(state, channel),
    )
    app.state.office, app.state.metrics = state, metrics
    app.state.telegram = channel
    # Outermost, around Starlette's own handler of errors, so that error pages carry the headers too.
    app.middleware_stack = Counted(SecurityHeaders(app.build_middleware_stack(), settings), metrics)
    return app


def all_routes(settings: Settings) -> list[BaseRoute]:
    """Every route, each with its access rule."""
    found: list[BaseRoute] = [
        chat_api.routes(settings),
        *chat_page.routes(),
        *answers.routes(),
        *case_page.routes(),
        *widget.routes(settings),
        *inbox.routes(),
        *health.routes(),
        *metrics_page.routes(),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]
    assert_declared(found)
    return found


@asynccontextmanager
async def _lifespan(state: OfficeState, channel: TelegramService | None) -> AsyncIterator[None]:
    """Tidies up from time to time while the office runs; closes what was opened when it stops."""
    indexing = asyncio.create_task(_index(state.db))
    tidying = asyncio.create_task(_tidy(state.gateway))
    delivering = asyncio.create_task(_deliver(state))
    if channel:
        await channel.start()
    try:
        yield
    finally:
        if channel:
            await channel.stop()
        tidying.cancel()
        indexing.cancel()
        delivering.cancel()
        await asyncio.gather(tidying, indexing, delivering, return_exceptions=True)
        await state.gateway.close()
        state.db.close()


async def _tidy(gateway: Gateway) -> None:
    """Once at the start, then every TIDY_SECONDS; an error is logged by its kind and tried again."""
    while True:
        try:
            await gateway.tidy()
        except Exception as error:
            logger.error("Tidying up failed: %s.", type(error).__name__)
        await asyncio.sleep(TIDY_SECONDS)


async def _deliver(state: OfficeState) -> None:
    """Mails and webhook calls of cases, and replies by e-mail, where the office has set them up; without that nothing is claimed."""
    settings = DeliverySettings.from_environment()
    found = delivery.ways(state.db, settings, state.settings.public_url)
    if settings.mail is not None:
        found[reply_mail.KIND] = reply_mail.by_mail(state.db, settings.mail, state.settings.office.name)
    if found:
        await delivery.work(state.db, found)


async def _index(db: Database) -> None:
    """Keeps the inbox's search and the legal clock of the queue up to date; an error is logged by its kind."""
    while True:
        try:
            while await run_in_threadpool(index.catch_up, db, today()):
                await asyncio.sleep(0.05)  # so that whoever waits to write gets a turn
        except Exception as error:
            logger.error("Indexing cases failed: %s.", type(error).__name__)
        await asyncio.sleep(INDEX_SECONDS)
