"""Encryption at rest: seals text for one table, column and row, and fingerprints values for look-up."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.privacy.keys import Keys

_END = "\x1e"  # the record separator ends the place; no table, column or row id holds one
_BETWEEN = "\x1f"


class SealBroken(Exception):
    """Sealed text that was altered, moved from another place, or sealed with a key that is gone."""


class Vault:
    """Seals and unseals text with the installation's keys."""

    def __init__(self, keys: Keys):
        self._fernet = MultiFernet([Fernet(key) for key in keys.encryption])
        self._fingerprint_key = keys.fingerprint.encode()

    def seal(self, table: str, column: str, row_id: str, text: str) -> str:
        """Encrypts text so that it opens only at this table, column and row."""
        return self._fernet.encrypt((_place(table, column, row_id) + text).encode()).decode()

    def unseal(self, table: str, column: str, row_id: str, sealed: str) -> str:
        """Decrypts text sealed for this table, column and row.

        Raises:
            SealBroken: when it was sealed elsewhere, altered, or its key is unknown.
        """
        try:
            opened = self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise SealBroken(f"{table}.{column} cannot be opened with the keys of this installation.") from None
        place = _place(table, column, row_id)
        if not opened.startswith(place):
            raise SealBroken(f"{table}.{column} holds text that was sealed for another place.")
        return opened[len(place) :]

    def peek(self, sealed: str) -> str:
        """The text of a sealed value wherever it was sealed: for handing all that is held to the person it is about.

        Raises:
            SealBroken: when it cannot be opened.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode().partition(_END)[2]
        except (InvalidToken, UnicodeError):
            raise SealBroken("The sealed text cannot be opened with the keys of this installation.") from None

    def rotate(self, sealed: str) -> str:
        """The same text sealed again with the newest key.

        Raises:
            SealBroken: when it cannot be opened.
        """
        try:
            return self._fernet.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken("The sealed text cannot be opened with the keys of this installation.") from None

    def fingerprint(self, value: str) -> str:
        """A blind index: equal for equal values (case and outer spaces aside), telling nothing without the key."""
        plain = " ".join(value.split()).casefold().encode()
        return hmac.new(self._fingerprint_key, plain, hashlib.sha256).hexdigest()


def _place(table: str, column: str, row_id: str) -> str:
    parts = (table, column, row_id)
    if any(mark in part for part in parts for mark in (_END, _BETWEEN)):
        raise ValueError("A table, column or row id may hold no separator.")
    return _BETWEEN.join(parts) + _END
