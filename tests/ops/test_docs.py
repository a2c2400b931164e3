"""What the runbooks tell an operator to do can be done: verbs, files and figures that they name are there."""

import re
from pathlib import Path

import pytest

from bot.cli import parser
from bot.metrics import Metrics
from bot.paths import ROOT

DOCS = [ROOT / "docs" / f"{name}.md" for name in ("runbooks", "operations", "threat-model", "capacity", "dependencies")]


def verbs() -> set[str]:
    return set(next(action.choices for action in parser()._actions if action.choices))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.stem)
def test_every_verb_that_is_named_exists(path: Path) -> None:
    named = re.findall(r"`bot ([a-z-]+)", path.read_text(encoding="utf-8"))
    assert set(named) <= verbs()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.stem)
def test_every_file_that_is_named_exists(path: Path) -> None:
    named = re.findall(r"`((?:docs|deploy|tests|bot|knowledge)/[A-Za-z0-9_./-]+)`", path.read_text(encoding="utf-8"))
    later = {"docs/performance.md", "docs/privacy.md"}  # told of before they are written
    assert [name for name in named if name not in later and not (ROOT / name).exists()] == []


def test_every_figure_that_is_named_is_told() -> None:
    told = {family.name for family in Metrics().registry.collect()}
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = {name.removesuffix("_total") for name in re.findall(r"`(send_desk_\w+)", text)}
    assert named <= told


def test_every_alert_has_something_to_do() -> None:
    alerts = re.findall(r"alert: (\w+)", (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    runbook = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8").partition("## Alerts")[2]
    assert [alert for alert in alerts if alert not in runbook] == []


def test_the_plan_on_paper_follows_from_its_own_formula() -> None:
    """Turns a second at the peak, as docs/capacity.md reckons them from its assumptions."""
    for families, peak, writes in ((300, "0.28", "1"), (195_000, "181", "722"), (5_850_000, "5,417", "21,667")):
        rate = families * 10 / 30 * 10 * 0.2 * 5 / 3600
        text = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
        assert abs(rate - float(peak.replace(",", ""))) / rate < 0.02 and f" {peak} " in text
        assert abs(4 * rate - float(writes.replace(",", ""))) < max(1, 0.01 * rate) and f" {writes} " in text
