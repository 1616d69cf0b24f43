-- name: submit
-- One row for each name and interest, in their order; the row is the outbox.
INSERT INTO queue_items (id, user_id, recipient_name, recipient_interest, email_template, traceparent, created_at)
SELECT item.id, $1, item.name, item.interest, $5, $6, now() + item.place * interval '1 microsecond'
FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS item (id, name, interest, place)
ORDER BY item.place

-- name: lock_user
-- Submissions of one user wait for each other, so that together they keep to what may be waiting.
SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE

-- name: count_pending
SELECT count(*) FROM queue_items WHERE user_id = $1 AND status = 'pending'

-- name: task
-- What the status of a task is made of, as one JSON object.
SELECT jsonb_build_object(
    'id', id,
    'status', status,
    'state_rank', state_rank,
    'submission', submission,
    'current_step', current_step,
    'step_status', step_status,
    'step_timings', step_timings,
    'notice', notice,
    'upstream_position', upstream_position,
    'error_message', error_message,
    'template_type', template_type,
    'email_id', email_id,
    'generation_time', (SELECT metadata -> 'generation_time' FROM emails WHERE emails.id = email_id)
)
FROM queue_items WHERE id = $1 AND user_id = $2

-- name: find_many
SELECT * FROM queue_items WHERE id = ANY ($1::uuid[]) AND user_id = $2 ORDER BY submission

-- name: changed_since
-- The items of the list that have changed since the state $2:$3 was current; all of them where that is not known.
-- From a minute before, for progressed_at is when a change began: one that began earlier may have been seen later.
SELECT * FROM queue_items
WHERE user_id = $1
  AND (status = 'pending' OR status = 'processing' OR created_at > now() - interval '24 hours')
  AND progressed_at >= coalesce(
      (SELECT progressed_at - interval '1 minute' FROM queue_items
       WHERE user_id = $1 AND submission = $2 AND state_rank = $3), '-infinity')
  AND (submission, state_rank) IS DISTINCT FROM ($2::bigint, $3::bigint)
ORDER BY submission

-- name: lock
SELECT * FROM queue_items WHERE id = $1 AND user_id = $2 FOR UPDATE

-- name: has_email
SELECT EXISTS (SELECT FROM emails WHERE task_id = $1)

-- name: listed
-- (`=` twice instead of IN: the planner takes the partial indexes for each, and reads no history.)
-- How `version` and `list` begin: the active items and those of the last 24 hours. What waits has the places of $2, in its
-- order, and behind them comes after all $3 that were counted; what waits for a service has the place it was told there.
-- What is queued at a step has the step's pause among $4, a map of wire names, where '' is the first step.
WITH recent AS (
    SELECT *, row_number() OVER (PARTITION BY status, waits ORDER BY submission) AS nth
    FROM (SELECT *, xmin AS changed_by,
              status = 'pending' AND (notice IS NOT NULL OR step_status IS NOT DISTINCT FROM 'waiting') AS waits
          FROM queue_items) AS own
    WHERE user_id = $1
      AND (status = 'pending' OR status = 'processing' OR created_at > now() - interval '24 hours')
),
placed AS (
    SELECT *, CASE WHEN status = 'pending' AND NOT waits
                   THEN coalesce(($2::bigint[])[nth], $3 + nth - cardinality($2::bigint[])) END AS place
    FROM recent
),
item AS (
    SELECT *, CASE WHEN waits THEN upstream_position ELSE place END AS position,
        CASE WHEN notice IS NULL AND status IN ('pending', 'processing') AND coalesce(step_status, 'queued') = 'queued'
             THEN $4::jsonb ->> coalesce(current_step, '') END AS pause
    FROM placed
),
-- Another version after every change of a row, whose xmin is the transaction that wrote it last, and of a pause. Places change with every
-- e-mail that anybody gets: only a tenth more or less of the first or the last is a change, and each one of ten or less.
state AS (
    SELECT concat_ws('-', count(*), to_hex(bit_xor(hashtextextended(changed_by::text, submission))),
                     floor(10 * ln(min(place))), floor(10 * ln(max(place))),
                     to_hex(bit_xor(hashtextextended(pause, submission)))) AS version
    FROM item
)

-- name: version
SELECT version FROM state

-- name: list
-- Two texts: the version, and the JSON that the client gets, oldest first.
SELECT ARRAY[(SELECT version FROM state),
    coalesce(json_agg(json_build_object(
        'id', id,
        'recipient_name', recipient_name,
        'recipient_interest', recipient_interest,
        'status', CASE WHEN waits THEN 'processing' ELSE status::text END,
        'position', position,
        'email_id', email_id,
        'error_message', error_message,
        'current_step', current_step,
        'notice', CASE WHEN status IN ('pending', 'processing') THEN coalesce(notice, pause) END,
        'attempt', attempt,
        'step_timings', step_timings,
        'skipped_steps', skipped_steps,
        'created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'started_at', to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'completed_at', to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'cancelled_at', to_char(cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    ) ORDER BY submission), '[]')::text]
FROM item

-- name: delete
DELETE FROM queue_items WHERE id = $1 AND user_id = $2

-- name: cancel
UPDATE queue_items
SET status = 'failed', state_rank = $3, error_message = $4, cancelled_at = now(),
    completed_at = now(), progressed_at = now(), not_before = NULL, notice = NULL
WHERE id = $1 AND user_id = $2
RETURNING *

-- name: retry
-- A failed item, again, as its next run, from the step that failed where that step's work is still known.
UPDATE queue_items
SET status = 'pending', run = run + 1, state_rank = $3, attempt = 0, step_status = 'queued', resume_step = $4,
    error_message = NULL, cancelled_at = NULL, completed_at = NULL, started_at = NULL, not_before = NULL,
    first_published_at = NULL, requeue_count = 0, requested_run = run + 1, failing_since = NULL,
    waiting_since = NULL, upstream_position = NULL, notice = NULL, progressed_at = now()
WHERE id = $1 AND user_id = $2
RETURNING *
