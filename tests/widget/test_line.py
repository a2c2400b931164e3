"""The line drops, the server goes, several tabs are open: nothing is lost, nothing is doubled."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from bot.channels.waiting import Queue
from tests.office.fake_engine import FakeEngine
from tests.widget.chatting import box, kept, launcher, plain, replies, said, say, visit
from tests.widget.conftest import Host, Server


def lost_reply(route: Route) -> None:
    """The message arrives, the line drops before the reply is back."""
    route.fetch()
    route.abort("connectionreset")


def send(page: Page, text: str) -> None:
    box(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_a_line_that_drops_while_a_message_is_under_way_neither_loses_nor_doubles_it(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "hello")
    page.route("**/chat/v1/messages", lost_reply)
    page.route("**/chat/v1/history*", lambda route: route.abort())
    send(page, "they refused")
    expect(page.locator(".status-line")).to_contain_text("The line dropped. Trying again.")
    expect(page.locator(".turn.parent").last.locator(".state")).to_have_text("Not sent yet")
    page.unroute_all()
    expect(replies(page)).to_have_count(2)
    expect(page.locator(".status-line")).to_be_hidden()
    expect(said(page)).to_have_text(["hello", "they refused"])
    assert [body["text"] for body in engine.seen] == ["hello", "they refused"]


def test_messages_written_without_a_line_go_out_in_order_when_it_is_back(
    page: Page, context: BrowserContext, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    context.set_offline(True)
    send(page, "first")
    send(page, "second")
    expect(page.locator(".status-line")).to_contain_text("Trying again")
    context.set_offline(False)
    expect(replies(page)).to_have_count(2)
    assert [body["text"] for body in engine.seen] == ["first", "second"]
    expect(page.locator(".turn")).to_contain_text(["", "first", "You said: first", "second", "You said: second"])


def test_with_the_office_gone_the_phone_number_stands_there_and_a_restart_mends_it(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "hello")
    office.stop()
    try:
        send(page, "are you there")
        expect(page.locator(".status-line")).to_contain_text("ring the office on 0161 480 0833", timeout=20_000)
    finally:
        office.start()
    page.get_by_role("button", name="Try now").click()
    expect(replies(page)).to_have_count(2)
    expect(said(page)).to_have_text(["hello", "are you there"])
    assert [body["text"] for body in engine.seen] == ["hello", "are you there"]


def test_with_the_assistant_down_the_apology_names_the_phone_and_the_words_can_be_sent_again(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    engine.status = 500
    apology = say(page, "they refused")
    expect(apology).to_contain_text("0161 480 0833")
    engine.status = 200
    apology.get_by_role("button", name="Send it again").click()
    expect(replies(page).last).to_contain_text("You can appeal.")


def test_two_tabs_show_the_same_conversation_as_it_grows(
    page: Page, context: BrowserContext, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "from the first tab")
    other = visit(context.new_page(), host, office)
    expect(said(other)).to_have_text(["from the first tab"])
    say(other, "from the second tab")
    expect(said(page)).to_have_text(["from the first tab", "from the second tab"])
    say(page, "and back")
    expect(said(other)).to_have_text(["from the first tab", "from the second tab", "and back"])
    expect(replies(other)).to_have_count(3)
    assert len(engine.seen) == 3


def test_deleting_in_one_tab_clears_the_other_and_keeps_what_was_being_typed(
    page: Page, context: BrowserContext, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "hello")
    other = visit(context.new_page(), host, office)
    expect(said(other)).to_have_count(1)
    box(other).fill("half a thought")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("button", name="Delete it").click()
    expect(said(other)).to_have_count(0)
    expect(other.locator(".status-line")).to_contain_text("has ended or was deleted")
    expect(box(other)).to_have_value("half a thought")


def test_a_conversation_that_is_gone_gives_the_words_back(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    page.goto(host.add("plain", plain(office.url)))
    page.evaluate("() => localStorage.setItem('send-desk', JSON.stringify({session: 'x'.repeat(60)}))")
    page.reload()
    page.route("**/chat/v1/history*", lambda route: route.abort())
    page.route("**/chat/v1/events", lambda route: route.abort())
    launcher(page).click()
    send(page, "do not lose this")
    expect(box(page)).to_have_value("do not lose this")
    expect(page.locator(".status-line")).to_contain_text("Your words are back in the box")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(replies(page)).to_have_count(1)


def test_too_many_messages_wait_with_a_friendly_word_and_then_go_out(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "hello")
    turns = office.app.state.office.limits.turns
    while turns.take(engine.seen[0]["conversation"]) == 0:
        pass
    send(page, "one more")
    expect(page.locator(".status-line")).to_contain_text("There is a lot going on.")
    expect(replies(page)).to_have_count(2)
    assert [body["text"] for body in engine.seen] == ["hello", "one more"]


def test_beyond_capacity_the_message_waits_with_a_friendly_word_and_goes_out_by_itself(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "hello")
    gateway = office.app.state.office.gateway
    gateway._queue = Queue(engines=1, waiting=0)
    send(page, "one more")
    expect(page.locator(".status-line")).to_contain_text("There is a lot going on.")
    gateway._queue = Queue(engines=1)
    expect(replies(page)).to_have_count(2, timeout=15_000)
    assert [body["text"] for body in engine.seen] == ["hello", "one more"]


def test_on_a_shared_computer_nothing_is_kept(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    say(visit(page, host, office), "before")
    page.get_by_role("checkbox", name="This is a shared computer").check()
    assert kept(page) == '[{},{},""]'
    say(page, "after")
    page.get_by_role("button", name="Larger text").click()
    assert kept(page) == '[{},{},""]'
    page.reload()
    launcher(page).click()
    expect(said(page)).to_have_count(0)


def test_on_the_offices_own_page_a_shared_computer_keeps_no_cookie_either(
    page: Page, context: BrowserContext, office: Server, engine: FakeEngine
) -> None:
    page.route("**/widget/**", lambda route: route.abort())
    page.goto(f"{office.url}/chat")
    page.get_by_label("Your message").fill("by the form")
    page.get_by_role("button", name="Send").click()
    assert [cookie["name"] for cookie in context.cookies()] == ["chat"]
    page.unroute("**/widget/**")
    page.reload()
    expect(said(page)).to_have_text(["by the form"])
    with page.expect_response("**/chat/leave"):
        page.get_by_role("checkbox", name="This is a shared computer").check()
    assert context.cookies() == [] and kept(page) == '[{},{},""]'


@pytest.mark.parametrize(
    "script",
    [
        "Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new Error('no'); }",
        "delete crypto.randomUUID; Object.defineProperty(navigator, 'locks', {value: undefined})",
        "delete window.CSSStyleSheet",
    ],
)
def test_an_old_or_strict_browser_can_chat_too(
    page: Page, host: Host, office: Server, engine: FakeEngine, script: str
) -> None:
    page.add_init_script(f"try {{ {script} }} catch {{}}")
    expect(say(visit(page, host, office), "they refused")).to_contain_text("You can appeal.")


def test_leaving_with_an_unsent_message_asks_first(
    page: Page, context: BrowserContext, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    context.set_offline(True)
    send(page, "not yet sent")
    expect(page.locator(".status-line")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_event("dialog") if not asked else None
    assert asked == ["beforeunload"]
