"""First open and first reply on slow 3G, beside deep-chat and rasa-webchat on the same page; median of five runs each.

The two others come from the npm registry (`npm pack`) into a temporary folder; without npm they are left out. All
files are served compressed by the same kind of server on this machine; Chromium slows the line to the figures that
its developer tools call "Slow 3G". deep-chat and rasa-webchat get no server to talk to, so only their opening is timed; rasa-webchat shows nothing without
its server, so that its figure is when its script has run.
"""

import gzip
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from benchmarks.machine import described
from benchmarks.widget_size import sizes
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.app import create_app
from tests.browser import CHROMIUM, QUIET
from tests.office.fake_engine import FakeEngine
from tests.services import free_port
from tests.widget.chatting import plain
from tests.widget.conftest import Server

RUNS = 5
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
OTHERS = {
    "deep-chat": ("deep-chat@2.4.2", "dist/deepChat.bundle.js"),
    "rasa-webchat": ("rasa-webchat@1.0.1", "lib/index.js"),
}
PAGES = {
    "deep-chat": '<script type="module" src="deep-chat.js"></script><deep-chat></deep-chat>',
    "rasa-webchat": '<div id="webchat"></div><script src="rasa-webchat.js"></script>'
    '<script>WebChat.default({selector: "#webchat", socketUrl: "", title: "Chat"}, null);</script>',
}
HEAD = '<!doctype html><html lang="en"><head><title>x</title><meta name="viewport" content="width=device-width"></head><body>'


def main() -> None:
    """Prints sizes and medians."""
    print(described())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        found = fetched(Path(folder))
        print(f"{'SEND Desk':14} {sum(sizes().values()):8,} bytes compressed")
        for name in found:
            print(f"{name:14} {len(gzip.compress((Path(folder) / f'{name}.js').read_bytes(), 9)):8,} bytes compressed")
        measure_ours(browser, Path(folder))
        measure_others(browser, Path(folder), found)
        browser.close()


def fetched(folder: Path) -> list[str]:
    """Puts each other widget's one file into the folder; the names of those that could be had."""
    if not shutil.which("npm"):
        print("npm is not installed: the other widgets are left out.")
        return []
    return [name for name, (package, path) in OTHERS.items() if one_file(folder, name, package, path)]


def one_file(folder: Path, name: str, package: str, path: str) -> bool:
    """Whether the package could be fetched and unpacked."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=False
    )
    if packed.returncode:
        print(f"{name} cannot be fetched and is left out.")
        return False
    subprocess.run(["tar", "-xzf", packed.stdout.split()[-1], f"package/{path}"], cwd=folder, check=True)
    shutil.move(folder / "package" / path, folder / f"{name}.js")
    (folder / f"{name}.html").write_text(f"{HEAD}{PAGES[name]}</body></html>", encoding="utf-8")
    return True


def measure_ours(browser: Browser, folder: Path) -> None:
    """The widget in its two lines on a host page, with the real office and an engine that answers at once."""
    create_missing(folder, {})
    pages = Server(lambda: Starlette(routes=[Mount("/", StaticFiles(directory=folder))]), free_port())
    ports = {"SEND_DESK_PORT": str(free_port()), "SEND_DESK_ENGINE_PORT": str(free_port())}
    settings = Settings.from_environment({"SEND_DESK_DATA": str(folder), "SEND_DESK_ORIGINS": pages.url, **ports})
    database = Database.from_settings(settings)
    database.migrate()
    database.close()
    engine = FakeEngine(settings.engine_port, settings.keys.engine)
    office = Server(lambda: create_app(settings), settings.port)
    (folder / "ours.html").write_text(plain(office.url), encoding="utf-8")
    for server in (engine, office, pages):
        server.start()
    timed(browser, "SEND Desk", f"{pages.url}/ours.html", open_ours, reply_ours)
    for server in (pages, office, engine):
        server.stop()


def measure_others(browser: Browser, folder: Path, names: list[str]) -> None:
    """The others on the same bare page."""
    app = Starlette(routes=[Mount("/", StaticFiles(directory=folder))], middleware=[Middleware(GZipMiddleware)])
    pages = Server(lambda: app, free_port())
    pages.start()
    opening: dict[str, Callable[[Page], None]] = {"deep-chat": open_deep_chat, "rasa-webchat": open_rasa_webchat}
    for name in names:
        timed(browser, name, f"{pages.url}/{name}.html", opening[name])
    pages.stop()


def timed(browser: Browser, name: str, url: str, *steps: Callable[[Page], None]) -> None:
    """Each step's median seconds since the visit began; every run in a fresh profile."""
    taken: list[list[float]] = [[] for _ in steps]
    for _ in range(RUNS):
        context = browser.new_context()
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_3G)
        begun = time.perf_counter()
        page.goto(url, wait_until="commit")
        for step, seconds in zip(steps, taken, strict=True):
            step(page)
            seconds.append(time.perf_counter() - begun)
        context.close()
    words = ("until one can write", "until the first reply is there")
    told = "; ".join(f"{word} {statistics.median(seconds):.1f} s" for word, seconds in zip(words, taken, strict=False))
    print(f"{name:14} slow 3G: {told}")


def open_ours(page: Page) -> None:
    page.get_by_role("button", name="Ask SEND Desk").click(timeout=90_000)
    page.get_by_role("textbox", name="Your message").wait_for()


def reply_ours(page: Page) -> None:
    page.get_by_role("textbox", name="Your message").fill("they refused to assess")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".turns > .turn.assistant").wait_for(timeout=90_000)


def open_deep_chat(page: Page) -> None:
    page.locator("#text-input").wait_for(timeout=90_000)


def open_rasa_webchat(page: Page) -> None:
    """It shows nothing before its server answers: timed until its script has run, the least it can take."""
    page.locator("#rasaWebchatPro").wait_for(state="attached", timeout=90_000)


if __name__ == "__main__":
    main()
