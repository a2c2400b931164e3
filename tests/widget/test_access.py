"""For everyone: axe-core in every state, keyboard alone, what a screen reader hears, the focus and what is typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.office.fake_engine import FakeEngine
from tests.widget.chatting import (
    announcements,
    box,
    heard,
    held,
    launcher,
    plain,
    press,
    replies,
    say,
    to_the_review,
    visit,
)
from tests.widget.conftest import Host, Server, watch

Axe = Callable[[Page], list[str]]


@pytest.mark.parametrize("look", ["light", "dark", "forced"])
def test_axe_finds_nothing_in_any_state(
    chromium: Browser, errors: list[str], host: Host, office: Server, engine: FakeEngine, axe: Axe, look: str
) -> None:
    context = chromium.new_context(
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced" else "none",
        reduced_motion="reduce",
    )
    page = context.new_page()
    watch(page, errors)
    page.goto(host.add("plain", plain(office.url)))
    launcher(page).wait_for()
    assert axe(page) == [], "closed"
    launcher(page).click()
    assert axe(page) == [], "open"
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Delete this conversation").click()
    assert axe(page) == [], "asked before deleting"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Menu").click()
    for words in ("they refused", "work out my dates", "write the letter", "not sure", "danger", "arabic"):
        reply = say(page, words)
        for summary in reply.locator("summary").all():
            summary.click()
        assert axe(page) == [], words
    press_all_of_the_case(page, axe)
    page.get_by_role("button", name="Larger text").click()
    assert axe(page) == [], "larger text"
    context.set_offline(True)
    box(page).fill("no line")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".status-line")).to_be_visible()
    assert axe(page) == [], "trying again"
    context.close()
    assert errors == []


def press_all_of_the_case(page: Page, axe: Axe) -> None:
    to_the_review(page)
    assert axe(page) == [], "review"
    press(page, "Send it to the office")
    assert axe(page) == [], "reference"


@pytest.mark.parametrize("path", ["/chat", "/chat/frame"])
def test_axe_finds_nothing_on_the_offices_own_pages(
    page: Page, office: Server, engine: FakeEngine, axe: Axe, path: str
) -> None:
    page.goto(office.url + path)
    say(page, "they refused")
    assert axe(page) == []


def test_a_whole_journey_by_keyboard_alone(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    page.goto(host.add("plain", plain(office.url)))
    launcher(page).wait_for()
    page.keyboard.press("Tab")
    expect(launcher(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("they refused")
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    assert engine.seen[0]["text"] == "first line\nthey refused"
    expect(box(page)).to_be_focused()
    back_to(page, "Write the letter", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(2)
    expect(page.get_by_role("button", name="Write the letter (your choice)")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("send-desk .panel")).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def back_to(page: Page, name: str, key: str) -> None:
    """Presses a key until a button has the focus."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("() => document.querySelector('send-desk').shadowRoot.activeElement.textContent") == name:
            return
    raise AssertionError(f"{name} cannot be reached with {key}")


def test_escape_closes_the_question_then_the_menu_then_the_panel(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Start a new conversation").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Start a new conversation")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()


def test_the_focus_can_leave_the_panel_for_the_page(page: Page, host: Host, office: Server) -> None:
    page.goto(host.add("after", plain(office.url).replace("</body>", '<a id="after" href="/x">After</a></body>')))
    launcher(page).click()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "after":
            return
    raise AssertionError("the focus is trapped")


def test_each_new_message_is_heard_once_and_the_live_region_is_empty_again(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    announcements(page)
    say(page, "they refused")
    expect(page.locator("[aria-live]")).to_be_empty()
    assert heard(page) == [
        "SEND Desk: The council can say no, but it must say why. You can appeal. You have two months from the date on the letter. What to do now. "
        "Check the date on the letter. Ask for mediation advice within two months. Send the appeal. "
        "What next? You can choose: Work out my date; Write the letter; Talk to the office."
    ]
    say(page, "write the letter")
    assert heard(page)[1:] == [
        "SEND Desk: Here is the letter. Check it before you send it. Asking for an assessment. Your letter is ready to read. Download the letter (Word)."
    ]


def test_the_log_itself_is_not_live_and_history_is_not_read_out(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "they refused")
    page.reload()
    launcher(page).wait_for()
    announcements(page)
    launcher(page).click()
    expect(replies(page)).to_have_count(1)
    say(page, "hello")
    assert heard(page) == ["SEND Desk: You said: hello"]
    assert page.locator("send-desk [aria-live]").count() == 1
    assert page.locator("send-desk [role=log], send-desk [role=alert]").count() == 0


def test_writing_is_announced_once_while_a_reply_takes_long(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    announcements(page)
    let_go = held(page, "**/chat/v1/messages")
    box(page).fill("they refused")
    page.keyboard.press("Enter")
    expect(page.locator(".typing")).to_be_visible()
    let_go()
    expect(replies(page)).to_have_count(1)
    expect(page.locator(".typing")).to_be_hidden()
    assert [words for words in heard(page) if "writing" in words] == ["SEND Desk is writing"]


def test_a_reply_takes_neither_the_focus_nor_what_is_being_typed(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    let_go = held(page, "**/chat/v1/messages")
    box(page).fill("they refused")
    page.keyboard.press("Enter")
    page.keyboard.type("and another th")
    let_go()
    expect(replies(page)).to_have_count(1)
    page.keyboard.type("ing")
    expect(box(page)).to_have_value("and another thing")
    expect(box(page)).to_be_focused()
