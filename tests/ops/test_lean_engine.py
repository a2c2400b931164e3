"""What the engine no longer does in every turn is still done once: answers are checked, connections are kept."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from jsonschema import ValidationError
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.utils import AvailableEndpoints
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.engine.lean import keep_connections, lighten
from bot.engine.processor import LeanProcessor
from bot.engine.runner import StraightRunner
from bot.engine.serve_actions import app as actions_app
from tests.services import free_port

GOOD = {"events": [{"event": "slot", "name": "topic", "value": "mediation"}], "responses": [{"custom": {}}]}


def test_an_answer_that_is_none_is_still_refused() -> None:
    lighten()
    action = RemoteAction("action_reply", None)
    assert action._validate_action_result(GOOD)
    assert action._validate_action_result({"events": [{"event": "followup", "name": "action_listen"}]})
    assert action._validate_action_result({"events": [{"event": "active_loop", "name": None}, {"event": "rewind"}]})
    for wrong in (
        {"events": [{"event": "no such event"}]},
        {"events": [{"event": "slot", "value": 1}]},
        {"events": "none"},
        {"responses": ["text"]},
        ["nothing"],
    ):
        with pytest.raises(ValidationError):
            action._validate_action_result(wrong)


def test_events_are_the_same_classes_as_rasas_own_search_finds() -> None:
    lighten()
    for kind in (SlotSet, UserUttered, ActiveLoop, ActionExecuted, BotUttered):
        assert Event.resolve_by_type(kind.type_name) is kind
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("no such event")


def test_an_action_is_sent_the_parents_messages_and_no_other_event() -> None:
    lighten()
    place = {"entity": "COUNCIL", "value": "Stockport"}
    told = [
        ActionExecuted("action_listen"),
        UserUttered("we live in Stockport", {"name": "ask"}, [place], input_channel="office"),
        SlotSet("topic", "mediation"),
    ]
    tracker = DialogueStateTracker.from_events("one", told, slots=Domain.empty().slots)
    action = RemoteAction("action_reply", EndpointConfig("http://127.0.0.1:1", enable_selective_domain=True))
    call = action._action_call_format(tracker, Domain.empty())
    assert call["tracker"]["events"] == [
        {"event": "user", "input_channel": "office", "parse_data": {"entities": [place]}}
    ]
    whole = RemoteAction("action_reply", EndpointConfig("http://127.0.0.1:1"))._action_call_format(
        tracker, Domain.empty()
    )
    assert len(whole["tracker"]["events"]) == 3 and "domain" in whole  # where an action is to know the domain
    assert set(call) == set(whole) - {"domain"}
    assert {**call["tracker"], "events": None} == {**whole["tracker"], "events": None}


def test_the_actions_server_works_out_nothing_for_other_origins_and_is_still_watched() -> None:
    made = actions_app()
    around = [*made.request_middleware, *made.response_middleware]
    assert [one.__module__ for one in around] == ["bot.engine.watched"] * 2


def runner_of(schema: dict[str, list[str]], calls: list[str]) -> StraightRunner:
    """A runner whose components say their name and what they were given."""

    def node(name: str) -> Callable[..., tuple[str, str]]:
        def run(*given: Any) -> tuple[str, str]:
            calls.append(name)
            return name, f"{name}({','.join(str(one[1]) for one in given)})"

        return run

    original = DaskGraphRunner.__new__(DaskGraphRunner)
    nodes = {name: SimpleNamespace(needs={need: need for need in needs}) for name, needs in schema.items()}
    original._graph_schema = SimpleNamespace(nodes=nodes, target_names=list(schema)[-1:])  # type: ignore[assignment]
    original._instantiated_nodes = {name: node(name) for name in schema}  # type: ignore[misc]
    found = StraightRunner.instead_of(original)
    assert isinstance(found, StraightRunner)
    return found


def test_each_component_runs_once_behind_what_it_needs_and_no_other_runs() -> None:
    calls: list[str] = []
    schema = {"words": ["message"], "meaning": ["words"], "unused": ["words"], "danger": ["words", "meaning"]}
    runner = runner_of(schema, calls)
    for _ in range(2):
        assert runner.run({"message": "hello"}, ["danger"]) == {"danger": "danger(words(hello),meaning(words(hello)))"}
    assert calls == ["words", "meaning", "danger"] * 2
    assert runner.run({"message": "hello", "words": "known"}, ["meaning"]) == {"meaning": "meaning(known)"}


def processor_of(domain: Domain) -> LeanProcessor:
    """A processor over a domain, with no model."""
    original = MessageProcessor.__new__(MessageProcessor)
    original.domain = domain
    original.graph_runner = None  # type: ignore[assignment]
    return LeanProcessor.instead_of(original)


def test_slots_are_looked_for_only_where_a_domain_says_how() -> None:
    assert not processor_of(Domain.load("domain.yml"))._fills_slots
    mapped = {"slots": {"place": {"type": "text", "mappings": [{"type": "from_entity", "entity": "POSTCODE"}]}}}
    assert processor_of(Domain.from_dict(mapped))._fills_slots


def test_an_action_that_fails_ends_its_turn_and_brings_no_word_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Fails(Action):
        def name(self) -> str:
            return "action_reply"

        async def run(self, *given: object) -> list[Event]:
            raise ValueError("what a parent wrote")

    domain = Domain.load("domain.yml")
    tracker = DialogueStateTracker("one", domain.slots)
    prediction = PolicyPrediction.for_action_name(domain, "action_reply")
    output = CollectingOutputChannel()
    turn = processor_of(domain)._run_action(Fails(), tracker, output, None, prediction)  # type: ignore[arg-type]
    assert asyncio.run(turn) and tracker.latest_action_name == "action_reply" and not output.messages
    assert "ValueError" in caplog.text and "parent wrote" not in caplog.text


def test_the_actions_are_asked_over_one_connection() -> None:
    came: set[object] = set()

    async def answer(request: web.Request) -> web.Response:
        came.add(request.transport)
        return web.json_response({"asked": (await request.json())["number"]})

    async def whole() -> list[object]:
        port = free_port()
        endpoint = await served(answer, port)
        return [await endpoint.request(json={"number": number}) for number in range(5)]

    assert asyncio.run(whole()) == [{"asked": number} for number in range(5)]
    assert len(came) == 1


def test_actions_that_were_restarted_are_found_again() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({})

    async def whole() -> None:
        port = free_port()
        runner = await listening(answer, port)
        endpoint = kept(port)
        assert await endpoint.request(json={}) == {}
        await runner.cleanup()
        runner = await listening(answer, port)
        assert await endpoint.request(json={}) == {}
        await runner.cleanup()

    asyncio.run(whole())


def test_an_error_of_the_actions_leaves_the_connection_usable() -> None:
    async def answer(request: web.Request) -> web.Response:
        good = (await request.json())["good"]
        return web.json_response({"error": "no"}, status=200 if good else 500)

    async def whole() -> None:
        endpoint = await served(answer, free_port())
        with pytest.raises(ClientResponseError):
            await endpoint.request(json={"good": False})
        assert await endpoint.request(json={"good": True}) == {"error": "no"}

    asyncio.run(whole())


def test_an_answer_that_is_no_json_is_none_as_with_rasa() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="" if (await request.json())["empty"] else "<p>", content_type=types.pop())

    types = ["text/html", "application/json"]

    async def whole() -> list[object]:
        endpoint = await served(answer, free_port())
        return [await endpoint.request(json={"empty": empty}) for empty in (True, False)]

    assert asyncio.run(whole()) == [None, None]


def test_actions_that_are_gone_close_or_hang_are_the_errors_that_rasa_knows() -> None:
    async def answer(request: web.Request) -> web.Response:
        if (await request.json())["close"]:
            assert request.transport
            request.transport.close()
        await asyncio.Event().wait()
        raise AssertionError

    async def whole() -> None:
        with pytest.raises(aiohttp.ClientConnectionError):
            await kept(free_port()).request(json={})
        endpoint = await served(answer, free_port())
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await endpoint.request(json={"close": True})
        with pytest.raises(asyncio.TimeoutError):
            await endpoint.request(json={"close": False}, timeout=0.05)

    asyncio.run(whole())


def test_an_answer_that_is_no_http_is_an_error_that_rasa_knows() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"nonsense")
        writer.close()

    async def whole() -> None:
        port = free_port()
        async with await asyncio.start_server(nonsense, "127.0.0.1", port):
            with pytest.raises(aiohttp.ClientError):
                await kept(port).request(json={})

    asyncio.run(whole())


@pytest.mark.parametrize(
    ("status", "error"), [(400, ActionExecutionRejection), (500, RasaException), (0, RasaException)]
)
def test_rasa_tells_an_action_that_rejects_from_one_that_fails_and_from_none(
    status: int, error: type[Exception]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"action_name": "action_reply", "error": "no"}, status=status)

    async def whole() -> None:
        endpoint = await served(answer, free_port()) if status else kept(free_port())
        domain = Domain.load("domain.yml")
        action = RemoteAction("action_reply", endpoint)
        tracker = DialogueStateTracker("one", domain.slots)
        with pytest.raises(error) as found:
            await action.run(CollectingOutputChannel(), None, tracker, domain)  # type: ignore[arg-type]
        assert type(found.value) is error

    asyncio.run(whole())


def test_what_a_plain_call_cannot_carry_goes_the_way_of_rasa() -> None:
    came: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        came.append(request)
        return web.json_response(await request.json())

    async def whole() -> None:
        port = free_port()
        await listening(answer, port)
        url = f"http://127.0.0.1:{port}/webhook"
        for set_up in (
            {"token": "word"},
            {"headers": {"X-Key": "word"}},
            {"basic_auth": {"username": "a", "password": "b"}},
        ):
            assert await kept_of(EndpointConfig(url, **set_up)).request(json={"a": 1}) == {"a": 1}
        assert await kept(port).request(json={"a": 1}, compress=True) == {"a": 1}
        assert await kept_of(EndpointConfig(f"{url}?a=b")).request(json={"a": 1}) == {"a": 1}

    asyncio.run(whole())
    assert came[0].query["token"] == came[1].headers["X-Key"] == "word" and "Authorization" in came[2].headers
    assert came[3].headers["Content-Encoding"] == "deflate" and came[4].query["a"] == "b"


async def served(answer: object, port: int) -> EndpointConfig:
    await listening(answer, port)
    return kept(port)


async def listening(answer: object, port: int) -> web.AppRunner:
    app = web.Application()
    app.router.add_post("/webhook", answer)  # type: ignore[arg-type]
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


def kept(port: int) -> EndpointConfig:
    found = kept_of(EndpointConfig(f"http://127.0.0.1:{port}/webhook", enable_selective_domain=True))
    assert found.kwargs == {"enable_selective_domain": True}
    return found


def kept_of(endpoint: EndpointConfig) -> EndpointConfig:
    endpoints = AvailableEndpoints()
    endpoints.action = endpoint
    found = keep_connections(endpoints).action
    assert found is not None
    return found
