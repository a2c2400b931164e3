"""Sign-in to the inbox through the organisation's own accounts (OpenID Connect), read from the environment. Nothing set = off."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.settings import SettingWrong

_NEEDED = ("SEND_DESK_OIDC_ISSUER", "SEND_DESK_OIDC_CLIENT_ID", "SEND_DESK_OIDC_CLIENT_SECRET")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class OpenIdSettings:
    """One provider. `title` is what the login page calls its accounts."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    title: str = "work account"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "OpenIdSettings | None":
        """Reads SEND_DESK_OIDC_*; None when none of them is set.

        Raises:
            bot.settings.SettingWrong: when only some are set, or one cannot be used.
        """
        told = {name: environment.get(name, "").strip() for name in (*_NEEDED, "SEND_DESK_OIDC_TITLE")}
        if not any(told.values()):
            return None
        missing = [name for name in _NEEDED if not told[name]]
        if missing:
            raise SettingWrong(f"Sign-in by OpenID Connect also needs {', '.join(missing)}. Mend: set them, or none.")
        issuer, client_id, client_secret = (told[name] for name in _NEEDED)
        return cls(_issuer(issuer), client_id, client_secret, _title(told["SEND_DESK_OIDC_TITLE"]))

    @property
    def metadata_url(self) -> str:
        """Where the provider tells its addresses (OpenID Connect Discovery 1.0, section 4)."""
        return self.issuer.rstrip("/") + "/.well-known/openid-configuration"


def _issuer(value: str) -> str:
    """The issuer as the provider writes it: a trailing slash belongs to it. Plain http only for a trial on this machine."""
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        raise SettingWrong("SEND_DESK_OIDC_ISSUER is no address.") from None
    if not usable or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise SettingWrong(
            "SEND_DESK_OIDC_ISSUER cannot be used. Mend: give the provider's issuer by https, as https://login.example.org/office."
        )
    return value


def _title(value: str) -> str:
    if len(value) > 60:
        raise SettingWrong(
            "SEND_DESK_OIDC_TITLE is too long. Mend: use at most 60 characters, as in 'Parliament account'."
        )
    return value or "work account"
