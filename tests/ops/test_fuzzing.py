"""Hostile requests: schemathesis on every route of docs/openapi.yml, and made rubbish on every other public route."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from bot.paths import ROOT
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.app import all_routes, create_app
from bot.web.limiter import Limiter
from bot.web.office import Limits
from tests.office.fake_engine import FakeEngine
from tests.office.pages import session
from tests.services import free_port

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
BOUNDED = hypothesis_settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
CONFORMANCE = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SECURITY_HEADERS = {
    "content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy",
    "permissions-policy", "x-robots-tag",
}  # fmt: skip
schema = schemathesis.openapi.from_path(ROOT / "docs" / "openapi.yml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with a stand-in engine."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    create_missing(folder, {})
    found = Settings.from_environment({"SEND_DESK_DATA": str(folder), "SEND_DESK_ENGINE_PORT": str(free_port())})
    database = Database.from_settings(found)
    database.migrate()
    database.close()
    engine = FakeEngine(found.engine_port, found.keys.engine)
    engine.start()
    yield found
    engine.stop()


@pytest.fixture(scope="module")
def client(installed: Settings) -> Iterator[TestClient]:
    """The whole office without rate limits, which would end the test's own requests."""
    app = create_app(installed)
    free = {name: Limiter(1_000_000, 1) for name in Limits.__dataclass_fields__}
    for name, limiter in free.items():
        object.__setattr__(app.state.office.limits, name, limiter)
    with TestClient(
        app, base_url="http://office.example.org", raise_server_exceptions=False, follow_redirects=False
    ) as found:
        yield found


@pytest.fixture(scope="module")
def token(client: TestClient) -> dict[str, str]:
    """A parent's own session."""
    return session(client)


@schema.exclude(operation_id="streamEvents").parametrize()
@BOUNDED
def test_every_answer_of_the_api_is_as_its_file_says(
    case: schemathesis.Case, client: TestClient, token: dict[str, str]
) -> None:
    if "session" not in str(case.operation.path):
        case.headers = {**(case.headers or {}), **token}
    sent = case.as_transport_kwargs(base_url="http://office.example.org")
    sent.pop("cookies", None)
    answer = client.request(**{name: value for name, value in sent.items() if name != "timeout"})
    assert answer.status_code < 500, answer.text
    assert set(answer.headers) >= SECURITY_HEADERS
    case.validate_response(answer, checks=CONFORMANCE)


def public_routes(found: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every route that is made for a method, as (method, path with its parameters)."""
    for route in found:
        if isinstance(route, Mount) and route.routes:
            yield from public_routes(list(route.routes), before + route.path)
        elif isinstance(route, Route):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, before + route.path


RUBBISH = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["../../etc/passwd", "%00", "%2e%2e%2f", "a" * 3000, "{{7*7}}", "';--", "\u202e", "0", "-1", "9" * 30]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(
        st.sampled_from(["text", "button", "message_id", "csrf", "email", "password", "x"]), st.text(max_size=60)
    ),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.sampled_from(
            [
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "text/plain",
                "multipart/form-data; boundary=x",
                "é",
            ]
        ),
        "Cookie": st.sampled_from(["chat=x", "inbox=x; login=y", "chat=" + "a" * 2000, ";;=;"]),
        "Authorization": st.sampled_from(["Bearer x", "Bearer", "Basic x", "Bearer " + "g" * 2000]),
        "Origin": st.sampled_from(["https://evil.example", "null", "http://[", "http://office.example.org"]),
        "Content-Length": st.sampled_from(["-1", "x", "99999999999999999999"]),
    },
)


@BOUNDED
@given(data=st.data())
def test_no_route_breaks_on_rubbish_and_none_forgets_its_headers(
    data: st.DataObject, client: TestClient, installed: Settings
) -> None:
    for method, path in public_routes(all_routes(installed)):
        if path.endswith("/events"):
            continue  # a stream that stays open
        filled = path
        while "{" in filled:
            start, end = filled.index("{"), filled.index("}")
            filled = filled[:start] + data.draw(RUBBISH).replace("{", "").replace("}", "") + filled[end + 1 :]
        body = data.draw(BODIES)
        sent = {"data": body} if isinstance(body, dict) else {"content": body}
        headers = {name: value.encode("utf-8") for name, value in data.draw(HEADERS).items()}
        try:
            answer = client.request(method, filled, headers=headers, **sent)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            continue  # the test's own client refuses such an address
        assert answer.status_code < 500, (method, path, answer.status_code)
        assert set(answer.headers) >= SECURITY_HEADERS, (method, path)
        assert "Traceback" not in answer.text


def test_unknown_addresses_and_methods_carry_the_headers_too(client: TestClient) -> None:
    for method, path in (
        ("GET", "/no/such"),
        ("PUT", "/chat"),
        ("DELETE", "/healthz"),
        ("GET", "/chat/v1/no-such"),
        ("GET", "/static/../x"),
    ):
        answer = client.request(method, path)
        assert answer.status_code in (404, 405) and set(answer.headers) >= SECURITY_HEADERS
