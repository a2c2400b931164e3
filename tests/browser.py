"""The browser of the tests: Debian's Chromium, skipped with a reason when missing, a failure when REQUIRE_BROWSER=1."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, closed after each file: while Playwright is open, no other test of the process can run an event loop."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        except Error:
            reason = f"Chromium is not installed at {CHROMIUM} (Debian package chromium; or set CHROMIUM)."
            (pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
        yield browser
        browser.close()
