-- name: submit
-- One row for each name and interest, in their order; the row is the outbox.
INSERT INTO queue_items (id, user_id, recipient_name, recipient_interest, email_template, traceparent, created_at)
SELECT item.id, $1, item.name, item.interest, $5, $6, now() + item.place * interval '1 microsecond'
FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS item (id, name, interest, place)
ORDER BY item.place

-- name: count_pending
SELECT count(*) FROM queue_items WHERE user_id = $1 AND status = 'pending'

-- name: find
SELECT * FROM queue_items WHERE id = $1 AND user_id = $2

-- name: lock
SELECT * FROM queue_items WHERE id = $1 AND user_id = $2 FOR UPDATE

-- name: has_email
SELECT EXISTS (SELECT FROM emails WHERE task_id = $1)

-- name: list
-- Active items and those of the last 24 hours, oldest first; items of one batch in its order.
SELECT id, recipient_name, recipient_interest, status, email_id, error_message, current_step, created_at, attempt,
       started_at, completed_at, step_timings, skipped_steps, cancelled_at
FROM queue_items
WHERE user_id = $1 AND (status IN ('pending', 'processing') OR created_at > now() - interval '24 hours')
ORDER BY submission

-- name: delete
DELETE FROM queue_items WHERE id = $1 AND user_id = $2

-- name: cancel
UPDATE queue_items
SET status = 'failed', state_rank = $3, error_message = 'Cancelled by you.', cancelled_at = now(),
    completed_at = now(), progressed_at = now()
WHERE id = $1 AND user_id = $2
RETURNING *

-- name: retry
-- A failed item, again from the beginning, as its next run.
UPDATE queue_items
SET status = 'pending', run = run + 1, state_rank = $3, attempt = 0, current_step = NULL, step_status = NULL,
    error_message = NULL, cancelled_at = NULL, completed_at = NULL, started_at = NULL, resume_step = NULL,
    not_before = NULL, step_timings = '{}', skipped_steps = '{}', progressed_at = now()
WHERE id = $1 AND user_id = $2
RETURNING *

-- name: pending_counts
-- How many items wait, by user; only counts leave the gateway, and only added up.
SELECT user_id, count(*) AS waiting FROM queue_items WHERE status = 'pending' GROUP BY user_id

-- name: generation_time
SELECT (metadata ->> 'generation_time')::float8 FROM emails WHERE id = $1
