"""`bot ask` in a checkout that nobody has set up: what begins a case works, and the office's own data is not touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bot.paths import ROOT


def test_a_wish_for_a_person_is_answered_without_keys_and_leaves_the_data_folder_as_it_was(tmp_path: Path) -> None:
    questions, data = tmp_path / "questions.jsonl", tmp_path / "data"
    questions.write_text(json.dumps({"id": "one", "text": "can I speak to a person please"}), encoding="utf-8")
    command = [sys.executable, "-m", "bot.cli", "ask", "--jsonl", str(questions)]
    environment = {**os.environ, "SEND_DESK_DATA": str(data)}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    answer = json.loads(told.splitlines()[-1])
    assert answer["outcome"] in ("asked_back", "handed_off") and "office" in answer["reply"]
    assert not data.exists()
