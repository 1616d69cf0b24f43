"""The first schema: users, e-mails, templates and the queue, which is also the outbox."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TYPES = """
CREATE TYPE template_type AS ENUM ('research', 'book', 'general');
CREATE TYPE queue_status AS ENUM ('pending', 'processing', 'completed', 'failed');
"""

USERS = """
CREATE TABLE users (
    id                uuid PRIMARY KEY,
    email             text NOT NULL,
    display_name      text,
    email_template    text,
    onboarded         boolean NOT NULL DEFAULT false,
    generation_count  integer NOT NULL DEFAULT 0,
    template_count    integer NOT NULL DEFAULT 0,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_display_name_length CHECK (char_length(display_name) <= 255),
    CONSTRAINT users_template_count_limit CHECK (template_count BETWEEN 0 AND 5)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
"""

EMAILS = """
CREATE TABLE emails (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    task_id             uuid NOT NULL,
    user_id             uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    recipient_name      text NOT NULL,
    recipient_interest  text NOT NULL,
    email_message       text NOT NULL,
    template_type       template_type NOT NULL,
    metadata            jsonb,
    is_confident        boolean NOT NULL DEFAULT false,
    displayed           boolean NOT NULL DEFAULT true,
    created_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT emails_task_id_key UNIQUE (task_id)
);
-- A user's e-mails, newest first, with keyset paging.
CREATE INDEX emails_user_newest ON emails (user_id, created_at DESC, id DESC);
"""

TEMPLATES = """
CREATE TABLE templates (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id            uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    pdf_url            text NOT NULL,
    template_text      text NOT NULL,
    user_instructions  text NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX templates_user_newest ON templates (user_id, created_at DESC, id DESC);
"""

QUEUE = """
CREATE TABLE queue_items (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    submission          bigint GENERATED ALWAYS AS IDENTITY,
    user_id             uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    recipient_name      text NOT NULL,
    recipient_interest  text NOT NULL,
    email_template      text NOT NULL,
    status              queue_status NOT NULL DEFAULT 'pending',
    run                 integer NOT NULL DEFAULT 1,
    state_rank          bigint NOT NULL DEFAULT 0,
    attempt             integer NOT NULL DEFAULT 0,
    current_step        text,
    step_status         text,
    step_timings        jsonb NOT NULL DEFAULT '{}',
    skipped_steps       text[] NOT NULL DEFAULT '{}',
    template_type       template_type,
    email_id            uuid REFERENCES emails ON DELETE SET NULL,
    error_message       text,
    resume_step         text,
    not_before          timestamptz,
    progressed_at       timestamptz NOT NULL DEFAULT now(),
    traceparent         text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    started_at          timestamptz,
    completed_at        timestamptz,
    cancelled_at        timestamptz,
    CONSTRAINT queue_items_error_length CHECK (char_length(error_message) <= 1000)
);
-- The relay: what waits, users in turn, each in the order of submission.
CREATE INDEX queue_items_pending ON queue_items (user_id, submission) WHERE status = 'pending';
-- The caps on items in flight, and the reconciler: what is under way, the longest silent first.
CREATE INDEX queue_items_processing ON queue_items (progressed_at) WHERE status = 'processing';
-- The list of a user's items: active ones and those of the last 24 hours.
CREATE INDEX queue_items_user_submission ON queue_items (user_id, submission);
CREATE INDEX queue_items_user_recent ON queue_items (user_id, created_at DESC);
-- SET NULL on the deletion of an e-mail.
CREATE INDEX queue_items_email ON queue_items (email_id) WHERE email_id IS NOT NULL;
-- The errors page of the administrators.
CREATE INDEX queue_items_failed ON queue_items (created_at DESC) WHERE status = 'failed';
"""


def upgrade() -> None:
    """Everything is new."""
    for statements in (TYPES, USERS, EMAILS, TEMPLATES, QUEUE):
        _execute(statements)


def downgrade() -> None:
    """Nothing remains."""
    _execute("DROP TABLE queue_items; DROP TABLE templates; DROP TABLE emails; DROP TABLE users;")
    _execute("DROP TYPE queue_status; DROP TYPE template_type;")


def _execute(statements: str) -> None:
    for statement in statements.split(";\n" if "\n" in statements.strip() else ";"):
        if statement.strip():
            op.execute(statement)
