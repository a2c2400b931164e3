"""PostgreSQL's own tools, pg_dump, pg_restore and psql, run on the database of a URL. No password on a command line."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from sqlalchemy import make_url

# Drops every table and routine of ours first, so that an older backup replaces a newer database whole.
_CLEAR = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', found.tablename);
  END LOOP;
  FOR found IN SELECT oid::regprocedure AS routine FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) = current_user LOOP
    EXECUTE format('DROP ROUTINE %s CASCADE', found.routine);
  END LOOP;
END $$;
"""
_VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY", "passfile": "PGPASSFILE", "connect_timeout": "PGCONNECT_TIMEOUT", "service": "PGSERVICE",
}  # fmt: skip


class ToolFailed(Exception):
    """A tool of PostgreSQL that is missing or gave up; its own words are in the text, no data is."""


def dump(url: str, path: Path) -> None:
    """Writes one consistent copy of the database, in PostgreSQL's own packed format."""
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"], url)


def load(url: str, path: Path) -> None:
    """Replaces all tables by those of the copy: in one transaction, so all or nothing."""
    script = path.with_suffix(".sql")
    _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(path)], url)
    whole = path.with_suffix(".whole.sql")
    with whole.open("wb") as out, script.open("rb") as found:
        out.write(_CLEAR.encode())
        shutil.copyfileobj(found, out)
    script.unlink()
    with whole.open("rb") as source:
        command = [
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ]
        _run(command, url, source)
    whole.unlink()


def environment(url: str) -> dict[str, str]:
    """libpq's variables for a SQLAlchemy URL.

    Raises:
        ToolFailed: when the URL holds an option that has no variable.
    """
    parts = make_url(url)
    found = {"PGDATABASE": parts.database, "PGUSER": parts.username, "PGPASSWORD": parts.password, "PGHOST": parts.host}
    found["PGPORT"] = str(parts.port) if parts.port else None
    for name, value in parts.query.items():
        if name not in _VARIABLES:
            raise ToolFailed(f"SEND_DESK_DATABASE_URL holds the option '{name}', which the backup cannot pass on.")
        found[_VARIABLES[name]] = value if isinstance(value, str) else value[-1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {name: value for name, value in found.items() if value} | {"PGCONNECT_TIMEOUT": "10"}


def _run(command: list[str], url: str, source: IO[bytes] | None = None) -> None:
    if shutil.which(command[0]) is None:
        raise ToolFailed(f"{command[0]} is missing. On Debian: apt-get install postgresql-client.")
    done = subprocess.run(
        command, env=environment(url), stdin=source or subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        raise ToolFailed(f"{command[0]} gave up: {_first_line(done.stderr)}")


def _first_line(said: bytes) -> str:
    """The first line alone: what follows may quote rows."""
    return said.decode(errors="replace").strip().partition("\n")[0][:300]
