"""docs/openapi.yml says what the office does: its routes, its statuses and the shape of every answer."""

from typing import Any

import pytest
import yaml
from httpx import Response
from jsonschema import Draft202012Validator, RefResolver
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from bot.blocks import bullets, heading, links, text
from bot.limits import MAX_MESSAGE_CHARS, NEW_SESSIONS_A_MINUTE_PER_ADDRESS
from bot.outcomes import Outcome
from bot.paths import ROOT
from bot.settings import Settings
from bot.web.app import all_routes
from tests.office.fake_engine import Body, FakeEngine
from tests.office.pages import message, session

API = yaml.safe_load((ROOT / "docs" / "openapi.yml").read_text(encoding="utf-8"))
MESSAGES = "/chat/v1/messages"


def check(answer: Response, path: str, method: str) -> None:
    """Fails unless the answer's status and body are as the file says."""
    responses = API["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses
    described = responses[str(answer.status_code)]
    if "$ref" in described:
        described = API["components"]["responses"][described["$ref"].rpartition("/")[2]]
    if "content" not in described:
        assert answer.content == b""
        return
    schema = described["content"]["application/json"]["schema"]
    Draft202012Validator(schema, resolver=RefResolver("", API)).validate(answer.json())


def every_block(body: Body) -> list[dict[str, Any]]:
    link = {"text": "Advice", "url": "https://example.org"}
    row = {"label": "Decision", "date": None, "status": "later", "detail": "", "provision": ""}
    item = {"field": "stage", "label": "Stage", "value": "appeal", "basis": "said"}
    blocks: list[Any] = [
        text("a"), heading("b"), bullets(["c"]), links([link]),  # type: ignore[list-item]
        {"type": "more", "summary": "d", "paragraphs": ["e"]},
        {"type": "sources", "entry": "f", "version": "1", "law": [], "items": [link], "law_as_at": "", "review_by": ""},
        {"type": "buttons", "prompt": "", "items": [{"text": "g", "payload": "/g"}]},
        {"type": "timeline", "title": "h", "rows": [row]},
        {"type": "file", "name": "i.ics", "mime": "text/calendar", "label": "i", "content": "aQ=="},
        {"type": "letter", "letter": "j", "title": "j", "paragraphs": [], "missing": []},
        {"type": "review", "title": "k", "items": [item]},
        {"type": "reference", "reference": "SD-7KQ4-XM2P", "code": ""},
    ]  # fmt: skip
    return [{"blocks": blocks, "outcome": "answered", "entries": [], "confidence": None}]


def test_the_file_and_the_office_have_the_same_routes(settings: Settings) -> None:
    mount = next(route for route in all_routes(settings) if isinstance(route, Mount) and route.path == "/chat/v1")
    served = {
        (mount.path + route.path, method.lower())
        for route in mount.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served == {(path, method) for path, methods in API["paths"].items() for method in methods}


def test_the_file_names_every_outcome_and_the_limit_of_a_message() -> None:
    schemas = API["components"]["schemas"]
    assert set(schemas["Turn"]["properties"]["outcome"]["enum"]) == {*(each.value for each in Outcome), None}
    assert schemas["Message"]["properties"]["text"]["maxLength"] == MAX_MESSAGE_CHARS


def test_every_schema_of_the_file_is_sound() -> None:
    for schema in API["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_answers_are_as_the_file_says(client: TestClient, engine: FakeEngine) -> None:
    engine.say = every_block
    started = client.post("/chat/v1/sessions")
    check(started, "/chat/v1/sessions", "post")
    headers = {"Authorization": f"Bearer {started.json()['session']}"}
    turn = client.post(MESSAGES, json=message(1, text="hello"), headers=headers)
    assert len(turn.json()["turn"]["blocks"]) == 12
    check(turn, MESSAGES, "post")
    check(client.get("/chat/v1/history", headers=headers), "/chat/v1/history", "get")
    check(client.delete("/chat/v1/conversation", headers=headers), "/chat/v1/conversation", "delete")


@pytest.mark.parametrize(
    ("body", "status"),
    [(message(1, text=""), 400), (message(1, button="1-0"), 409), (message(1, text="x" * 5000), 413)],
)
def test_refusals_are_as_the_file_says(client: TestClient, body: dict[str, Any], status: int) -> None:
    answer = client.post(MESSAGES, json=body, headers=session(client))
    assert answer.status_code == status
    check(answer, MESSAGES, "post")


def test_missing_sessions_and_limits_are_as_the_file_says(client: TestClient) -> None:
    check(client.post(MESSAGES, json={}), MESSAGES, "post")
    check(client.get("/chat/v1/history"), "/chat/v1/history", "get")
    check(client.delete("/chat/v1/conversation"), "/chat/v1/conversation", "delete")
    for _ in range(NEW_SESSIONS_A_MINUTE_PER_ADDRESS):
        answer = client.post("/chat/v1/sessions")
    answer = client.post("/chat/v1/sessions")
    assert answer.status_code == 429
    check(answer, "/chat/v1/sessions", "post")
