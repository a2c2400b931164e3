"""Sealed files: a stream encrypted chunk by chunk, so that a backup of any size needs little memory.

A random key of the file's own seals the chunks (AES-256-GCM); the installation's keys seal that key, so a file opens
as long as one of the keys that were in use when it was made is still known. Each chunk's nonce is its number and
whether it is the last: a chunk that is changed, moved, left out or cut off at the end is found.
"""

import io
import json
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.privacy.crypto import SealBroken, Vault

MAGIC = b"SEND-DESK-SEALED-1\n"
CHUNK = 64 * 1024
_TAG = 16
_MOST_HEADER = 4096
_LENGTH = struct.Struct(">I")


class FileBroken(Exception):
    """A sealed file that is damaged, cut short, no sealed file, or sealed with keys that are gone."""


@contextmanager
def writing(path: Path, vault: Vault, place: str) -> Iterator["SealedWriter"]:
    """Opens a sealed file for writing; it is whole only when the block ends without an error.

    Args:
        place: what kind of file it is, such as "backup"; it opens as no other kind.
    """
    file_id, key = secrets.token_hex(16), secrets.token_bytes(32)
    header = {"id": file_id, "key": vault.seal(place, "file", file_id, key.hex())}
    with path.open("xb") as out:
        path.chmod(0o600)
        line = json.dumps(header).encode() + b"\n"
        out.write(MAGIC + line)
        writer = SealedWriter(out, key, line)
        yield writer
        writer.finish()


@contextmanager
def reading(path: Path, vault: Vault, place: str) -> Iterator["SealedReader"]:
    """Opens a sealed file for reading.

    Raises:
        FileBroken: now or while reading.
    """
    with path.open("rb") as source:
        if source.readline(_MOST_HEADER) != MAGIC:
            raise FileBroken(f"{path.name} is no sealed file of this program.")
        line = source.readline(_MOST_HEADER)
        yield SealedReader(source, _file_key(path, line, vault, place), line)


def _file_key(path: Path, line: bytes, vault: Vault, place: str) -> bytes:
    try:
        header = json.loads(line)
        return bytes.fromhex(vault.unseal(place, "file", header["id"], header["key"]))
    except SealBroken:
        raise FileBroken(
            f"{path.name} cannot be opened with the keys of this installation. "
            "Mend: put the key that was in use when it was made into SEND_DESK_ENCRYPTION_KEYS, behind the newest."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise FileBroken(f"{path.name} is damaged in its first lines.") from None


class SealedWriter(io.RawIOBase):
    """Seals what is written to it."""

    def __init__(self, out: BinaryIO, key: bytes, header: bytes):
        self._out, self._cipher, self._header = out, AESGCM(key), header
        self._waiting = bytearray()
        self._number = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Keeps back one chunk, which may turn out to be the last."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Writes the last chunk."""
        self._put(bytes(self._waiting), last=True)
        self._out.flush()

    def _put(self, chunk: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), chunk, self._header)
        self._out.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Opens what was sealed; raises FileBroken where it is not as it was written."""

    def __init__(self, source: BinaryIO, key: bytes, header: bytes):
        self._source, self._cipher, self._header = source, AESGCM(key), header
        self._next = self._sealed()
        self._waiting = b""
        self._number = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer from the chunk at hand, or from the next."""
        while not self._waiting and self._next is not None:
            self._open_next()
        count = min(len(buffer), len(self._waiting))
        buffer[:count], self._waiting = self._waiting[:count], self._waiting[count:]
        return count

    def _open_next(self) -> None:
        sealed, self._next = self._next, self._sealed()
        try:
            self._waiting = self._cipher.decrypt(_nonce(self._number, self._next is None), sealed or b"", self._header)
        except InvalidTag:
            raise FileBroken("The file was changed or cut short after it was made.") from None
        self._number += 1

    def _sealed(self) -> bytes | None:
        """The next chunk as it stands in the file; None at the end."""
        head = self._source.read(_LENGTH.size)
        if not head:
            return None
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        sealed = self._source.read(length) if _TAG <= length <= CHUNK + _TAG else b""
        if not sealed or len(sealed) != length:
            raise FileBroken("The file was changed or cut short after it was made.")
        return sealed


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
