"""Keeps what people wrote out of the engine's logs."""

import logging

from rasa.utils.log_utils import configure_structlog


def quiet() -> None:
    """Warnings and errors only: Rasa's own debug and info lines hold texts and slots."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("rasa").setLevel(logging.WARNING)
    configure_structlog(logging.WARNING)
