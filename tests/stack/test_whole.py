"""The assistant as parents and caseworkers meet it: real office, engine and actions, a real browser."""

import os
import signal
import sqlite3
import subprocess
import time

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.stack.conftest import EMAIL, PASSWORD, Stack

WAIT_MS = 20_000


def box(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("textbox", name="Your message")


def replies(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".turns > .turn.assistant")


def say(page: Page, text: str) -> str:
    """Types and sends; the text of the reply."""
    count = replies(page).count()
    box(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(replies(page)).to_have_count(count + 1, timeout=WAIT_MS)
    return replies(page).nth(count).inner_text()


def press(page: Page, name: str) -> str:
    """Presses a button of the last reply; the text of the next."""
    count = replies(page).count()
    replies(page).last.get_by_role("button", name=name).first.click()
    expect(replies(page)).to_have_count(count + 1, timeout=WAIT_MS)
    return replies(page).nth(count).inner_text()


def test_a_case_made_on_the_chat_page_appears_in_the_inbox(chromium: Browser, stack: Stack) -> None:
    page = chromium.new_context().new_page()
    page.goto(f"{stack.url}/chat")
    assert "two months" in say(page, "the council have refused to assess my son")
    press(page, "Talk to a person")
    reply = press(page, "Yes, I agree")
    for _ in range(25):
        if "reference" in reply.lower() and "SD-" in reply:
            break
        reply = answer(page, reply)
    assert "SD-" in reply, reply
    reference = reply[reply.index("SD-") :][:12]

    office = chromium.new_context().new_page()
    office.goto(f"{stack.url}/inbox/login")
    office.get_by_label("E-mail address").fill(EMAIL)
    office.get_by_label("Password").fill(PASSWORD)
    office.get_by_role("button", name="Log in").click()
    office.get_by_role("link", name=reference).click()
    expect(office.get_by_text("Test Parent").first).to_be_visible()


def answer(page: Page, asked: str) -> str:
    """What this parent says to each question of the form, found by a word of the question."""
    last = replies(page).last
    for label in ("Yes, that is right", "Send", "Carry on"):
        button = last.get_by_role("button", name=label)
        if button.count():
            return press(page, label)
    said = {
        "your name": "Test Parent",
        "reach you": "parent@example.org",
        "postcode": "SK3 8AB",
        "who are you": "I am the mother",
        "school year": "year 5",
        "how old": "year 5",
        "council": "Stockport",
        "where things stand": "refused to assess",
        "what happened": "They refused to assess him and school have no more ideas.",
        "what has gone": "They refused to assess him and school have no more ideas.",
        "want": "Please ask the council for its reasons.",
    }
    lower = asked.lower()
    return say(
        page, next((text for word, text in said.items() if word in lower.splitlines()[-1] or word in lower), "skip")
    )


def test_every_part_listens_on_this_machine_only(stack: Stack) -> None:
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    ports = (stack.settings.port, stack.settings.engine_port, stack.settings.actions_port)
    for port in ports:
        addresses = {
            line.split()[3].rsplit(":", 1)[0] for line in listening.splitlines() if line.split()[3].endswith(f":{port}")
        }
        assert addresses == {"127.0.0.1"}, (port, addresses)


def test_a_deleted_conversation_leaves_nothing_in_office_or_engine(stack: Stack) -> None:
    client = httpx.Client(base_url=f"{stack.url}/chat/v1", timeout=60)
    before = trackers(stack)
    headers = {"Authorization": f"Bearer {client.post('/sessions').json()['session']}"}
    body = {"message_id": "whole-delete-1", "text": "what is an ehc plan"}
    assert client.post("/messages", json=body, headers=headers).status_code == 200
    assert len(trackers(stack) - before) == 1
    assert client.delete("/conversation", headers=headers).status_code == 204
    assert trackers(stack) == before
    assert client.get("/history", headers=headers).status_code == 401


def trackers(stack: Stack) -> set[str]:
    """The conversations that the engine keeps."""
    with sqlite3.connect(stack.settings.data / "engine.db") as database:
        return {row[0] for row in database.execute("SELECT conversation FROM engine_trackers")}


def test_without_the_engine_a_parent_gets_an_apology_and_it_recovers(stack: Stack) -> None:
    client = httpx.Client(base_url=stack.url, timeout=60)
    session = client.post("/chat/v1/sessions").json()["session"]
    headers = {"Authorization": f"Bearer {session}"}

    def turn(number: int, text: str) -> dict:
        body = {"message_id": f"whole-{number:08d}-0000-4000-8000-000000000000", "text": text}
        response = client.post("/chat/v1/messages", json=body, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()["turn"]

    assert turn(1, "what is an ehc plan")["outcome"] == "answered"
    os.kill(stack.part(f"bot.engine.serve --port {stack.settings.engine_port}"), signal.SIGKILL)
    failed = turn(2, "what is mediation")
    if failed["outcome"] == "failed":  # the supervisor may already have it back
        assert stack.settings.office.phone in str(failed["blocks"])
    end = time.monotonic() + 180
    while down(stack):
        assert time.monotonic() < end, "the engine did not come back"
        time.sleep(1)
    assert turn(3, "what is mediation")["outcome"] == "answered"


def down(stack: Stack) -> bool:
    """Whether the engine's port is closed."""
    try:
        return httpx.get(f"http://127.0.0.1:{stack.settings.engine_port}/webhooks/office/ready").status_code != 200
    except httpx.HTTPError:
        return True
