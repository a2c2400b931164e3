"""Runs Alembic's migrations on the connection handed over, or on the installation's own database."""

from alembic import context
from sqlalchemy import Connection

from bot.store.engine import Database
from bot.store.tables import Base


def migrate(connection: Connection) -> None:
    """Migrates in one transaction; batch mode because SQLite alters no columns."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    from bot.settings import Settings

    with Database.from_settings(Settings.from_environment()).engine.begin() as own:
        migrate(own)
