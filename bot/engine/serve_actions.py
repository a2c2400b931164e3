"""Starts the action server on loopback: Rasa's own, with an error handler that does not echo the tracker."""

import argparse
import logging
import os

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.engine.watched import watch
from bot.json_logs import set_up

logger = logging.getLogger(__name__)

KEPT_SECONDS = 75  # longer than the engine keeps a connection (aiohttp: 15), so that it never asks on one being closed


def main() -> None:
    """Runs until stopped."""
    parser = argparse.ArgumentParser(prog="bot.engine.serve_actions", description="Start the action server.")
    parser.add_argument("--port", type=int, default=5055)
    arguments = parser.parse_args()
    set_up("actions")
    app().run("127.0.0.1", arguments.port, workers=1, access_log=False)


def app() -> Sanic:
    """The SDK's app over the actions package; cross-origin requests are refused."""
    made = create_app("actions", cors_origins=[])
    made.error_handler.add(Exception, _failed)
    made.config.KEEP_ALIVE_TIMEOUT = KEPT_SECONDS
    watch(made)
    return made


async def _failed(request: Request, exception: Exception) -> HTTPResponse:
    """The kind of error alone: its text and the request may hold what a person wrote."""
    logger.error("An action failed: %s", type(exception).__name__)
    return json({"error": "the action failed"}, status=500)


if __name__ == "__main__":
    main()
