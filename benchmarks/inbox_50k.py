"""The inbox with 50,000 made cases: server time of queue, search, case page and evidence; the target is 300 ms median.

python -m benchmarks.inbox_50k [--cases 50000] [--rounds 15]
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from starlette.testclient import TestClient

from bot.cases.events import START, chained_hash
from bot.cases.fields import choices
from bot.cases.index import catch_up
from bot.cases.reference import new_reference
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import Case, CaseEvent, new_id
from bot.web import accounts
from bot.web.app import create_app
from bot.web.inbox.pages import today
from tests.inbox.making import CONTACT, fact, summary

TARGET_MS = 300
AT_ONCE = 1000
WORDS = [f"{start}{middle}{end}" for start in ("mar", "tel", "ron", "bis", "kal") for middle in ("ma", "ti", "ro", "ve")
         for end in ("lade", "nor", "quin", "sett", "dale")]  # fmt: skip
_STATES = ["new", "acknowledged", "in_progress", "waiting_parent", "waiting_council"] + ["closed"] * 5


def main() -> int:
    """Fills a database, measures, prints; 1 when a page misses the target."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        db = Database.from_settings(settings)
        db.migrate()
        began = time.perf_counter()
        reference = fill(db, arguments.cases)
        print(f"made {arguments.cases:,} cases in {time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        while catch_up(db, today()):
            pass
        print(f"indexed them in {time.perf_counter() - began:.0f} s")
        missed = measure(settings, db, reference, arguments.rounds)
        db.close()
    return 1 if missed else 0


def fill(db: Database, count: int) -> str:
    """Makes the cases, in bulk; returns one's reference."""
    chance = random.Random(50)
    stages, issues = list(choices("stages")), list(choices("issues"))
    for start in range(0, count, AT_ONCE):
        made = [_case(db, chance, stages, issues, number) for number in range(start, min(count, start + AT_ONCE))]
        with db.session_scope() as session:
            session.execute(insert(Case), made)
            session.execute(insert(CaseEvent), [_event(one) for one in made])
    return str(made[0]["reference"])


def _case(db: Database, chance: random.Random, stages: list[str], issues: list[str], number: int) -> dict[str, object]:
    moment = datetime.now(UTC) - timedelta(minutes=chance.randint(1, 60 * 24 * 400))
    dates = {"request_received": (moment.date() - timedelta(days=chance.randint(10, 300))).isoformat()}
    said = " ".join(chance.choices(WORDS, k=60))
    document = summary(dates if chance.random() < 0.5 else {}, happened=fact(said))
    contact = {
        **CONTACT,
        "name": fact(f"Test {chance.choice(WORDS).title()}"),
        "postcode": fact(f"SK{chance.randint(1, 8)} 1AA"),
    }
    case_id = new_id()
    return {
        "id": case_id, "reference": new_reference(), "idempotency_key": f"made {number}", "conversation_id": None,
        "state": chance.choice(_STATES), "urgency": chance.randint(0, 3), "due_on": _due(chance), "stage": chance.choice(stages),
        "issue": chance.choice(issues), "council": chance.choice(["Stockport Council"] * 8 + ["Testshire Council", "not-said"]),
        "channel": chance.choice(["web", "telegram"]), "constituency": "likely", "safeguarding": chance.random() < 0.01,
        "created_at": moment, "updated_at": moment, "version": 1, "consent_version": "2026-11-1", "consent_at": moment,
        "schema_version": 1, "sealed_summary": db.seal_json("cases", "summary", case_id, document),
        "sealed_contact": db.seal_json("cases", "contact", case_id, contact),
    }  # fmt: skip


def _due(chance: random.Random) -> date | None:
    return today() + timedelta(days=chance.randint(-200, 120)) if chance.random() < 0.8 else None


def _event(case: dict[str, object]) -> dict[str, object]:
    at = case["created_at"]
    assert isinstance(at, datetime)
    hashed = chained_hash(START, str(case["id"]), 1, at, "parent", "submitted", {})
    return {"case_id": case["id"], "seq": 1, "at": at, "actor": "parent", "kind": "submitted", "data": {}, "prev_hash": START,
            "hash": hashed}  # fmt: skip


def measure(settings: Settings, db: Database, reference: str, rounds: int) -> bool:
    """Prints the median and the slowest of each page; True when one misses the target."""
    user = accounts.add_user(db, "manager@example.org", "a long enough password", "manager")
    pages = {
        "queue": "/inbox", "queue, page 400": "/inbox?page=400", "queue, filtered": "/inbox?view=late&stage=appeal",
        "search by name": "/inbox?q=Test+Marmalade", "search by words": "/inbox?q=telronor+bisvesett",
        "search by reference": f"/inbox?q={reference}", "search, nothing": "/inbox?q=nothing+fits",
        "case page": f"/inbox/cases/{reference}", "evidence": "/inbox/evidence", "chart": "/inbox/evidence/charts/month.svg",
    }  # fmt: skip
    missed = False
    client = TestClient(create_app(settings), base_url="http://office.example.org", follow_redirects=False)
    client.cookies.set("inbox", accounts.log_in(db, user))
    for name, path in pages.items():
        times = [_timed(lambda path=path: client.get(path)) for _ in range(rounds)]
        missed |= median(times) > TARGET_MS
        print(f"{name:22} median {median(times):6.0f} ms   slowest {max(times):6.0f} ms")
    return missed


def _timed(get: Callable[[], object]) -> float:
    began = time.perf_counter()
    answer = get()
    assert getattr(answer, "status_code", 0) == 200, answer
    return (time.perf_counter() - began) * 1000


def _settings(folder: Path) -> Settings:
    create_missing(folder, {})
    return Settings.from_environment({"SEND_DESK_DATA": str(folder)})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
