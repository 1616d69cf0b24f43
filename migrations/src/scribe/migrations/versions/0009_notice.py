"""What a task waits for, as a sentence for its user."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Old code leaves it empty, and then nothing is said of a wait."""
    op.execute("ALTER TABLE queue_items ADD COLUMN notice text")


def downgrade() -> None:
    """What was said of waits is lost, the items stay."""
    op.execute("ALTER TABLE queue_items DROP COLUMN notice")
