"""What the office's tests share: an installation in a temporary folder, its database, a stand-in engine, a gateway, a client."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found however pytest was started

from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.app import create_app
from tests.offices import engine, migrated
from tests.services import free_port

__all__ = ["engine"]

T = TypeVar("T")
Run = Callable[[Callable[[Gateway], Awaitable[Any]]], Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A whole installation's settings, with fresh keys and an engine port of its own."""
    create_missing(tmp_path, {})
    environment = {
        "SEND_DESK_DATA": str(tmp_path),
        "SEND_DESK_ENGINE_PORT": str(free_port()),
        "SEND_DESK_ORIGINS": "https://host.example.org",
    }
    return Settings.from_environment(environment)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A migrated SQLite database."""
    with migrated(Database.from_settings(settings)) as found:
        yield found


@pytest.fixture
def client(settings: Settings, db: Database) -> Iterator[TestClient]:
    """The whole office, in this process; errors come back as pages, as a browser would see them."""
    with TestClient(
        create_app(settings),
        base_url="http://office.example.org",
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as found:
        yield found


@pytest.fixture
def run(db: Database, settings: Settings) -> Run:
    """Runs one async test body with a gateway of its own."""

    def runner(body: Callable[[Gateway], Awaitable[T]]) -> T:
        async def whole() -> T:
            gateway = Gateway(db, settings, EngineClient(settings))
            try:
                return await body(gateway)
            finally:
                await gateway.close()

        return asyncio.run(whole())

    return runner
