-- name: trace
SELECT q.id, q.user_id, q.status::text, q.run, q.attempt, q.step_timings::text, q.skipped_steps, q.error_message,
       q.traceparent, q.created_at, coalesce(q.first_published_at, q.turn_at) AS first_published_at, q.completed_at, q.email_id, (e.metadata -> 'usage')::text AS usage,
       (e.metadata -> 'models')::text AS models
FROM queue_items q
LEFT JOIN emails e ON e.id = q.email_id
WHERE q.id = $1
