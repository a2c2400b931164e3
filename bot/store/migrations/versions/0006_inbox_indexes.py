"""Indexes by which the inbox counts and lists cases, and the evidence counts them, without reading the sealed columns."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

QUEUE = ["state", "safeguarding", "urgency", "due_on", "created_at", "assigned_to", "follow_up_on", "id"]


def upgrade() -> None:
    """Adds the indexes."""
    op.create_index(op.f("ix_cases_created_at"), "cases", ["created_at"])
    op.create_index("ix_cases_queue", "cases", QUEUE)
    op.create_index("ix_cases_counted", "cases", ["id", "state", "stage", "issue", "council"])


def downgrade() -> None:
    """Drops them."""
    for name in ("ix_cases_counted", "ix_cases_queue", op.f("ix_cases_created_at")):
        op.drop_index(name, table_name="cases")
