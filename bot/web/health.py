"""Health: `/healthz` says that the office is alive, `/readyz` whether it can serve, check by check."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.engine_client import EngineDown
from bot.knowledge.entries import entries
from bot.knowledge.review import past_review
from bot.law.calendar import calendar
from bot.web.access import Access, guarded
from bot.web.office import OfficeState, office

WARN_MONTHS = 6  # a new list of bank holidays is published well within this

Check = dict[str, Any]


def routes() -> list[Route]:
    """The two health pages."""
    return [guarded("/healthz", alive, Access.PUBLIC), guarded("/readyz", ready, Access.PUBLIC)]


async def alive(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """Every check by name; 503 when one fails."""
    checks = {name: await _safely(check, office(request)) for name, check in CHECKS.items()}
    if channel := getattr(request.app.state, "telegram", None):
        checks["telegram"] = await channel.health()
    whole = all(check["ok"] for check in checks.values())
    return JSONResponse({"ready": whole, "checks": checks}, 200 if whole else 503)


async def _safely(check: Callable[[OfficeState], Awaitable[Check]], state: OfficeState) -> Check:
    """A check that breaks has failed; the kind of error is told, its text is not."""
    try:
        return await check(state)
    except Exception as error:
        return {"ok": False, "error": type(error).__name__}


async def _database(state: OfficeState) -> Check:
    """Reads, and names the migration it stands at."""

    def version() -> str:
        with state.db.read_scope() as session:
            return str(session.scalar(text("SELECT version_num FROM alembic_version")))

    return {"ok": True, "migration": await run_in_threadpool(version)}


async def _engine(state: OfficeState) -> Check:
    try:
        told = await state.gateway.engine.ready()
    except EngineDown as error:
        return {"ok": False, "error": str(error)}
    return {"ok": told["ready"] is True, "model": told.get("model"), "tracker_store": told.get("tracker_store")}


async def _knowledge(state: OfficeState) -> Check:
    """Entries past their review are held one by one: that is a warning, not a failure."""
    found = await run_in_threadpool(entries)
    past = len(past_review(found.values(), state.today()))
    return {"ok": bool(found), "entries": len(found), "past_review": past, "warning": past > 0}


async def _calendar(state: OfficeState) -> Check:
    """How far bank holidays are known; warns half a year ahead, fails when they have run out."""
    today = datetime.now(UTC).date()
    known = calendar()
    months = known.months_left(today)
    return {"ok": known.reach > today, "reach": known.reach.isoformat(), "warning": months < WARN_MONTHS}


CHECKS: dict[str, Callable[[OfficeState], Awaitable[Check]]] = {
    "database": _database,
    "engine": _engine,
    "knowledge": _knowledge,
    "calendar": _calendar,
}
