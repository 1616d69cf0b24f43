"""Per-user rate limits and idempotency keys: right over several gateways, because Postgres decides."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RATE_LIMITS = """
CREATE TABLE rate_limits (
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name     text NOT NULL,
    -- GCRA's theoretical arrival time: until when the allowance is used up.
    used_up_until  timestamptz NOT NULL,
    PRIMARY KEY (user_id, name)
)
"""

IDEMPOTENCY_KEYS = """
CREATE TABLE idempotency_keys (
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    key          text NOT NULL,
    fingerprint  bytea NOT NULL,
    -- NULL while the first request is being answered.
    status       integer,
    headers      jsonb,
    body         text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_length CHECK (char_length(key) BETWEEN 1 AND 255)
)
"""

CALLER = "(SELECT NULLIF(current_setting('scribe.user_id', true), '')::uuid)"


def upgrade() -> None:
    """Old code does not look at the new tables."""
    for table, statement in (("rate_limits", RATE_LIMITS), ("idempotency_keys", IDEMPOTENCY_KEYS)):
        op.execute(statement)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO scribe_user")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO scribe_user "
            f"USING (user_id = {CALLER}) WITH CHECK (user_id = {CALLER})"
        )
    op.execute("CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)")


def downgrade() -> None:
    """Limits start anew; repeated requests are no longer recognised."""
    op.execute("DROP TABLE idempotency_keys")
    op.execute("DROP TABLE rate_limits")
