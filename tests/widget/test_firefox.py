"""One whole journey in Firefox: strict policy, question, date, letter, rating, reload, deletion; axe-core in each state."""

import asyncio
import os

import pytest

from tests.office.fake_engine import FakeEngine
from tests.widget import replies as engine_replies
from tests.widget.chatting import plain
from tests.widget.conftest import AXE, Host, Server
from tests.widget.firefox import ESCAPE, FIREFOX, Firefox, firefox

POLICY = "default-src 'self'; script-src 'self' {0}; connect-src 'self' {0}"
AXE_SAYS = """() => axe.run(document, {resultTypes: ["violations"]})
  .then((found) => found.violations.map((each) => `${each.id}: ${each.nodes[0].html}`).join("\\n"))"""
PRINTED = """() => { window.print = () => { top.printed = document.body.innerText; }; }"""
FOCUSED = "() => document.querySelector('send-desk').shadowRoot.activeElement.textContent"


@pytest.mark.skipif(
    not FIREFOX and os.environ.get("REQUIRE_FIREFOX") != "1",
    reason="Firefox is not installed (Debian package firefox-esr; or set FIREFOX).",
)
def test_a_whole_journey_in_firefox(host: Host, office: Server, engine: FakeEngine) -> None:
    async def body() -> None:
        async with firefox() as browser:
            await browser.call("script.addPreloadScript", functionDeclaration=PRINTED)
            await browser.goto(host.add("firefox", plain(office.url), POLICY.format(office.url)))
            await browser.click(".launcher")
            await asks(browser, "they refused", "You can appeal.")
            await rates(browser)
            await asks(browser, "work out my dates", "11 January 2027")
            await browser.sees("svg.picture g.mark")
            await asks(browser, "write the letter", "Still to fill in")
            await prints(browser)
            await reloads(browser)
            await closes(browser)
            await deletes(browser)

    asyncio.run(body())
    assert [body["text"] for body in engine.seen] == ["they refused", "work out my dates", "write the letter"]
    assert len(engine.erased) == 1


async def asks(browser: Firefox, words: str, answer: str) -> None:
    """Types and sends, with the button: a Firefox without a screen says that it has no mouse, so Enter is a new line."""
    await browser.click("textarea")
    await browser.type(words)
    await browser.click(".send")
    await browser.sees(".turns > .turn.assistant", answer)
    assert await browser.js(FOCUSED) == "Send"
    assert await browser.js(f"() => {{ if (!window.axe) {{ {AXE} }} return ''; }}") == ""
    assert await browser.js(AXE_SAYS) == ""


async def rates(browser: Firefox) -> None:
    await browser.click(".useful button", "Yes")
    await browser.sees(".useful", "Thank you.")


async def prints(browser: Firefox) -> None:
    """Nothing but the letter."""
    await browser.click(".letter button", "Print the letter")
    printed = await browser.until("() => window.printed")
    assert printed.startswith(str(engine_replies.LETTER["paragraphs"][0])) and "Our own words" not in printed


async def reloads(browser: Firefox) -> None:
    await browser.call("browsingContext.reload", context=browser.tab, wait="complete")
    await browser.click(".launcher")
    await browser.sees(".turn.parent", "write the letter")
    await browser.sees(".useful", "You have told us")


async def closes(browser: Firefox) -> None:
    """Escape; the focus goes back to the button that opened."""
    await browser.type(ESCAPE)
    await browser.sees(".launcher", "Ask SEND Desk")
    assert await browser.js(FOCUSED) == "Ask SEND Desk"
    await browser.click(".launcher")  # keys sent by a program press no button in Firefox, not even a page's own


async def deletes(browser: Firefox) -> None:
    await browser.click(".head button", "Menu")
    await browser.click(".menu button", "Delete this conversation")
    await browser.click(".ask button", "Delete it")
    await browser.sees(".status-line", "has been deleted")
    assert (
        await browser.js("() => document.querySelector('send-desk').shadowRoot.querySelectorAll('.turn.parent').length")
        == 0
    )
