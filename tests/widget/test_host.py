"""The widget on other people's pages: hostile styles, strict policies, frames, no scripts, old loaders."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.office.fake_engine import FakeEngine
from tests.widget.chatting import box, held, launcher, plain, replies, said, say, visit
from tests.widget.conftest import Host, Server

HOSTILE = """<style>
  body * { color: lime !important; background: red !important; font: italic 40px/1 fantasy !important; display: block !important; position: static !important;
      text-transform: uppercase !important; letter-spacing: 1em !important; visibility: hidden !important; opacity: .1 !important; transform: rotate(9deg) !important; }
  html, body { font: italic 5px/9 fantasy !important; color: lime !important; direction: rtl; text-transform: uppercase; letter-spacing: 1em; visibility: hidden; cursor: none }
  send-desk { display: none !important; zoom: 3; filter: blur(9px) !important; width: 3px !important; }
  button, textarea, .panel, .root, .log { display: none !important; pointer-events: none !important; }
</style>"""


def test_a_hostile_pages_styles_do_not_reach_in(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    visit(page, host, office)
    calm = look(page)
    page.goto(host.add("hostile", plain(office.url, head=HOSTILE)))
    launcher(page).click()
    assert look(page) == calm
    expect(say(page, "they refused")).to_contain_text("You can appeal.")


def look(page: Page) -> list[object]:
    """How things look and where they stand, the pointer being elsewhere."""
    page.mouse.move(5, 5)
    found: list[object] = page.evaluate(
        """() => [...document.querySelector("send-desk").shadowRoot.querySelectorAll(".panel, h2, .head button, textarea, .send, .bar button")].map((node) => {
          const style = getComputedStyle(node), {x, y, width, height} = node.getBoundingClientRect();
          return [style.color, style.backgroundColor, style.fontSize, style.fontFamily, style.textTransform, style.letterSpacing, style.visibility, x, y, width, height];
        })"""
    )
    return found


def test_no_style_of_the_widget_leaks_out(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    ours = "() => JSON.stringify([...document.querySelectorAll('body, main, h1, p')].map((node) => ({...Object.fromEntries([...getComputedStyle(node)].map((name) => [name, getComputedStyle(node)[name]]))})))"
    page.goto(host.add("bare", re.sub("<script.*</send-desk>", "", plain(office.url))))
    before = page.evaluate(ours)
    page.goto(host.add("plain", plain(office.url)))
    launcher(page).wait_for()
    assert page.evaluate(ours) == before


def test_it_works_under_a_strict_policy_with_one_host_named_twice(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    policy = (
        f"default-src 'self'; script-src {office.url}; connect-src {office.url}; require-trusted-types-for 'script'"
    )
    page.goto(host.add("strict", plain(office.url), policy))
    launcher(page).click()
    expect(say(page, "work out my dates").get_by_role("img")).to_be_visible()
    assert page.locator("send-desk .panel").evaluate("(node) => getComputedStyle(node).display") == "flex"


def test_a_site_that_the_settings_do_not_name_gets_nothing_and_the_parent_the_phone_number(
    context: BrowserContext, office: Server, engine: FakeEngine
) -> None:
    stranger = Host()
    stranger.server.start()
    page = context.new_page()
    page.goto(stranger.add("plain", plain(office.url)))
    launcher(page).click()
    box(page).fill("hello")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".status-line")).to_contain_text("0161 480 0833", timeout=15_000)
    stranger.server.stop()
    assert engine.seen == []


def test_the_frame_works_on_a_site_that_allows_no_scripts(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    html = f'<!doctype html><html lang="en"><title>x</title><iframe title="SEND Desk" src="{office.url}/chat/frame" width="400" height="640"></iframe></html>'
    page.goto(host.add("frame", html, f"default-src 'none'; frame-src {office.url}"))
    frame = page.frame_locator("iframe")
    frame.get_by_role("textbox", name="Your message").fill("they refused")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.locator(".turns > .turn.assistant")).to_contain_text("You can appeal.")
    expect(frame.locator("header.top")).to_be_hidden()
    expect(frame.get_by_role("heading", name="SEND Desk", level=2)).to_be_visible()


def test_without_scripts_the_chat_page_works_by_forms(chromium: Browser, office: Server, engine: FakeEngine) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{office.url}/chat")
    page.get_by_label("Your message").fill("they refused")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("article.turn").last).to_contain_text("You can appeal.")
    page.get_by_role("button", name="Write the letter").click()
    expect(page.locator("article.turn").last).to_contain_text("Dear Sir or Madam")
    page.goto(f"{office.url}/chat/person")
    page.get_by_role("button", name="Ask the office to help").click()
    page.get_by_role("button", name="Yes, go on").click()
    page.get_by_role("button", name="Change Phone").click()
    assert engine.seen[-1]["payload"] == '/change{"field": "phone"}'
    context.close()


def test_with_the_script_blocked_the_form_page_stays(page: Page, office: Server, engine: FakeEngine) -> None:
    page.route("**/widget/**", lambda route: route.abort())
    page.goto(f"{office.url}/chat")
    page.get_by_label("Your message").fill("they refused")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("article.turn").last).to_contain_text("You can appeal.")
    page.unroute_all()
    page.reload()
    expect(said(page)).to_have_text(["they refused"])
    say(page, "work out my dates")
    assert len({body["conversation"] for body in engine.seen}) == 1


def test_what_is_typed_before_the_script_arrives_is_carried_over(
    page: Page, office: Server, engine: FakeEngine
) -> None:
    let_go = held(page, "**/widget/v1/*")
    page.goto(f"{office.url}/chat", wait_until="commit")
    page.get_by_label("Your message").fill("half a thought")
    let_go()
    expect(page.locator("send-desk .compose textarea")).to_have_value("half a thought")
    expect(page.locator("send-desk .compose textarea")).to_be_focused()


def test_a_page_with_a_loader_from_before_an_update_gets_the_newest_widget(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    html = plain(office.url).replace("loader.js", "send-desk-0123456789.js")
    page.goto(host.add("old", html))
    launcher(page).click()
    expect(say(page, "they refused")).to_contain_text("You can appeal.")


def test_any_link_of_the_host_page_can_open_the_chat_or_ask_for_a_person(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    links = '<a href="/a" data-send-desk="open">Chat</a> <a href="/b" data-send-desk="person"><b>Person</b></a></main>'
    page.goto(host.add("links", plain(office.url).replace("</main>", links)))
    launcher(page).wait_for()
    page.get_by_role("link", name="Chat").click()
    expect(box(page)).to_be_focused()
    page.get_by_role("link", name="Person").click()
    expect(replies(page)).to_contain_text(["Before we start"])


def test_side_theme_label_and_colours_are_the_hosts_to_choose(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    head = "<style>send-desk { --send-desk-accent: rgb(120, 0, 60); --send-desk-bottom: 60px }</style>"
    page.goto(
        host.add(
            "own", plain(office.url, 'data-side="left" data-theme="light" data-label="Need help?" lang="en-IE"', head)
        )
    )
    opener = page.get_by_role("button", name="Need help?")
    found = opener.bounding_box()
    assert found and found["x"] < 100 and found["y"] + found["height"] == 800 - 60
    assert opener.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(120, 0, 60)"
    assert page.locator("send-desk .root").get_attribute("lang") == "en-IE"
    page.evaluate("() => { document.querySelector('send-desk').hidden = true; }")
    expect(opener).to_be_hidden()


def test_two_loaders_and_a_widget_that_moves_do_no_harm(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    html = plain(office.url).replace(
        "</body>", f'<script type="module" src="{office.url}/widget/v1/loader.js?again"></script></body>'
    )
    page.goto(host.add("twice", html))
    launcher(page).click()
    say(page, "hello")
    page.evaluate("() => document.body.prepend(document.querySelector('send-desk'))")
    say(page, "and again")
    expect(said(page)).to_have_text(["hello", "and again"])


def test_a_closed_widget_of_a_new_visitor_asks_the_office_for_nothing(
    page: Page, context: BrowserContext, host: Host, office: Server
) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(host.add("plain", plain(office.url)))
    launcher(page).wait_for()
    assert [url for url in addresses if "/chat/v1" in url] == []
