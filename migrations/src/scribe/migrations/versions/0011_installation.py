"""An id of this database, by which an account of NATS is known to be its own. It goes with a backup."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As a comment, which a downgrade need not take away: another id would shut the gateways out of their streams."""
    op.execute(
        "DO $$ BEGIN IF obj_description('alembic_version'::regclass, 'pg_class') IS NULL THEN"
        " EXECUTE format('COMMENT ON TABLE alembic_version IS %L', gen_random_uuid()); END IF; END $$"
    )


def downgrade() -> None:
    """The id stays: the database is the same."""
