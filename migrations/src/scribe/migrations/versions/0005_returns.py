"""How often an item was sent back to the relay by itself: what bounds endless postponement and re-issue."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Old code does not count; such an item simply has more patience."""
    op.execute("ALTER TABLE queue_items ADD COLUMN returns integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    """The count is lost, the items stay."""
    op.execute("ALTER TABLE queue_items DROP COLUMN returns")
