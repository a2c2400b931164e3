"""Telegram's settings, from the environment: off without a token, polling with one, webhook with an address beside it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.settings import SettingWrong

PATH = "/telegram/webhook"
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class TelegramSettings:
    """One bot. `webhook` is "" when we poll. Token and secret are kept out of its `repr`."""

    token: str = field(repr=False)
    webhook: str = ""
    secret: str = field(default="", repr=False)
    api: str = "https://api.telegram.org"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "TelegramSettings | None":
        """Reads SEND_DESK_TELEGRAM_TOKEN, _WEBHOOK_URL, _SECRET and _API; None when there is no token.

        Raises:
            SettingWrong: when a value cannot be used, or a webhook has no secret.
        """
        token = environment.get("SEND_DESK_TELEGRAM_TOKEN", "").strip()
        webhook = environment.get("SEND_DESK_TELEGRAM_WEBHOOK_URL", "").strip()
        if not token:
            if webhook:
                raise SettingWrong(
                    "SEND_DESK_TELEGRAM_WEBHOOK_URL is set without SEND_DESK_TELEGRAM_TOKEN. Mend: set both, or none."
                )
            return None
        if not _TOKEN.fullmatch(token):
            raise SettingWrong(
                "SEND_DESK_TELEGRAM_TOKEN is no bot token. Mend: copy it from @BotFather, as 123456:ABC..."
            )
        api = environment.get("SEND_DESK_TELEGRAM_API", "").strip().rstrip("/") or cls.api
        return cls(token, webhook, _secret(environment, webhook), _checked(api, "SEND_DESK_TELEGRAM_API"))

    @property
    def local(self) -> bool:
        """Whether the Bot API is on this machine."""
        return urlsplit(self.api).hostname in _LOCAL


def _secret(environment: Mapping[str, str], webhook: str) -> str:
    """The secret that proves an update comes from Telegram; without it anybody could write as any parent."""
    if not webhook:
        return ""
    if urlsplit(_checked(webhook, "SEND_DESK_TELEGRAM_WEBHOOK_URL")).path != PATH:
        raise SettingWrong(f"SEND_DESK_TELEGRAM_WEBHOOK_URL must end with {PATH}, as https://chat.example.org{PATH}.")
    secret = environment.get("SEND_DESK_TELEGRAM_SECRET", "").strip()
    if not _SECRET.fullmatch(secret):
        raise SettingWrong(
            "SEND_DESK_TELEGRAM_SECRET is missing or cannot be used: a webhook without it would take forged messages. "
            "Mend: set 16 to 256 letters, digits, - or _, such as the output of: openssl rand -hex 32"
        )
    return secret


def _checked(url: str, name: str) -> str:
    """An https address; plain http only on this machine."""
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        )
    except ValueError:
        good = False
    if not good:
        raise SettingWrong(f"{name} must be an https address.")
    return url
