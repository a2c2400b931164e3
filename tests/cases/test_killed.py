"""Killed (SIGKILL) at random points of storing and delivering: never a lost confirmed case, never two, never two mails."""

import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cases.store import chain_breaks
from bot.paths import ROOT
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import Case, OutboxRow
from tests.cases.killed import work
from tests.cases.sending import mailbox, receiver

KILLS = int(os.environ.get("KILLS", "12"))  # 200 for the full proof: about four minutes
os.environ["PYTHONPATH"] = str(
    ROOT
)  # the fork server of Python 3.11 knows no other way to find what it loads beforehand
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.cases.killed"])


def start(
    data: str, environment: dict[str, str], key: str, minutes: int
) -> tuple[multiprocessing.process.BaseProcess, object]:
    """A process at work, past its preparations."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(data, environment, key, minutes, theirs))
    process.start()
    theirs.close()
    assert ours.recv() == "ready"
    return process, ours


def heard(pipe: object) -> list[str]:
    """What the process said before it ended."""
    said: list[str] = []
    try:
        while True:
            said.append(pipe.recv())  # type: ignore[attr-defined]
    except EOFError:
        return said


@pytest.mark.parametrize("seed", [int(os.environ.get("KILL_SEED", "1"))])
def test_a_process_killed_anywhere_loses_and_doubles_nothing(
    installed: Settings, db: Database, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    confirmed: dict[str, str] = {}
    with mailbox(tmp_path) as box, receiver() as system:
        environment = {**box.environment(), **system.environment()}
        data = str(installed.data)
        process, pipe = start(data, environment, "whole", 1)
        began = time.monotonic()
        assert heard(pipe)[-1] == "done"
        process.join()
        whole = time.monotonic() - began
        for number in range(KILLS):
            key = f"key-{number}"
            process, pipe = start(data, environment, key, 1)
            time.sleep(chance.uniform(0, whole * 0.9))
            process.kill()
            process.join()
            said = heard(pipe)
            if said:
                confirmed[key] = said[0]
            # The parent sends again where nothing was confirmed; the office starts anew and works on, past every lease.
            again, pipe = start(data, environment, key, 60)
            said = heard(pipe)
            again.join()
            assert said[-1] == "done"
            assert confirmed.setdefault(key, said[0]) == said[0]
        check(db, confirmed, box.got, system.accepted)


def check(db: Database, confirmed: dict[str, str], mails: list[object], calls: list[dict[str, object]]) -> None:
    with db.read_scope() as session:
        cases = {case.idempotency_key: case.reference for case in session.scalars(select(Case))}
        rows = session.scalars(select(OutboxRow)).all()
    assert {key: cases.get(key) for key in confirmed} == confirmed
    assert len(cases) == KILLS + 1
    assert all(chain_breaks(db, reference) == [] for reference in cases.values())
    subjects = [str(mail["Subject"]) for mail in mails]  # type: ignore[index]
    assert len(subjects) == len(set(subjects)), "a mail went twice"
    mailed = {reference for reference in cases.values() if any(reference in subject for subject in subjects)}
    unsure = {row.dedupe_key.split(":")[2] for row in rows if row.state == "unsure"}
    assert mailed | unsure == set(cases.values()), "a mail was lost without a trace"
    called = {str(call["data"]["reference"]) for call in calls}  # type: ignore[index]
    assert called == set(cases.values())
    assert {row.state for row in rows} <= {"done", "unsure"}
