"""Firefox of the machine, driven over WebDriver BiDi, which it speaks by itself: no driver and no patched build."""

import asyncio
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox") or ""
PATIENCE = 20  # seconds; two shared cores can be slow
ESCAPE = "\ue00c"
# Found through the widget's open shadow root: what matches a selector and, where words are given, holds them.
FIND = """(selector, words) => [...document.querySelector("send-desk").shadowRoot.querySelectorAll(selector)]
  .filter((node) => node.getClientRects().length && node.textContent.includes(words)).pop() || null"""


class Firefox:
    """One tab."""

    def __init__(self, socket: Any):
        self._socket = socket
        self._ids = itertools.count(1)
        self.tab = ""
        self.version = ""

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; events and late answers are passed over."""
        number = next(self._ids)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        async with asyncio.timeout(PATIENCE):
            while (answer := json.loads(await self._socket.recv())).get("id") != number:
                pass
        assert answer["type"] == "success", answer
        return dict(answer["result"])

    async def begin(self) -> None:
        """Opens the session and finds the tab."""
        session = await self.call("session.new", capabilities={})
        self.version = str(session["capabilities"]["browserVersion"])
        self.tab = (await self.call("browsingContext.getTree"))["contexts"][0]["context"]

    async def goto(self, url: str) -> None:
        await self.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    async def js(self, function: str, *arguments: str) -> Any:
        """What a function gives; plain values only."""
        return (await self._run(function, *arguments)).get("value")

    async def until(self, function: str, *arguments: str) -> Any:
        """Waits until a function gives something true."""
        async with asyncio.timeout(PATIENCE):
            while not (found := await self.js(function, *arguments)):
                await asyncio.sleep(0.02)
        return found

    async def sees(self, selector: str, words: str = "") -> None:
        """Waits until something is shown."""
        await self.until(f"(...given) => ({FIND})(...given) !== null", selector, words)

    async def click(self, selector: str, words: str = "") -> None:
        """With the pointer, in the middle of the element."""
        await self.sees(selector, words)
        node = await self._run(
            f"(...given) => {{ const node = ({FIND})(...given); node.scrollIntoView({{block: 'center'}}); return node; }}",
            selector, words,
        )  # fmt: skip
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        pointer: list[dict[str, Any]] = [{"type": "pointerMove", "x": 0, "y": 0, "origin": origin}]
        pointer += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        await self._act({"type": "pointer", "id": "mouse", "actions": pointer})

    async def type(self, text: str) -> None:
        """Key by key, into what has the focus."""
        keys = [{"type": kind, "value": sign} for sign in text for kind in ("keyDown", "keyUp")]
        await self._act({"type": "key", "id": "keyboard", "actions": keys})

    async def _act(self, actions: dict[str, Any]) -> None:
        await self.call("input.performActions", context=self.tab, actions=[actions])

    async def _run(self, function: str, *arguments: str) -> dict[str, Any]:
        given = [{"type": "string", "value": each} for each in arguments]
        answer = await self.call(
            "script.callFunction", functionDeclaration=function, arguments=given, awaitPromise=True,
            target={"context": self.tab},
        )  # fmt: skip
        assert answer["type"] == "success", answer
        return dict(answer["result"])


@asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """A fresh profile, gone afterwards."""
    with tempfile.TemporaryDirectory() as profile:
        command = [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            url = await asyncio.wait_for(asyncio.to_thread(_address, program), 60)
            async with websockets.connect(f"{url}/session", max_size=2**24) as socket:  # type: ignore[attr-defined]
                found = Firefox(socket)
                await found.begin()
                yield found
        finally:
            program.terminate()
            program.wait()


def _address(program: "subprocess.Popen[str]") -> str:
    assert program.stderr
    for line in program.stderr:
        if "WebDriver BiDi listening on" in line:
            return line.split()[-1]
    raise AssertionError("Firefox ended before it listened")
