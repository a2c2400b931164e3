"""Scores answers against a question file. Pure: rows and answers in, a table out.

A row asks for words (`must`, `must_not`: regular expressions on the reply) or for entries (`entries`: any of these is a
right answer; for two questions a list of lists), or only for an outcome (`kind`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Which outcomes are right for a kind of question when the row asks for nothing else.
OUTCOMES = {
    "out_of_scope": {"out_of_scope"},
    "urgent": {"urgent"},
    "handoff": {"handed_off", "asked_back"},
    "smalltalk": {"smalltalk"},
}


SHOWN_WHEN_UNSURE = 2  # an unsure reply gives the short answers of its two best entries, and titles of the rest
# Entries that state a time limit: where the statutory clock works the same limit out from the person's own dates (outcome
# `deadline`, or `urgent` when it is near or past), that is a right answer too.
CLOCK_ENTRIES = {
    "ehcna-six-weeks", "timeline-20-weeks", "late-decision", "overdue-plan", "appeal-deadline", "late-appeal", "phase-transfer",
    "annual-review", "late-annual-review", "reassessment", "draft-plan-15-days",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """One row's result: right at once, right among what was offered, and what was wrong."""

    id: str
    kind: str
    group: str
    right: bool
    offered: bool
    why: str


def judge(row: Mapping[str, Any], answer: Mapping[str, Any]) -> Verdict:
    """Judges one answer."""
    text = answer["reply"] if isinstance(answer["reply"], str) else answer["reply"][-1]
    why = _words_wrong(row, text) or _entries_wrong(row, answer) or _outcome_wrong(row, answer)
    offered = not why or bool(_wanted(row) & set(answer["entries"]) | (_wanted(row) & set(answer.get("offered", []))))
    return Verdict(str(row["id"]), row["kind"], row.get("group", row["kind"]), not why, offered, why)


def _words_wrong(row: Mapping[str, Any], text: str) -> str:
    for pattern in row.get("must", []):
        if not re.search(pattern, text, re.IGNORECASE):
            return f"missing /{pattern[:60]}/"
    for pattern in row.get("must_not", []):
        if re.search(pattern, text, re.IGNORECASE):
            return f"holds /{pattern[:60]}/"
    return ""


def _entries_wrong(row: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    wanted, got = row.get("entries"), answer["entries"]
    if not wanted:
        return ""
    if isinstance(wanted[0], list):
        missing = [one for one in wanted if not set(one) & set(got)]
        return f"gave {got}, not {missing}" if missing else ""
    if answer["outcome"] in ("deadline", "urgent") and set(wanted) & CLOCK_ENTRIES:
        return ""
    if answer["outcome"] == "asked_back":
        return "" if set(got[:SHOWN_WHEN_UNSURE]) & set(wanted) else f"asked back with {got}"
    return "" if set(wanted) & set(got) else f"gave {got or answer['outcome']}, not {wanted}"


def _outcome_wrong(row: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    if row.get("must") or row.get("entries"):
        return ""
    right = OUTCOMES.get(row["kind"])
    return "" if right is None or answer["outcome"] in right else f"outcome {answer['outcome']}"


def _wanted(row: Mapping[str, Any]) -> set[str]:
    wanted = row.get("entries") or []
    return set() if wanted and isinstance(wanted[0], list) else set(wanted)


def table(verdicts: Iterable[Verdict]) -> list[tuple[str, str, int, int]]:
    """Right answers by kind and group: (kind, group, right, asked), kinds first with group "all"."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for verdict in verdicts:
        for group in ("all", verdict.group):
            counts[verdict.kind, group][0] += verdict.right
            counts[verdict.kind, group][1] += 1
    order = sorted(counts, key=lambda key: (key[0], key[1] != "all", key[1]))
    return [(kind, group, *counts[kind, group]) for kind, group in order]  # type: ignore[misc]
