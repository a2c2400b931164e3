"""Accounts of the office and their logins. Blocking: argon2 and the database; call from a thread."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.limits import MIN_PASSWORD_CHARS, SECOND_FACTOR_MINUTES, STAFF_IDLE_MINUTES, STAFF_SESSION_HOURS
from bot.store.engine import Database
from bot.store.tables import User, UserSession

ROLES = ("caseworker", "manager", "viewer")
_HASHER = PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low-memory profile)


class AccountError(Exception):
    """An account that cannot be made or changed; the text says why and how to mend it."""


@dataclass(frozen=True)
class Staff:
    """A member of the office who is logged in. `second`: their second factor was given, or they have none.

    `has_second`: they have set one up. `by_provider`: the organisation's own provider vouched for this login, and asks
    for a second factor as it sees fit.
    """

    id: str
    email: str
    role: str
    csrf: str
    second: bool = True
    has_second: bool = False
    by_provider: bool = False


def add_user(db: Database, email: str, password: str, role: str = "caseworker") -> str:
    """Makes an account and returns its id.

    Raises:
        AccountError: for a bad address, role or password, or an account that is there already.
    """
    if role not in ROLES:
        raise AccountError(f"There is no role '{role}'. Choose one of: {', '.join(ROLES)}.")
    address, hashed = _address(email), _hashed(password)
    user = User(email=address, password_hash=hashed, role=role, created_at=_now())
    with db.session_scope() as session:
        if session.scalar(select(User).where(User.email == address)):
            raise AccountError(f"{address} has an account already. To change its password: bot user reset {address}")
        session.add(user)
    return user.id


def set_password(db: Database, email: str, password: str) -> None:
    """Sets a new password, enables the account and ends its logins.

    Raises:
        AccountError: when there is no such account, or the password is too short.
    """
    hashed = _hashed(password)
    with db.session_scope() as session:
        user = _user(session, email)
        user.password_hash, user.disabled = hashed, False
        session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def change_password(db: Database, user_id: str, present: str, new: str) -> bool:
    """Sets one's own new password and ends one's logins; false when the present one is not right.

    Raises:
        AccountError: when the new password is too short.
    """
    hashed = _hashed(new)
    with db.session_scope() as session:
        user = session.get_one(User, user_id)
        if not _verified(user.password_hash, present):
            return False
        user.password_hash = hashed
        session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    return True


def disable_user(db: Database, email: str) -> None:
    """Disables an account and ends its logins.

    Raises:
        AccountError: when there is no such account.
    """
    with db.session_scope() as session:
        user = _user(session, email)
        user.disabled = True
        session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def set_role(db: Database, email: str, role: str) -> None:
    """Gives an account another role and ends its logins.

    Raises:
        AccountError: when there is no such account or role, or nobody would be left to manage the office.
    """
    if role not in ROLES:
        raise AccountError(f"There is no role '{role}'. Choose one of: {', '.join(ROLES)}.")
    with db.session_scope() as session:
        user = _user(session, email)
        others = select(User.id).where(User.role == "manager", User.disabled.is_(False), User.id != user.id)
        if user.role == "manager" and role != "manager" and session.scalar(others.limit(1)) is None:
            raise AccountError("This is the only manager. Make another one first.")
        user.role = role
        session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def everybody(db: Database) -> list[User]:
    """All accounts by their address; their hashes and secrets are in them, so show only what is meant to be shown."""
    with db.read_scope() as session:
        return list(session.scalars(select(User).order_by(User.email)))


def has_users(db: Database) -> bool:
    """Whether there is any account."""
    with db.read_scope() as session:
        return session.scalar(select(User.id).limit(1)) is not None


def check_password(db: Database, email: str, password: str) -> str | None:
    """The id of the account when the password is right and it is enabled; takes as long when there is none."""
    with db.read_scope() as session:
        user = session.scalar(select(User).where(User.email == email.strip().lower()))
    right = _verified(user.password_hash if user else _nobody(), password)
    return user.id if user and right and not user.disabled else None


def enabled_account(db: Database, email: str) -> str | None:
    """The id of the account with this address; None when there is none or it is disabled."""
    with db.read_scope() as session:
        found = select(User.id).where(User.email == email.strip().lower(), User.disabled.is_(False))
        return session.scalar(found)


def log_in(
    db: Database, user_id: str, now: datetime | None = None, second: bool = True, by_provider: bool = False
) -> str:
    """Opens a login and returns the cookie's value; expired logins are cleared away.

    Args:
        second: false while the second factor is still to come; such a login opens nothing but the page that asks for it.
        by_provider: the organisation's own provider vouched for this person, second factor included.
    """
    now = now or _now()
    token = secrets.token_urlsafe(32)
    ends_at = now + (timedelta(hours=STAFF_SESSION_HOURS) if second else timedelta(minutes=SECOND_FACTOR_MINUTES))
    login = UserSession(
        id=_hash(token), user_id=user_id, csrf=secrets.token_urlsafe(32), ends_at=ends_at, second=second
    )
    login.by_provider = by_provider
    login.idle_until = now + timedelta(minutes=STAFF_IDLE_MINUTES)
    with db.session_scope() as session:
        session.execute(delete(UserSession).where((UserSession.ends_at < now) | (UserSession.idle_until < now)))
        session.add(login)
    return token


def logged_in(db: Database, token: str, now: datetime | None = None, use: bool = True) -> Staff | None:
    """Who a cookie belongs to; None when its login has ended, idled out, or its account is disabled.

    Args:
        use: whether this counts as use, which puts off idling out; what a page does by itself does not.
    """
    now = now or _now()
    if not token:
        return None
    with db.read_scope() as session:
        login = session.get(UserSession, _hash(token))
        user = session.get(User, login.user_id) if login else None
    if not login or not user or user.disabled or now >= min(login.ends_at, login.idle_until):
        return None
    idle_until = now + timedelta(minutes=STAFF_IDLE_MINUTES)
    if use and idle_until - login.idle_until > timedelta(minutes=1):  # once a minute is often enough to write
        with db.session_scope() as session:
            if found := session.get(UserSession, login.id):
                found.idle_until = idle_until
    return Staff(user.id, user.email, user.role, login.csrf, login.second, user.totp_on, login.by_provider)


def log_out(db: Database, token: str) -> None:
    """Ends a login."""
    with db.session_scope() as session:
        session.execute(delete(UserSession).where(UserSession.id == _hash(token)))


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _now() -> datetime:
    return datetime.now(UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _address(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise AccountError(f"That is no e-mail address: {error}") from None


def _hashed(password: str) -> str:
    if len(password) < MIN_PASSWORD_CHARS:
        raise AccountError(f"The password is too short: use at least {MIN_PASSWORD_CHARS} characters.")
    return _HASHER.hash(password)


def _verified(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that no password fits, so that an unknown address takes as long as a known one."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def _user(session: Session, email: str) -> User:
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise AccountError(f"There is no account for {email}. To make one: bot user add {email}")
    return user
