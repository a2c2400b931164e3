"""All settings of the office and the engine, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.knowledge.yaml_lines import read
from bot.limits import (
    CONVERSATION_DAYS,
    LEAST_SUPPRESS_BELOW,
    MAX_TURNS_A_MINUTE,
    MOST_SUPPRESS_BELOW,
    SUPPRESS_BELOW,
)
from bot.paths import KNOWLEDGE, ROOT
from bot.privacy.keys import Keys, read_keys


class SettingWrong(Exception):
    """A setting that cannot be used: its name, what is wrong, the mend."""


MOST_DAYS = 3650  # ten years: a longer time is a slip of the finger


@dataclass(frozen=True)
class Office:
    """Who the assistant speaks for; from knowledge/office.yml, phone and e-mail may be overridden."""

    mp: str
    name: str
    constituency: str
    phone: str
    email: str


@dataclass(frozen=True)
class Settings:
    """One installation's settings; see docs/settings.md. Secrets are kept out of its `repr`."""

    data: Path
    port: int
    engine_port: int
    actions_port: int
    database_url: str = field(repr=False)
    public_url: str
    origins: tuple[str, ...]
    proxies: tuple[str, ...]
    office: Office
    keys: Keys = field(repr=False)
    metrics_token: str = field(default="", repr=False)
    engine_urls: tuple[str, ...] = ()
    listen: str = "127.0.0.1"
    conversation_days: int = CONVERSATION_DAYS
    suppress_below: int = SUPPRESS_BELOW
    turns_a_minute: int = MAX_TURNS_A_MINUTE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the settings.

        Raises:
            SettingWrong: when a value cannot be used.
            bot.privacy.keys.KeyMissing: when a secret is missing.
        """
        data = data_folder(environment)
        port = port_from(environment, "SEND_DESK_PORT", 8000)
        return cls(
            data=data,
            port=port,
            engine_port=port_from(environment, "SEND_DESK_ENGINE_PORT", 5005),
            actions_port=port_from(environment, "SEND_DESK_ACTIONS_PORT", 5055),
            database_url=_database_url(environment, data),
            public_url=_public_url(environment, port),
            origins=_origins(environment),
            proxies=_listed(environment, "SEND_DESK_PROXIES"),
            office=office_told(environment),
            keys=read_keys(data, environment),
            metrics_token=_metrics_token(environment),
            engine_urls=_engine_urls(environment),
            listen=listen_address(environment),
            conversation_days=days_from(environment, "SEND_DESK_CONVERSATION_DAYS", CONVERSATION_DAYS),
            suppress_below=_suppress_below(environment),
            turns_a_minute=_turns_a_minute(environment),
        )

    @property
    def engines(self) -> tuple[str, ...]:
        """Where the engines' office channels are: on this machine, unless SEND_DESK_ENGINE_URLS names others."""
        bases = self.engine_urls or (f"http://127.0.0.1:{self.engine_port}",)
        return tuple(f"{base}/webhooks/office" for base in bases)

    @property
    def local(self) -> bool:
        """Whether the office is reached on this machine only, as in a trial."""
        return urlsplit(self.public_url).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def secure(self) -> bool:
        """Whether the office is reached by https, so that cookies may demand it."""
        return self.public_url.startswith("https://")


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """SEND_DESK_DATA, by default `var` in the checkout."""
    return Path(environment.get("SEND_DESK_DATA") or ROOT / "var").expanduser().resolve()


def port_from(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port number from the environment."""
    value = environment.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingWrong(f"{name} is '{value}'. Mend: give a port number from 1 to 65535.")
    return int(value)


def days_from(environment: Mapping[str, str], name: str, default: int) -> int:
    """A number of days from the environment, at most ten years."""
    value = environment.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= MOST_DAYS:
        raise SettingWrong(f"{name} is no number of days. Mend: give one from 1 to {MOST_DAYS}.")
    return int(value)


def _suppress_below(environment: Mapping[str, str]) -> int:
    value = environment.get("SEND_DESK_SUPPRESS_BELOW") or str(SUPPRESS_BELOW)
    least, most = LEAST_SUPPRESS_BELOW, MOST_SUPPRESS_BELOW
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise SettingWrong(f"SEND_DESK_SUPPRESS_BELOW is '{value}'. Mend: give a number from {least} to {most}.")
    return int(value)


def _database_url(environment: Mapping[str, str], data: Path) -> str:
    url = environment.get("SEND_DESK_DATABASE_URL") or f"sqlite:///{data / 'office.db'}"
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingWrong("SEND_DESK_DATABASE_URL must start with sqlite:/// or postgresql+psycopg://.")
    return url


def _public_url(environment: Mapping[str, str], port: int) -> str:
    url = (environment.get("SEND_DESK_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    if not _is_origin(url):
        raise SettingWrong(
            f"SEND_DESK_PUBLIC_URL is '{url}'. Mend: give scheme and host alone, as https://chat.example.org."
        )
    return url


def _origins(environment: Mapping[str, str]) -> tuple[str, ...]:
    origins = _listed(environment, "SEND_DESK_ORIGINS")
    for origin in origins:
        if not _is_origin(origin):
            raise SettingWrong(
                f"SEND_DESK_ORIGINS holds '{origin}'. Mend: give scheme and host alone, as https://www.example.org."
            )
    return origins


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return bool(
            parts.scheme in ("http", "https") and parts.hostname and value == f"{parts.scheme}://{parts.netloc}"
        )
    except ValueError:
        return False


def _engine_urls(environment: Mapping[str, str]) -> tuple[str, ...]:
    urls = _listed(environment, "SEND_DESK_ENGINE_URLS")
    for url in urls:
        # Office and engine talk without TLS (bot/http_calls.py).
        if not (_is_origin(url) and url.startswith("http://")):
            raise SettingWrong(
                f"SEND_DESK_ENGINE_URLS holds '{url}'. Mend: give http, host and port, as http://engine-1:5005, in a private network."
            )
    if len(set(urls)) != len(urls):
        raise SettingWrong("SEND_DESK_ENGINE_URLS names an engine twice.")
    return urls


def listen_address(environment: Mapping[str, str] = os.environ) -> str:
    """SEND_DESK_LISTEN, the address that office and engine listen on; by default this machine alone."""
    address = environment.get("SEND_DESK_LISTEN") or "127.0.0.1"
    try:
        return str(ip_address(address))
    except ValueError:
        raise SettingWrong(
            f"SEND_DESK_LISTEN is '{address}'. Mend: give an address of this machine, as 127.0.0.1."
        ) from None


def _turns_a_minute(environment: Mapping[str, str]) -> int:
    value = environment.get("SEND_DESK_TURNS_A_MINUTE") or str(MAX_TURNS_A_MINUTE)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 100_000):
        raise SettingWrong(f"SEND_DESK_TURNS_A_MINUTE is '{value}'. Mend: give a whole number from 1 to 100000.")
    return int(value)


def _metrics_token(environment: Mapping[str, str]) -> str:
    token = environment.get("SEND_DESK_METRICS_TOKEN", "")
    if token and len(token) < 20:
        raise SettingWrong("SEND_DESK_METRICS_TOKEN is too short. Mend: use at least 20 random characters.")
    return token


def _listed(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in environment.get(name, "").replace(",", " ").split() if part)


def office_told(environment: Mapping[str, str] = os.environ) -> Office:
    """Who the assistant speaks for, as knowledge/office.yml and the environment say."""
    told = read(KNOWLEDGE / "office.yml").data
    return Office(
        mp=told["mp"],
        name=told["office"],
        constituency=told["constituency"],
        phone=environment.get("SEND_DESK_OFFICE_PHONE") or told["phone"],
        email=environment.get("SEND_DESK_OFFICE_EMAIL") or told["email"],
    )
