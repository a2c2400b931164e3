"""What a parent does on a page, in words the tests share."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.widget.conftest import Host, Server

KEY = "send-desk"


def plain(url: str, options: str = "", head: str = "") -> str:
    """A host page with the widget in its two lines."""
    return (
        f'<!doctype html><html lang="en"><head><title>Somebody\'s site</title><meta name="viewport" content="width=device-width, '
        f'initial-scale=1">{head}</head><body><main><h1>News</h1><p id="own">Our own words.</p></main>'
        f'<script type="module" src="{url}/widget/v1/loader.js"></script><send-desk {options}></send-desk></body></html>'
    )


def visit(page: Page, host: Host, office: Server, options: str = "", head: str = "") -> Page:
    """Goes to a host page and opens the widget."""
    page.goto(host.add("plain", plain(office.url, options, head)))
    launcher(page).click()
    return page


def launcher(page: Page) -> Locator:
    return page.get_by_role("button", name="Ask SEND Desk")


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your message")


def said(page: Page) -> Locator:
    """What the parent is shown to have said."""
    return page.locator(".turn.parent .said")


def replies(page: Page) -> Locator:
    """The assistant's turns, the welcome apart."""
    return page.locator(".turns > .turn.assistant")


def say(page: Page, text: str) -> Locator:
    """Types and sends; the reply once it is there."""
    count = replies(page).count()
    box(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(replies(page)).to_have_count(count + 1)
    return replies(page).nth(count)


def press(page: Page, name: str) -> Locator:
    """Presses one of the assistant's buttons; the reply once it is there."""
    count = replies(page).count()
    replies(page).last.get_by_role("button", name=name).first.click()
    expect(replies(page)).to_have_count(count + 1)
    return replies(page).nth(count)


def to_the_review(page: Page) -> Locator:
    """Talks to a person and agrees; the review."""
    page.get_by_role("button", name="Talk to a person", exact=True).last.click()
    expect(replies(page).last).to_contain_text("Before we start")
    return press(page, "Yes, go on")


def downloaded(page: Page, link: Locator) -> tuple[str, bytes]:
    """The name and the bytes of what a link downloads."""
    with page.expect_download() as found:
        link.click()
    return found.value.suggested_filename, Path(str(found.value.path())).read_bytes()


def kept(page: Page) -> str:
    """Everything that the browser keeps for this site, as text."""
    return str(page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"))


def announcements(page: Page) -> list[str]:
    """Starts writing down what the live region would have a screen reader say; read it again with `heard`."""
    page.evaluate(
        """() => {
          window.heard = [];
          const live = document.querySelector("send-desk").shadowRoot.querySelector("[aria-live]");
          new MutationObserver((all) => all.forEach((each) => each.addedNodes.forEach((node) => heard.push(node.textContent))))
            .observe(live, {childList: true, subtree: true, characterData: true});
        }"""
    )
    return heard(page)


def heard(page: Page) -> list[str]:
    return list(page.evaluate("() => window.heard"))


def whole(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}$")


def held(page: Page, address: str) -> Callable[[], None]:
    """Holds the first request to an address; calling the result waits until it has been made and lets it go."""
    waiting: list[Route] = []
    page.route(address, lambda route: waiting.append(route) if not waiting else route.continue_())

    def let_go() -> None:
        while not waiting:
            page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        waiting[0].continue_()

    return let_go
