"""A sent case in the records: its code, wrong codes, adding, withdrawing; on SQLite and on PostgreSQL."""

from datetime import timedelta

from sqlalchemy import select

from bot.cases.codes import code_for, hashed, matches
from bot.cases.form import Visit
from bot.cases.store import chain_breaks, read_case
from bot.cases.visits import additions, count_additions, open_case_of, visit
from bot.limits import CODE_LOCK_MINUTES, CODE_TRIES
from bot.store.engine import Database
from bot.store.tables import CaseCode
from tests.cases.sending import made_submission, store
from tests.cases.talking import CODE, NOW

OWN, OTHER = "c" * 32, "d" * 32


def test_with_reference_and_code_the_state_is_told_in_any_conversation(any_db: Database) -> None:
    reference = store(any_db, made_submission())
    found = visit(any_db, OTHER, Visit("status", reference, CODE), NOW)
    assert (found.trouble, found.state, found.sent_on) == ("", "new", NOW.date())


def test_without_a_code_only_the_own_conversation_may(any_db: Database) -> None:
    reference = store(any_db, made_submission())
    assert visit(any_db, OWN, Visit("status", reference, None), NOW).trouble == ""
    assert visit(any_db, OTHER, Visit("status", reference, None), NOW).trouble == "wrong"


def test_a_reference_that_is_none_reads_like_a_wrong_code(any_db: Database) -> None:
    store(any_db, made_submission())
    assert visit(any_db, OTHER, Visit("status", "SD-AAAA-AAAA", CODE), NOW).trouble == "wrong"


def test_wrong_codes_lock_the_case_for_an_hour_and_then_the_right_one_works(any_db: Database) -> None:
    reference = store(any_db, made_submission())
    troubles = [visit(any_db, OTHER, Visit("status", reference, f"{n:08}"), NOW).trouble for n in range(CODE_TRIES)]
    assert troubles == ["wrong"] * (CODE_TRIES - 1) + ["locked"]
    found = visit(any_db, OTHER, Visit("status", reference, CODE), NOW + timedelta(minutes=1))
    assert (found.trouble, found.minutes) == ("locked", CODE_LOCK_MINUTES)
    later = NOW + timedelta(minutes=CODE_LOCK_MINUTES + 1)
    assert visit(any_db, OTHER, Visit("status", reference, CODE), later).trouble == ""


def test_a_locked_code_does_not_shut_out_the_own_conversation(any_db: Database) -> None:
    reference = store(any_db, made_submission())
    for number in range(CODE_TRIES):
        visit(any_db, OTHER, Visit("status", reference, f"{number:08}"), NOW)
    assert visit(any_db, OWN, Visit("status", reference, None), NOW).trouble == ""


def test_what_is_added_is_sealed_and_stands_in_the_history(any_db: Database) -> None:
    reference = store(any_db, made_submission())
    assert visit(any_db, OTHER, Visit("add", reference, CODE, "The review is on 3 December."), NOW).trouble == ""
    assert additions(any_db, reference) == [(NOW, "The review is on 3 December.")]
    assert count_additions(any_db, reference) == 1
    view = read_case(any_db, reference)
    assert view is not None
    assert [kind for _, _, kind in view.events] == ["submitted", "added"]
    assert chain_breaks(any_db, reference) == []


def test_a_withdrawn_case_is_no_longer_open_and_takes_nothing_more(any_db: Database) -> None:
    reference = store(any_db, made_submission())
    assert open_case_of(any_db, OWN) == reference
    assert visit(any_db, OWN, Visit("withdraw", reference, None), NOW).state == "withdrawn"
    assert open_case_of(any_db, OWN) is None
    assert visit(any_db, OWN, Visit("add", reference, None, "More."), NOW).trouble == "over"
    assert chain_breaks(any_db, reference) == []


def test_two_parents_with_one_e_mail_have_two_cases(any_db: Database) -> None:
    one = store(any_db, made_submission("one", OWN))
    other = store(any_db, made_submission("two", OTHER))
    assert one != other
    assert (open_case_of(any_db, OWN), open_case_of(any_db, OTHER)) == (one, other)


def test_the_code_is_stored_only_as_a_hash(db: Database) -> None:
    store(db, made_submission())
    with db.read_scope() as session:
        stored = session.scalar(select(CaseCode.code_hash))
    assert stored is not None
    assert CODE not in stored
    assert stored.startswith("$argon2id$")


def test_the_same_draft_has_the_same_code_and_another_secret_another() -> None:
    assert code_for("s" * 32, "key") == code_for("s" * 32, "key")
    assert len({code_for(secret * 32, key) for secret in "st" for key in ("one", "two")}) == 4
    assert all(code_for("s" * 32, str(n)).isdigit() and len(code_for("s" * 32, str(n))) == 8 for n in range(50))
    assert matches(hashed("12345678"), "12345678")
    assert not matches(hashed("12345678"), "12345679")
    assert not matches("nonsense", "12345678")
