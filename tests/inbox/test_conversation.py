"""Caseworker and parent in one conversation, over the real chat API and a stand-in engine."""

from starlette.testclient import TestClient

from bot.blocks import text
from bot.cases import replies, work
from bot.cases.visits import additions
from bot.store.engine import Database
from bot.store.tables import Conversation
from tests.inbox.making import Made
from tests.inbox.people import person
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, session


def test_a_reply_waits_for_the_parent_and_an_answer_reaches_the_case(
    client: TestClient, db: Database, engine: FakeEngine, made: Made
) -> None:
    headers = session(client)
    client.post("/chat/v1/messages", headers=headers, json=message(1, text="hello"))
    with db.read_scope() as opened:
        conversation = opened.query(Conversation).one().id
    reference = made.case(conversation)
    work.finish(db, reference, made.doer(reference), "resolved", "advice")
    who = person(client, db)
    who.post(
        f"/inbox/cases/{reference}/reply", version=made.row(reference).version, text="We wrote to them.", way="chat"
    )
    client.cookies.clear()

    turns = client.get("/chat/v1/history?after=2", headers=headers).json()["turns"]
    assert [turn["author"] for turn in turns] == ["caseworker"]
    assert [block["text"] for block in turns[0]["blocks"]][1:] == ["We wrote to them."]
    assert "A caseworker of" in turns[0]["blocks"][0]["text"]
    assert replies.replies(db, reference)[0].delivery == "Waiting for the parent to return"
    assert client.post("/chat/v1/seen", headers=headers, json={"seq": turns[0]["seq"]}).status_code == 204
    assert replies.replies(db, reference)[0].delivery == "Seen by the parent"

    told = client.post(
        "/chat/v1/messages", headers=headers, json=message(2, text="It is still late, ring 07700 900123")
    )
    client.post("/chat/v1/messages", headers=headers, json=message(2, text="It is still late, ring 07700 900123"))
    assert "with the office now" in told.text and "You said" not in told.text
    assert [said for _, said in additions(db, reference)] == ["It is still late, ring 07700 900123"]
    assert made.row(reference).state == "in_progress"
    assert "From the parent" in who.get(f"/inbox/cases/{reference}").text

    who.post(f"/inbox/cases/{reference}/conversation", version=made.row(reference).version, to="bot")
    client.cookies.clear()
    again = client.post("/chat/v1/messages", headers=headers, json=message(3, text="and what is mediation"))
    assert "You said: and what is mediation" in again.text


def test_danger_told_to_the_office_is_answered_at_once_and_kept_with_the_case(
    client: TestClient, db: Database, engine: FakeEngine, made: Made
) -> None:
    headers = session(client)
    client.post("/chat/v1/messages", headers=headers, json=message(1, text="hello"))
    with db.session_scope() as opened:
        found = opened.query(Conversation).one()
        found.state = "office"
    reference = made.case(found.id)
    engine.say = lambda body: [{"blocks": [text("Ring 999.")], "outcome": "urgent", "entries": [], "confidence": None}]
    answer = client.post("/chat/v1/messages", headers=headers, json=message(2, text="I cannot keep him safe"))
    assert "Ring 999." in answer.text
    assert [said for _, said in additions(db, reference)] == ["I cannot keep him safe"]
