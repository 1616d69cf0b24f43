"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Right before, during and after a rolling update: old and new code run at once."""
    ${upgrades if upgrades else "op.execute('')"}


def downgrade() -> None:
    """The way back."""
    ${downgrades if downgrades else "op.execute('')"}
