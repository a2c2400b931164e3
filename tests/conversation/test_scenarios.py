"""Every scenario of tests/scenarios is a test, named by its file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine.inprocess import LocalEngine
from bot.store.engine import Database
from bot.store.tables import Case
from tests.conversation.scenario import Scenario, dig, load

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.rglob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_scenario(path: Path, engine: LocalEngine, office_database: Database, play: Callable[[Any], Any]) -> None:
    scenario = load(path)
    play(scenario.play(engine))
    stored = cases_of(office_database, path.stem)
    assert len(stored) == wanted_cases(scenario), f"{len(stored)} cases were stored"
    for name, value in (scenario.case or {}).items():
        assert dig(stored[0], name) == value, f"{name} is {dig(stored[0], name)!r} in {json.dumps(stored[0])[:2000]}"


def wanted_cases(scenario: Scenario) -> int:
    """How many cases the scenario must leave: none, unless it says so."""
    if scenario.cases is not None:
        return scenario.cases
    return 1 if scenario.case else 0


def cases_of(database: Database, conversation: str) -> list[dict[str, Any]]:
    """The summaries of a conversation's cases, opened, with their queue columns under `queue`."""
    with database.read_scope() as session:
        rows = session.scalars(select(Case).where(Case.conversation_id == conversation)).all()
        return [opened(database, row) for row in rows]


def opened(database: Database, row: Case) -> dict[str, Any]:
    """One case as a dictionary: its summary, its contact, its queue columns."""
    summary = database.unseal_json("cases", "summary", row.id, row.sealed_summary)
    contact = database.unseal_json("cases", "contact", row.id, row.sealed_contact)
    columns = ("state", "stage", "issue", "council", "channel", "constituency", "safeguarding", "urgency")
    return {**summary, "sealed_contact": contact, "queue": {name: getattr(row, name) for name in columns}}
