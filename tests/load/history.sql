-- A million rows of history of a thousand users, and what waits and is under way now; made by the server in seconds.
SET session_replication_role = replica;
SET synchronous_commit = off;
INSERT INTO users (id, email)
SELECT ('00000000-0000-4000-8000-' || lpad(u::text, 12, '0'))::uuid, 'u' || u || '@example.org' FROM generate_series(0, 999) u;

INSERT INTO queue_items (id, user_id, recipient_name, recipient_interest, email_template, status, state_rank,
    current_step, created_at, progressed_at, completed_at, first_published_at)
SELECT ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
    ('00000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid,
    'Ada Example', 'fluids', 'Dear {{name}},', CASE WHEN n % 20 = 0 THEN 'failed' ELSE 'completed' END::queue_status, 1,
    'email_composer', moment, moment, moment, moment
FROM (SELECT n, now() - interval '2 days' - (1000000 - n) * interval '20 seconds' AS moment
      FROM generate_series(1, :history) n) AS past;

INSERT INTO queue_items (user_id, recipient_name, recipient_interest, email_template)
SELECT ('00000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid, 'Ada Example', 'fluids', 'Dear {{name}},'
FROM generate_series(1, :waiting) n;

INSERT INTO queue_items (user_id, recipient_name, recipient_interest, email_template, status, current_step, state_rank)
SELECT ('00000000-0000-4000-8000-' || lpad((n % 50)::text, 12, '0'))::uuid, 'Ada Example', 'fluids', 'Dear {{name}},',
    'processing', 'web_scraper', 1
FROM generate_series(1, 128) n;
SET session_replication_role = origin;
VACUUM ANALYZE queue_items;
