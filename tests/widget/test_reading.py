"""For every screen and script: small screens, big text, targets, motion, other directions, nothing by colour alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.office.fake_engine import FakeEngine
from tests.widget import replies as engine_replies
from tests.widget.chatting import (
    box,
    launcher,
    plain,
    press,
    say,
    to_the_review,
    visit,
)
from tests.widget.conftest import Host, Server

Axe = Callable[[Page], list[str]]


def test_a_long_answer_is_shown_from_its_beginning(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    reply = say(visit(page, host, office), "a long answer please")
    expect(reply.get_by_role("heading", name="The first line")).to_be_in_viewport()
    expect(reply.locator("p").last).not_to_be_in_viewport()


def test_a_reader_who_has_scrolled_up_stays_there_and_is_told(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "a long answer please")
    log = page.locator("send-desk .log")
    log.evaluate("(node) => { node.scrollTop = 40; }")
    expect(page.get_by_text("Hello. Tell me what has happened")).to_be_in_viewport()
    page.evaluate(
        "() => { const desk = document.querySelector('send-desk'); desk.page.log.follows = false; desk.view.turn({id: 'from-the-office', seq: 99, author: 'caseworker', text: null, blocks: [{type: 'text', text: 'News'}]}); }"
    )
    expect(page.get_by_role("button", name="New message below")).to_be_visible()
    assert log.evaluate("(node) => node.scrollTop") == 40
    page.get_by_role("button", name="New message below").click()
    expect(page.get_by_text("News", exact=True).last).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (1280, 800)])
@pytest.mark.parametrize("larger", [False, True])
def test_nothing_is_cut_off_or_scrolls_sideways(
    context: BrowserContext,
    page: Page,
    host: Host,
    office: Server,
    engine: FakeEngine,
    width: int,
    height: int,
    larger: bool,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit(page, host, office)
    if larger:
        page.get_by_role("button", name="Larger text").click()
    for words in ("they refused", "work out my dates", "write the letter"):
        say(page, words)
    to_the_review(page)
    press(page, "Send it to the office")
    too_wide = page.evaluate(
        """() => [...document.querySelector("send-desk").shadowRoot.querySelectorAll(".panel *:not(.hidden):not(svg *)")]
          .filter((node) => node.getClientRects().length && (node.getBoundingClientRect().right > innerWidth + 1 || node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline" && !node.matches(".brand p, textarea")))
          .map((node) => node.outerHTML.slice(0, 120))"""
    )
    assert too_wide == []


def test_text_spacing_of_the_readers_own_cuts_nothing_off(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "they refused")
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }'); document.querySelector('send-desk').shadowRoot.adoptedStyleSheets.push(sheet); }"
    )
    cut = page.evaluate(
        "() => [...document.querySelector('send-desk').shadowRoot.querySelectorAll('button, summary, .panel p')].filter((node) => node.scrollHeight > node.clientHeight + 2 && node.clientHeight && getComputedStyle(node).overflow !== 'visible').map((node) => node.outerHTML)"
    )
    assert [each for each in cut if "Navendu" not in each] == []


def test_every_target_is_at_least_44_pixels_high_and_wide(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    visit(page, host, office)
    for words in ("they refused", "write the letter", "danger"):
        for summary in say(page, words).locator("summary").all():
            summary.click()
    to_the_review(page)
    page.get_by_role("button", name="Menu").click()
    small = page.evaluate(
        """() => [...document.querySelector("send-desk").shadowRoot.querySelectorAll("button, summary, textarea, label.shared, .links a, a.file")]
          .filter((node) => node.getClientRects().length).map((node) => [node.textContent.slice(0, 40), node.getBoundingClientRect().width, node.getBoundingClientRect().height])
          .filter(([, width, height]) => width < 44 || height < 44)"""
    )
    assert small == []


def test_the_three_buttons_stand_in_the_same_place_whatever_is_shown(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    buttons = [page.locator("send-desk .bar button").nth(number) for number in range(3)]
    places = [button.bounding_box() for button in buttons]
    for words in ("they refused", "work out my dates", "danger"):
        say(page, words)
        assert [button.bounding_box() for button in buttons] == places


def test_what_can_be_pressed_is_named_as_it_reads(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    say(visit(page, host, office), "they refused")
    named = page.evaluate(
        "() => [...document.querySelector('send-desk').shadowRoot.querySelectorAll('button[aria-label]')].filter((node) => !node.getAttribute('aria-label').startsWith(node.innerText.trim()) && /\\\\w/.test(node.innerText)).map((node) => node.outerHTML)"
    )
    assert named == []


def test_other_scripts_run_their_own_way_and_the_frame_stays(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    page.goto(host.add("rtl", plain(office.url).replace('<html lang="en">', '<html lang="ar" dir="rtl">')))
    launcher(page).click()
    reply = say(page, "arabic مرحبا")
    assert [node.evaluate("(node) => getComputedStyle(node).direction") for node in reply.locator("p, li").all()] == [
        "rtl",
        "rtl",
        "ltr",
    ]
    assert page.locator("send-desk .root").evaluate("(node) => getComputedStyle(node).direction") == "ltr"
    box(page).fill("مرحبا")
    assert box(page).evaluate("(node) => getComputedStyle(node).direction") == "rtl"


def test_larger_text_is_remembered(page: Page, host: Host, office: Server) -> None:
    visit(page, host, office)
    size = "(node) => parseFloat(getComputedStyle(node).fontSize)"
    before = page.locator("send-desk .lead").evaluate(size)
    page.get_by_role("button", name="Larger text").click()
    assert page.locator("send-desk .lead").evaluate(size) == pytest.approx(before * 1.3)
    page.reload()
    launcher(page).click()
    assert page.locator("send-desk .lead").evaluate(size) == pytest.approx(before * 1.3)
    page.get_by_role("button", name="Normal text").click()
    assert page.locator("send-desk .lead").evaluate(size) == before


def test_nothing_moves_for_those_who_asked_for_less_motion(
    chromium: Browser, host: Host, office: Server, engine: FakeEngine
) -> None:
    moving = "() => { const node = document.querySelector('send-desk').shadowRoot.querySelector('.dots'); node.parentNode.hidden = false; return getComputedStyle(node).animationName; }"
    for choice, name in (("reduce", "none"), ("no-preference", "breathe")):
        context = chromium.new_context(reduced_motion=choice)
        page = visit(context.new_page(), host, office)
        assert page.evaluate(moving) == name
        context.close()


def test_a_timeline_differs_by_shape_and_words_not_by_colour_alone(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    engine.say = engine_replies.deadline
    reply = say(visit(page, host, office), "when")
    shapes = [
        row.locator("svg > :first-child").evaluate("(node) => node.tagName + (node.getAttribute('transform') || '')")
        for row in reply.locator(".steps > li").all()
    ]
    assert shapes[:4] == ["circle", "rectrotate(45) scale(.86)", "rect", "circle"]
    expect(reply.locator(".status")).to_have_text(["Done", "Overdue", "Next", "Later", "Later"])
