"""Backups: one sealed file with all that an installation has stored, and the way back from it. Blocking.

The keys are not in it (docs/runbooks.md): a stolen backup without keys tells nothing, and a backup without its keys is
lost. SQLite is copied by its online backup while the office runs, PostgreSQL by pg_dump.
"""

import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.privacy.crypto import Vault
from bot.settings import Settings
from bot.store import postgres_tools
from bot.store.engine import ALEMBIC, Database
from bot.store.resealing import unreadable
from bot.store.sealed_file import FileBroken, SealedReader, reading, writing

FORMAT = 1
PLACE = "backup"
_PARTS = {"sqlite": ("office.db", "engine.db"), "postgresql": ("office.dump",)}


class BackupError(Exception):
    """A backup that cannot be made or restored; the text says why and how to mend it."""


@dataclass(frozen=True)
class Restored:
    """What was restored: when the backup was made, and the values that no key opens, by column."""

    made_at: str
    unreadable: dict[str, int]


def make(settings: Settings, path: Path, now: datetime) -> int:
    """Writes a backup and returns its size in bytes. The file appears only when it is whole.

    Raises:
        BackupError: when it is there already or cannot be made.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Mend: choose another name; backups are never overwritten.")
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with _workshop(settings) as folder:
            parts = _copies(settings, folder)
            (folder / "manifest.json").write_text(json.dumps(_manifest(settings, now)), encoding="utf-8")
            _pack(partial, Vault(settings.keys), [folder / "manifest.json", *parts])
        os.replace(partial, path)
    except (OSError, sqlite3.Error, SQLAlchemyError, postgres_tools.ToolFailed) as error:
        _forget(partial)
        raise BackupError(f"The backup could not be made: {_told(error)}") from error
    return path.stat().st_size


def restore(settings: Settings, path: Path, replace: bool = False) -> Restored:
    """Puts a backup in place of what the database holds, then brings the tables up to date.

    Raises:
        BackupError: when it does not fit or cannot be opened; then nothing was changed.
    """
    if not replace and not is_empty(settings):
        raise BackupError("The database holds data already. Mend: make a backup of it, then restore with --replace.")
    try:
        with _workshop(settings) as folder:
            manifest = _unpack(path, Vault(settings.keys), folder)
            _check(settings, manifest, folder)
            _put_back(settings, folder)
        return Restored(manifest["made_at"], _brought_up_to_date(settings))
    except (OSError, FileBroken, tarfile.TarError, sqlite3.Error, postgres_tools.ToolFailed) as error:
        raise BackupError(f"{path.name} was not restored: {_told(error)}") from error


def is_empty(settings: Settings) -> bool:
    """Whether there is no conversation, case or account that a restore would replace."""
    database = Database.from_settings(settings)
    try:
        found = set(inspect(database.engine).get_table_names())
        with database.read_scope() as session:
            tables = ("conversations", "cases", "users")
            return not any(session.scalar(text(f"SELECT 1 FROM {name} LIMIT 1")) for name in tables if name in found)  # noqa: S608
    finally:
        database.close()


def databases(settings: Settings) -> list[str]:
    """The URLs of all databases of the installation: the office's, and with SQLite the engine's own file."""
    if not _is_sqlite(settings):
        return [settings.database_url]
    return [settings.database_url, *(f"sqlite:///{path}" for path in [_engine_file(settings)] if path.exists())]


def _is_sqlite(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite")


def _office_file(settings: Settings) -> Path:
    return Path(str(make_url(settings.database_url).database))


def _engine_file(settings: Settings) -> Path:
    return settings.data / "engine.db"


@contextmanager
def _workshop(settings: Settings) -> Iterator[Path]:
    """A folder for the copies, on the installation's own disk and for its owner only."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.data) as folder:
        yield Path(folder)


def _manifest(settings: Settings, now: datetime) -> dict[str, Any]:
    database = Database.from_settings(settings)
    try:
        with database.read_scope() as session:
            migration = session.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        database.close()
    kind = "sqlite" if _is_sqlite(settings) else "postgresql"
    return {"format": FORMAT, "made_at": now.isoformat(timespec="seconds"), "database": kind, "migration": migration}


def _copies(settings: Settings, folder: Path) -> list[Path]:
    """One consistent copy of each database."""
    if not _is_sqlite(settings):
        postgres_tools.dump(settings.database_url, folder / "office.dump")
        return [folder / "office.dump"]
    made = []
    for source, name in ((_office_file(settings), "office.db"), (_engine_file(settings), "engine.db")):
        if source.exists():
            _copy_sqlite(source, folder / name)
            made.append(folder / name)
    return made


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copies by SQLite's online backup: readers and writers of either file may go on."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source, timeout=30)) as one, closing(sqlite3.connect(target, timeout=30)) as other:
        one.backup(other)


def _pack(path: Path, vault: Vault, files: list[Path]) -> None:
    with writing(path, vault, PLACE) as out, tarfile.open(mode="w|gz", fileobj=cast(BinaryIO, out)) as archive:
        for file in files:
            archive.add(file, arcname=file.name)
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _unpack(path: Path, vault: Vault, folder: Path) -> dict[str, Any]:
    """Opens the whole file, to its end, before anything is done with it; returns its manifest."""
    wanted = {"manifest.json", *(name for names in _PARTS.values() for name in names)}
    with reading(path, vault, PLACE) as source:
        with tarfile.open(mode="r|gz", fileobj=cast(BinaryIO, source)) as archive:
            for member in archive:
                if member.name not in wanted or not member.isfile():
                    raise FileBroken(f"It holds '{member.name[:60]}', which is no part of a backup.")
                archive.extract(member, folder, set_attrs=False, filter="data")
        _to_the_end(source)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _to_the_end(source: SealedReader) -> None:
    while source.read(1 << 16):
        pass


def _check(settings: Settings, manifest: dict[str, Any], folder: Path) -> None:
    """Raises BackupError when the backup is of another kind, or newer than this program."""
    kind = "sqlite" if _is_sqlite(settings) else "postgresql"
    if manifest["format"] != FORMAT or manifest["database"] != kind:
        raise BackupError(f"It is a backup of {manifest['database']}, this installation uses {kind}.")
    config = Config(str(ALEMBIC))
    known = {found.revision for found in ScriptDirectory.from_config(config).walk_revisions()}
    if manifest["migration"] not in known:
        raise BackupError(
            f"It was made by a newer version (tables {manifest['migration']}). Mend: install that version."
        )
    for name in ("office.db", "engine.db"):
        if (folder / name).exists():
            _check_sqlite(folder / name)


def _check_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise BackupError(f"{path.name} in the backup is damaged.")


def _put_back(settings: Settings, folder: Path) -> None:
    if not _is_sqlite(settings):
        postgres_tools.load(settings.database_url, folder / "office.dump")
        return
    for name, target in (("office.db", _office_file(settings)), ("engine.db", _engine_file(settings))):
        if (folder / name).exists():
            _copy_sqlite(folder / name, target)
        else:
            target.unlink(missing_ok=True)  # places in dialogues that are no longer there


def _brought_up_to_date(settings: Settings) -> dict[str, int]:
    """Migrates; returns what no key opens."""
    database = Database.from_settings(settings)
    database.migrate()
    database.close()
    lost: dict[str, int] = {}
    for url in databases(settings):
        engine = create_engine(url, hide_parameters=True)
        lost |= unreadable(engine, Vault(settings.keys))
        engine.dispose()
    return lost


def _forget(path: Path) -> None:
    """Deletes what was half made, if it can."""
    with suppress(OSError):
        path.unlink()


def _told(error: Exception) -> str:
    return type(error).__name__ if isinstance(error, SQLAlchemyError) else str(error)
