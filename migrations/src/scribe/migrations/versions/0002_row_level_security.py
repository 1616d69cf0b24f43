"""Row-level security: a transaction that acts for a user sees that user's rows, even where a query forgets to ask.

The gateway takes the role `scribe_user` within a transaction and names the user in `scribe.user_id`, both with
`SET LOCAL`, so that it works behind a transaction pooler. The owner of the tables (the services) is not restricted.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CREATE_ROLE = """
DO $$ BEGIN
    CREATE ROLE scribe_user NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""

# The role is shared by all databases of a server, so a grant to oneself may stand already; two at once may collide.
GRANT_ROLE = """
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'scribe_user', 'MEMBER') THEN
        EXECUTE format('GRANT scribe_user TO %I', current_user);
    END IF;
END $$
"""

OWNERS = {"users": "id", "emails": "user_id", "templates": "user_id", "queue_items": "user_id"}
CALLER = "(SELECT NULLIF(current_setting('scribe.user_id', true), '')::uuid)"


def upgrade() -> None:
    """Old code does not take the role, so it goes on as before."""
    op.execute(CREATE_ROLE)
    op.execute(GRANT_ROLE)
    op.execute("GRANT USAGE ON SCHEMA public TO scribe_user")
    for table, owner in OWNERS.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO scribe_user")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO scribe_user "
            f"USING ({owner} = {CALLER}) WITH CHECK ({owner} = {CALLER})"
        )


def downgrade() -> None:
    """The role stays: other databases of the server may use it."""
    for table in OWNERS:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM scribe_user")
    op.execute("REVOKE USAGE ON SCHEMA public FROM scribe_user")
