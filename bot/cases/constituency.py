"""Which MP a postcode belongs to: the official file when the office has loaded one, else a rough guide by district.

The file has the columns of the ONS Postcode Directory or the National Statistics Postcode Lookup: `pcds` and `pcon`
(newer files: `pcon24cd` and the like). Nothing is fetched at run time.
"""

import csv
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.cases.fields import load
from bot.cases.parse_place import district, parse_postcode

Result = Literal["yes", "likely", "to_check", "no"]
FILE = "postcodes.db"
_COMPARE = {"yes": "yes", "no": "no", "likely": "likely", "unsure": "to_check"}
_ENDED = "doterm"  # the month a postcode was withdrawn; empty while it is in use


class PostcodeFileWrong(Exception):
    """A postcode file that cannot be loaded: what is wrong and the mend."""


@dataclass(frozen=True)
class Constituency:
    """What a postcode says.

    result: yes or no by the official file; likely, to_check or no by the guide. name: the constituency where it is
    known. source: file or guide. borough: whether the district is in the council's own borough.
    """

    result: Result
    name: str | None
    source: Literal["file", "guide", "none"]
    borough: bool = False


def by_guide(postcode: str) -> Constituency:
    """What the district alone tells; a district that the guide does not name is no."""
    guide = load("postcodes")
    row = guide["districts"].get(district(postcode), {"result": "no"})
    result: Result = _COMPARE[row["result"]]  # type: ignore[assignment]
    name = guide["constituency"] if result == "likely" else None
    return Constituency(result, name, "guide", bool(row.get("borough")))


def look_up(postcode: str, file: Path) -> Constituency:
    """What the loaded file says of a postcode; the guide where there is no file or it does not know the postcode."""
    guide = by_guide(postcode)
    code = _code(postcode, file)
    if code is None:
        return guide
    known = load("postcodes")
    own = code in known["codes"]
    name = known["constituency"] if own else known["neighbours"].get(code)
    return Constituency("yes" if own else "no", name, "file", guide.borough)


def _code(postcode: str, file: Path) -> str | None:
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT code FROM postcodes WHERE postcode = ?", (_bare(postcode),)).fetchone()
    except sqlite3.Error:
        return None  # a broken look-up file must not stop a case; the caseworker checks
    return str(found[0]) if found else None


def load_file(source: Path, target: Path) -> int:
    """Reads an official CSV into a new look-up file, which then takes the place of the old one. Returns the rows kept.

    Raises:
        PostcodeFileWrong: when the columns are missing or no row can be used.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    try:
        count = _fill(draft, source)
        if not count:
            raise PostcodeFileWrong(f"{source.name} has no usable row. Mend: load the whole ONSPD or NSPL file.")
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _fill(draft: Path, source: Path) -> int:
    with closing(sqlite3.connect(draft)) as database, database:
        database.execute("CREATE TABLE postcodes (postcode TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID")
        database.executemany("INSERT OR REPLACE INTO postcodes VALUES (?, ?)", _rows(source))
        return int(database.execute("SELECT count(*) FROM postcodes").fetchone()[0])


def _rows(source: Path) -> Iterator[tuple[str, str]]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = [name.strip().lower() for name in next(reader, [])]
        postcode, code, ended = _columns(header, source)
        for row in reader:
            if len(row) <= max(postcode, code) or not row[code].strip() or (ended is not None and row[ended].strip()):
                continue
            found = parse_postcode(row[postcode])
            if found:
                yield _bare(found), row[code].strip()


def _columns(header: list[str], source: Path) -> tuple[int, int, int | None]:
    codes = sorted(
        (name for name in header if name == "pcon" or (name.startswith("pcon") and name.rstrip("cd")[4:].isdigit())),
        reverse=True,
    )
    if "pcds" not in header or not codes:
        raise PostcodeFileWrong(
            f"{source.name} has no columns pcds and pcon. Mend: load the ONSPD or NSPL file as published."
        )
    ended = header.index(_ENDED) if _ENDED in header else None
    return header.index("pcds"), header.index(codes[0]), ended


def _bare(postcode: str) -> str:
    return postcode.replace(" ", "").upper()
