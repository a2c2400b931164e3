"""The office's database: SQLite by default, PostgreSQL by its URL; sessions, migrations, sealing."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from bot.privacy.crypto import Vault
from bot.settings import Settings
from bot.store import inbox_tables as _inbox_tables  # noqa: F401 (so that every table is known wherever a database is)

ALEMBIC = Path(__file__).with_name("alembic.ini")
_BUSY_MS = 10_000  # how long a writer waits for another before SQLite gives up
_MIGRATION_LOCK = 0x53454E44  # any number, the same in every office process: "SEND"


class Database:
    """One database and the vault that seals what it holds. Blocking: call it from a thread, not the event loop."""

    def __init__(self, url: str, vault: Vault):
        self.url = url
        self.vault = vault
        self.engine = _open(url)
        self._reading = self.engine.execution_options(sqlite_begin="BEGIN")
        self._talking = self.engine.execution_options(sqlite_sync="NORMAL")
        self._writer = threading.Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> "Database":
        """The installation's own database."""
        return cls(settings.database_url, Vault(settings.keys))

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """One transaction that may write: commits at the end, rolls back on any error."""
        with self._in_turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """As `read_scope`, without objects: for what every turn asks."""
        with self._reading.connect() as connection:
            yield connection

    @contextmanager
    def talk_scope(self) -> Iterator[Connection]:
        """One transaction of a conversation. With SQLite a power cut may lose the last moments of talk, never a case."""
        with self._in_turn(), self._talking.begin() as connection:
            yield connection

    @contextmanager
    def read_scope(self) -> Iterator[Session]:
        """One transaction that only reads, and waits for no writer."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """SQLite has one writer at a time, and a second one sleeps until it tries again: threads of this process queue here instead."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        mine = self._writer.acquire(timeout=_BUSY_MS / 1000)  # too late: SQLite says so itself
        try:
            yield
        finally:
            if mine:
                self._writer.release()

    def migrate(self) -> None:
        """Brings the tables up to date; two offices starting at once wait for each other."""
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config = Config(str(ALEMBIC))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def seal_json(self, table: str, column: str, row_id: str, value: Any) -> str:
        """Seals a JSON value for one place."""
        return self.vault.seal(table, column, row_id, json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def unseal_json(self, table: str, column: str, row_id: str, sealed: str) -> Any:
        """Opens a JSON value sealed for this place."""
        return json.loads(self.vault.unseal(table, column, row_id, sealed))

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()


def _open(url: str) -> Engine:
    """`hide_parameters`: what people wrote must not reach a log through an error. `lifo`: SQLite's last connection has its pages at hand."""
    if not url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10)
    _make_private(make_url(url).database)
    engine = create_engine(url, hide_parameters=True, pool_use_lifo=True, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: str | None) -> None:
    """Creates the folder and the file so that only their owner can read them."""
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _set_up_sqlite(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """WAL lets readers and one writer work together; FULL keeps a case through a power cut; what is deleted is overwritten."""
    connection.isolation_level = None  # transactions begin in _begin_sqlite, not where the driver guesses
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Takes the write lock at once: a transaction that upgrades later can fail instead of waiting.

    How a commit is flushed stays set on a kept connection, so it is set only where it is to change.
    """
    options, driver = connection.get_execution_options(), connection.connection
    sync = options.get("sqlite_sync", "FULL")
    if driver.info.get("sync") != sync:
        driver.execute(f"PRAGMA synchronous = {sync}").close()
        driver.info["sync"] = sync
    driver.execute(options.get("sqlite_begin", "BEGIN IMMEDIATE")).close()
