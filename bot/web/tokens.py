"""Signed tokens: a conversation's id as the server issued it, unreadable and unforgeable outside."""

from dataclasses import dataclass
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.limits import SESSION_LIFE_DAYS

LIFE_SECONDS = SESSION_LIFE_DAYS * 24 * 3600


@dataclass(frozen=True)
class Tokens:
    """Issues and reads tokens with the session keys, newest first. `purpose` keeps one kind from passing as another."""

    keys: tuple[str, ...]

    def issue(self, purpose: str, value: str) -> str:
        """A token for this value, safe in a header and in a cookie."""
        return self._fernet.encrypt(f"{purpose}:{value}".encode()).decode().rstrip("=")

    def read(self, purpose: str, token: str, seconds: int = LIFE_SECONDS) -> str | None:
        """The value of a token issued for this purpose in the last `seconds` (SESSION_LIFE_DAYS); None when it is none."""
        try:
            padded = token.encode("ascii") + b"=" * (-len(token) % 4)
            opened = self._fernet.decrypt(padded, ttl=seconds).decode()
        except (InvalidToken, UnicodeError):
            return None
        kind, _, value = opened.partition(":")
        return value if kind == purpose else None

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])
