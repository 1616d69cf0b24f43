"""An id of this installation, by which an account of NATS is known to be its own. It goes with a backup."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for ever; old code does not look at it."""
    op.execute(
        "CREATE TABLE installation ("
        " is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),"
        " id uuid NOT NULL DEFAULT gen_random_uuid())"
    )
    op.execute("INSERT INTO installation DEFAULT VALUES")
    op.execute("GRANT SELECT ON installation TO scribe_gateway")


def downgrade() -> None:
    """The next upgrade makes another id."""
    op.execute("DROP TABLE installation")
