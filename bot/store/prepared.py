"""Statements of every turn, prepared once: what SQLAlchemy works out again for each of them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import CompilerElement


class Prepared:
    """A statement of every turn, made into SQL once for each kind of database.

    SQLAlchemy's own way prepares up to 0.1 ms each time, several times what SQLite then needs. Values are bound as their
    columns say; what comes back is as the driver gives it, so ask for numbers and words, not for moments or JSON.
    """

    def __init__(self, statement: CompilerElement):
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def row(self, connection: Connection, values: dict[str, Any]) -> tuple[Any, ...]:
        """Carries it out; returns the first row, an empty one where there is none.

        Raises:
            sqlalchemy.exc.DBAPIError: as with any statement.
        """
        made = self._made.get(connection.dialect.name) or self._make(connection.dialect)
        bound = made.bound(values)
        with closing(connection.connection.cursor()) as cursor:
            try:
                cursor.execute(made.sql, bound)
                return (cursor.fetchone() or ()) if cursor.description else ()
            except connection.dialect.loaded_dbapi.Error as error:
                raise _as_told(connection, made.sql, error) from error

    def _make(self, dialect: Dialect) -> "_Made":
        compiled = cast(SQLCompiler, self._statement.compile(dialect=dialect))
        own = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        ways = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        made = _Made(str(compiled), own, {name: way for name, way in ways.items() if way}, compiled.positiontup)
        self._made[dialect.name] = made
        return made


@dataclass(frozen=True)
class _Made:
    """The SQL, the values that stand in the statement itself, how a type is bound, and the order where the driver wants one."""

    sql: str
    own: dict[str, Any]
    ways: dict[str, Callable[[Any], Any]]
    order: list[str] | None

    def bound(self, values: dict[str, Any]) -> dict[str, Any] | list[Any]:
        bound = self.own | values
        for name, way in self.ways.items():
            bound[name] = way(bound[name])
        return bound if self.order is None else [bound[name] for name in self.order]


def _as_told(connection: Connection, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy tells it; a connection that is lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(cast(Any, error), cast(Any, connection.connection), None)
    if lost:
        connection.invalidate(error)
    told = DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
    return cast(Exception, told)
