"""Keeps what people wrote out of the engine's logs."""

import logging

from rasa.utils.log_utils import configure_structlog

from bot.json_logs import set_up


def quiet() -> None:
    """Warnings and errors only: Rasa's own debug and info lines hold texts and slots."""
    set_up("engine", logging.WARNING)
    logging.getLogger("rasa").setLevel(logging.WARNING)
    configure_structlog(logging.WARNING)
