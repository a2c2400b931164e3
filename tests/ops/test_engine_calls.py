"""How the office asks its engine: on kept connections, each message once, and late answers reach nobody."""

import asyncio
import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from bot.channels import engine_client
from bot.channels.engine_client import EngineClient, EngineDown, NotConnected
from bot.settings import Settings
from tests.office.fake_engine import FakeEngine


def body(text: str = "hello") -> dict[str, Any]:
    return {"conversation": "conversation-1", "text": text, "message_id": "message-1"}


@pytest.mark.asyncio
async def test_turns_readiness_and_erasures_share_one_connection(settings: Settings, engine: FakeEngine) -> None:
    async with EngineClient(settings) as client:
        for number in range(3):
            assert (await client.turn(body(f"number {number} é")))[0]["outcome"] == "answered"
        await client.erase("conversation-1")
        assert (await client.ready())["engines"] == {"1": True}
        assert all(len(server._lines) == 1 for server in client._engines.values())
    assert [seen["text"] for seen in engine.seen] == [f"number {number} é" for number in range(3)]
    assert engine.erased == ["conversation-1"]


@pytest.mark.asyncio
async def test_a_late_answer_is_never_the_answer_to_the_next_message(
    settings: Settings, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_client, "ENGINE_SECONDS", 0.2)
    hanging, said = threading.Event(), engine.say
    engine.say = lambda asked: (hanging.wait(20), said(asked))[1]
    async with EngineClient(settings) as client:
        with pytest.raises(EngineDown, match="TimeoutError") as found:
            await client.turn(body("late"))
        assert type(found.value) is EngineDown
        hanging.set()
        monkeypatch.undo()
        assert "You said: next" in str(await client.turn(body("next")))
    assert [seen["text"] for seen in engine.seen] == ["late", "next"]


@pytest.mark.asyncio
@pytest.mark.parametrize("answered", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"what the parent wrote"])
async def test_an_engine_that_breaks_off_is_asked_once_and_its_words_stay_out_of_the_error(
    settings: Settings, answered: bytes
) -> None:
    came = []

    async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(json.loads((await reader.readuntil(b"}")).partition(b"\r\n\r\n")[2]))
        writer.write(answered)
        writer.close()

    async with await asyncio.start_server(breaks, "127.0.0.1", settings.engine_port), EngineClient(settings) as client:
        with pytest.raises(EngineDown, match=r"^(ServerDisconnectedError|ClientPayloadError)$") as found:
            await client.turn(body())
        assert type(found.value) is EngineDown
    assert came == [body()]


@pytest.mark.asyncio
async def test_an_engine_that_is_not_there_has_done_nothing(settings: Settings) -> None:
    async with EngineClient(settings) as client:
        with pytest.raises(NotConnected, match=r"^ClientConnectorError$"):
            await client.turn(body())


@pytest.mark.asyncio
async def test_whatever_a_conversation_is_called_only_it_is_erased(settings: Settings, engine: FakeEngine) -> None:
    async with EngineClient(settings) as client:
        await client.erase("a b\r\nX: é?#")
        with pytest.raises(EngineDown, match="status 404"):
            await client.erase("../messages")
    assert engine.erased == ["a b\r\nX: é?#"]


def test_an_engine_is_asked_over_plain_http_alone(settings: Settings) -> None:
    with pytest.raises(ValueError, match="https://engine-1:5005"):
        EngineClient(replace(settings, engine_urls=("https://engine-1:5005",)))
