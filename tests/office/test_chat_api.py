"""The chat API: sessions, messages, history, deletion, limits, and what other sites may do."""

import pytest
from starlette.testclient import TestClient

from bot.limits import MAX_BODY_BYTES, MAX_MESSAGE_CHARS, MAX_TURNS_A_MINUTE, NEW_SESSIONS_A_MINUTE_PER_ADDRESS
from bot.settings import Settings
from bot.web.tokens import Tokens
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, session

MESSAGES = "/chat/v1/messages"


def test_a_parent_sends_a_message_reads_the_reply_and_the_history(client: TestClient, engine: FakeEngine) -> None:
    headers = session(client)
    turn = client.post(MESSAGES, json=message(1, text="they refused"), headers=headers).json()["turn"]
    assert turn["author"] == "assistant" and turn["outcome"] == "answered"
    assert turn["blocks"][0]["text"] == "You said: they refused"
    turns = client.get("/chat/v1/history", headers=headers).json()["turns"]
    assert [each["author"] for each in turns] == ["parent", "assistant"]
    assert turns[1] == turn
    assert client.get("/chat/v1/history?after=1", headers=headers).json()["turns"] == [turn]


def test_a_message_sent_twice_is_answered_once(client: TestClient, engine: FakeEngine) -> None:
    headers = session(client)
    first, again = (client.post(MESSAGES, json=message(1, text="hello"), headers=headers).json() for _ in range(2))
    assert first == again
    assert len(engine.seen) == 1


def test_a_button_is_pressed_by_its_id_in_its_own_conversation_only(client: TestClient, engine: FakeEngine) -> None:
    headers, others = session(client), session(client)
    turn = client.post(MESSAGES, json=message(1, text="hello"), headers=headers).json()["turn"]
    button = turn["blocks"][1]["items"][0]["id"]
    refused = client.post(MESSAGES, json=message(2, button=button), headers=others)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "button_unknown")
    assert client.post(MESSAGES, json=message(2, button=button), headers=headers).status_code == 200
    assert engine.seen[1]["payload"] == '/choose{"entry": "mediation"}'


def test_deleting_ends_the_session_everywhere(client: TestClient, engine: FakeEngine) -> None:
    headers = session(client)
    client.post(MESSAGES, json=message(1, text="hello"), headers=headers)
    assert client.delete("/chat/v1/conversation", headers=headers).status_code == 204
    assert client.get("/chat/v1/history", headers=headers).status_code == 401
    assert client.post(MESSAGES, json=message(2, text="hello"), headers=headers).status_code == 401
    assert len(engine.erased) == 1


def test_a_forged_missing_or_foreign_token_opens_nothing(client: TestClient, settings: Settings) -> None:
    page_token = Tokens(settings.keys.session).issue("chat-page", "a" * 32)
    for value in ("", "Bearer", "Bearer x", f"Bearer {'a' * 32}", "Basic abc", f"Bearer {page_token}"):
        answer = client.get("/chat/v1/history", headers={"Authorization": value})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session_ended")


def test_a_token_is_no_conversation_id_and_lasts_no_longer_than_the_conversation(settings: Settings) -> None:
    tokens = Tokens(settings.keys.session)
    token = tokens.issue("chat", "c" * 32)
    assert "c" * 32 not in token and tokens.read("chat", token) == "c" * 32
    assert tokens.read("chat", token[:-3] + "AAA") is None
    assert tokens.read("chat", "é") is None
    old = Tokens(settings.keys.session)._fernet._fernets[0].encrypt_at_time(b"chat:x", 0).decode()
    assert tokens.read("chat", old) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "no id"}, 400),
        ({"message_id": "short", "text": "x"}, 400),
        ({"message_id": "with space in it", "text": "x"}, 400),
        ({"message_id": 12345678, "text": "x"}, 400),
        (message(1), 400),
        (message(1, text="x", button="y"), 400),
        (message(1, text=5), 400),
        (message(1, text="  \n "), 400),
        (message(1, text=""), 400),
        (message(1, text="x" * (MAX_MESSAGE_CHARS + 1)), 413),
        ([], 400),
        ("text", 400),
    ],
)
def test_a_malformed_message_is_refused_in_the_one_shape(
    client: TestClient, engine: FakeEngine, body: object, status: int
) -> None:
    answer = client.post(MESSAGES, json=body, headers=session(client))
    assert answer.status_code == status
    assert set(answer.json()) == {"error"} and {"code", "message"} <= set(answer.json()["error"])
    assert engine.seen == []


def test_broken_json_deep_json_and_other_types_are_refused(client: TestClient, engine: FakeEngine) -> None:
    headers = {**session(client), "Content-Type": "application/json"}
    for content in (b"{", b"\xff\xfe", b"[" * 30_000):
        assert client.post(MESSAGES, content=content, headers=headers).status_code == 400
    headers["Content-Type"] = "text/plain"
    assert client.post(MESSAGES, content=b"{}", headers=headers).status_code == 415


def test_lone_surrogates_and_nuls_do_no_harm(client: TestClient, engine: FakeEngine) -> None:
    headers = {**session(client), "Content-Type": "application/json"}
    content = b'{"message_id": "message-1", "text": "a\\ud800b\\u0000c"}'
    assert client.post(MESSAGES, content=content, headers=headers).status_code == 200
    assert engine.seen[0]["text"] == "a?bc"


def test_a_body_over_the_limit_is_refused_whether_its_length_is_declared_or_not(client: TestClient) -> None:
    headers = {**session(client), "Content-Type": "application/json"}
    big = b" " * (MAX_BODY_BYTES + 1)
    declared = client.post(MESSAGES, content=big, headers=headers)
    streamed = client.post(MESSAGES, content=(big[i : i + 8192] for i in range(0, len(big), 8192)), headers=headers)
    for answer in (declared, streamed):
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_long")


def test_a_message_of_the_greatest_length_fits(client: TestClient, engine: FakeEngine) -> None:
    text = "\U0001f642" * MAX_MESSAGE_CHARS
    answer = client.post(MESSAGES, json=message(1, text=text), headers=session(client))
    assert answer.status_code == 200
    assert engine.seen[0]["text"] == text


def test_too_many_messages_are_put_off_kindly_and_other_conversations_go_on(
    client: TestClient, engine: FakeEngine
) -> None:
    headers, others = session(client), session(client)
    answers = [
        client.post(MESSAGES, json=message(number, text="hello"), headers=headers)
        for number in range(MAX_TURNS_A_MINUTE + 2)
    ]
    late = answers[-1]
    assert [answer.status_code for answer in answers[:MAX_TURNS_A_MINUTE]] == [200] * MAX_TURNS_A_MINUTE
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) == late.json()["error"]["retry_after"] >= 1
    assert "Please wait" in late.json()["error"]["message"]
    assert client.post(MESSAGES, json=message(1, text="hello"), headers=others).status_code == 200


def test_one_address_cannot_start_sessions_without_end(client: TestClient) -> None:
    codes = [client.post("/chat/v1/sessions").status_code for _ in range(NEW_SESSIONS_A_MINUTE_PER_ADDRESS + 1)]
    assert codes == [201] * NEW_SESSIONS_A_MINUTE_PER_ADDRESS + [429]


def test_only_named_sites_may_use_the_api_from_a_browser(client: TestClient) -> None:
    named = {"Origin": "https://host.example.org"}
    allowed = client.post("/chat/v1/sessions", headers=named)
    assert allowed.status_code == 201
    assert allowed.headers["access-control-allow-origin"] == named["Origin"]
    assert "access-control-allow-credentials" not in allowed.headers
    foreign = client.post("/chat/v1/sessions", headers={"Origin": "https://evil.example.org"})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    assert client.options(MESSAGES, headers={**named, **ask}).status_code == 200
    assert client.options(MESSAGES, headers={"Origin": "https://evil.example.org", **ask}).status_code == 400


def test_an_error_reaches_a_named_site_too(client: TestClient) -> None:
    answer = client.get("/chat/v1/history", headers={"Origin": "https://host.example.org"})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "https://host.example.org"


def test_cookies_open_nothing_in_the_api(client: TestClient, engine: FakeEngine) -> None:
    token = client.post("/chat/v1/sessions").json()["session"]
    client.cookies.set("chat", token)
    assert client.get("/chat/v1/history").status_code == 401


def test_an_unknown_path_or_method_of_the_api_answers_in_its_shape(client: TestClient) -> None:
    for method, path, status in (("GET", "/chat/v1/nothing", 404), ("PUT", MESSAGES, 405)):
        answer = client.request(method, path)
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "message"}


def test_an_error_of_ours_names_the_office_and_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = session(client)
    monkeypatch.setattr("bot.store.transcript.history", lambda *_: 1 / 0)
    answer = client.get("/chat/v1/history", headers=headers)
    assert answer.status_code == 500
    assert "0161 480 0833" in answer.json()["error"]["message"]
    assert "division" not in answer.text
    assert "Content-Security-Policy" in answer.headers
