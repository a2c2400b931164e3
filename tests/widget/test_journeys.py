"""Whole journeys: a question, a deadline, a letter, a case from consent to reference, deletion."""

import itertools
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page, expect

from bot.limits import MAX_MESSAGE_CHARS
from bot.store.tables import Conversation, Turn
from bot.web.office import OfficeState
from tests.office.fake_engine import FakeEngine
from tests.widget import replies as engine_replies
from tests.widget.chatting import box, downloaded, kept, launcher, press, replies, said, say, to_the_review, visit
from tests.widget.conftest import Host, Server


def test_a_question_gets_its_answer_steps_law_and_sources(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    reply = say(visit(page, host, office), "they refused to assess")
    expect(reply.get_by_role("listitem")).to_have_text(
        ["Check the date on the letter.", "Ask for mediation advice within two months.", "Send the appeal."]
    )
    more, sources = reply.locator("details").first, reply.locator("details").last
    expect(more.get_by_text("The test has two parts.")).to_be_hidden()
    more.get_by_text("Tell me more").click()
    expect(more.get_by_text("The test has two parts.")).to_be_visible()
    expect(sources.locator("summary")).to_have_text("Law and sources · Law as at 1 November 2026")
    sources.locator("summary").click()
    expect(sources).to_contain_text("section 36(8)")
    expect(sources).to_contain_text("checked again by 1 March 2027")
    assert sources.get_by_role("link").first.get_attribute("href") == engine_replies.GOV["url"]


def test_a_deadline_comes_with_picture_list_and_calendar_file(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    reply = say(visit(page, host, office), "work out my dates")
    picture = reply.get_by_role("img")
    expect(picture.locator("g.mark")).to_have_count(4)
    rows = reply.locator(".steps > li")
    expect(rows).to_have_count(5)
    expect(rows.nth(2)).to_contain_text("11 January 2027 Next")
    expect(rows.nth(4)).to_contain_text("No date yet")
    for number, row in enumerate(engine_replies.ROWS):
        for part in ("label", "detail", "provision"):
            expect(rows.nth(number)).to_contain_text(str(row[part]))
    name, content = downloaded(page, reply.get_by_role("link", name="Add the dates to my calendar"))
    assert (name, content) == ("send-dates.ics", engine_replies.ICS)


def test_marks_of_the_picture_never_overlap(page: Page, host: Host, office: Server, engine: FakeEngine) -> None:
    row = {"label": "Day", "status": "due", "detail": "", "provision": ""}
    rows = [{**row, "date": f"2026-12-{day:02}"} for day in (1, 1, 2, 3, 28, 29, 30, 31)]
    engine.say = lambda body: engine_replies.reply("deadline", {"type": "timeline", "title": "Close", "rows": rows})
    boxes = [
        mark.bounding_box() for mark in say(visit(page, host, office), "when").locator(".picture .mark rect").all()
    ]
    edges = [(found["x"], found["x"] + found["width"]) for found in boxes if found]
    assert len(edges) == 8
    assert all(right <= left for (_, right), (left, _) in itertools.pairwise(edges))


def test_a_letter_can_be_read_copied_and_downloaded(
    page: Page, context: BrowserContext, host: Host, office: Server, engine: FakeEngine
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=host.server.url)
    reply = say(visit(page, host, office), "write the letter")
    expect(reply.locator("mark")).to_have_text(["[your child's name]", "[your name]"])
    expect(reply).to_contain_text("Still to fill in: your child's name; your name.")
    reply.get_by_role("button", name="Copy the letter").click()
    expect(reply.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == "\n\n".join(engine_replies.LETTER["paragraphs"])
    name, content = downloaded(page, reply.get_by_role("link", name="Download the letter (Word)"))
    assert (name, content) == ("letter.docx", b"PK-docx")


def test_a_case_goes_from_consent_over_the_review_to_its_reference(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    review = to_the_review(visit(page, host, office))
    expect(review.locator("dt")).to_have_text(
        ["What has happened (you said)", "Phone (you confirmed)", "Dates (worked out)"]
    )
    expect(review.get_by_role("button", name="Change")).to_have_count(2)
    expect(press(page, "Change Phone")).to_contain_text("What is the right phone number?")
    assert engine.seen[-1]["payload"] == '/change{"field": "phone"}'
    engine.say = engine_replies.review
    say(page, "07700 900456")
    engine.say = engine_replies.answer
    reference = press(page, "Send it to the office")
    expect(reference).to_contain_text("SD-7KQ4-XM2P")
    expect(reference).to_contain_text("4821 7730")
    expect(reference.get_by_role("button", name="Copy")).to_be_visible()


def test_a_reload_in_the_middle_of_the_form_goes_on_where_it_was(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    to_the_review(visit(page, host, office))
    page.reload()
    launcher(page).click()
    expect(said(page)).to_have_text(["Talk to a person", "Yes, go on"])
    expect(replies(page)).to_have_count(2)
    expect(press(page, "Send it to the office")).to_contain_text("SD-7KQ4-XM2P")
    assert len(engine.seen) == 3


def test_a_used_button_stays_to_read_and_does_nothing_more(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    first = say(visit(page, host, office), "not sure")
    press(page, "The yearly review")
    used = first.get_by_role("button", name="The yearly review (your choice)")
    expect(used).to_have_attribute("aria-disabled", "true")
    used.click(force=True)
    first.get_by_role("button", name="Something else").click(force=True)
    page.reload()
    launcher(page).click()
    expect(replies(page).first.get_by_role("button", name="The yearly review (your choice)")).to_have_attribute(
        "aria-disabled", "true"
    )
    assert len(engine.seen) == 2


def test_yes_cannot_be_pressed_in_a_step_of_the_form_that_is_over(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    page.get_by_role("button", name="Talk to a person").click()
    expect(replies(page)).to_have_count(1)
    say(page, "something quite different")
    expect(replies(page).first.get_by_role("button", name="Yes, go on")).to_have_attribute("aria-disabled", "true")


def test_deleting_asks_first_then_leaves_nothing_here_or_there(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    say(visit(page, host, office), "marker of the message")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="Delete this conversation")).to_be_focused()
    assert engine.erased == []
    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("This conversation has been deleted.").first).to_be_visible()
    expect(said(page)).to_have_count(0)
    expect(box(page)).to_be_focused()
    assert len(engine.erased) == 1 and "session" not in kept(page)
    say(page, "a new start")
    expect(said(page)).to_have_text(["a new start"])


def test_a_starter_and_the_three_buttons_below_the_box_send_their_words(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    for name in ("Work out my dates", "Shorter please", "Talk to a person"):
        count = replies(page).count()
        page.get_by_role("button", name=name, exact=True).last.click()
        expect(replies(page)).to_have_count(count + 1)
    assert [(body["text"], body["payload"]) for body in engine.seen] == [
        ("Work out my dates", None),
        ("Shorter please", None),
        ("Talk to a person", "/handoff"),
    ]


def test_a_caseworkers_reply_appears_by_itself_and_on_return(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    to_the_review(visit(page, host, office))
    caseworker_writes(office.app.state.office, "We have rung the council.")
    reply = page.locator(".turn.caseworker")
    expect(reply).to_contain_text("We have rung the council.")
    expect(reply.locator(".who")).to_have_text("Navendu Mishra MP's office")
    page.goto("about:blank")
    caseworker_writes(office.app.state.office, "They will decide on Friday.")
    page.goto(host.server.url + "/plain")
    page.get_by_role("button", name="Ask SEND Desk, new message").click()
    expect(reply.last).to_contain_text("They will decide on Friday.")


def caseworker_writes(state: OfficeState, text: str) -> None:
    """A turn of the office in the newest conversation."""
    with state.db.session_scope() as session:
        conversation = session.query(Conversation).order_by(Conversation.last_at.desc()).first()
        assert conversation is not None
        seq = session.query(Turn).filter_by(conversation_id=conversation.id).count() + 1
        turn = Turn(
            conversation_id=conversation.id,
            seq=seq,
            message_id=f"office-{seq}-{conversation.id}",
            author="caseworker",
            at=datetime.now(UTC),
        )
        turn.entries, turn.private_next = [], False
        turn.sealed_blocks = state.db.seal_json(
            "turns", "blocks", f"{conversation.id}:{seq}", [{"type": "text", "text": text}]
        )
        session.add(turn)


def test_hostile_blocks_become_text_and_bad_links_no_links(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    reply = say(visit(page, host, office), "<b>hostile</b>")
    expect(said(page)).to_have_text("<b>hostile</b>")
    expect(reply.locator("img")).to_have_count(0)
    assert [link.get_attribute("href") for link in reply.get_by_role("link").all()] == [
        "http://example.org/",
        f"{office.url}/chat/person",
    ]


def test_a_message_that_is_too_long_stays_in_the_box_with_a_friendly_word(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    box(page).fill("x" * (MAX_MESSAGE_CHARS - 10))
    expect(page.get_by_text("10 characters left")).to_be_visible()
    box(page).fill("x" * (MAX_MESSAGE_CHARS + 1))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".status-line")).to_contain_text("over 4,000 characters")
    expect(box(page)).to_have_value("x" * (MAX_MESSAGE_CHARS + 1))
    assert engine.seen == []


def test_files_are_refused_kindly_with_the_offices_own_way(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    visit(page, host, office)
    stopped = box(page).evaluate(
        """(box) => {
          const carried = new DataTransfer();
          carried.items.add(new File(["x"], "letter.pdf", {type: "application/pdf"}));
          return !box.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, composed: true, cancelable: true}));
        }"""
    )
    assert stopped
    expect(page.locator(".status-line")).to_contain_text("I cannot take files or photos here.")
    expect(page.locator(".status-line")).to_contain_text("navendu.mishra.mp@parliament.uk")


def test_nothing_that_was_said_is_kept_in_the_browser_or_in_an_address(
    page: Page, host: Host, office: Server, engine: FakeEngine
) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    say(visit(page, host, office), "zebra refused Test Parent 07700 900123")
    found = kept(page)
    assert '"session' in found.replace("\\", "") and "zebra" not in found and "900123" not in found
    assert all("zebra" not in url and "gAAAA" not in url for url in addresses)


def test_all_requests_go_to_the_office_and_no_cookie_is_set(
    page: Page, context: BrowserContext, host: Host, office: Server, engine: FakeEngine
) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    say(visit(page, host, office), "work out my dates")
    assert {url for url in addresses if not url.startswith((office.url, host.server.url, "blob:"))} == set()
    assert context.cookies() == []
