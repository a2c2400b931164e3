"""The widget's files: small, from one place, text and never markup, cached for good under their hash."""

import gzip
import re
from contextlib import ExitStack
from dataclasses import replace

import httpx

from benchmarks.widget_size import MOST_BYTES, sizes
from bot.limits import EVENT_STREAMS_PER_CONVERSATION
from bot.settings import office_told
from bot.web.widget.bundle import MODULES, SOURCE, component, module_lines
from tests.office.fake_engine import FakeEngine
from tests.widget.conftest import Server

SCRIPTS = {path.stem: path.read_text(encoding="utf-8") for path in SOURCE.glob("*.js")}


def test_all_of_the_widget_is_under_its_size_over_the_wire() -> None:
    assert sum(sizes().values()) < MOST_BYTES


def test_the_scripts_write_text_and_never_markup() -> None:
    for name, script in SCRIPTS.items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser|setHTML|\.style\b|document\.cookie",
            script,
        ), name


def test_every_source_file_is_joined_and_uses_only_what_stands_before_it() -> None:
    assert set(MODULES) == set(SCRIPTS)
    for number, name in enumerate(MODULES):
        assert set(re.findall(r'from "\./(\w+)\.js"', SCRIPTS[name])) <= set(MODULES[:number]), name


def test_no_name_at_the_top_of_a_file_is_used_twice() -> None:
    names = [
        name
        for script in SCRIPTS.values()
        for name in re.findall(r"^(?:export )?(?:async )?(?:const|function|class) (\w+)", script, re.MULTILINE)
    ]
    assert sorted(names) == sorted(set(names))


def test_joining_leaves_out_only_comments_imports_and_the_word_export() -> None:
    source = '// Note.\nimport { a } from "./a.js";\n\nexport function b() {\n  // Why.\n  return "// kept";\n}\n'
    assert list(module_lines(source)) == ["function b() {", 'return "// kept";', "}"]


def test_the_name_of_the_file_changes_with_the_office_it_speaks_for() -> None:
    office = office_told({})
    assert component(office).name == component(office).name
    assert component(office).name != component(replace(office, phone="01632 960123")).name


def test_the_widget_says_for_how_long_this_office_keeps_a_chat() -> None:
    assert b"kept for 14 days, then deleted" in component(office_told({}), 14).content
    assert b"{days}" not in component(office_told({})).content


def test_the_files_are_open_to_any_page_compressed_and_kept_for_good(office: Server) -> None:
    with httpx.Client(base_url=f"{office.url}/widget/v1/", trust_env=False) as client:
        loader = client.get("loader.js")
        name = component(office_told()).name
        widget = client.get(name)
        again = client.get("loader.js", headers={"If-None-Match": loader.headers["etag"]})
        bare = client.get(name, headers={"Accept-Encoding": "identity"})
        old = client.get("send-desk-0123456789.js")
        missing = client.get("other.js")
    assert loader.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=604800"
    assert again.status_code == 304 and again.content == b""
    assert widget.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert widget.headers["content-encoding"] == "gzip" and "content-encoding" not in bare.headers
    assert widget.headers["content-type"].startswith("text/javascript")
    assert (
        widget.headers["access-control-allow-origin"] == "*"
        and widget.headers["cross-origin-resource-policy"] == "cross-origin"
    )
    assert (
        loader.content
        == widget.content
        == bare.content
        == old.content
        == gzip.decompress(component(office_told()).zipped)
    )
    assert old.headers["cache-control"] == "no-store" and missing.status_code == 404


def test_the_stream_tells_the_newest_turn_and_ends_with_the_conversation(office: Server, engine: FakeEngine) -> None:
    with httpx.Client(base_url=f"{office.url}/chat/v1", trust_env=False, timeout=20) as client:
        headers = {"Authorization": f"Bearer {client.post('/sessions').json()['session']}"}
        with client.stream("GET", "/events", headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = (line for line in stream.iter_lines() if line.startswith("data:"))
            assert next(lines) == "data: 0"
            sent = httpx.post(
                f"{office.url}/chat/v1/messages",
                json={"message_id": "message-1", "text": "hello"},
                headers=headers,
                trust_env=False,
            )
            assert sent.status_code == 200
            assert next(line for line in lines if line != "data: 1") == "data: 2"
            httpx.delete(f"{office.url}/chat/v1/conversation", headers=headers, trust_env=False)
            assert list(lines) == []
        assert client.get("/events", headers=headers).status_code == 401
        assert client.get("/events").status_code == 401


def test_one_conversation_has_so_many_streams_and_no_more(office: Server) -> None:
    with httpx.Client(base_url=f"{office.url}/chat/v1", trust_env=False, timeout=20) as client, ExitStack() as streams:
        headers = {"Authorization": f"Bearer {client.post('/sessions').json()['session']}"}
        opened = [
            streams.enter_context(client.stream("GET", "/events", headers=headers))
            for _ in range(EVENT_STREAMS_PER_CONVERSATION)
        ]
        lines = [stream.iter_lines() for stream in opened]
        assert [next(each) for each in lines] == ["event: newest"] * len(opened)
        answer = client.get("/events", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many")
