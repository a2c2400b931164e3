"""A member's own password: changed with the present one only, short ones refused, other logins ended, guesses stopped."""

import pytest
from starlette.testclient import TestClient

from bot.limits import LOGIN_TRIES_PER_ACCOUNT
from bot.store.engine import Database
from bot.web import accounts
from tests.inbox.people import PASSWORD, Person, person

EMAIL, NEW = "caseworker@example.org", "another long password"


@pytest.fixture
def who(client: TestClient, db: Database) -> Person:
    return person(client, db)


def change(who: Person, present: str = PASSWORD, new: str = NEW) -> int:
    return who.post("/inbox/account/password", present=present, new=new).status_code


def test_the_new_password_opens_and_the_old_one_no_longer(who: Person, db: Database) -> None:
    assert change(who) == 303
    assert accounts.check_password(db, EMAIL, NEW) == who.id
    assert accounts.check_password(db, EMAIL, PASSWORD) is None


def test_every_other_login_ends_and_this_one_goes_on_with_a_new_cookie(who: Person, db: Database) -> None:
    elsewhere = accounts.log_in(db, who.id)
    sent = who.post("/inbox/account/password", present=PASSWORD, new=NEW)
    assert sent.headers["location"] == "/inbox/account?done=password"
    assert accounts.logged_in(db, elsewhere) is None and accounts.logged_in(db, who.token) is None
    assert accounts.logged_in(db, sent.cookies["inbox"]) is not None


@pytest.mark.parametrize(("present", "new"), [("wrong password", NEW), ("", NEW), (PASSWORD, "short"), (PASSWORD, "")])
def test_a_wrong_or_a_short_password_changes_nothing(who: Person, db: Database, present: str, new: str) -> None:
    assert change(who, present, new) == 422
    assert accounts.check_password(db, EMAIL, PASSWORD) == who.id
    assert accounts.logged_in(db, who.token) is not None


def test_guessing_the_present_password_is_stopped_even_for_the_right_one(who: Person, db: Database) -> None:
    """Whoever finds an open desk has the cookie, and not the password."""
    assert {change(who, "wrong password") for _ in range(LOGIN_TRIES_PER_ACCOUNT)} == {422}
    assert change(who) == 429
    assert accounts.check_password(db, EMAIL, PASSWORD) == who.id


def test_nobody_changes_the_password_of_another(client: TestClient, who: Person, db: Database) -> None:
    boss = person(client, db, "manager")
    who.post(
        "/inbox/account/password", present=PASSWORD, new=NEW, email="manager@example.org", user=boss.id, id=boss.id
    )
    assert accounts.check_password(db, "manager@example.org", PASSWORD) == boss.id
