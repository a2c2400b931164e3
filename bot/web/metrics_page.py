"""`/metrics` for Prometheus: refused unless asked with the token, or from this machine on an installation not yet public."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.engine_client import EngineDown
from bot.knowledge.entries import entries
from bot.law.calendar import calendar
from bot.metrics import Metrics
from bot.store.outbox_counts import outbox_counts
from bot.web.access import Access, guarded
from bot.web.office import OfficeState, office


def routes() -> list[Route]:
    """The one page."""
    return [guarded("/metrics", show_metrics, Access.METRICS)]


async def show_metrics(request: Request) -> Response:
    """All figures; those that are looked up are looked up now."""
    state, metrics = office(request), request.app.state.metrics
    await asyncio.gather(_engine(state, metrics), _database(state, metrics), run_in_threadpool(_content, metrics))
    return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _engine(state: OfficeState, metrics: Metrics) -> None:
    try:
        told = await state.gateway.engine.ready()
    except EngineDown:
        told = {"ready": False}
    for name, ready in told.get("engines", {"1": told["ready"]}).items():
        metrics.engine_ready.labels(name).set(bool(ready))


async def _database(state: OfficeState, metrics: Metrics) -> None:
    try:
        metrics.show_outbox(await run_in_threadpool(outbox_counts, state.db, datetime.now(UTC)))
        metrics.database_up.set(1)
    except SQLAlchemyError:
        metrics.database_up.set(0)


def _content(metrics: Metrics) -> None:
    """How far the calendar and the reviews of the answers reach."""
    today = datetime.now(UTC).date()
    metrics.calendar_days.set((calendar().reach - today).days)
    current = [entry for entry in entries().values() if not entry.held(today)]
    metrics.held.set(len(entries()) - len(current))
    if current:
        ends = (min(entry.review_by, entry.valid_until or entry.review_by) for entry in current)
        metrics.review_days.set((min(ends) - today).days)
