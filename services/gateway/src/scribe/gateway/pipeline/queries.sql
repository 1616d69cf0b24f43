-- name: take
-- What may be published now: users in turn, each in the order of submission, at most $1 of one user in flight, $2 now.
-- Without $3, only what has been published before: its messages leave the stream as the new one comes in.
-- The recursion hops from user to user along the index instead of reading everything that waits.
WITH RECURSIVE hop AS (
    (SELECT user_id FROM queue_items WHERE status = 'pending' ORDER BY user_id LIMIT 1)
    UNION ALL
    SELECT (SELECT q.user_id FROM queue_items q WHERE q.status = 'pending' AND q.user_id > hop.user_id
            ORDER BY q.user_id LIMIT 1)
    FROM hop WHERE hop.user_id IS NOT NULL
),
flight AS (
    SELECT user_id, count(*) AS items FROM queue_items WHERE status = 'processing' GROUP BY user_id
),
-- Whose first item is not among the first $2 has none among them: nobody else's items are read further.
next_user AS (
    SELECT hop.user_id, coalesce(flight.items, 0) AS items
    FROM hop
    LEFT JOIN flight USING (user_id)
    CROSS JOIN LATERAL (
        SELECT submission FROM queue_items
        WHERE user_id = hop.user_id AND status = 'pending' AND (not_before IS NULL OR not_before <= now())
            AND ($3 OR first_published_at IS NOT NULL)
        ORDER BY submission
        LIMIT 1
    ) AS first
    WHERE coalesce(flight.items, 0) < $1
    ORDER BY coalesce(flight.items, 0), first.submission
    LIMIT $2
),
candidate AS (
    SELECT mine.id, mine.submission, mine.nth + next_user.items AS turn
    FROM next_user
    CROSS JOIN LATERAL (
        SELECT id, submission, row_number() OVER (ORDER BY submission) AS nth
        FROM queue_items
        WHERE user_id = next_user.user_id AND status = 'pending' AND (not_before IS NULL OR not_before <= now())
            AND ($3 OR first_published_at IS NOT NULL)
        ORDER BY submission
        LIMIT least($1 - next_user.items, $2)
    ) AS mine
    ORDER BY turn, mine.submission
    LIMIT $2
)
SELECT q.*, u.display_name, extract(epoch FROM now() - q.waiting_since)::float8 AS waited,
    coalesce(extract(epoch FROM now() - q.failing_since), 0)::float8 AS failing_for
FROM queue_items q
JOIN candidate USING (id)
JOIN users u ON u.id = q.user_id
WHERE q.status = 'pending'
ORDER BY candidate.turn, q.submission
FOR UPDATE OF q SKIP LOCKED

-- name: in_flight
SELECT count(*) FROM queue_items WHERE status = 'processing'

-- name: is_any_pending
-- (By the order of the partial index: with EXISTS the planner hopes to meet one soon and reads all history for it.)
SELECT count(*) > 0
FROM (SELECT FROM queue_items WHERE status = 'pending' ORDER BY user_id, submission LIMIT 1) AS first

-- name: published
UPDATE queue_items AS q
SET status = 'processing', current_step = p.step, step_status = 'queued', resume_step = NULL, not_before = NULL,
    progressed_at = now(), first_published_at = coalesce(q.first_published_at, now())
FROM unnest($1::uuid[], $2::text[]) AS p (id, step)
WHERE q.id = p.id

-- name: refuse
-- A row that no message can be made from, whatever is tried.
UPDATE queue_items
SET status = 'failed', state_rank = $2, step_status = 'failed', error_message = $3, completed_at = now(),
    progressed_at = now()
WHERE id = $1
RETURNING first_published_at, completed_at, cancelled_at, status

-- name: lock
-- In one order, so that two projectors never wait for each other.
SELECT FROM queue_items WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE

-- name: project
UPDATE queue_items AS q
SET state_rank = e.rank,
    status = e.status::queue_status,
    run = greatest(q.run, e.run),
    attempt = e.attempt,
    current_step = coalesce(e.current_step, q.current_step),
    step_status = e.step_status,
    step_timings = q.step_timings || e.timings::jsonb,
    skipped_steps = CASE WHEN e.skipped = '' THEN q.skipped_steps ELSE string_to_array(e.skipped, ',') END,
    template_type = coalesce(e.template_type::template_type, q.template_type),
    email_id = coalesce(e.email_id, q.email_id),
    error_message = CASE WHEN e.status = 'failed' THEN left(e.error, 1000) END,
    resume_step = e.resume_step,
    not_before = now() + make_interval(secs => e.delay),
    -- Failing is over when another step is reached; being sent back to the same one does not end it.
    failing_since = CASE WHEN e.step_status = 'retrying' AND e.error <> '' THEN coalesce(q.failing_since, now())
                         WHEN e.current_step = q.current_step THEN q.failing_since END,
    waiting_since = CASE WHEN e.step_status = 'waiting' THEN coalesce(q.waiting_since, now()) ELSE q.waiting_since END,
    upstream_position = e.position,
    -- A wait is over when its step is: being queued or begun again at the same one does not end it.
    notice = CASE WHEN e.notice <> '' THEN e.notice
                  WHEN e.current_step = q.current_step AND e.step_status IN ('queued', 'started') THEN q.notice END,
    started_at = CASE WHEN e.step_status = 'started' THEN coalesce(q.started_at, e.at) ELSE q.started_at END,
    completed_at = CASE WHEN e.status IN ('completed', 'failed') THEN e.at END,
    cancelled_at = CASE WHEN e.status = 'completed' THEN NULL
                        WHEN e.step_status = 'cancelled' THEN coalesce(q.cancelled_at, now())
                        ELSE q.cancelled_at END,
    progressed_at = now()
FROM unnest(
    $1::uuid[], $2::bigint[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::uuid[], $12::text[], $13::text[], $14::float8[], $15::int[], $16::timestamptz[], $17::text[]
) AS e (id, rank, status, run, attempt, current_step, step_status, timings, skipped, template_type, email_id, error,
        resume_step, delay, position, at, notice)
-- A message of an older run may still come after its task was sent back; only an e-mail makes that run count. And only
-- with its e-mail is a task completed: a server that fails over may have lost what its client was told is committed.
-- A task that has an e-mail does not fail any more; where its end was not told, the reconciler completes it.
WHERE q.id = e.id AND q.state_rank < e.rank
    AND CASE e.status WHEN 'completed' THEN EXISTS (SELECT FROM emails WHERE emails.id = e.email_id)
                      WHEN 'failed' THEN q.run <= e.run AND NOT EXISTS (SELECT FROM emails WHERE task_id = q.id)
                      ELSE q.run <= e.run END
RETURNING q.id, q.user_id, q.submission, q.status, q.state_rank, q.run, q.requested_run, q.current_step, q.step_status,
    q.email_id, q.first_published_at, q.completed_at, q.cancelled_at

-- name: over
-- Those of $1 that have ended, with their last run, or were deleted: nothing of them needs to stay in the stream.
SELECT task.id, q.run, q.requested_run FROM unnest($1::uuid[]) AS task (id)
LEFT JOIN queue_items q USING (id)
WHERE q.id IS NULL OR q.status IN ('completed', 'failed')

-- name: stale
-- What has been silent for $1 seconds, the longest first.
SELECT id, user_id, run, current_step, state_rank, requeue_count
FROM queue_items
WHERE status = 'processing' AND progressed_at < now() - make_interval(secs => $1)
ORDER BY progressed_at
LIMIT 1000

-- name: reissue
-- Back to the relay as the next run, from $3 on; unless it has moved meanwhile.
UPDATE queue_items
SET status = 'pending', run = run + 1, state_rank = $4, attempt = 0, resume_step = $3, step_status = 'reissued',
    requeue_count = requeue_count + 1, progressed_at = now()
WHERE id = $1 AND state_rank = $2 AND status = 'processing'
RETURNING id

-- name: forget_history
-- Items that ended more than $1 days ago, a thousand at a time; a BRIN index finds where the old ones lie.
DELETE FROM queue_items
WHERE ctid = ANY (ARRAY (
    SELECT ctid FROM queue_items
    WHERE created_at < now() - make_interval(days => $1) AND (status = 'completed' OR status = 'failed')
        AND completed_at < now() - make_interval(days => $1)
    LIMIT 1000))

-- name: give_up
-- It has been sent back too often; unless it has moved meanwhile.
UPDATE queue_items q
SET status = 'failed', state_rank = $3, step_status = 'failed', error_message = $4, completed_at = now(),
    progressed_at = now()
WHERE id = $1 AND state_rank = $2 AND status = 'processing'
    AND NOT EXISTS (SELECT FROM emails WHERE task_id = q.id)
RETURNING q.*

-- name: written_without_projection
-- The e-mail is there, its message is lost: the row learns of it from the table itself.
UPDATE queue_items q
SET status = 'completed', state_rank = $2, email_id = e.id, template_type = e.template_type,
    step_timings = coalesce(e.metadata -> 'step_timings', '{}'), step_status = NULL, error_message = NULL,
    completed_at = e.created_at, progressed_at = now()
FROM emails e
WHERE e.task_id = q.id AND q.id = $1 AND q.status = 'processing'
RETURNING q.*

-- name: watch_queue
-- What waits and what is in flight; seconds since the oldest due item waits, and since the most silent one moved.
-- Each by its own partial index: history is not read.
SELECT pending.items AS waiting, processing.items AS in_flight,
       coalesce(extract(epoch FROM now() - pending.oldest), 0)::float8 AS waiting_oldest,
       coalesce(extract(epoch FROM now() - processing.oldest), 0)::float8 AS in_flight_oldest
FROM (SELECT count(*) AS items, min(greatest(progressed_at, not_before)) AS oldest
      FROM queue_items WHERE status = 'pending') AS pending,
     (SELECT count(*) AS items, min(progressed_at) AS oldest
      FROM queue_items WHERE status = 'processing') AS processing

-- name: watch_server
SELECT datname AS database, numbackends AS connections, current_setting('max_connections')::int AS connection_limit,
       pg_database_size(datname) AS size, deadlocks, xact_commit AS committed, xact_rollback AS rolled_back,
       blks_hit AS from_cache, blks_read AS from_disk, tup_fetched AS fetched, tup_inserted AS inserted,
       tup_updated AS updated, tup_deleted AS deleted
FROM pg_stat_database
WHERE datname = current_database()

-- name: places
-- The first $1 of what waits, in the order in which the relay takes it: users in turn, what they have in flight counted.
WITH flight AS (
    SELECT user_id, count(*) AS items FROM queue_items WHERE status = 'processing' GROUP BY user_id
),
waiting AS (
    SELECT user_id, submission,
           row_number() OVER (PARTITION BY user_id ORDER BY submission) + coalesce(flight.items, 0) AS turn
    FROM queue_items LEFT JOIN flight USING (user_id)
    WHERE status = 'pending' AND notice IS NULL AND step_status IS DISTINCT FROM 'waiting'
    ORDER BY turn, submission
    LIMIT $1
),
placed AS (
    SELECT user_id, row_number() OVER (ORDER BY turn, submission) AS place FROM waiting
)
SELECT user_id, array_agg(place ORDER BY place) AS places FROM placed GROUP BY user_id

-- name: pauses
-- What is held at a step waits for a service that all of its work needs; the sentence names nobody.
SELECT current_step, max(notice) AS notice FROM queue_items
WHERE status = 'processing' AND step_status = 'held' AND notice IS NOT NULL
GROUP BY current_step

-- name: installation
SELECT obj_description('alembic_version'::regclass, 'pg_class')::uuid
