"""What the browser tests share: a running office, its engine, Chromium, and pages on hosts of their own."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found however pytest was started

from playwright.sync_api import Browser, BrowserContext, Page

from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.app import create_app
from tests.browser import chromium
from tests.office.fake_engine import FakeEngine
from tests.services import free_port
from tests.widget import replies

__all__ = ["chromium"]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PATIENCE = 10_000  # milliseconds; two shared cores can be slow


class Server:
    """A Starlette application on a port of this machine, in a thread; can be stopped and started again."""

    def __init__(self, make: Callable[[], Starlette], port: int):
        self.make = make
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def start(self) -> None:
        """Returns when it listens."""
        self.app = self.make()
        config = uvicorn.Config(self.app, port=self.port, ws="none", log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Returns when the port is closed."""
        self._server.should_exit = True
        self._thread.join()


class Host:
    """Somebody else's website, with pages and policies as a test wants them."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str | None]] = {}
        self.server = Server(lambda: Starlette(routes=[Route("/{name}", self._page)]), free_port())

    def add(self, name: str, html: str, policy: str | None = None) -> str:
        """A page and its content security policy; its address."""
        self.pages[name] = (html, policy)
        return f"{self.server.url}/{name}"

    async def _page(self, request: Request) -> Response:
        if request.path_params["name"] not in self.pages:
            return Response(status_code=404)
        html, policy = self.pages[request.path_params["name"]]
        return HTMLResponse(html, headers={"Content-Security-Policy": policy} if policy else {})


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """Another site."""
    found = Host()
    found.server.start()
    yield found
    found.server.stop()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Settings:
    """An installation that the other site may use."""
    folder = tmp_path_factory.mktemp("office")
    create_missing(folder, {})
    ports = {"SEND_DESK_ENGINE_PORT": str(free_port()), "SEND_DESK_PORT": str(free_port())}
    return Settings.from_environment({"SEND_DESK_DATA": str(folder), "SEND_DESK_ORIGINS": host.server.url, **ports})


@pytest.fixture(scope="session")
def running(settings: Settings) -> Iterator[Server]:
    """The office, for the whole run."""
    database = Database.from_settings(settings)
    database.migrate()
    database.close()
    server = Server(lambda: create_app(settings), settings.port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def office(running: Server) -> Server:
    """The office with its limits at full measure: all tests come from one address."""
    limits = running.app.state.office.limits
    for limiter in (limits.new_sessions, limits.turns_by_address):
        limiter.forget("127.0.0.1")
    return running


@pytest.fixture(scope="session")
def running_engine(settings: Settings) -> Iterator[FakeEngine]:
    """The small engine, for the whole run."""
    fake = FakeEngine(settings.engine_port, settings.keys.engine)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def engine(running_engine: FakeEngine) -> FakeEngine:
    """The small engine as new."""
    running_engine.say, running_engine.status = replies.answer, 200
    running_engine.seen.clear()
    running_engine.erased.clear()
    return running_engine


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    found = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    found.set_default_timeout(PATIENCE)
    yield found
    found.close()


@pytest.fixture
def errors() -> list[str]:
    """What a page's console said went wrong; the `page` fixture fills it, and fails a test that leaves something in."""
    return []


@pytest.fixture
def page(context: BrowserContext, errors: list[str]) -> Iterator[Page]:
    """A tab. Any script error or refusal by a content security policy fails the test."""
    tab = context.new_page()
    watch(tab, errors)
    yield tab
    assert errors == []


def watch(tab: Page, errors: list[str]) -> None:
    """Notes a tab's script errors; lines that dropped on purpose are no errors."""
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on(
        "console",
        lambda said: (
            errors.append(said.text) if said.type == "error" and "Failed to load resource" not in said.text else None
        ),
    )


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Runs axe-core on a page; each violation as one line."""

    def run(tab: Page) -> list[str]:
        tab.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
        found: dict[str, Any] = tab.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary']}"
            for each in found["violations"]
        ]

    return run
