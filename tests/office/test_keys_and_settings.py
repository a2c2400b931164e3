"""Keys and settings: made once, private, and refused plainly when they cannot be used."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.privacy.crypto import SealBroken, Vault
from bot.privacy.keys import KeyMissing, Keys, create_missing, read_keys
from bot.settings import Settings, SettingWrong


def vault(*encryption: str) -> Vault:
    keys = encryption or (Fernet.generate_key().decode(),)
    return Vault(Keys(session=(), encryption=keys, fingerprint="f" * 32, engine="e" * 32))


def test_a_missing_key_stops_the_start_and_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"SEND_DESK_\w+ is not set .*make setup"):
        Settings.from_environment({"SEND_DESK_DATA": str(tmp_path)})


def test_missing_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    written = create_missing(tmp_path, {})
    assert len(written) == 4
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    before = read_keys(tmp_path, {})
    assert create_missing(tmp_path, {}) == []
    assert read_keys(tmp_path, {}) == before


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create_missing(tmp_path, {})[0].chmod(0o644)
    with pytest.raises(KeyMissing, match="chmod 600"):
        read_keys(tmp_path, {})


def test_a_malformed_or_short_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    create_missing(tmp_path, {})
    for name in ("SEND_DESK_ENCRYPTION_KEYS", "SEND_DESK_ENGINE_SECRET"):
        with pytest.raises(KeyMissing) as error:
            read_keys(tmp_path, {name: "not-a-key"})
        assert name in str(error.value) and "not-a-key" not in str(error.value)


def test_settings_never_show_their_secrets(settings: Settings) -> None:
    shown = repr(settings)
    for secret in (*settings.keys.encryption, *settings.keys.session, settings.keys.engine, settings.keys.fingerprint):
        assert secret not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEND_DESK_PORT", "eighty"),
        ("SEND_DESK_PORT", "70000"),
        ("SEND_DESK_DATABASE_URL", "mysql://x"),
        ("SEND_DESK_ORIGINS", "https://host.example.org/path"),
        ("SEND_DESK_ORIGINS", "*"),
        ("SEND_DESK_PUBLIC_URL", "chat.example.org"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    create_missing(tmp_path, {})
    with pytest.raises(SettingWrong, match=name):
        Settings.from_environment({"SEND_DESK_DATA": str(tmp_path), name: value})


def test_office_contacts_come_from_the_knowledge_base_unless_overridden(tmp_path: Path) -> None:
    create_missing(tmp_path, {})
    base = {"SEND_DESK_DATA": str(tmp_path)}
    assert Settings.from_environment(base).office.phone == "0161 480 0833"
    assert Settings.from_environment({**base, "SEND_DESK_OFFICE_PHONE": "01632 960123"}).office.phone == "01632 960123"


def test_sealed_text_opens_only_at_its_own_table_column_and_row() -> None:
    own = vault()
    sealed = own.seal("cases", "summary", "a" * 32, "the story")
    assert "story" not in sealed
    assert own.unseal("cases", "summary", "a" * 32, sealed) == "the story"
    for place in (("turns", "summary", "a" * 32), ("cases", "contact", "a" * 32), ("cases", "summary", "b" * 32)):
        with pytest.raises(SealBroken):
            own.unseal(*place, sealed)


def test_altered_text_and_text_of_an_unknown_key_are_refused() -> None:
    sealed = vault().seal("cases", "summary", "1", "the story")
    own = vault()
    for wrong in (sealed, sealed[:-6] + "AAAAAA", "", "é"):
        with pytest.raises(SealBroken):
            own.unseal("cases", "summary", "1", wrong)


def test_rotation_seals_with_the_newest_key_and_keeps_the_text() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = vault(old).seal("cases", "summary", "1", "the story")
    rotated = vault(new, old).rotate(sealed)
    assert vault(new).unseal("cases", "summary", "1", rotated) == "the story"


def test_fingerprints_are_equal_for_equal_values_and_tell_nothing_without_the_key() -> None:
    own = vault()
    other = Vault(Keys(session=(), encryption=(Fernet.generate_key().decode(),), fingerprint="g" * 32, engine=""))
    assert own.fingerprint(" Parent@example.org ") == own.fingerprint("parent@example.org")
    assert own.fingerprint("parent@example.org") != own.fingerprint("other@example.org")
    assert own.fingerprint("parent@example.org") != other.fingerprint("parent@example.org")
