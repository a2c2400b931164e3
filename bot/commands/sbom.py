"""`bot sbom`: what this program is made of, as CycloneDX 1.5 JSON, from uv.lock: for a scanner that knows advisories."""

import argparse
import hashlib
import json
import sys
import tomllib
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

from bot.paths import ROOT

NAME = "send-desk"
LOCK = ROOT / "uv.lock"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("sbom", help="print all parts and their versions as CycloneDX JSON")
    parser.add_argument("--dev", action="store_true", help="with what only tests and checks need")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the bill of materials; 1 when there is no lock to read."""
    if not LOCK.exists():
        print(f"{LOCK} is missing: run this in a checkout.", file=sys.stderr)
        return 1
    print(json.dumps(bill(LOCK, arguments.dev), indent=1, ensure_ascii=False))
    return 0


def bill(lock: Path, dev: bool = False) -> dict[str, Any]:
    """The bill of materials of a uv.lock; the same lock gives the same bill."""
    content = lock.read_bytes()
    packages = {package["name"]: package for package in tomllib.loads(content.decode())["package"]}
    needed = _reached(packages, dev)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(content).hexdigest())}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": NAME, "name": NAME, "version": packages[NAME]["version"]}
        },
        "components": [_component(packages[name]) for name in sorted(needed - {NAME})],
        "dependencies": [
            {
                "ref": _reference(packages[name]),
                "dependsOn": [_reference(packages[one]) for one in _named(packages[name], dev)],
            }
            for name in sorted(needed)
        ],
    }


def _reached(packages: dict[str, Any], dev: bool) -> set[str]:
    """The names of all packages that the program needs, itself included."""
    found, waiting = set(), [NAME]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named(packages[name], dev)
    return found


def _named(package: dict[str, Any], dev: bool) -> list[str]:
    """What a package names: its dependencies, those of its extras, and for the program the tests' too."""
    groups = [package.get("dependencies", []), *package.get("optional-dependencies", {}).values()]
    if dev:
        groups += package.get("dev-dependencies", {}).values()
    return sorted({one["name"] for group in groups for one in group})


def _reference(package: dict[str, Any]) -> str:
    return NAME if package["name"] == NAME else f"pkg:pypi/{package['name']}@{package['version']}"


def _component(package: dict[str, Any]) -> dict[str, Any]:
    reference = _reference(package)
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "purl": reference,
        "name": package["name"],
        "version": package["version"],
    }
    files = [package["sdist"]] if "sdist" in package else package.get("wheels", [])[:1]
    if files:
        made["hashes"] = [{"alg": "SHA-256", "content": files[0]["hash"].removeprefix("sha256:")}]
    licence = _licence(package["name"])
    return made | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _licence(name: str) -> str:
    """As the installed package says; empty where it is not installed or says nothing."""
    try:
        told: Any = metadata.metadata(name)  # an e-mail message by type, whatever its stub says
    except metadata.PackageNotFoundError:
        return ""
    classified = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")
    ]
    return str(
        told.get("License-Expression") or ", ".join(classified) or (told.get("License") or "").partition("\n")[0][:80]
    )
