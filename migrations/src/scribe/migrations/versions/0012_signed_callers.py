"""Row-level security that holds whoever runs SQL: users are named by a signature, and the tables' owner is held too.

A transaction for a user names that user in `scribe.caller`, as `<id> <signature>`. The signature is
`sha256(outer_key || sha256(inner_key || id))` in hexadecimal: HMAC's construction with two independent keys. They are
in `caller_key`, which the role `scribe_gateway` reads and `scribe_user` does not: a login of the latter, with which a
gateway answers requests, sees no rows but those of users whom the gateway has signed.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OWNERS = {
    "users": "id",
    "emails": "user_id",
    "templates": "user_id",
    "queue_items": "user_id",
    "rate_limits": "user_id",
    "idempotency_keys": "user_id",
}
UNSIGNED = "(SELECT NULLIF(current_setting('scribe.user_id', true), '')::uuid)"
SIGNED = "(SELECT scribe_caller())"

# 64 random bytes, a block of SHA-256; made by the server, so that no statement holds them.
RANDOM_BLOCK = " || ".join(["uuid_send(gen_random_uuid())"] * 4)
CREATE_KEY = f"""
CREATE TABLE caller_key (
    inner_key   bytea NOT NULL DEFAULT {RANDOM_BLOCK},
    outer_key   bytea NOT NULL DEFAULT {RANDOM_BLOCK},
    created_at  timestamptz NOT NULL DEFAULT now()
)
"""
# Every key that is there counts, so that a new one can be taken into use before the old one is deleted.
CREATE_CALLER = """
CREATE FUNCTION scribe_caller() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claim text := coalesce(current_setting('scribe.caller', true), '');
    caller text := split_part(claim, ' ', 1);
BEGIN
    IF claim = '' THEN
        RETURN NULL;
    END IF;
    PERFORM FROM public.caller_key WHERE split_part(claim, ' ', 2) =
        encode(sha256(outer_key || sha256(inner_key || convert_to(caller, 'UTF8'))), 'hex');
    IF NOT FOUND THEN
        RAISE invalid_authorization_specification USING MESSAGE = 'the caller is not signed';
    END IF;
    RETURN caller::uuid;
END $$
"""


def upgrade() -> None:
    """Gateways of before, which sign nothing, see no rows in requests: they are replaced together with the schema."""
    op.execute(CREATE_KEY)
    op.execute("INSERT INTO caller_key DEFAULT VALUES")
    op.execute("GRANT SELECT ON caller_key TO scribe_gateway")
    op.execute(CREATE_CALLER)
    _believe(SIGNED)
    for table in OWNERS:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Whoever names a user is believed again."""
    for table in OWNERS:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    _believe(UNSIGNED)
    op.execute("DROP FUNCTION scribe_caller()")
    op.execute("DROP TABLE caller_key")


def _believe(caller: str) -> None:
    for table, owner in OWNERS.items():
        op.execute(f"ALTER POLICY own_rows ON {table} USING ({owner} = {caller}) WITH CHECK ({owner} = {caller})")
