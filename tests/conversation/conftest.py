"""One loaded engine for all scenarios, with an office database and keys of its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.engine.inprocess import LocalEngine
from bot.engine.model import model_path
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The one event loop that the engine lives in."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="session")
def office_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated database in a folder of its own; the actions find it through the environment."""
    folder: Path = tmp_path_factory.mktemp("office")
    patch = pytest.MonkeyPatch()
    patch.setenv("SEND_DESK_DATA", str(folder))
    create_missing(folder)
    database = Database.from_settings(Settings.from_environment())
    database.migrate()
    yield database
    database.close()
    patch.undo()


@pytest.fixture(scope="session")
def engine(loop: asyncio.AbstractEventLoop, office_database: Database) -> LocalEngine:
    """The trained model with the real actions."""
    return loop.run_until_complete(LocalEngine.load(model_path()))


@pytest.fixture
def play(loop: asyncio.AbstractEventLoop, engine: LocalEngine) -> Any:
    """Runs a coroutine of the engine to its end."""
    return loop.run_until_complete
