"""The second factor of a login: time-based codes (RFC 6238) and recovery codes. Blocking; call from a thread."""

import hashlib
import secrets
from datetime import UTC, datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.limits import RECOVERY_CODES
from bot.store.engine import Database
from bot.store.inbox_tables import RecoveryCode
from bot.store.tables import User, UserSession

STEP_SECONDS = 30
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def begin(db: Database, user_id: str) -> str:
    """Makes a secret for an account that has none yet, and returns it; asked again, it is the same."""
    with db.session_scope() as session:
        user = session.get_one(User, user_id)
        if user.sealed_totp is None:
            user.sealed_totp = db.vault.seal("users", "totp", user.id, pyotp.random_base32())
        return db.vault.unseal("users", "totp", user.id, user.sealed_totp)


def address(secret: str, email: str) -> str:
    """The otpauth:// address that authenticator apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="SEND Desk")


def confirm(db: Database, user_id: str, code: str, now: datetime | None = None) -> list[str] | None:
    """Switches the second factor on when the code is right, and ends the account's other half logins.

    Returns:
        The recovery codes, to be shown once; None when the code is wrong or it is on already.
    """
    with db.session_scope() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        if user.totp_on or not _right_code(db, user, code, now):
            return None
        user.totp_on = True
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        session.add_all(RecoveryCode(id=_hash(user_id, one), user_id=user_id) for one in codes)
        return codes


def passes(db: Database, user_id: str, code: str, now: datetime | None = None) -> bool:
    """Whether a code opens the account: the app's, each once, or a recovery code, used up by it."""
    with db.session_scope() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        return user.totp_on and (_right_code(db, user, code, now) or _use_recovery(session, user_id, code))


def is_on(db: Database, user_id: str) -> bool:
    """Whether an account has a second factor."""
    with db.read_scope() as session:
        return session.get_one(User, user_id).totp_on


def codes_left(db: Database, user_id: str) -> int:
    """How many recovery codes are unused."""
    with db.read_scope() as session:
        found = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
        return int(session.scalar(found) or 0)


def remove(db: Database, user_id: str) -> None:
    """Takes the second factor from an account, as when a telephone was lost, and ends its logins."""
    with db.session_scope() as session:
        user = session.get_one(User, user_id)
        user.sealed_totp, user.totp_on, user.totp_step = None, False, 0
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        session.execute(delete(UserSession).where(UserSession.user_id == user_id))


def _right_code(db: Database, user: User, code: str, now: datetime | None) -> bool:
    """A code of this time step or its neighbours, later than the last one used (RFC 6238, 5.2)."""
    plain = "".join(code.split())
    if user.sealed_totp is None or not (plain.isascii() and plain.isdigit() and len(plain) == 6):
        return False
    totp = pyotp.TOTP(db.vault.unseal("users", "totp", user.id, user.sealed_totp))
    step = int((now or datetime.now(UTC)).timestamp()) // STEP_SECONDS
    for candidate in (step - 1, step, step + 1):
        if candidate > user.totp_step and secrets.compare_digest(totp.at(candidate * STEP_SECONDS), plain):
            user.totp_step = candidate
            return True
    return False


def _use_recovery(session: Session, user_id: str, code: str) -> bool:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    row = session.get(RecoveryCode, _hash(user_id, plain))
    if row is None:
        return False
    session.delete(row)
    return True


def _new_code() -> str:
    """Sixteen signs: 80 random bits, too many to guess, so that a plain hash is enough."""
    return "".join(secrets.choice(_SIGNS) for _ in range(16))


def _hash(user_id: str, code: str) -> str:
    return hashlib.sha256(f"{user_id}:{code}".encode()).hexdigest()
