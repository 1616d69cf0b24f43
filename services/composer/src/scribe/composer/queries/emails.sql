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

-- name: lock_item
-- Holds the task's row until the transaction ends, so that a cancellation comes wholly before or wholly after it.
SELECT cancelled_at FROM queue_items WHERE id = $1 AND user_id = $2 FOR UPDATE

-- name: insert
INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message, template_type, metadata, is_confident)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (task_id) DO NOTHING
RETURNING id

-- name: count
UPDATE users SET generation_count = generation_count + 1 WHERE id = $1
