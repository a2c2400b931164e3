"""Starts the action server on loopback: Rasa's own, with an error handler that does not echo the tracker."""

import argparse
import asyncio
import logging
import os

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from actions.case_form import database
from bot.cases.fields import consent, fields, steering
from bot.engine.no_cors import without_cors
from bot.engine.watched import watch
from bot.json_logs import set_up
from bot.knowledge.entries import entries
from bot.law.calendar import calendar
from bot.law.content import limits
from bot.letters.library import letters
from bot.long_lived import keep_for_good

logger = logging.getLogger(__name__)

KEPT_SECONDS = 75  # longer than the engine keeps a connection (bot/engine/lean.py, KEPT_SECONDS), so that it never asks on one being closed


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
    without_cors(made)
    made.error_handler.add(Exception, _failed)
    made.config.KEEP_ALIVE_TIMEOUT = KEPT_SECONDS
    made.register_listener(_warm_up, "before_server_start")
    watch(made)
    return made


async def _warm_up(started: Sanic, loop: asyncio.AbstractEventLoop) -> None:
    """Reads the content and opens the database, so that the first parent does not wait for it."""
    for content in (entries, limits, calendar, letters, fields, consent, steering):
        content()
    try:
        await asyncio.to_thread(database)
    except Exception as error:  # answers need no database; a form asks for it again
        logger.error("The database could not be opened at the start: %s", type(error).__name__)
    keep_for_good()


async def _failed(request: Request, exception: Exception) -> HTTPResponse:
    """The kind of error alone: its text and the request may hold what a person wrote."""
    logger.error("An action failed: %s", type(exception).__name__)
    return json({"error": "the action failed"}, status=500)


if __name__ == "__main__":
    main()
