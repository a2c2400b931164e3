"""Running the office, for managers: switches, outbox, content due for review, gaps, users, the log and its check."""

import secrets
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases import office_log, outbox, switches
from bot.cases.delivery_settings import DeliverySettings
from bot.cases.gaps import asked, due_for_review, least_useful, near
from bot.store.engine import Database
from bot.web import accounts, second_factor
from bot.web.accounts import AccountError
from bot.web.inbox.pages import now, page, today
from bot.web.office import office

_MOST_ROWS = 50


async def show_running(request: Request) -> Response:
    """The page."""
    return await _page(request)


async def do_switch(request: Request) -> Response:
    """Switches a part off or on."""
    form = await request.form()
    part, reason, staff = str(form.get("part", "")), str(form.get("reason", "")), request.state.staff
    try:
        if form.get("to") == "on":
            await run_in_threadpool(switches.switch_on, office(request).db, part, staff.id, now())
        else:
            await run_in_threadpool(switches.switch_off, office(request).db, part, reason, staff.id, now())
    except switches.SwitchError as error:
        return await _page(request, str(error), 422)
    return RedirectResponse("/inbox/running?done=switch", 303)


async def do_retry(request: Request) -> Response:
    """Puts an outbox row back to be delivered."""
    row = request.path_params["row"]

    def again(db: Database) -> None:
        if outbox.retry(db, row, now()):
            office_log.record(db, request.state.staff.id, "outbox_retried", {"row": row[:32]}, now())

    await run_in_threadpool(again, office(request).db)
    return RedirectResponse("/inbox/running?done=retry", 303)


async def show_log(request: Request) -> Response:
    """The office's own log, and what a check of every chain finds."""

    def read(db: Database) -> dict[str, object]:
        names = {user.id: user.email for user in accounts.everybody(db)}
        return {"events": office_log.latest(db), "people": names, "checked": None}

    return page(request, "log.html", await run_in_threadpool(read, office(request).db))


async def check_log(request: Request) -> Response:
    """Computes every chain anew."""

    def read(db: Database) -> dict[str, object]:
        names = {user.id: user.email for user in accounts.everybody(db)}
        checked = office_log.check(db)
        told = {"events": checked.events, "broken": len(checked.broken)}
        office_log.record(db, request.state.staff.id, "chains_checked", told, now())
        return {"events": office_log.latest(db), "people": names, "checked": checked}

    return page(request, "log.html", await run_in_threadpool(read, office(request).db))


async def show_users(request: Request) -> Response:
    """Every account."""
    return await _users(request)


async def do_user(request: Request) -> Response:
    """Adds an account, or changes one; a new password is shown once, on this page alone."""
    form = await request.form()
    deed, email = str(form.get("deed", "")), str(form.get("email", "")).strip()[:254]
    role = str(form.get("role", "caseworker"))
    try:
        password = await run_in_threadpool(_do_user, office(request).db, request.state.staff, deed, email, role)
    except AccountError as error:
        return await _users(request, problem=str(error), status=422)
    if password:
        return await _users(request, password=(email, password))
    return RedirectResponse("/inbox/running/users?done=user", 303)


def _do_user(db: Database, staff: accounts.Staff, deed: str, email: str, role: str) -> str | None:
    """The deed with its line in the log, which names the account by its id."""
    password = secrets.token_urlsafe(15) if deed in ("add", "reset") else None
    if email.lower() == staff.email and deed != "reset":
        raise AccountError("Another manager has to change your own account.")
    if deed == "add":
        accounts.add_user(db, email, password or "", role)
    elif deed == "reset":
        accounts.set_password(db, email, password or "")
    elif deed == "role":
        accounts.set_role(db, email, role)
    elif deed == "disable":
        accounts.disable_user(db, email)
    elif deed == "second-factor":
        second_factor.remove(db, _user_id(db, email))
    else:
        raise AccountError("Choose what to do.")
    office_log.record(db, staff.id, f"user_{deed}", {"user": _user_id(db, email), "role": role}, now())
    return password


def _user_id(db: Database, email: str) -> str:
    found = next((user.id for user in accounts.everybody(db) if user.email == email.lower()), None)
    if found is None:
        raise AccountError(f"There is no account for {email}.")
    return found


async def _users(
    request: Request, problem: str = "", status: int = 200, password: tuple[str, str] | None = None
) -> Response:
    users = await run_in_threadpool(accounts.everybody, office(request).db)
    context = {"users": users, "roles": accounts.ROLES, "problem": problem, "password": password}
    return page(request, "users.html", context, status)


def _outbox(db: Database) -> dict[str, object]:
    """What needs a person, and how many rows only wait their turn."""
    rows = outbox.stuck(db)
    trouble = [row for row in rows if row.state in ("failed", "held", "unsure") or row.last_error]
    return {
        "stuck": trouble[:_MOST_ROWS],
        "more": max(0, len(trouble) - _MOST_ROWS),
        "waiting": len(rows) - len(trouble),
        "delivers": _delivers(),
    }


@lru_cache(maxsize=1)
def _delivers() -> bool:
    """Whether notices of cases leave this office at all; read once, as all settings are."""
    ways = DeliverySettings.from_environment()
    return ways.mail is not None or ways.webhook is not None


async def _page(request: Request, problem: str = "", status: int = 200) -> Response:
    threshold = office(request).settings.suppress_below

    def read(db: Database) -> dict[str, object]:
        return {
            "threshold": threshold,
            "off": switches.off(db),
            "parts": switches.PARTS,
            **_outbox(db),
            "due": due_for_review(today()),
            "asked": asked(db, now(), threshold),
            "near": near(db, today()),
            "useful": least_useful(db, today()),
        }

    return page(
        request, "running.html", {**await run_in_threadpool(read, office(request).db), "problem": problem}, status
    )
