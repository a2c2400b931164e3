"""Telegram: updates stored before they are processed, chats, and messages not yet delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the three tables."""
    op.create_table(
        "telegram_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_key", sa.String(length=64), nullable=False),
        sa.Column("sealed_body", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_telegram_updates")),
    )
    op.create_index(op.f("ix_telegram_updates_received_at"), "telegram_updates", ["received_at"], unique=False)
    op.create_index(
        op.f("ix_telegram_updates_chat_key_update_id"), "telegram_updates", ["chat_key", "update_id"], unique=False
    )
    op.create_table(
        "telegram_chats",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sealed_chat", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sorry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_telegram_chats")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_telegram_chats_conversation_id")),
    )
    op.create_index(op.f("ix_telegram_chats_last_at"), "telegram_chats", ["last_at"], unique=False)
    op.create_table(
        "telegram_out",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_key", sa.String(length=64), nullable=False),
        sa.Column("sealed_body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_out")),
    )
    op.create_index(op.f("ix_telegram_out_chat_key_id"), "telegram_out", ["chat_key", "id"], unique=False)


def downgrade() -> None:
    """Drops them; for development only."""
    op.drop_table("telegram_out")
    op.drop_table("telegram_chats")
    op.drop_table("telegram_updates")
