"""/metrics tells what an operator needs, to nobody but the monitoring, and never a word of a parent."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from starlette.testclient import TestClient

from bot.limits import NEW_SESSIONS_A_MINUTE_PER_ADDRESS
from bot.metrics import Metrics
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.store.outbox_counts import outbox_counts
from bot.store.tables import OutboxRow
from bot.web.app import create_app
from bot.web.counted import kind
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, session
from tests.ops.made import NOW, case

TOKEN = "a-token-of-the-monitoring"
CANARY = "Test Parent says the canary sang"


def office(environment: dict[str, str], client: tuple[str, int] = ("127.0.0.1", 5000), **more: str) -> TestClient:
    app = create_app(Settings.from_environment(environment | more))
    return TestClient(app, base_url="http://office.example.org", client=client)


def figures(answer: httpx.Response) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_turns_are_counted_by_outcome_and_channel_and_a_repeat_is_none(
    environment: dict[str, str], db: Database, engine: FakeEngine
) -> None:
    with office(environment) as client:
        headers = session(client)
        for number in (1, 2, 2):
            client.post("/chat/v1/messages", json=message(number, text=CANARY), headers=headers)
        engine.stop()
        client.post("/chat/v1/messages", json=message(3, text="hello"), headers=headers)
        answer = client.get("/metrics")
    found = figures(answer)
    assert found["send_desk_turns_total", (("channel", "web"), ("outcome", "answered"))] == 2
    assert found["send_desk_turns_total", (("channel", "web"), ("outcome", "failed"))] == 1
    assert found["send_desk_turns_repeated_total", (("channel", "web"),)] == 1
    assert found["send_desk_turn_seconds_count", (("channel", "web"),)] == 3
    assert found["send_desk_turns_waiting", ()] == 0
    assert found["send_desk_responses_total", (("route", "chat"), ("status", "200"))] == 4
    assert found["send_desk_engine_ready", (("engine", "1"),)] == 0
    assert CANARY not in answer.text and "message-" not in answer.text


def test_engine_calendar_and_reviews_are_told(environment: dict[str, str], db: Database, engine: FakeEngine) -> None:
    with office(environment) as client:
        found = figures(client.get("/metrics"))
    assert found["send_desk_engine_ready", (("engine", "1"),)] == 1
    assert found["send_desk_database_up", ()] == 1
    assert found["send_desk_calendar_days_left", ()] > 180
    assert {("send_desk_review_days_left", ()), ("send_desk_entries_held", ())} <= set(found)


def test_the_outbox_shows_rows_tries_and_age(db: Database) -> None:
    case(db, "one"), case(db, "two")
    with db.session_scope() as one:
        one.execute(update(OutboxRow).values(attempts=3))
    metrics = Metrics()
    metrics.show_outbox(outbox_counts(db, NOW + timedelta(hours=2)))
    labels = {"kind": "case.submitted", "state": "waiting"}
    assert metrics.registry.get_sample_value("send_desk_outbox_rows", labels) == 2
    assert metrics.registry.get_sample_value("send_desk_outbox_tries", labels) == 6
    overdue = metrics.registry.get_sample_value("send_desk_outbox_overdue_seconds", {"kind": "case.submitted"})
    assert overdue == 7200
    with db.session_scope() as one:
        one.execute(update(OutboxRow).values(state="done"))
    metrics.show_outbox(outbox_counts(db, NOW + timedelta(hours=2)))
    assert metrics.registry.get_sample_value("send_desk_outbox_rows", labels) is None
    assert metrics.registry.get_sample_value("send_desk_outbox_overdue_seconds", {"kind": "case.submitted"}) is None


@pytest.mark.parametrize(
    ("settings_more", "client", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "192.0.2.7", {}, 401),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 401),
        ({}, "127.0.0.1", {"Via": "1.1 proxy"}, 401),
        ({"SEND_DESK_PUBLIC_URL": "https://chat.example.org"}, "127.0.0.1", {}, 401),
        ({"SEND_DESK_METRICS_TOKEN": TOKEN}, "127.0.0.1", {}, 401),
        ({"SEND_DESK_METRICS_TOKEN": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"SEND_DESK_METRICS_TOKEN": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (
            {"SEND_DESK_METRICS_TOKEN": TOKEN, "SEND_DESK_PUBLIC_URL": "https://chat.example.org"},
            "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200,
        ),
    ],
)  # fmt: skip
def test_only_the_monitoring_may_look(
    environment: dict[str, str], db: Database, settings_more: dict[str, str], client: str, headers: Any, status: int
) -> None:
    with office(environment, (client, 5000), **settings_more) as found:
        assert found.get("/metrics", headers=headers).status_code == status


def test_a_short_token_stops_the_start(environment: dict[str, str]) -> None:
    with pytest.raises(SettingWrong, match="at least 20"):
        Settings.from_environment(environment | {"SEND_DESK_METRICS_TOKEN": "short"})


def test_refusals_at_the_edge_are_counted(environment: dict[str, str], db: Database) -> None:
    with office(environment) as client:
        headers = session(client)
        for _ in range(NEW_SESSIONS_A_MINUTE_PER_ADDRESS):
            client.post("/chat/v1/sessions")
        client.post("/chat/v1/messages", content=b"x" * 70_000, headers=headers | {"Content-Type": "application/json"})
        found = figures(client.get("/metrics"))
    assert found["send_desk_responses_total", (("route", "chat"), ("status", "429"))] == 1
    assert found["send_desk_responses_total", (("route", "chat"), ("status", "413"))] == 1


def test_labels_do_not_grow_with_what_strangers_ask_for() -> None:
    paths = ["/chat", "/chat/v1/messages", "/inbox/x", "/metrics", "/etc/passwd", "", "/", "//", "no-slash"]
    assert {kind(path) for path in paths} == {"chat", "inbox", "health", "other"}
