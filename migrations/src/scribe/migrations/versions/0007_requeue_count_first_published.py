"""Names that say what they count, and what giving up and remembering need to know of a task.

| column               | what it holds                                                                          |
|----------------------|----------------------------------------------------------------------------------------|
| `requeue_count`      | how often the item was sent back to the relay by itself; was `returns`                 |
| `first_published_at` | when its first message was published; was `turn_at`                                    |
| `requested_run`      | the run with which what the user asked for last began: 1, or that of the last retry    |
| `failing_since`      | since when its step has failed for reasons that pass; NULL where it has not            |

The old columns stay for one release, kept equal by a trigger, because gateways of both releases write during an update.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Old code goes on with the old names. Ended items keep their old values only there: they are not counted again."""
    op.execute(
        "ALTER TABLE queue_items ADD COLUMN requeue_count integer NOT NULL DEFAULT 0,"
        " ADD COLUMN first_published_at timestamptz,"
        " ADD COLUMN requested_run integer NOT NULL DEFAULT 1,"
        " ADD COLUMN failing_since timestamptz"
    )
    op.execute(
        "UPDATE queue_items SET requeue_count = returns, first_published_at = turn_at"
        " WHERE status IN ('pending', 'processing')"
    )
    op.execute(
        """
        CREATE FUNCTION copy_renamed_columns() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.returns IS DISTINCT FROM OLD.returns THEN
                NEW.requeue_count := NEW.returns;
            ELSE
                NEW.returns := NEW.requeue_count;
            END IF;
            IF NEW.turn_at IS DISTINCT FROM OLD.turn_at THEN
                NEW.first_published_at := NEW.turn_at;
            ELSE
                NEW.turn_at := NEW.first_published_at;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER copy_renamed_columns BEFORE UPDATE ON queue_items FOR EACH ROW"
        " WHEN (NEW.returns <> OLD.returns OR NEW.requeue_count <> OLD.requeue_count"
        " OR NEW.turn_at IS DISTINCT FROM OLD.turn_at"
        " OR NEW.first_published_at IS DISTINCT FROM OLD.first_published_at)"
        " EXECUTE FUNCTION copy_renamed_columns()"
    )


def downgrade() -> None:
    """The old columns have what the new ones had; what only the new ones know is lost."""
    op.execute("DROP TRIGGER copy_renamed_columns ON queue_items")
    op.execute("DROP FUNCTION copy_renamed_columns()")
    op.execute(
        "ALTER TABLE queue_items DROP COLUMN requeue_count, DROP COLUMN first_published_at,"
        " DROP COLUMN requested_run, DROP COLUMN failing_since"
    )
