"""`bot serve-office`: runs the office's web server on this machine until it is told to stop."""

import argparse
import sys
from typing import Any

import uvicorn

from bot.channels.telegram.settings import TelegramSettings
from bot.json_logs import set_up
from bot.limits import MAX_CONNECTIONS
from bot.long_lived import keep_for_good
from bot.privacy.keys import KeyMissing
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.web.app import create_app
from bot.web.openid_settings import OpenIdSettings
from bot.web.slow_clients import PatientProtocol

STOP_SECONDS = 8  # long enough to end a turn, shorter than a supervisor waits


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("serve-office", help="run the office alone: chat, inbox, health")
    parser.add_argument("--port", type=int, help="default: SEND_DESK_PORT, else 8000")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Brings the database up to date and serves; 1 when a setting or key is missing."""
    set_up("office")
    try:
        settings = Settings.from_environment()
        telegram = TelegramSettings.from_environment()
        openid = OpenIdSettings.from_environment()
    except (KeyMissing, SettingWrong) as error:
        print(error, file=sys.stderr)
        return 1
    database = Database.from_settings(settings)
    database.migrate()
    database.close()
    app = create_app(settings, telegram=telegram, openid=openid)
    keep_for_good()
    uvicorn.run(app, port=arguments.port or settings.port, **_server(settings))
    return 0


def _server(settings: Settings) -> dict[str, Any]:
    """Loopback unless told otherwise; no access log (addresses are personal data); forwarded addresses only from named proxies."""
    return {
        "host": settings.listen,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(settings.proxies),
        "forwarded_allow_ips": list(settings.proxies),
        "timeout_graceful_shutdown": STOP_SECONDS,
        "timeout_keep_alive": 30,
        "limit_concurrency": MAX_CONNECTIONS,
        "http": PatientProtocol,
    }
