"""The settings of the provider: off, whole, or the start is refused."""

from pathlib import Path

import pytest

from bot.cli import main
from bot.privacy.keys import create_missing
from bot.settings import SettingWrong
from bot.web.openid_settings import OpenIdSettings
from tests.inbox.openid_provider import CLIENT, SECRET

TOLD = {
    "SEND_DESK_OIDC_ISSUER": "https://login.example.org/office",
    "SEND_DESK_OIDC_CLIENT_ID": CLIENT,
    "SEND_DESK_OIDC_CLIENT_SECRET": SECRET,
}


def test_nothing_set_is_off_and_all_set_is_on() -> None:
    assert OpenIdSettings.from_environment({}) is None
    found = OpenIdSettings.from_environment(TOLD)
    assert (
        found is not None and found.metadata_url == "https://login.example.org/office/.well-known/openid-configuration"
    )
    assert SECRET not in repr(found)


@pytest.mark.parametrize("left_out", sorted(TOLD))
def test_settings_that_are_only_partly_there_stop_the_start(left_out: str) -> None:
    with pytest.raises(SettingWrong, match=left_out):
        OpenIdSettings.from_environment({name: value for name, value in TOLD.items() if name != left_out})
    with pytest.raises(SettingWrong, match=left_out):
        OpenIdSettings.from_environment({**TOLD, left_out: "  "})


def test_a_title_alone_stops_the_start_too() -> None:
    with pytest.raises(SettingWrong, match="SEND_DESK_OIDC_ISSUER"):
        OpenIdSettings.from_environment({"SEND_DESK_OIDC_TITLE": "Test account"})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.org", "login.example.org", "ftp://login.example.org", "https://", "https://a:b@login.example.org",
        "https://login.example.org?x=1", "https://login.example.org#x", "https://[", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_issuer_that_cannot_be_trusted_stops_the_start(issuer: str) -> None:
    with pytest.raises(SettingWrong, match="SEND_DESK_OIDC_ISSUER"):
        OpenIdSettings.from_environment({**TOLD, "SEND_DESK_OIDC_ISSUER": issuer})


def test_the_start_fails_with_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_missing(tmp_path, {})
    monkeypatch.setenv("SEND_DESK_DATA", str(tmp_path))
    monkeypatch.setenv("SEND_DESK_OIDC_ISSUER", "https://login.example.org")
    assert main(["serve-office"]) == 1
    assert "SEND_DESK_OIDC_CLIENT_ID" in capsys.readouterr().err
