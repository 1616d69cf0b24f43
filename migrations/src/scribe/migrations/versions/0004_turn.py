"""When an item's turn came: the moment from which its user may expect the e-mail soon."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Old code leaves it empty; such an item's time is not measured."""
    op.execute("ALTER TABLE queue_items ADD COLUMN turn_at timestamptz")


def downgrade() -> None:
    """Only a measurement is lost."""
    op.execute("ALTER TABLE queue_items DROP COLUMN turn_at")
