"""What a parent comes back to a case with: the code (hashed) with its wrong tries, and what was added (sealed)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both tables."""
    op.create_table(
        "case_codes",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=255), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_codes_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_codes")),
    )
    op.create_table(
        "case_additions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_additions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_additions")),
    )
    op.create_index(op.f("ix_case_additions_case_id"), "case_additions", ["case_id"], unique=False)


def downgrade() -> None:
    """Drops both tables; for development only."""
    op.drop_index(op.f("ix_case_additions_case_id"), table_name="case_additions")
    op.drop_table("case_additions")
    op.drop_table("case_codes")
