"""The code that a parent comes back to a case with: made from the submission's key, stored only as a hash."""

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Eight digits and five tries an hour are too few to guess; light enough for a small machine (OWASP's least for argon2id).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
DIGITS = 8


def code_for(secret: str, idempotency_key: str) -> str:
    """The code of a submission: eight digits, the same whenever the same submission is stored again after a crash."""
    digest = hmac.new(secret.encode(), f"case code {idempotency_key}".encode(), hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**DIGITS).zfill(DIGITS)


def spaced(code: str) -> str:
    """ "1234 5678", as it is shown."""
    return f"{code[:4]} {code[4:]}"


def hashed(code: str) -> str:
    """The hash that is stored."""
    return _HASHER.hash(code)


def matches(stored: str, code: str) -> bool:
    """Whether a code is the one whose hash was stored."""
    try:
        return _HASHER.verify(stored, code)
    except (VerificationError, InvalidHashError):
        return False
