"""`bot evaluate`: answers question files and prints the score by kind and group."""

import argparse
import asyncio
import json
import statistics
from datetime import date
from pathlib import Path
from typing import Any

from bot.commands.ask import answers
from bot.evaluation.scoring import Verdict, judge, table

# The measuring questions were written for this day; dates in them are relative to it.
QUESTIONS_DAY = date(2026, 11, 23)


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("evaluate", help="answer question files and print the score by group")
    parser.add_argument("file", nargs="+", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=QUESTIONS_DAY)
    parser.add_argument("--wrong", action="store_true", help="print each wrong answer with its reason")
    parser.add_argument("--replies", type=Path, help="also write every answer to this JSONL file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table; 1 when a file cannot be read."""
    missing = [path for path in arguments.file if not path.exists()]
    if missing:
        print(f"There is no {missing[0]}. Give a question file: make evaluate QUESTIONS=tests/measuring/in_scope.jsonl")
        return 1
    rows = [
        json.loads(line)
        for path in arguments.file
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    found = asyncio.run(_answered(rows, arguments.today))
    if arguments.replies:
        arguments.replies.write_text(
            "\n".join(json.dumps(answer, ensure_ascii=False) for answer in found), encoding="utf-8"
        )
    verdicts = [judge(row, answer) for row, answer in zip(rows, found, strict=True)]
    _print(verdicts, rows, found, arguments.wrong)
    return 0


async def _answered(rows: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    return [answer async for answer in answers(rows, today)]


def _print(verdicts: list[Verdict], rows: list[dict[str, Any]], found: list[dict[str, Any]], wrong: bool) -> None:
    for kind, group, right, asked in table(verdicts):
        print(f"{kind:14} {group:28} {right:4} of {asked:4}  {right / asked:6.1%}")
    scoped = [verdict for verdict in verdicts if verdict.kind == "answer"]
    if scoped:
        print(f"right at once or among the titles offered: {sum(v.offered for v in scoped) / len(scoped):.1%}")
    words = sorted(_reply_words(answer) for answer in found)
    print(
        f"words a reply, sources apart: median {statistics.median(words):.0f}, 95th percentile {words[int(len(words) * 0.95) - 1]}"
    )
    print(f"milliseconds a message: median {statistics.median(answer['latency_ms'] for answer in found):.0f}")
    if wrong:
        for verdict, row, answer in zip(verdicts, rows, found, strict=True):
            if not verdict.right:
                print(
                    f"\n{verdict.id} [{verdict.group}] {row.get('text') or row.get('turns')}\n  {verdict.why}; outcome {answer['outcome']}, confidence {answer['confidence']}"
                )


def _reply_words(answer: dict[str, Any]) -> int:
    return int(answer.get("words") or 0)
