"""Every sealed value of a database: sealed again with the newest key, or counted where no key opens it. Blocking."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, MetaData, Table, and_, select, tuple_, update

from bot.privacy.crypto import SealBroken, Vault

PAGE = 500


def reseal(engine: Engine, vault: Vault) -> int:
    """Seals every value again with the newest key; safe to repeat, and beside a running office. Returns how many.

    Raises:
        bot.privacy.crypto.SealBroken: when one opens with no key; what was done before stays done.
    """
    count = 0
    for table, column, rows in _pages(engine):
        with engine.begin() as connection:
            for *key, sealed in rows:
                place = and_(*(part == value for part, value in zip(table.primary_key, key, strict=True)))
                # The old value is asked for as well: whatever was written meanwhile is newer and stays.
                changed = update(table).where(place, table.c[column] == sealed).values({column: vault.rotate(sealed)})
                connection.execute(changed)
                count += 1
    return count


def unreadable(engine: Engine, vault: Vault) -> dict[str, int]:
    """How many values of each column open with no key of this installation; empty when all can be read."""
    found: dict[str, int] = {}
    for table, column, rows in _pages(engine):
        for *_, sealed in rows:
            try:
                vault.rotate(sealed)
            except SealBroken:
                name = f"{table.name}.{column}"
                found[name] = found.get(name, 0) + 1
    return found


def _pages(engine: Engine) -> Iterator[tuple[Table, str, list[Any]]]:
    """All sealed values, page by page in the order of their keys: (table, column, [(*key, sealed)])."""
    metadata = MetaData()
    metadata.reflect(engine)
    for table in metadata.sorted_tables:
        for column in (found.name for found in table.columns if found.name.startswith("sealed_")):
            yield from ((table, column, rows) for rows in _column(engine, table, column))


def _column(engine: Engine, table: Table, column: str) -> Iterator[list[Any]]:
    key = list(table.primary_key)
    wanted = select(*key, table.c[column]).where(table.c[column].is_not(None)).order_by(*key).limit(PAGE)
    after: tuple[Any, ...] | None = None
    while True:
        page = wanted if after is None else wanted.where(tuple_(*key) > after)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(page)]
        if not rows:
            return
        yield rows
        after = rows[-1][:-1]
