-- name: overview
SELECT
    (SELECT count(*) FROM users) AS total_users,
    (SELECT count(*) FROM emails) AS total_emails,
    (SELECT coalesce(round(100.0 * count(*) FILTER (WHERE status = 'completed')
                     / nullif(count(*) FILTER (WHERE status IN ('completed', 'failed')), 0), 2), 0)::float8
     FROM queue_items) AS success_rate,
    (SELECT coalesce(round(avg((metadata ->> 'generation_time')::numeric), 2), 0)::float8 FROM emails)
        AS avg_gen_time_seconds,
    (SELECT count(*) FROM templates WHERE template_text <> '') AS total_templates,
    (SELECT coalesce(round(100.0 * count(*) FILTER (WHERE is_confident) / nullif(count(*), 0), 2), 0)::float8
     FROM emails) AS confidence_rate,
    (SELECT count(*) FROM queue_items WHERE status = 'failed') AS error_count,
    (SELECT count(*) FROM emails WHERE created_at > now() - interval '7 days') AS emails_this_week,
    (SELECT count(DISTINCT user_id) FROM queue_items WHERE created_at > now() - interval '7 days')
        AS active_users_this_week

-- name: users
SELECT u.id, u.email, u.display_name, u.generation_count, u.template_count, u.onboarded, u.created_at, u.email_template,
       coalesce(e.emails, 0) AS actual_email_count,
       coalesce(q.items, 0) AS queue_submissions,
       coalesce(q.failed, 0) AS failed_count
FROM users u
LEFT JOIN (SELECT user_id, count(*) AS emails FROM emails GROUP BY user_id) e ON e.user_id = u.id
LEFT JOIN (SELECT user_id, count(*) AS items, count(*) FILTER (WHERE status = 'failed') AS failed
           FROM queue_items GROUP BY user_id) q ON q.user_id = u.id
ORDER BY u.generation_count DESC, u.created_at, u.id

-- name: emails
SELECT id, recipient_name, recipient_interest, email_message, template_type, is_confident, metadata, created_at
FROM emails WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3

-- name: count_emails
SELECT count(*) FROM emails WHERE user_id = $1

-- name: templates
SELECT id, template_text, user_instructions, pdf_url, created_at
FROM templates WHERE user_id = $1 AND template_text <> '' ORDER BY created_at DESC, id DESC

-- name: queue
SELECT id, recipient_name, recipient_interest, status, current_step, error_message, started_at, completed_at, created_at
FROM queue_items WHERE user_id = $1 ORDER BY submission DESC

-- name: activity
WITH week AS (
    SELECT date_trunc('week', now() AT TIME ZONE 'UTC') - n * interval '1 week' AS start FROM generate_series(0, 11) AS n
)
SELECT week.start::date AS week,
       (SELECT count(*) FROM emails e
        WHERE e.created_at >= week.start AT TIME ZONE 'UTC'
          AND e.created_at < (week.start + interval '1 week') AT TIME ZONE 'UTC') AS emails_generated,
       (SELECT count(DISTINCT q.user_id) FROM queue_items q
        WHERE q.created_at >= week.start AT TIME ZONE 'UTC'
          AND q.created_at < (week.start + interval '1 week') AT TIME ZONE 'UTC') AS active_users
FROM week ORDER BY week.start DESC

-- name: errors
SELECT q.id, u.email AS user_email, u.display_name AS user_display_name, q.recipient_name, q.current_step,
       q.error_message, q.created_at, q.started_at
FROM queue_items q JOIN users u ON u.id = q.user_id
WHERE q.status = 'failed'
ORDER BY q.created_at DESC, q.id DESC
LIMIT 500

-- name: lock_item
SELECT * FROM queue_items WHERE id = $1 FOR UPDATE

-- name: steps
SELECT coalesce(current_step, 'waiting') AS step, count(*) AS items, count(notice) AS paused,
       extract(epoch FROM now() - min(progressed_at))::float8 AS oldest
FROM queue_items WHERE status IN ('pending', 'processing') GROUP BY 1
