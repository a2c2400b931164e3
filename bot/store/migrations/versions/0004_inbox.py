"""The inbox: notes, replies, tags, search words, facts to count, views, second factors, switches, the office's log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQLITE_GUARD = """
CREATE TRIGGER office_events_no_{verb} BEFORE {VERB} ON office_events
BEGIN SELECT RAISE(ABORT, 'office_events may only be added to'); END
"""
POSTGRES_GUARD = (
    """
    CREATE FUNCTION office_events_stay() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'office_events may only be added to'; END $$
    """,
    """
    CREATE TRIGGER office_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON office_events
    FOR EACH STATEMENT EXECUTE FUNCTION office_events_stay()
    """,
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds columns, then tables, then the guard of the office's log."""
    add_columns()
    add_case_tables()
    add_office_tables()
    guard_office_events()


def add_columns() -> None:
    """Plain ADD COLUMN, so that no table is rebuilt and no trigger lost."""
    op.add_column("users", sa.Column("totp_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("user_sessions", sa.Column("second", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("cases", sa.Column("follow_up_on", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("outcome", sa.String(length=32), nullable=True))
    op.add_column("cases", sa.Column("merged_into", sa.String(length=32), nullable=True))
    op.add_column("cases", sa.Column("closed_at", MOMENT, nullable=True))
    op.create_index(op.f("ix_cases_assigned_to"), "cases", ["assigned_to"])


def add_case_tables() -> None:
    """What belongs to a case."""
    op.create_table(
        "case_notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_case_id"), "case_notes", ["case_id"])
    op.create_table(
        "case_replies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("turn_seq", sa.Integer(), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_replies_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_replies")),
    )
    op.create_index(op.f("ix_case_replies_case_id"), "case_replies", ["case_id"])
    op.create_index(op.f("ix_case_replies_conversation_id"), "case_replies", ["conversation_id"])
    op.create_table(
        "case_tags",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tags_case_id")),
        sa.PrimaryKeyConstraint("case_id", "tag", name=op.f("pk_case_tags")),
    )
    op.create_index(op.f("ix_case_tags_tag"), "case_tags", ["tag"])
    op.create_table(
        "case_words",
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_words_case_id")),
        sa.PrimaryKeyConstraint("word", "case_id", name=op.f("pk_case_words")),
    )
    op.create_index(op.f("ix_case_words_case_id"), "case_words", ["case_id"])
    op.create_table(
        "case_facts",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("refusal", "appeal", "camhs", "therapy")),
        sa.Column("clock_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_facts_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_facts")),
    )


def add_office_tables() -> None:
    """What belongs to the office and its members."""
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_user_id"), "saved_views", ["user_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    op.create_table(
        "switches",
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_switches")),
    )
    op.create_table(
        "office_events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_office_events")),
    )
    op.create_index(op.f("ix_office_events_kind"), "office_events", ["kind"])


def guard_office_events() -> None:
    """The database itself refuses to change or delete what the office's log holds."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRES_GUARD:
            op.execute(statement)
    else:
        for verb in ("update", "delete"):
            op.execute(SQLITE_GUARD.format(verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    """Drops what upgrade added; for development only."""
    tables = ("office_events", "switches", "recovery_codes", "saved_views", "case_facts", "case_words", "case_tags")
    for table in (*tables, "case_replies", "case_notes"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION office_events_stay()")
    op.drop_index(op.f("ix_cases_assigned_to"), table_name="cases")
    added = {"cases": ("follow_up_on", "outcome", "merged_into", "closed_at"), "user_sessions": ("second",)}
    for table, columns in {**added, "users": ("totp_on", "totp_step")}.items():
        for column in columns:
            op.drop_column(table, column)
