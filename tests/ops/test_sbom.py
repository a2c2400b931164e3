"""The bill of materials names everything that is installed, and docs/dependencies.md gives a reason for what we chose."""

import re
import tomllib
from importlib import metadata

from bot.commands.sbom import LOCK, NAME, bill
from bot.paths import ROOT

DOC = ROOT / "docs" / "dependencies.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement)[0].lower().replace("_", "-")


def test_the_bill_is_whole_and_hangs_together() -> None:
    made = bill(LOCK)
    references = {component["bom-ref"] for component in made["components"]} | {NAME}
    assert made["bomFormat"] == "CycloneDX" and made["specVersion"] == "1.5"
    assert {entry["ref"] for entry in made["dependencies"]} == references
    assert {one for entry in made["dependencies"] for one in entry["dependsOn"]} <= references
    assert all(len(component["hashes"][0]["content"]) == 64 for component in made["components"])
    assert len(made["components"]) == len(references) - 1 > 100


def test_the_bill_has_what_is_installed_in_the_same_version() -> None:
    versions = {component["name"]: component["version"] for component in bill(LOCK)["components"]}
    for name in ("rasa", "tensorflow-cpu", "starlette", "cryptography", "sqlalchemy"):
        assert versions[name] == metadata.version(name)
    assert "pytest" not in versions and "pytest" in {c["name"] for c in bill(LOCK, dev=True)["components"]}


def test_the_same_lock_gives_the_same_bill() -> None:
    assert bill(LOCK) == bill(LOCK)


def test_every_dependency_that_we_chose_has_its_reason() -> None:
    chosen = {plain(one) for one in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]}
    told = {name.lower() for name in re.findall(r"`([A-Za-z0-9_.-]+)`", DOC.read_text(encoding="utf-8"))}
    assert chosen - told == set()


def test_versions_that_the_document_calls_frozen_are_the_locked_ones() -> None:
    versions = {component["name"]: component["version"] for component in bill(LOCK)["components"]}
    rows = re.findall(r"^\| `([a-z0-9-]+)` (\d[\w.]*) \|", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) >= 8
    assert {name: versions[name] for name, _ in rows} == dict(rows)
