"""What the tests of the answers share: an installation, its database, the office on a day of the test's choosing."""

from tests.office.conftest import client, db, engine, settings

__all__ = ["client", "db", "engine", "settings"]
