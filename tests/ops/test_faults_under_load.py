"""Faults while many families talk at once: nothing is lost, nothing doubled, and it recovers by itself."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from bot.settings import Settings
from tests.office.fake_engine import FakeEngine
from tests.ops.families import FAMILIES, MESSAGES, families
from tests.ops.servers import office_process
from tests.services import free_port, postgres

SLOW_S = 0.02  # a turn of the stand-in engine, so that a fault finds some under way


def slowly(body: dict[str, str]) -> list[dict[str, object]]:
    """Says what it was told, after a while."""
    time.sleep(SLOW_S)
    blocks = [{"type": "text", "text": f"You said: {body['text']}"}]
    return [{"blocks": blocks, "outcome": "answered", "entries": [], "confidence": 0.9}]


@pytest.fixture
def talkative(environment: dict[str, str]) -> dict[str, str]:
    """Families come as through a proxy, each from an address of its own."""
    return {**environment, "SEND_DESK_PROXIES": "127.0.0.1"}


@pytest.fixture
def slow_engine(talkative: dict[str, str]) -> Iterator[FakeEngine]:
    """A stand-in engine that takes a moment."""
    settings = Settings.from_environment(talkative)
    engine = FakeEngine(settings.engine_port, settings.keys.engine)
    engine.say = slowly
    engine.start()
    yield engine
    engine.stop()


def once_some_have_spoken(engine: FakeEngine, many: int = 15) -> None:
    """Waits until the load is under way."""
    end = time.monotonic() + 20
    while len(engine.seen) < many:
        assert time.monotonic() < end, "nobody spoke"
        time.sleep(0.01)


def test_an_office_killed_in_the_middle_of_turns_loses_and_doubles_none(
    talkative: dict[str, str], slow_engine: FakeEngine
) -> None:
    base = f"http://127.0.0.1:{talkative['SEND_DESK_PORT']}"
    up, done = threading.Event(), threading.Event()

    def run() -> None:
        with office_process(talkative) as (_, first):
            up.set()
            once_some_have_spoken(slow_engine)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with office_process(talkative):
            done.wait(60)

    running = threading.Thread(target=run)
    running.start()
    up.wait(60)
    try:
        asyncio.run(families(base, lambda: None))
    finally:
        done.set()
        running.join()


def test_a_database_that_stands_still_for_a_while_delays_everybody_and_loses_nothing(
    talkative: dict[str, str], slow_engine: FakeEngine
) -> None:
    with postgres() as url:
        environment = {**talkative, "SEND_DESK_DATABASE_URL": url}
        with office_process(environment) as (client, _):
            found = asyncio.run(families(str(client.base_url), lambda: stand_still(url, slow_engine)))
    assert {outcome for family in found for outcome in family.outcomes} == {"answered"}
    assert len(slow_engine.seen) == FAMILIES * MESSAGES


def stand_still(url: str, engine: FakeEngine) -> None:
    """Stops every process of the PostgreSQL server, and lets them go on."""
    once_some_have_spoken(engine)
    folder = url.rpartition("host=")[2]
    with open(f"{folder}/data/postmaster.pid", encoding="ascii") as file:
        postmaster = int(file.readline())
    children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=True).stdout
    stopped = [postmaster, *map(int, children.split())]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(1.5)
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)


def test_a_slow_database_slows_the_office_and_breaks_nothing(
    talkative: dict[str, str], slow_engine: FakeEngine
) -> None:
    with postgres() as url, office_process({**talkative, "SEND_DESK_DATABASE_URL": url}) as (client, _):
        found = asyncio.run(families(str(client.base_url), lambda: slow_down(url, slow_engine)))
    assert {outcome for family in found for outcome in family.outcomes} == {"answered"}


def slow_down(url: str, engine: FakeEngine) -> None:
    """Every change of a turn takes a tenth of a second from here on."""
    once_some_have_spoken(engine)
    late = "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END'"
    database = create_engine(url)
    with database.begin() as connection:
        connection.execute(text(late))
        connection.execute(text("CREATE TRIGGER late BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION late()"))
    database.dispose()


def test_engines_deployed_anew_one_after_the_other_cost_at_most_the_turns_under_way(talkative: dict[str, str]) -> None:
    ports = [free_port(), free_port()]
    environment = {**talkative, "SEND_DESK_ENGINE_URLS": " ".join(f"http://127.0.0.1:{port}" for port in ports)}
    secret = Settings.from_environment(environment).keys.engine
    engines = [FakeEngine(port, secret) for port in ports]
    for engine in engines:
        engine.say = slowly
        engine.start()

    def deploy() -> None:
        for engine in engines:
            once_some_have_spoken(engine, 5)
            engine.stop()  # gently: it finishes what it has begun, as Rasa's server does on SIGTERM
            time.sleep(0.3)
            engine.start()

    with office_process(environment) as (client, _):
        found = asyncio.run(families(str(client.base_url), deploy))
    for engine in engines:
        engine.stop()
    outcomes = Counter(outcome for family in found for outcome in family.outcomes)
    assert set(outcomes) <= {"answered", "failed"}
    assert (
        outcomes["failed"] <= FAMILIES
    )  # a connection that closed under a message: it may have arrived, so it is not sent twice
    said = Counter(body["text"] for engine in engines for body in engine.seen)
    assert max(said.values()) == 1 and len(said) >= FAMILIES * MESSAGES - outcomes["failed"]


def test_an_engine_that_goes_under_load_costs_an_apology_and_no_message(
    talkative: dict[str, str], slow_engine: FakeEngine
) -> None:
    def fault() -> None:
        once_some_have_spoken(slow_engine)
        slow_engine.stop()
        time.sleep(0.3)
        slow_engine.start()

    with office_process(talkative) as (client, _):
        found = asyncio.run(families(str(client.base_url), fault))
    outcomes = Counter(outcome for family in found for outcome in family.outcomes)
    assert set(outcomes) <= {"answered", "failed"} and outcomes["answered"] >= FAMILIES
    assert max(Counter(body["text"] for body in slow_engine.seen).values()) == 1
