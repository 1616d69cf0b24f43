"""Where old items lie in the table, for their deletion after SCRIBE_HISTORY_DAYS."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A BRIN index: a few pages for millions of rows, and next to nothing at each insert."""
    op.execute("CREATE INDEX queue_items_created ON queue_items USING brin (created_at) WITH (autosummarize = on)")


def downgrade() -> None:
    """Only the index goes."""
    op.execute("DROP INDEX queue_items_created")
