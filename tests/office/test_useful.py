"""Was this useful? and seen or not: over the chat API and the page without scripts."""

import re
from datetime import date

from starlette.testclient import TestClient

from bot.blocks import text
from bot.limits import FEEDBACK_A_MINUTE_PER_ADDRESS
from bot.store import learning
from bot.store.engine import Database
from bot.store.learning import Useful
from bot.store.tables import Feedback
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, say, session

USEFUL = "/chat/v1/useful"
MEDIATION = "mediation", "12345678"  # what the small engine answers with


def kept(db: Database) -> list[Useful]:
    return learning.feedback(db, date(2026, 1, 1))


def answered(client: TestClient, headers: dict[str, str], number: int = 1) -> str:
    """The id of an answer."""
    sent = client.post("/chat/v1/messages", headers=headers, json=message(number, text="hello"))
    turn = sent.json()["turn"]
    assert turn["useful"] == "ask"
    return str(turn["id"])


def test_an_answer_is_rated_once_for_its_entry_and_version_whatever_is_sent_again(
    client: TestClient, db: Database, engine: FakeEngine
) -> None:
    headers = session(client)
    turn = answered(client, headers)
    for useful in (True, True, False):
        assert client.post(USEFUL, headers=headers, json={"turn": turn, "useful": useful}).status_code == 204
    assert kept(db) == [Useful(*MEDIATION, 1, 0)]
    [_, reply] = client.get("/chat/v1/history", headers=headers).json()["turns"]
    assert reply["useful"] == "told"


def test_what_was_said_of_an_answer_stands_with_no_conversation(
    client: TestClient, db: Database, engine: FakeEngine
) -> None:
    headers = session(client)
    client.post(USEFUL, headers=headers, json={"turn": answered(client, headers), "useful": False})
    assert {column.name for column in Feedback.__table__.columns} == {
        "id", "entry", "version", "useful", "day", "channel",
    }  # fmt: skip
    client.delete("/chat/v1/conversation", headers=headers)
    assert kept(db) == [Useful(*MEDIATION, 0, 1)]


def test_a_reply_without_an_entry_and_another_conversations_answer_cannot_be_rated(
    client: TestClient, db: Database, engine: FakeEngine
) -> None:
    other, own = session(client), session(client)
    theirs = answered(client, other)
    engine.say = lambda body: [{"blocks": [text("Hi")], "outcome": "smalltalk", "entries": [], "confidence": None}]
    smalltalk = client.post("/chat/v1/messages", headers=own, json=message(1, text="hi")).json()["turn"]
    assert smalltalk["useful"] is None
    for turn in (theirs, smalltalk["id"], "message-1", "no-such-turn"):
        assert client.post(USEFUL, headers=own, json={"turn": turn, "useful": True}).status_code == 404
    assert kept(db) == []


def test_what_cannot_be_read_and_who_has_no_session_are_refused(client: TestClient, engine: FakeEngine) -> None:
    headers = session(client)
    for body in ({}, {"turn": "x" * 12}, {"turn": 5, "useful": True}, {"turn": "x" * 12, "useful": "yes"}):
        assert client.post(USEFUL, headers=headers, json=body).status_code == 400
    for seq in (None, 0, -1, True, "1", 10**9):
        assert client.post("/chat/v1/seen", headers=headers, json={"seq": seq}).status_code == 400
    assert client.post(USEFUL, json={"turn": "x" * 12, "useful": True}).status_code == 401
    client.delete("/chat/v1/conversation", headers=headers)
    assert client.post(USEFUL, headers=headers, json={"turn": "x" * 12, "useful": True}).status_code == 401


def test_without_scripts_two_buttons_stand_below_an_answer_until_one_is_pressed(
    client: TestClient, db: Database, engine: FakeEngine
) -> None:
    page = say(client, text="hello")
    found = re.search(r'name="turn" value="([0-9a-f]{32})"', page.text)
    assert found and "Was this useful?" in page.text
    sent = client.post("/chat/useful", data={"turn": found[1], "useful": "no"}, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/chat#turn-{found[1]}")
    page = client.get("/chat")
    assert f'id="turn-{found[1]}"' in page.text and "You have told us" in page.text
    assert "Was this useful?" not in page.text
    assert kept(db) == [Useful(*MEDIATION, 0, 1)]
    assert client.post("/chat/useful", data={"turn": found[1], "useful": "maybe"}).status_code == 400
    assert client.post("/chat/useful", data={"turn": "0" * 32, "useful": "yes"}).status_code == 404


def test_without_a_conversation_rating_leads_back_to_the_chat(client: TestClient, engine: FakeEngine) -> None:
    sent = client.post("/chat/useful", data={"turn": "0" * 32, "useful": "yes"}, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/chat")


def test_a_letter_has_a_page_of_its_own_without_scripts(client: TestClient, engine: FakeEngine) -> None:
    letter = {
        "type": "letter",
        "letter": "x",
        "title": "Asking <now>",
        "paragraphs": ["Dear Sir", "I ask."],
        "missing": [],
    }
    engine.say = lambda body: [{"blocks": [letter], "outcome": "letter", "entries": [], "confidence": None}]
    page = say(client, text="letter")
    found = re.search(r'href="(/chat/letters/\d+/0)"', page.text)
    assert found
    alone = client.get(found[1]).text
    assert "Asking &lt;now&gt;" in alone and "<p>Dear Sir</p><p>I ask.</p>" in alone and "compose" not in alone
    assert client.get("/chat/letters/2/1").status_code == 404
    client.cookies.clear()
    assert client.get(found[1]).status_code == 404


def test_so_many_ratings_a_minute_and_no_more_from_one_address(client: TestClient, engine: FakeEngine) -> None:
    headers = session(client)
    body = {"turn": answered(client, headers), "useful": True}
    found = [
        client.post(USEFUL, headers=headers, json=body).status_code for _ in range(FEEDBACK_A_MINUTE_PER_ADDRESS + 1)
    ]
    assert found == [204] * FEEDBACK_A_MINUTE_PER_ADDRESS + [429]
