"""Seen only by who can see it; "was this useful?"; a letter printed alone."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.limits import EVENT_WATCH_SECONDS
from bot.store import learning
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine
from tests.widget import replies as engine_replies
from tests.widget.chatting import announcements, heard, launcher, plain, replies, say, to_the_review, visit
from tests.widget.conftest import Host, Server
from tests.widget.test_journeys import caseworker_writes

Axe = Callable[[Page], list[str]]
SEEN = "**/chat/v1/seen"


@pytest.fixture
def noted(page: Page) -> list[int]:
    """The numbers that a page told the office it had shown."""
    found: list[int] = []
    page.on(
        "request", lambda request: found.append(request.post_data_json["seq"]) if "/v1/seen" in request.url else None
    )
    return found


def test_a_closed_widget_fetches_a_reply_and_does_not_say_that_it_was_seen(
    page: Page, host: Host, office: Server, engine: FakeEngine, noted: list[int]
) -> None:
    to_the_review(visit(page, host, office))
    page.goto("about:blank")
    caseworker_writes(office.app.state.office, "We have rung the council.")
    page.goto(host.server.url + "/plain")
    opener = page.get_by_role("button", name="Ask SEND Desk, new message")
    opener.wait_for()
    expect(page.locator(".turn.caseworker")).to_have_count(1)
    assert noted == []
    with page.expect_response(SEEN) as answer:
        opener.click()
    assert answer.value.status == 204 and noted == [5]


def test_an_open_panel_sees_a_reply_as_it_comes_and_says_so_once(
    page: Page, host: Host, office: Server, engine: FakeEngine, noted: list[int]
) -> None:
    to_the_review(visit(page, host, office))
    with page.expect_response(SEEN):
        caseworker_writes(office.app.state.office, "We have rung the council.")
    say(page, "thank you")
    assert noted == [5]


def test_a_panel_in_a_tab_behind_another_has_not_been_seen(
    page: Page, host: Host, office: Server, engine: FakeEngine, noted: list[int]
) -> None:
    to_the_review(visit(page, host, office))
    behind(page, True)
    caseworker_writes(office.app.state.office, "We have rung the council.")
    page.wait_for_timeout(1000 * EVENT_WATCH_SECONDS + 500)  # longer than the office takes to tell a page of it
    assert noted == []
    with page.expect_response(SEEN):
        behind(page, False)
    expect(page.locator(".turn.caseworker")).to_have_count(1)


def behind(page: Page, hidden: bool) -> None:
    """As if another tab were put in front of this one, or taken away."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_seen_mark_that_was_lost_on_the_line_is_told_again(
    page: Page, host: Host, office: Server, engine: FakeEngine, noted: list[int]
) -> None:
    to_the_review(visit(page, host, office))
    page.route(SEEN, lambda route: route.abort())
    with page.expect_request(SEEN):
        caseworker_writes(office.app.state.office, "We have rung the council.")
    expect(page.locator(".turn.caseworker")).to_have_count(1)
    page.unroute(SEEN)
    with page.expect_response(SEEN):
        say(page, "thank you")
    assert noted == [5, 5]


def test_an_answer_can_be_rated_once_and_the_thanks_are_heard(
    page: Page, host: Host, office: Server, engine: FakeEngine, axe: Axe
) -> None:
    db = office.app.state.office.db
    yes, no = counted(db)
    answer = say(visit(page, host, office), "they refused")
    group = answer.get_by_role("group", name="Was this useful?")
    announcements(page)
    group.get_by_role("button", name="No", exact=True).click()
    expect(answer.locator(".useful")).to_contain_text("The people who write the answers will look at this one.")
    expect(group.get_by_role("button", name="No (your choice)")).to_be_focused()
    expect(group.get_by_role("button", name="Yes")).to_have_attribute("aria-disabled", "true")
    assert len(heard(page)) == 1 and heard(page)[0].startswith("Thank you.")
    group.get_by_role("button", name="Yes").click(force=True)
    assert axe(page) == []
    page.reload()
    launcher(page).click()
    expect(replies(page).first.locator(".useful")).to_have_text("You have told us whether this was useful. Thank you.")
    assert counted(db) == (yes, no + 1)
    assert len(engine.seen) == 1


def counted(db: Database) -> tuple[int, int]:
    """How often the answer of the small engine was useful and not; all tests share one office."""
    found = learning.feedback(db, date(2026, 1, 1))
    return next(((one.yes, one.no) for one in found if one.entry == "refusal-to-assess"), (0, 0))


def test_only_an_answer_is_asked_about_and_a_line_that_drops_can_be_tried_again(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    expect(say(page, "not sure").locator(".useful")).to_have_count(0)
    answer = say(page, "they refused")
    page.route("**/chat/v1/useful", lambda route: route.abort())
    answer.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator(".status-line")).to_contain_text("That did not reach us.")
    page.unroute("**/chat/v1/useful")
    answer.get_by_role("button", name="Yes", exact=True).click()
    expect(answer.locator(".useful")).to_contain_text("Thank you.")


PRINTED = """
window.print = () => {
  const style = getComputedStyle(document.body.querySelector("p"));
  top.printed = {text: document.body.innerText, alone: window !== top, font: style.fontFamily, mark: document.querySelectorAll("mark").length};
};
"""


@pytest.mark.parametrize("policy", [None, "default-src 'self'; script-src 'self' OFFICE; connect-src 'self' OFFICE"])
def test_a_letter_is_printed_alone_even_under_a_strict_policy(
    context: BrowserContext, page: Page, host: Host, office: Server, engine: FakeEngine, policy: str | None
) -> None:
    context.add_init_script(PRINTED)
    page.goto(host.add("paper", plain(office.url), policy and policy.replace("OFFICE", office.url)))
    launcher(page).click()
    letter = say(page, "write the letter")
    letter.get_by_role("button", name="Print the letter").click()
    page.wait_for_function("() => window.printed")
    printed = page.evaluate("() => window.printed")
    for words in engine_replies.LETTER["paragraphs"]:
        assert str(words) in printed["text"]
    assert "Our own words" not in printed["text"] and "write the letter" not in printed["text"]
    assert printed["alone"] and "Georgia" in printed["font"] and printed["mark"] == 2


def test_a_letters_own_page_prints_nothing_else(page: Page, office: Server, engine: FakeEngine) -> None:
    page.route("**/widget/**", lambda route: route.abort())
    page.goto(f"{office.url}/chat")
    page.get_by_label("Your message").fill("write the letter")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Open the letter alone, to print it").click()
    page.emulate_media(media="print")
    shown = page.locator("body").evaluate("(body) => body.innerText.trim()")
    assert shown.startswith("Dear Sir or Madam") and shown.endswith("[your name]")
