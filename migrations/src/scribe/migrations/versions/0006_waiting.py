"""Tasks that wait for a service out of the pipeline: since when, and at which place."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Old code leaves both empty: what it sends back counts as not having waited."""
    op.execute("ALTER TABLE queue_items ADD COLUMN waiting_since timestamptz, ADD COLUMN upstream_position integer")


def downgrade() -> None:
    """The times are lost, the items stay."""
    op.execute("ALTER TABLE queue_items DROP COLUMN waiting_since, DROP COLUMN upstream_position")
