"""Starts the engine: Rasa's own server with the office's channel only, on loopback, warmed up, quiet in its logs.

The same as `rasa run` in the root, less Rasa's command line, which takes seconds to import.
"""

import argparse
import logging
import os
from asyncio import AbstractEventLoop
from pathlib import Path

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
# One thread, read by the libraries when they are imported: a sentence is too short to share out, office and actions need cores too.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = "1"

import rasa.core.run
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from bot.engine.lean import keep_connections
from bot.engine.model import check_digest, model_path
from bot.engine.no_cors import without_cors
from bot.engine.processor import LeanProcessor
from bot.engine.quiet import quiet
from bot.long_lived import keep_for_good
from bot.paths import ROOT
from bot.settings import listen_address

logger = logging.getLogger(__name__)

# A first message pays for cold caches; nobody should wait for that.
WARM_UP = ("hello", "They have refused to assess my son. Can I appeal, and how long have I got to do it?")


def main() -> None:
    """Runs until stopped."""
    parser = argparse.ArgumentParser(prog="bot.engine.serve", description="Start the engine.")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", default=str(model_path()))
    parser.add_argument("--endpoints", default=str(ROOT / "endpoints.yml"))
    arguments = parser.parse_args()
    quiet()
    if not check_digest(Path(arguments.model)):
        logger.warning("%s was not trained by `bot train`: nothing is known of its origin.", Path(arguments.model).name)
    serve(arguments.port, Path(arguments.model), Path(arguments.endpoints), listen_address())


def serve(port: int, model: Path, endpoints: Path, listen: str = "127.0.0.1") -> None:
    """Serves one model on one port; on another address than loopback only in a private network (docs/operations.md)."""
    rasa.core.run.serve_application(
        model_path=str(model),
        port=port,
        credentials=str(ROOT / "credentials.yml"),
        interface=listen,
        enable_api=False,
        endpoints=keep_connections(AvailableEndpoints.read_endpoints(str(endpoints))),
        server_listeners=[(warm_up, "after_server_start")],
    )


async def warm_up(app: Sanic, loop: AbstractEventLoop) -> None:
    """Understands a few sentences before the first parent comes, then says that the engine is ready."""
    without_cors(app)
    app.ctx.agent.processor = LeanProcessor.instead_of(app.ctx.agent.processor)
    for sentence in WARM_UP:
        await app.ctx.agent.parse_message(sentence)
    keep_for_good()
    app.ctx.warm = True


if __name__ == "__main__":
    main()
