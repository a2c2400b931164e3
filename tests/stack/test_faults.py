"""The real engine and actions under load, as the deployment runs them (PostgreSQL, Redis), while a part is killed and comes back."""

import asyncio
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks import parts
from benchmarks.two_of_each import PASSWORD, installations, started
from tests.ops.families import FAMILIES, families
from tests.ops.servers import redis
from tests.services import postgres

QUESTIONS = (
    "what is mediation, asks family {number} ?",
    "how much does an appeal cost, asks family {number} ?",
    "what does SENDIASS do, asks family {number} ?",
    "who writes section F, asks family {number} ?",
    "can the school apply for an assessment, asks family {number} ?",
    "what is an EHC plan, asks family {number} ?",
)


@dataclass
class Deployment:
    """One of each, and what may be killed; what is started again is ended with the test."""

    url: str
    database: str
    installation: parts.Installation
    actions: "subprocess.Popen[bytes]"
    redis: "subprocess.Popen[bytes]"
    redis_port: int
    ending: ExitStack

    def spoken(self, many: int) -> None:
        """Waits until so many messages have been answered."""
        engine, end = create_engine(self.database), time.monotonic() + 60
        count = text("SELECT count(*) FROM turns WHERE author = 'assistant'")
        answered = 0
        while answered < many:
            assert time.monotonic() < end, f"only {answered} were answered"
            time.sleep(0.02)
            with engine.connect() as connection:
                answered = connection.execute(count).scalar_one()
        engine.dispose()


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """Started for one test: no other should find what this one has broken."""
    with ExitStack() as ending:
        database = ending.enter_context(postgres())
        port, locks = ending.enter_context(redis(PASSWORD))
        made = installations(1, tmp_path, database, port)[0]
        actions, *others = started(ending, made, 1)
        parts.awaited([actions, *others], made.port())
        yield Deployment(f"http://127.0.0.1:{made.port()}", database, made, actions.process, locks, port, ending)


def asked(family: int) -> tuple[str, ...]:
    """What a family asks."""
    return tuple(question.format(number=family) for question in QUESTIONS)


def test_killed_actions_cost_apologies_and_no_message_and_come_back(deployment: Deployment) -> None:
    def again() -> None:
        parts.awaited([deployment.ending.enter_context(deployment.installation.actions("actions again"))])

    survived(deployment, deployment.actions, again)


def test_a_killed_redis_costs_apologies_and_no_message_and_comes_back(deployment: Deployment) -> None:
    def again() -> None:
        deployment.ending.enter_context(redis(PASSWORD, deployment.redis_port))

    survived(deployment, deployment.redis, again)


def survived(deployment: Deployment, part: "subprocess.Popen[bytes]", again: Callable[[], None]) -> None:
    """Killed in the middle and started again: every message is kept and answered once, some with an apology, none any more after that."""

    def fault() -> None:
        deployment.spoken(FAMILIES)
        part.kill()
        part.wait()
        deployment.spoken(3 * FAMILIES)
        again()

    found = asyncio.run(families(deployment.url, fault, asked))
    outcomes = Counter(outcome for family in found for outcome in family.outcomes)
    assert outcomes["failed"] and outcomes["answered"] >= FAMILIES, outcomes
    later = asyncio.run(families(deployment.url, lambda: None, asked))
    assert "failed" not in {outcome for family in later for outcome in family.outcomes}
