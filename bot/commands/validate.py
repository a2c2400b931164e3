"""`bot validate`: Rasa's own validation of domain, stories and data."""

import argparse
import os
import subprocess
import sys

from bot.commands.train import build_pipeline
from bot.paths import ROOT


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("validate", help="rasa data validate, without its noise")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs `rasa data validate`; prints what it says only when it fails."""
    build_pipeline()
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-m", "rasa", "data", "validate"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    print("rasa data validate: no fault" if done.returncode == 0 else done.stdout + done.stderr)
    return done.returncode
