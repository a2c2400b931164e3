"""Keys and secrets: read from the environment or from owner-only files; a missing one stops the start."""

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

FOLDER = "secrets"


class KeyMissing(Exception):
    """A key that the office cannot start without, and how to mend it."""


@dataclass(frozen=True)
class Keys:
    """All secrets of one installation. Lists are newest first: the first one seals, all of them open."""

    session: tuple[str, ...] = field(repr=False)
    encryption: tuple[str, ...] = field(repr=False)
    fingerprint: str = field(repr=False)
    engine: str = field(repr=False)


@dataclass(frozen=True)
class _Secret:
    """One secret: its environment variable, its file, and how a new one is made."""

    variable: str
    file: str
    make: Callable[[], str]
    fernet: bool


def _fernet_key() -> str:
    return Fernet.generate_key().decode()


_SECRETS = {
    "session": _Secret("SEND_DESK_SESSION_KEYS", "session.keys", _fernet_key, True),
    "encryption": _Secret("SEND_DESK_ENCRYPTION_KEYS", "encryption.keys", _fernet_key, True),
    "fingerprint": _Secret("SEND_DESK_FINGERPRINT_KEY", "fingerprint.key", lambda: secrets.token_urlsafe(32), False),
    "engine": _Secret("SEND_DESK_ENGINE_SECRET", "engine.secret", lambda: secrets.token_urlsafe(32), False),
}


def read_keys(data: Path, environment: Mapping[str, str] = os.environ) -> Keys:
    """The keys, from the environment first, then from `data`/secrets.

    Raises:
        KeyMissing: when one is missing, malformed, or readable by others.
    """
    found = {name: _read(secret, data, environment) for name, secret in _SECRETS.items()}
    return Keys(found["session"], found["encryption"], found["fingerprint"][0], found["engine"][0])


def create_missing(data: Path, environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Makes every key that is neither set nor stored yet; existing ones stay. Returns the files written."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for secret in _SECRETS.values():
        path = folder / secret.file
        if secret.variable not in environment and not path.exists():
            _write_private(path, secret.make() + "\n")
            written.append(path)
    return written


def add_key(data: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Puts a new encryption key before those in the file; the old ones still open. Returns the file.

    Raises:
        KeyMissing: when the keys come from the environment, or there is no file yet.
    """
    secret = _SECRETS["encryption"]
    if environment.get(secret.variable):
        raise KeyMissing(f"{secret.variable} is set. Put the new key before the others there yourself.")
    path = data / FOLDER / secret.file
    before = _read_private(path, secret.variable)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    _write_private(fresh, f"{secret.make()}\n{before}")
    os.replace(fresh, path)
    return path


def _read(secret: _Secret, data: Path, environment: Mapping[str, str]) -> tuple[str, ...]:
    path = data / FOLDER / secret.file
    text = environment.get(secret.variable) or _read_private(path, secret.variable)
    values = tuple(part for part in text.replace(",", " ").split() if part)
    if not values:
        raise KeyMissing(f"{secret.variable} is empty. Set it, or delete {path} and run `make setup`.")
    for value in values:
        _check(secret, value)
    return values


def _check(secret: _Secret, value: str) -> None:
    if not secret.fernet:
        if len(value) < 32:
            raise KeyMissing(f"{secret.variable} is too short: use at least 32 characters.")
        return
    try:
        Fernet(value)
    except ValueError:
        raise KeyMissing(f"{secret.variable} is no key: it must be 32 random bytes in URL-safe base64.") from None


def _read_private(path: Path, variable: str) -> str:
    if not path.exists():
        raise KeyMissing(f"{variable} is not set and {path} does not exist. Set it, or run `make setup` to make one.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyMissing(f"{path} can be read by others. Run: chmod 600 {path}")
    return path.read_text(encoding="ascii")


def _write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, never over an existing one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
