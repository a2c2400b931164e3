"""A backup is sealed, whole or not there, and brings everything back, on both databases and after a change of keys."""

import argparse
import os
import socket
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.cases.store import open_cases, read_case
from bot.commands import backup as backup_verb
from bot.commands import reseal as reseal_verb
from bot.commands import restore as restore_verb
from bot.privacy.crypto import Vault
from bot.settings import Settings
from bot.store import backup
from bot.store.backup import BackupError, databases, make, restore
from bot.store.engine import Database
from bot.store.resealing import unreadable
from bot.store.sealed_file import CHUNK, FileBroken, reading, writing
from bot.store.transcript import erase, history
from tests.ops.made import NOW, STORY, case, conversation
from tests.services import free_port


def installed(environment: dict[str, str]) -> tuple[Settings, Database]:
    settings = Settings.from_environment(environment)
    database = Database.from_settings(settings)
    database.migrate()
    return settings, database


def with_new_key(environment: dict[str, str]) -> None:
    """As an operator does it: a fresh key in front, the old one behind."""
    reseal_verb.add_key(Path(environment["SEND_DESK_DATA"]), {})


def test_a_backup_brings_back_what_was_lost_although_the_key_was_rotated_in_between(
    either: dict[str, str], tmp_path: Path
) -> None:
    settings, database = installed(either)
    talk, reference = conversation(database), case(database)
    make(settings, tmp_path / "one.backup", NOW)
    erase(database, talk, True, NOW)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET sealed_contact = 'gone', sealed_summary = 'gone'"))
    database.close()

    with_new_key(either)
    rotated = Settings.from_environment(either)
    assert rotated.keys.encryption[0] != settings.keys.encryption[0]
    found = restore(rotated, tmp_path / "one.backup", replace=True)

    assert found.made_at == NOW.isoformat(timespec="seconds") and found.unreadable == {}
    _, database = installed(either)
    assert history(database, talk, 0, 10)[0].text == STORY
    view = read_case(database, reference)
    assert view is not None and view.contact == {"name": "Test Parent"} and view.summary == {"story": STORY}
    database.close()


def test_after_resealing_the_old_key_is_no_longer_needed(either: dict[str, str], tmp_path: Path) -> None:
    settings, database = installed(either)
    case(database)
    database.close()
    with_new_key(either)
    rotated = Settings.from_environment(either)
    count = reseal_verb.everything(rotated)
    assert count >= 3  # summary, contact, the notice in the outbox

    new_alone = {**either, "SEND_DESK_ENCRYPTION_KEYS": rotated.keys.encryption[0]}
    _, database = installed(new_alone)
    assert unreadable(database.engine, database.vault) == {}
    old_alone = Vault(settings.keys)
    lost = unreadable(database.engine, old_alone)
    assert lost["cases.sealed_summary"] == 1 and sum(lost.values()) == count
    database.close()


def test_values_that_no_key_opens_are_told_after_a_restore(environment: dict[str, str], tmp_path: Path) -> None:
    settings, database = installed(environment)
    case(database)
    database.close()
    make(settings, tmp_path / "one.backup", NOW)
    old = settings.keys.encryption[0]
    with_new_key(environment)
    rotated = Settings.from_environment(environment)
    lone = {**environment, "SEND_DESK_ENCRYPTION_KEYS": rotated.keys.encryption[0]}
    with pytest.raises(BackupError, match="cannot be opened with the keys"):
        restore(Settings.from_environment(lone), tmp_path / "one.backup", replace=True)
    assert old in rotated.keys.encryption
    found = backup.Restored("then", {"cases.sealed_summary": 1})
    assert restore_verb.told(found) == 2


def test_a_backup_holds_no_word_in_the_clear_and_only_its_owner_can_read_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    settings, database = installed(environment)
    case(database)
    path = tmp_path / "one.backup"
    make(settings, path, NOW)
    content = path.read_bytes()
    assert b"refused-assessment" not in content and b"SQLite" not in content and b"Test Parent" not in content
    assert settings.keys.encryption[0].encode() not in content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in settings.data.glob(".backup-*")] == []
    database.close()


def test_a_backup_is_made_while_a_writer_is_at_work(environment: dict[str, str], tmp_path: Path) -> None:
    settings, database = installed(environment)
    case(database, "before")
    with database.session_scope() as session:
        session.execute(text("UPDATE cases SET urgency = 9"))
        make(settings, tmp_path / "one.backup", NOW)
    database.close()
    restore(settings, tmp_path / "one.backup", replace=True)
    _, database = installed(environment)
    assert [row.queue.urgency for row in open_cases(database)] == [1]  # what was not yet committed is not in it
    database.close()


def test_the_engines_places_in_dialogues_come_back_too(environment: dict[str, str], tmp_path: Path) -> None:
    settings, database = installed(environment)
    database.close()
    engine = create_engine(f"sqlite:///{settings.data / 'engine.db'}")
    sealed = Vault(settings.keys).seal("engine_trackers", "sealed_events", "one", "[]")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE engine_trackers (conversation TEXT PRIMARY KEY, sealed_events TEXT)"))
        connection.execute(text("INSERT INTO engine_trackers VALUES ('one', :sealed)"), {"sealed": sealed})
    make(settings, tmp_path / "one.backup", NOW)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM engine_trackers"))
    engine.dispose()
    restore(settings, tmp_path / "one.backup", replace=True)
    assert len(databases(settings)) == 2
    with engine.connect() as connection:
        assert connection.execute(text("SELECT conversation FROM engine_trackers")).scalars().all() == ["one"]
    engine.dispose()


@pytest.mark.parametrize("harm", ["cut", "changed", "swapped", "not one"])
def test_a_damaged_backup_changes_nothing(environment: dict[str, str], tmp_path: Path, harm: str) -> None:
    settings, database = installed(environment)
    path = tmp_path / "one.backup"
    make(settings, path, NOW)
    reference = case(database)
    database.close()
    content = path.read_bytes()
    harmed = {
        "cut": content[:-40],
        "changed": content[:-5] + bytes([content[-5] ^ 1]) + content[-4:],
        "swapped": content + content[-100:],
        "not one": b"something else entirely",
    }
    path.write_bytes(harmed[harm])
    with pytest.raises(BackupError):
        restore(settings, path, replace=True)
    _, database = installed(environment)
    assert [row.reference for row in open_cases(database)] == [reference]
    database.close()


def test_an_older_backup_takes_the_place_of_newer_tables_whole(either: dict[str, str], tmp_path: Path) -> None:
    settings, database = installed(either)
    make(settings, tmp_path / "one.backup", NOW)
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE made_later (id INTEGER PRIMARY KEY)"))
    database.close()
    restore(settings, tmp_path / "one.backup", replace=True)
    _, database = installed(either)
    with database.engine.connect() as connection, pytest.raises(Exception, match="made_later"):
        connection.execute(text("SELECT * FROM made_later"))
    database.close()


def test_a_database_that_holds_data_is_not_replaced_unasked(environment: dict[str, str], tmp_path: Path) -> None:
    settings, database = installed(environment)
    make(settings, tmp_path / "one.backup", NOW)
    case(database)
    database.close()
    with pytest.raises(BackupError, match="--replace"):
        restore(settings, tmp_path / "one.backup")


def test_a_backup_of_the_other_database_or_of_a_newer_version_is_refused(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, database = installed(environment)
    database.close()
    monkeypatch.setattr(backup, "_manifest", lambda *_: manifest)
    right = {"format": 1, "made_at": "then", "database": "sqlite", "migration": "0001"}
    for change, words in (({"database": "postgresql"}, "uses sqlite"), ({"migration": "9999"}, "newer version")):
        manifest = right | change
        path = tmp_path / f"{words}.backup"
        make(settings, path, NOW)
        with pytest.raises(BackupError, match=words):
            restore(settings, path, replace=True)


def test_a_backup_never_overwrites_one_and_leaves_nothing_half_made(
    environment: dict[str, str], tmp_path: Path
) -> None:
    settings, database = installed(environment)
    database.close()
    make(settings, tmp_path / "one.backup", NOW)
    with pytest.raises(BackupError, match="there already"):
        make(settings, tmp_path / "one.backup", NOW)
    (tmp_path / "blocked").write_text("a file, no folder")
    with pytest.raises(BackupError):
        make(settings, tmp_path / "blocked" / "two.backup", NOW)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["blocked", "data", "one.backup"]


def test_the_verbs_make_keep_and_restore(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _, database = installed(environment)
    reference = case(database)
    old = tmp_path / "kept" / "old.backup"
    old.parent.mkdir()
    old.touch()
    os.utime(old, (0, 0))
    file = tmp_path / "kept" / "send-desk-{time}.backup"
    assert backup_verb.run(argparse.Namespace(file=file, keep_days=30)) == 0
    made = list(old.parent.iterdir())
    assert len(made) == 1 and made[0].name.startswith("send-desk-2")
    assert restore_verb.run(argparse.Namespace(file=made[0], replace=False)) == 1
    assert "--replace" in capsys.readouterr().err
    assert restore_verb.run(argparse.Namespace(file=made[0], replace=True)) == 0
    assert reseal_verb.run(argparse.Namespace(new_key=True)) == 0
    assert [row.reference for row in open_cases(database)] == [reference]
    database.close()


def test_a_running_office_is_not_restored_over(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as office:
        port = free_port()
        office.bind(("127.0.0.1", port))
        office.listen()
        for name, value in (environment | {"SEND_DESK_PORT": str(port)}).items():
            monkeypatch.setenv(name, value)
        assert restore_verb.run(argparse.Namespace(file=tmp_path / "any", replace=True)) == 1
    assert "stop it first" in capsys.readouterr().err


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_sealed_file_of_any_size_comes_back_and_no_chunk_can_be_left_out(
    settings: Settings, tmp_path: Path, size: int
) -> None:
    vault, path = Vault(settings.keys), tmp_path / "file"
    told = bytes(number % 251 for number in range(size))
    with writing(path, vault, "test") as out:
        out.write(told)
    with reading(path, vault, "test") as found:
        assert found.readall() == told
    with pytest.raises(FileBroken), reading(path, vault, "backup") as found:
        found.readall()
    whole = path.read_bytes()
    if size > CHUNK:
        path.write_bytes(whole[: len(whole) - (size % CHUNK or CHUNK) - 20])  # the last chunk is gone, cleanly
        with pytest.raises(FileBroken, match="cut short"), reading(path, vault, "test") as found:
            found.readall()
