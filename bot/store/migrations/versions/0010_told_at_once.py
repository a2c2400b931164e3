"""PostgreSQL tells every office at once which conversation has grown or gone; SQLite, with one office, needs no such word."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE FUNCTION tell_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'turns' THEN PERFORM pg_notify('turns', NEW.conversation_id);
  ELSE PERFORM pg_notify('turns', OLD.id);
  END IF;
  RETURN NULL;
END $$
"""
_TRIGGERS = {"turns": "INSERT", "conversations": "DELETE"}


def upgrade() -> None:
    """Adds the triggers; the word is the conversation's id alone, said when the transaction is through."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_FUNCTION)
    for table, event in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {table}_told AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION tell_turn()")


def downgrade() -> None:
    """Takes them away."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _TRIGGERS:
        op.execute(f"DROP TRIGGER {table}_told ON {table}")
    op.execute("DROP FUNCTION tell_turn()")
