"""The inbox in a browser: the main job counted in pages, keyboard alone, no scripts, axe-core, small and enlarged pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bot.cases import replies
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import User
from bot.web.accounts import add_user, has_users
from bot.web.app import create_app
from bot.web.inbox.evidence import CHARTS
from tests.browser import chromium
from tests.inbox.making import Made, summary
from tests.services import free_port
from tests.widget.conftest import Server, axe, watch

__all__ = ["axe", "chromium"]
EMAIL, PASSWORD = "browser@example.org", "a long enough password"
MOST_LOADS = 6
PATIENCE = 30_000  # milliseconds; the office looks every five seconds, and shared cores can be slow


@pytest.fixture
def desk(settings: Settings, db: Database) -> Iterator[Server]:
    """A running office with a manager."""
    if not has_users(db):
        add_user(db, EMAIL, PASSWORD, "manager")
    server = Server(lambda: create_app(replace(settings, port=free_port())), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def reference(desk: Server, db: Database) -> str:
    """A case waiting in the queue; others around it."""
    with db.read_scope() as session:
        worker = session.query(User).one().id
    made = Made(db, worker)
    for _ in range(30):
        made.case(urgency=3, due_on=None, summary=summary({}, deadlines=[]))
    return made.case(made.conversation(), safeguarding=True, urgency=0)


def log_in(tab: Page, desk: Server, to: str = "**/inbox") -> None:
    tab.goto(f"{desk.url}/inbox/login")
    tab.get_by_label("E-mail address").fill(EMAIL)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url(to)


def counted(context: BrowserContext) -> list[str]:
    """The pages that a context shows, redirects counted as the page they lead to."""
    seen: list[str] = []
    context.on(
        "response", lambda r: seen.append(r.url) if r.request.is_navigation_request() and r.status < 300 else None
    )
    return seen


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_new_case_to_the_first_reply_in_at_most_six_pages(
    chromium: Browser, desk: Server, db: Database, reference: str, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts)
    loads = counted(context)
    tab = context.new_page()
    log_in(tab, desk)
    tab.get_by_role("link", name=reference).click()
    tab.get_by_role("button", name="Take this case").click()
    tab.get_by_label("Your reply").fill("Thank you. We have asked the council for a date.")
    tab.get_by_role("button", name="Send reply").click()
    tab.get_by_text("Waiting for the parent to return").wait_for()
    assert [reply.text for reply in replies.replies(db, reference)] == [
        "Thank you. We have asked the council for a date."
    ]
    assert len(loads) <= MOST_LOADS, loads
    context.close()


def test_the_main_job_by_keyboard_alone(chromium: Browser, desk: Server, db: Database, reference: str) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(f"{desk.url}/inbox/login")
    reach(tab, "email")
    tab.keyboard.type(EMAIL)
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/inbox")
    reach(tab, reference)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{reference}")
    reach(tab, "reply")
    tab.keyboard.type("Thank you for writing.")
    reach(tab, "Send reply")
    tab.keyboard.press("Enter")
    tab.get_by_text("Waiting for the parent to return").wait_for()
    context.close()


def reach(tab: Page, wanted: str) -> None:
    """Presses Tab until the control with this id or text has the focus, and the focus can be seen."""
    for _ in range(120):
        tab.keyboard.press("Tab")
        found = tab.evaluate("() => [document.activeElement.id, document.activeElement.textContent.trim()]")
        if wanted in found:
            return
    raise AssertionError(f"{wanted} was not reached by keyboard")


def test_the_first_tab_stop_leads_past_the_navigation(chromium: Browser, desk: Server, reference: str) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    log_in(tab, desk)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    context.close()


def test_axe_finds_nothing_on_any_page(
    chromium: Browser, desk: Server, reference: str, axe: Callable[[Page], list[str]]
) -> None:
    context = chromium.new_context()
    tab, errors = context.new_page(), []
    watch(tab, errors)
    tab.goto(f"{desk.url}/inbox/login")
    assert axe(tab) == [], "login"
    log_in(tab, desk)
    for path in PATHS:
        tab.goto(desk.url + path.replace("{reference}", reference))
        for folded in tab.locator("details:not([open]) > summary").all():
            if folded.is_visible():
                folded.click()
        assert axe(tab) == [], path
    tab.get_by_role("button", name="Log out")
    assert errors == []
    context.close()


PATHS = [
    "/inbox", "/inbox?q=nobody&view=done", "/inbox/cases/{reference}", "/inbox/cases/{reference}?done=assign",
    "/inbox/cases/{reference}/letters/mp-overdue-plan", "/inbox/answers/ehcna-six-weeks", "/inbox/account",
    "/inbox/account/second-factor", "/inbox/evidence", "/inbox/running", "/inbox/running/log", "/inbox/running/users",
]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 320)])
def test_no_page_needs_scrolling_in_two_directions(
    chromium: Browser, desk: Server, reference: str, width: int, height: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": height})
    tab = context.new_page()
    log_in(tab, desk)
    for path in PATHS:
        tab.goto(desk.url + path.replace("{reference}", reference))
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_every_chart_of_the_evidence_is_drawn_and_has_its_table_beside_it(
    chromium: Browser, desk: Server, reference: str
) -> None:
    context = chromium.new_context()
    tab, errors = context.new_page(), []
    watch(tab, errors)
    log_in(tab, desk)
    tab.goto(f"{desk.url}/inbox/evidence")
    charts = tab.locator("main img").all()
    assert len(charts) == len(CHARTS)
    for chart in charts:
        chart.scroll_into_view_if_needed()
        chart.evaluate("image => image.decode()")
        assert chart.evaluate("image => image.naturalWidth") > 200
        assert chart.locator("xpath=..").locator("table").count() == 1
    assert errors == []
    context.close()


@pytest.fixture
def later(db: Database, reference: str) -> Made:
    """Makes cases that come in while somebody looks."""
    with db.read_scope() as session:
        return Made(db, session.query(User).one().id, number=1000)


def test_a_new_case_appears_without_reloading(chromium: Browser, desk: Server, later: Made) -> None:
    context = chromium.new_context()
    tab, errors = context.new_page(), []
    watch(tab, errors)
    log_in(tab, desk)
    tab.mouse.move(1, 1)
    loads = counted(context)
    one = later.case(now=datetime.now(UTC), urgency=0)
    tab.get_by_role("link", name=one).wait_for(timeout=PATIENCE)
    assert "New cases came in at" in (tab.locator("#live").text_content() or "")
    assert tab.get_by_role("heading", level=1).text_content() == "All open 32"
    assert tab.title().startswith("All open (32)")
    two = later.case(now=datetime.now(UTC), urgency=0)
    tab.get_by_role("link", name=two).wait_for(timeout=PATIENCE)
    assert loads == [] and errors == []
    context.close()


def test_nothing_moves_under_a_pointer_or_a_focus(chromium: Browser, desk: Server, later: Made, reference: str) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    log_in(tab, desk)
    tab.get_by_role("link", name=reference).hover()
    one = later.case(now=datetime.now(UTC), urgency=0)
    tab.get_by_text("New cases came in at").wait_for(timeout=PATIENCE)
    tab.get_by_role("heading", name="All open 32").wait_for(timeout=PATIENCE)
    assert tab.get_by_role("link", name=one).count() == 0
    tab.get_by_role("link", name=reference).focus()
    tab.mouse.move(1, 1)
    assert tab.get_by_role("link", name=one).count() == 0
    tab.locator("#q").focus()
    tab.get_by_role("link", name=one).wait_for()
    context.close()


def test_a_case_that_came_in_before_the_page_listened_is_told_too(chromium: Browser, desk: Server, later: Made) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    tab.route("**/inbox/live*", lambda route: (later.case(now=datetime.now(UTC)), route.continue_()))
    log_in(tab, desk)
    tab.get_by_text("New cases came in at").wait_for(timeout=PATIENCE)
    context.close()
