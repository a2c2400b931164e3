"""Writes docs/performance.md and its chart from what the benchmarks kept in build/bench, and fills in docs/capacity.md.

python -m benchmarks.performance

The newest measurement of each kind counts; what has not been measured says so. Nothing is measured here.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from benchmarks.performance_words import HOW
from benchmarks.results import newest
from benchmarks.stock import TOLD
from bot.paths import ROOT

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "performance.svg"
CAPACITY = ROOT / "docs" / "capacity.md"
NONE = "not measured yet"
WAYS = {"stock": "stock Rasa", "engine": "our engine and actions alone", "office": "the office's public API"}
USERS = (1, 20, 100, 300)
ROOM = 0.6  # of an engine's turns a second, for bursts and restarts (docs/capacity.md)
Row = dict[str, Any]


def main() -> None:
    """Page, chart, capacity plan."""
    load = {key: row for key, row in newest("load", "way", "users", "think").items() if key[2] == 0}
    loads = {(way, users): row for (way, users, _), row in load.items()}
    PAGE.write_text(page(loads), encoding="utf-8")
    if loads:
        plot(loads)
    CAPACITY.write_text(filled(CAPACITY.read_text(encoding="utf-8"), figures(loads)), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}, {CHART.relative_to(ROOT)} and {CAPACITY.relative_to(ROOT)} are written.")


def page(loads: dict[tuple[str, int], Row]) -> str:
    """The page in Markdown."""
    parts = [
        "# Performance",
        "",
        "Written by `python -m benchmarks.performance` from what the benchmarks kept; how to measure again is at the end.",
        *_measured_on(loads),
        "",
        "## Against stock Rasa",
        "",
        *_targets(loads),
        "",
        "## Load",
        "",
        *_load(loads),
        "",
        *(("![Turns a second and 95th percentile by users](performance.svg)", "") if loads else ()),
        "## Start-up, memory, late turns, growth",
        "",
        *_single(loads),
        "",
        "## Many minutes, and two of each",
        "",
        *_steady(),
        *_two(),
        "",
        *_answers(),
        "## What the stock bot is",
        "",
        *_stock(),
        "",
        *HOW,
    ]
    return "\n".join(parts) + "\n"


def _measured_on(loads: dict[tuple[str, int], Row]) -> list[str]:
    kept = [
        row
        for kind in ("load", "startup", "depth", "growth", "steady", "two_of_each")
        for row in newest(kind, "at").values()
    ]
    if not kept:
        return [f"Machine: {NONE}."]
    last = max(kept, key=lambda row: row["at"])
    commits = ", ".join(sorted({row["commit"] for row in loads.values()})) or last["commit"]
    return [
        f"Machine: {last['processor']}, {last['cores']} cores, {last['memory_gb']} GB, Python {last['python']}; load generator, database and all",
        f"processes on the same machine. Commit {commits}; {last['at'][:10]}.",
    ]


def _targets(loads: dict[tuple[str, int], Row]) -> list[str]:
    """Ours whole, and engine with actions alone: the stock bot has no office, so that is the like for like."""
    start, depth = newest("startup", "way"), newest("depth", "way")
    figures_: list[tuple[str, str, Callable[[float], bool], dict[str, float]]] = [
        ("turns a second at 20 users", "at least 4 times", lambda r: r >= 4, _each(loads, 20, "turns_a_second")),
        ("median for one user, ms", "at most a third", lambda r: r <= 1 / 3, _each(loads, 1, "median_ms")),
        (
            "start-up, s",
            "at most a third",
            lambda r: r <= 1 / 3,
            {way: row["seconds"] for (way,), row in start.items()},
        ),
        ("memory of all processes (resident), MB", "no more", lambda r: r <= 1, _memories(loads)),
    ]
    rows = [_compared(what, wanted, good, found) for what, wanted, good, found in figures_]
    late = depth.get(("office",))
    if late:
        first, last = late["median_ms"]["5"], late["median_ms"]["200"]
        good = _met(last <= 1.5 * first)
        rows.append(
            f"| turn 5 and turn 200 of one conversation, ms | | {first}, {last}: {last / first:.2f} | | at most 1.5 | {good} |"
        )
    return [
        "| What | Stock Rasa | Ours, whole: times stock | Engine and actions alone: times stock | Wanted | Ours, whole |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
    ]


def _each(loads: dict[tuple[str, int], Row], users: int, name: str) -> dict[str, float]:
    return {way: loads[way, users][name] for way in WAYS if (way, users) in loads}


def _memories(loads: dict[tuple[str, int], Row]) -> dict[str, float]:
    return {way: _memory(loads[way, 20]) for way in WAYS if (way, 20) in loads}


def _compared(what: str, wanted: str, good: Callable[[float], bool], found: dict[str, float]) -> str:
    stock = found.get("stock")

    def told(way: str) -> str:
        if way not in found:
            return NONE
        return f"{found[way]:g}: {found[way] / stock:.2f}" if stock else f"{found[way]:g}"

    verdict = _met(good(found["office"] / stock)) if stock and "office" in found else ""
    return (
        f"| {what} | {f'{stock:g}' if stock else NONE} | {told('office')} | {told('engine')} | {wanted} | {verdict} |"
    )


def _met(good: bool) -> str:
    return "met" if good else "**not met**"


def _memory(row: Row) -> float:
    """Resident: the ways stand side by side, and what two engines share would be counted half to each."""
    return round(sum(part["Rss"] for part in row["memory"].values()))


def _load(loads: dict[tuple[str, int], Row]) -> list[str]:
    table = [
        "Each user says a line, waits for the reply, and says the next at once, without a pause to think: one such user is worth some",
        "hundred real ones. Refused: put off politely with 429 or 503 and a time to come back, which the user keeps.",
        "",
        "| Way | Users | Turns a second | Median, ms | 95th percentile, ms | Refused | Errors | Processor, ms a turn |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for way, name in WAYS.items():
        for users in USERS:
            row = loads.get((way, users))
            if row:
                spent = ", ".join(f"{part} {ms}" for part, ms in row["cpu_ms_a_turn"].items())
                errors = sum(row["errors"].values())
                table.append(
                    f"| {name} | {users} | {row['turns_a_second']} | {row['median_ms']} | {row['p95_ms']} | {row['refused']} | {errors} | {spent} |"
                )
    return table


def _single(loads: dict[tuple[str, int], Row]) -> list[str]:
    lines = ["| What | Figure |", "| --- | --- |"]
    for (way,), row in newest("startup", "way").items():
        lines.append(
            f"| start-up, {WAYS.get(way, 'the bot that `rasa init` makes')} | {row['seconds']} s (runs: {', '.join(map(str, row['runs']))}) |"
        )
    for way, name in WAYS.items():
        row = loads.get((way, 20))
        for part, memory in row["memory"].items() if row else ():
            lines.append(f"| memory after 20 users, {name}: {part} | {memory['Rss']:.0f} MB resident |")
    for (way,), row in newest("depth", "way").items():
        told = ", ".join(f"turn {at}: {ms} ms" for at, ms in row["median_ms"].items())
        lines.append(f"| one conversation, {WAYS[way]} | {told} |")
    for (what,), row in newest("growth", "what").items():
        told = " + ".join(f"{name} {size / 1024:.1f} kB" for name, size in row["bytes_each"].items())
        lines.append(f"| database, a {what} of {row['turns']:.0f} turns | {told}; {row['bytes_a_turn']} bytes a turn |")
    return lines


def _steady() -> list[str]:
    lines = []
    for row in newest("steady", "users", "minutes").values():
        memory = row["memory"]
        first, last = (round(sum(one.values())) for one in (memory[min(1, len(memory) - 1)], memory[-1]))
        lines.append(
            f"- {row['users']} users{_thinking(row)} for {row['minutes']:g} minutes: {row['turns']} turns ({row['turns_a_second']} a second, 95th percentile "
            f"{row['p95_ms']} ms), {row['refused']} refused politely, {sum(row['errors'].values())} errors; {row['conversations']} conversations read back: "
            f"{sum(row['wrong'].values())} with a turn lost, doubled or mixed up; {row['cases']} cases confirmed, {row['cases_stored']} stored. "
            f"Memory of all three after the first minute {first} MB, at the end {last} MB. {_when(row)}"
        )
    return lines or [f"Steady load: {NONE}."]


def _when(row: Row) -> str:
    """Long runs are not made with every change, so each says what it was made with; machines differ from day to day."""
    return f"Commit {row['commit']}, {row['at'][:10]}."


def _thinking(row: Row) -> str:
    return f" who think for {row['think']:g} seconds before each message" if row["think"] else ""


def _two() -> list[str]:
    lines = []
    for (number,), row in sorted(newest("two_of_each", "of_each").items()):
        lines.append(
            f"- {number} of each on PostgreSQL and Redis, {row['users']} users: {row['turns']} turns, {row['turns_a_second']} a second, 95th percentile {row['p95_ms']} ms, "
            f"{sum(row['errors'].values())} errors, {row['conversations']} conversations: {sum(row['wrong'].values())} mixed up, lost or doubled "
            f"({row['named']} replies held a family's own name), {row['cases']} cases confirmed, {row['cases_stored']} stored. {_when(row)}"
        )
    note = "On a machine of two cores a second engine finds no processor that is free: what is shown there is that nothing gets mixed up."
    return [*lines, "", note] if lines else [f"Two of each: {NONE}."]


def _answers() -> list[str]:
    found = newest("stock_answers", "in_scope_right")
    if not found:
        return []
    row = list(found.values())[-1]
    return [
        "## Stock Rasa's answers",
        "",
        "The questions of docs/evaluation.md; the phrasings are those of the day on which the stock bot was trained (ours have grown since):",
        "",
        "| What | Stock Rasa |",
        "| --- | --- |",
        f"| in scope: right at first reply | {row['in_scope_right']:.1%} |",
        f"| in scope: abstained | {row['in_scope_abstained']:.1%} |",
        f"| out of scope: no answer from the knowledge base | {row['out_of_scope_abstained']:.1%} |",
        f"| urgent: heard as urgent | {row['urgent_heard']:.1%} |",
        f"| in scope: false urgent alarms | {row['false_alarms']:.1%} |",
        f"| understanding, median ms a message | {row['ms_a_message']} |",
        "",
    ]


def _stock() -> list[str]:
    found = list(newest("stock_answers", "at").values())
    training = found[-1]["training"] if found else {}
    told = [
        "`benchmarks/stock.py` makes it: the pipeline and policies that `rasa init` of Rasa 3.6 gives (DIET, response selector, TED and the rest), the",
        "phrasings of `data/nlu`, the answers' short texts and next steps as responses, plain rules for all else, the in-memory tracker store. It has",
        "no forms, no clock, no letters, no records and no encryption: its turns do less.",
    ]
    if TOLD.exists():
        quick = json.loads(TOLD.read_text(encoding="utf-8"))
        told.append(
            f"The one whose speed is shown had {quick['epochs']} of 100 epochs on {quick['examples']} phrasings."
        )
    if training:
        told.append(
            f"The one whose answers are shown was trained with {training['epochs']} epochs of DIET and response selector instead of 100, which would have taken hours: {training['examples']} phrasings, "
            f"{training['wall_s'] // 60} minutes by the clock, {training['cpu_s'] // 60} minutes of processor. Its speed does not depend on the epochs; its answers do."
        )
    return told


def plot(loads: dict[tuple[str, int], Row]) -> None:
    """Turns a second and 95th percentile by users, one line for each way."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    for way, name in WAYS.items():
        rows = [loads[way, users] for users in USERS if (way, users) in loads and loads[way, users]["p95_ms"]]
        for axes, key in ((left, "turns_a_second"), (right, "p95_ms")):
            axes.plot([row["users"] for row in rows], [row[key] for row in rows], marker="o", label=name)
    left.set(xlabel="users without a pause", ylabel="turns a second", xscale="log")
    right.set(xlabel="users without a pause", ylabel="95th percentile, ms", xscale="log", yscale="log")
    for axes in (left, right):
        axes.set_xticks(USERS, [str(users) for users in USERS])
        axes.grid(alpha=0.3)
    left.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(CHART, metadata={"Date": None})


def figures(loads: dict[tuple[str, int], Row]) -> dict[str, str]:
    """The capacity plan's figures by sign."""
    engine, office = loads.get(("engine", 20)), loads.get(("office", 20))
    grown = newest("growth", "what").get(("conversation",))
    found = {}
    if engine:
        found["T"] = f"{engine['turns_a_second']:g}"
        found["c"] = f"{engine['turns_a_second'] * engine['cpu_ms_a_turn']['engine'] / 1000:.1f}, measured"
    if office:
        found["S"] = (
            f"about {1000 / office['cpu_ms_a_turn']['office']:.0f}: one core by its {office['cpu_ms_a_turn']['office']:g} ms of processor a turn"
        )
        found["m_e`, `m_a`, `m_o"] = (
            ", ".join(f"{office['memory'][part]['Rss']:.0f}" for part in ("engine", "actions", "office")) + " MB"
        )
    if grown:
        found["b"] = f"{grown['bytes_a_turn'] * 10:,} bytes"
    return found


def filled(plan: str, found: dict[str, str]) -> str:
    """The plan with the figures in its first table, and engines and offices reckoned in the second."""
    for sign, value in found.items():
        plan = re.sub(rf"^(\| `{re.escape(sign)}` \|.*\| )[^|]*( \|)$", rf"\g<1>{value}\g<2>", plan, flags=re.M)
    rates = {"T": found.get("T", ""), "S": (re.findall(r"\d+", found.get("S", "")) or [""])[0]}

    def reckoned(match: "re.Match[str]") -> str:
        rate = rates[match[3]]
        made = math.ceil(float(match[2]) / (ROOM * float(rate))) + 1 if rate else None
        return f"`ceil({match[2]} / 0.6{match[3]}) + 1`" + (f" = {made:,}" if made else "")

    return re.sub(r"(`ceil\(([\d.]+) / 0\.6([TS])\) \+ 1`)(?: = [\d,]+)?", reckoned, plan)


if __name__ == "__main__":
    main()
