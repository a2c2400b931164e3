"""The pages a parent sees, without scripts: chat, person, files, deletion, landing; their headers."""

import re

import pytest
from starlette.testclient import TestClient

from bot.limits import MAX_MESSAGE_CHARS
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.app import create_app
from bot.web.office import safe_url
from tests.office.fake_engine import FakeEngine
from tests.office.pages import hidden, say

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_a_parent_without_scripts_chats_by_forms(client: TestClient, engine: FakeEngine) -> None:
    page = say(client, text="they refused to assess")
    assert "You said: they refused to assess" in page.text
    assert page.text.count('<article class="turn parent"') == 1
    page = say(client, text="and now?")
    assert page.text.count('<article class="turn parent"') == 2


def test_reloading_or_pressing_send_twice_sends_nothing_twice(client: TestClient, engine: FakeEngine) -> None:
    data = {"message_id": hidden(client.get("/chat"), "message_id"), "text": "hello"}
    first = client.post("/chat", data=data)
    assert (first.status_code, first.headers["location"]) == (303, "/chat#latest")
    client.post("/chat", data=data)
    client.get("/chat")
    assert len(engine.seen) == 1


def test_a_button_works_as_a_form(client: TestClient, engine: FakeEngine) -> None:
    page = say(client, text="hello")
    found = re.search(r'name="button" value="([^"]+)">Go on<', page.text)
    assert found
    say(client, button=found[1])
    assert engine.seen[1]["payload"] == '/choose{"entry": "mediation"}'


def test_what_was_written_is_kept_when_it_cannot_be_sent(client: TestClient, engine: FakeEngine) -> None:
    page = say(client, text="x" * (MAX_MESSAGE_CHARS + 1))
    assert page.status_code == 413
    assert 'role="alert"' in page.text and "x" * MAX_MESSAGE_CHARS in page.text
    assert say(client, text="  ").status_code == 400
    assert say(client, button="1-123").status_code == 409
    assert engine.seen == []


def test_an_upload_is_refused_without_harm(client: TestClient, engine: FakeEngine) -> None:
    answer = client.post("/chat", data={"message_id": "message-1", "text": "x"}, files={"file": ("a.txt", b"x")})
    assert answer.status_code == 400
    assert engine.seen == []


def test_hostile_text_stays_text(client: TestClient, engine: FakeEngine) -> None:
    bad_link = {"type": "links", "items": [{"text": HOSTILE, "url": "javascript:alert(1)"}]}
    engine.say = lambda body: [
        {
            "blocks": [{"type": "text", "text": HOSTILE}, bad_link],
            "outcome": "answered",
            "entries": [],
            "confidence": None,
        }
    ]
    page = say(client, text=HOSTILE)
    assert "<script>alert" not in page.text and "<img" not in page.text and "javascript:" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)") == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example.org", "/\\evil", "data:text/html,x", "x", "http://["]
)
def test_urls_that_could_run_or_mislead_are_dropped(url: str) -> None:
    assert safe_url(url) == "#"


@pytest.mark.parametrize("url", ["https://example.org/a", "tel:999", "mailto:a@example.org", "/chat/person"])
def test_plain_urls_stay(url: str) -> None:
    assert safe_url(url) == url


def test_the_way_to_a_person_stands_on_every_page_a_parent_sees(client: TestClient, engine: FakeEngine) -> None:
    for path in ("/", "/chat", "/chat/person", "/chat/delete", "/nothing-here"):
        page = client.get(path).text
        assert page.index('href="/chat/person"') < page.index("<main"), path
        assert "0161 480 0833" in page and 'class="skip"' in page, path
    say(client, button="person")
    assert engine.seen[0]["payload"] == "/handoff"


def test_a_file_just_made_can_be_fetched_by_its_own_conversation_only(client: TestClient, engine: FakeEngine) -> None:
    file = {
        "type": "file",
        "name": 'dates".ics',
        "mime": "text/calendar",
        "label": "Add to calendar",
        "content": "QkVHSU4=",
    }
    engine.say = lambda body: [{"blocks": [file], "outcome": "deadline", "entries": [], "confidence": None}]
    page = say(client, text="when")
    assert 'href="/chat/files/2/0"' in page.text
    got = client.get("/chat/files/2/0")
    assert got.content == b"BEGIN" and got.headers["content-disposition"] == 'attachment; filename="dates.ics"'
    assert client.get("/chat/files/2/1").status_code == 404
    client.cookies.clear()
    assert client.get("/chat/files/2/0").status_code == 404


def test_deleting_asks_first_then_leaves_nothing(client: TestClient, engine: FakeEngine) -> None:
    say(client, text="marker of the message")
    assert client.get("/chat/delete").status_code == 200
    assert "has been deleted" in client.post("/chat/delete").text
    assert "marker of the message" not in client.get("/chat").text
    assert len(engine.erased) == 1


def test_with_the_engine_down_the_page_shows_the_apology(client: TestClient) -> None:
    page = say(client, text="hello")
    assert "I cannot answer just now" in page.text and "ring the office on 0161 480 0833" in page.text


def test_another_site_cannot_post_the_forms(client: TestClient, engine: FakeEngine) -> None:
    data = {"message_id": "message-1", "text": "x"}
    for headers in (
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://office.example.org"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        for path in ("/chat", "/chat/delete", "/inbox/login"):
            assert client.post(path, data=data, headers=headers).status_code == 403
    own = {"Origin": "http://office.example.org", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/chat", data=data, headers=own).status_code == 303
    assert len(engine.seen) == 1


def test_the_cookie_is_signed_hidden_from_scripts_and_lax(client: TestClient, engine: FakeEngine) -> None:
    sent = client.post("/chat", data={"message_id": "message-1", "text": "x"}).headers["set-cookie"]
    assert "HttpOnly" in sent and "SameSite=lax" in sent
    client.cookies.clear()
    client.cookies.set("chat", "forged")
    assert 'class="turn parent"' not in client.get("/chat").text


def test_by_https_cookies_are_bound_to_the_host(settings: Settings, db: Database, engine: FakeEngine) -> None:
    from dataclasses import replace

    secure = replace(settings, public_url="https://office.example.org")
    with TestClient(create_app(secure), base_url="https://office.example.org", follow_redirects=False) as client:
        sent = client.post("/chat", data={"message_id": "message-1", "text": "x"})
        login = client.get("/inbox/login")
    assert sent.headers["set-cookie"].startswith("__Host-chat=") and "Secure" in sent.headers["set-cookie"]
    assert login.headers["set-cookie"].startswith("__Host-login=") and "SameSite=strict" in login.headers["set-cookie"]
    assert sent.headers["strict-transport-security"]


@pytest.mark.parametrize(
    "path", ["/", "/chat", "/chat/person", "/inbox/login", "/healthz", "/nothing", "/static/site.css"]
)
def test_every_answer_carries_strict_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert ("https://host.example.org" in policy) == (path.startswith("/chat"))
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert ("cache-control" not in headers) == path.startswith("/static/") or headers["cache-control"] == "no-store"


def test_no_page_holds_inline_script_or_style(client: TestClient, engine: FakeEngine) -> None:
    pages = [client.get(path).text for path in ("/", "/chat", "/chat/person", "/inbox/login")] + [
        say(client, text="x").text
    ]
    for page in pages:
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)
