"""Roles for the services, which own nothing: each has the tables, and the composer the columns, that its work needs.

A login of the gateway is made `IN ROLE scribe_gateway`, one of the composer `IN ROLE scribe_composer`; both are made by
whoever runs the database. Row-level security is not forced on the owner yet: services of the release before log in as
the owner, and would see nothing.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GATEWAY, COMPOSER = "scribe_gateway", "scribe_composer"
TABLES = ("users", "emails", "templates", "queue_items", "rate_limits", "idempotency_keys")

# Roles are shared by all databases of a server, so they may be there; two migrations at once may collide.
CREATE_ROLE = """
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""
ACT_AS_USERS = f"""
DO $$ BEGIN
    IF NOT pg_has_role('{GATEWAY}', 'scribe_user', 'MEMBER') THEN
        GRANT scribe_user TO {GATEWAY};
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN
    NULL;
END $$
"""

# What the composer reads of a task, and what it writes. PostgreSQL lets only those lock a row who may update it.
WRITTEN = "task_id, user_id, recipient_name, recipient_interest, email_message, template_type, metadata, is_confident"
COMPOSER_GRANTS = (
    "SELECT (id, user_id, email_template, recipient_name, recipient_interest, cancelled_at) ON queue_items",
    "UPDATE (progressed_at) ON queue_items",
    "SELECT (id, display_name, generation_count), UPDATE (generation_count) ON users",
    "SELECT (id, task_id) ON emails",
    f"INSERT ({WRITTEN}) ON emails",
)


def upgrade() -> None:
    """Old code logs in as before."""
    for role in (GATEWAY, COMPOSER):
        op.execute(CREATE_ROLE.format(role=role))
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        op.execute(f"GRANT SELECT ON alembic_version TO {role}")
    op.execute(ACT_AS_USERS)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {GATEWAY}")
        op.execute(f"CREATE POLICY all_rows ON {table} TO {GATEWAY} USING (true) WITH CHECK (true)")
    for grant in COMPOSER_GRANTS:
        op.execute(f"GRANT {grant} TO {COMPOSER}")
    for table in ("users", "emails", "queue_items"):
        op.execute(f"CREATE POLICY tasks ON {table} TO {COMPOSER} USING (true) WITH CHECK (true)")


def downgrade() -> None:
    """The roles stay: other databases of the server may use them."""
    for table in ("users", "emails", "queue_items"):
        op.execute(f"DROP POLICY tasks ON {table}")
    for table in TABLES:
        op.execute(f"DROP POLICY all_rows ON {table}")
    for role in (GATEWAY, COMPOSER):
        for table in (*TABLES, "alembic_version"):
            op.execute(f"REVOKE ALL ON {table} FROM {role}")
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")
