"""A case remembers the day of the oldest limit that was missed, beside the next one that is still to come."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

QUEUE = ["state", "safeguarding", "urgency", "due_on", "created_at", "assigned_to", "follow_up_on", "id"]


def upgrade() -> None:
    """Adds the column and puts it into the index that answers the counts; the clock of every case is read anew."""
    op.add_column("cases", sa.Column("late_on", sa.Date(), nullable=True))
    op.drop_index("ix_cases_queue", table_name="cases")
    op.create_index("ix_cases_queue", "cases", [*QUEUE, "late_on"])
    op.execute("UPDATE case_facts SET clock_on = '2000-01-01'")


def downgrade() -> None:
    """Takes both back."""
    op.drop_index("ix_cases_queue", table_name="cases")
    op.create_index("ix_cases_queue", "cases", QUEUE)
    op.drop_column("cases", "late_on")
