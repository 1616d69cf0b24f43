-- name: submitted
-- What the user has submitted, and the e-mail when an earlier delivery has written it.
SELECT q.email_template, q.recipient_name, q.recipient_interest, u.display_name AS sender_name, e.id AS email_id
FROM queue_items q
JOIN users u ON u.id = q.user_id
LEFT JOIN emails e ON e.task_id = q.id
WHERE q.id = $1 AND q.user_id = $2

-- name: find
-- The e-mail of a task, when an earlier delivery has written it.
SELECT id FROM emails WHERE task_id = $1

-- name: write
-- One statement, so that the user's row is held only while it commits: all e-mails of a user count there. It holds the
-- task's row too, so that a cancellation comes wholly before or wholly after it. No row: the task was deleted.
WITH item AS MATERIALIZED (
    SELECT cancelled_at FROM queue_items WHERE id = $1::uuid AND user_id = $2::uuid FOR UPDATE
),
written AS (
    INSERT INTO emails
        (task_id, user_id, recipient_name, recipient_interest, email_message, template_type, metadata, is_confident)
    SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::template_type, $7::jsonb, $8::boolean
    FROM item
    WHERE cancelled_at IS NULL
    ON CONFLICT (task_id) DO NOTHING
    RETURNING id
),
counted AS (
    UPDATE users SET generation_count = generation_count + 1 WHERE id = $2 AND EXISTS (SELECT FROM written)
)
SELECT item.cancelled_at, written.id AS email_id FROM item LEFT JOIN written ON true
