"""How cases leave the office's database: mail server and webhook, read from the environment. Nothing set = nothing sent."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.cases.parse_contact import parse_email
from bot.settings import SettingWrong

Security = Literal["starttls", "tls", "none"]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class MailSettings:
    """One mail server. `full`: the whole summary in the mail, not only reference, urgency and link. `attach`: the case as JSON."""

    host: str
    port: int
    security: Security
    sender: str
    recipient: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None
    full: bool = False
    attach: bool = False


@dataclass(frozen=True)
class WebhookSettings:
    """One receiver. `full`: the whole case document, not only reference, urgency and link."""

    url: str
    secret: str = field(repr=False)
    full: bool = False


@dataclass(frozen=True)
class DeliverySettings:
    """What is configured; None where nothing is."""

    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "DeliverySettings":
        """Reads SEND_DESK_SMTP_*, SEND_DESK_MAIL_* and SEND_DESK_WEBHOOK_*.

        Raises:
            bot.settings.SettingWrong: when a value cannot be used.
        """
        return cls(_mail(environment), _webhook(environment))


def _mail(environment: Mapping[str, str]) -> MailSettings | None:
    host = environment.get("SEND_DESK_SMTP_HOST", "").strip()
    if not host:
        return None
    security = environment.get("SEND_DESK_SMTP_SECURITY") or "starttls"
    if security not in _PORTS or (security == "none" and host not in _LOOPBACK):
        raise SettingWrong("SEND_DESK_SMTP_SECURITY must be starttls or tls; none is allowed on this machine only.")
    authority = environment.get("SEND_DESK_SMTP_CA")
    return MailSettings(
        host=host,
        port=_number(environment, "SEND_DESK_SMTP_PORT", _PORTS[security]),
        security=security,  # type: ignore[arg-type]
        sender=_address(environment, "SEND_DESK_MAIL_FROM"),
        recipient=_address(environment, "SEND_DESK_MAIL_TO"),
        user=environment.get("SEND_DESK_SMTP_USER", ""),
        password=environment.get("SEND_DESK_SMTP_PASSWORD", ""),
        authority=Path(authority) if authority else None,
        full=_on(environment, "SEND_DESK_MAIL_FULL"),
        attach=_on(environment, "SEND_DESK_MAIL_JSON"),
    )


def _webhook(environment: Mapping[str, str]) -> WebhookSettings | None:
    url = environment.get("SEND_DESK_WEBHOOK_URL", "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise SettingWrong("SEND_DESK_WEBHOOK_URL must start with https://.")
    secret = environment.get("SEND_DESK_WEBHOOK_SECRET", "")
    if len(secret.removeprefix("whsec_")) < 32:
        raise SettingWrong(
            "SEND_DESK_WEBHOOK_SECRET is missing or too short. Mend: whsec_ and at least 24 random bytes in base64."
        )
    return WebhookSettings(url, secret, _on(environment, "SEND_DESK_WEBHOOK_FULL"))


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingWrong(f"{name} is no port number. Mend: give one from 1 to 65535.")
    return int(value)


def _address(environment: Mapping[str, str], name: str) -> str:
    """One plain address: no name, no list, no line break."""
    value = environment.get(name, "").strip()
    if not value or parse_email(value) is None or any(sign in value for sign in " ,;<>\r\n"):
        raise SettingWrong(f"{name} must be one e-mail address, such as office@example.org.")
    return value


def _on(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value not in ("", "0", "1", "no", "yes"):
        raise SettingWrong(f"{name} must be 1 or 0.")
    return value in ("1", "yes")
