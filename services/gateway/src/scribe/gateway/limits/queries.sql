-- name: take
-- GCRA in one statement: $3 calls in $4 seconds. No row means that the allowance is used up.
-- The clock, not the transaction's beginning: others may have taken their share while this one waited for the row.
INSERT INTO rate_limits AS held (user_id, name, used_up_until)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $4::float8 / $3))
ON CONFLICT (user_id, name) DO UPDATE
SET used_up_until = greatest(held.used_up_until, clock_timestamp()) + make_interval(secs => $4::float8 / $3)
WHERE greatest(held.used_up_until, clock_timestamp()) + make_interval(secs => $4::float8 / $3)
      <= clock_timestamp() + make_interval(secs => $4::float8)
RETURNING extract(epoch FROM used_up_until - clock_timestamp())::float8 AS used

-- name: give_back
UPDATE rate_limits SET used_up_until = used_up_until - make_interval(secs => $4::float8 / $3)
WHERE user_id = $1 AND name = $2

-- name: used
SELECT extract(epoch FROM used_up_until - clock_timestamp())::float8 FROM rate_limits WHERE user_id = $1 AND name = $2

-- name: claim
-- A claim that nobody finished within two minutes is anybody's; an answer is kept for $4 seconds.
INSERT INTO idempotency_keys AS held (user_id, key, fingerprint)
VALUES ($1, $2, $3)
ON CONFLICT (user_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, status = NULL, headers = NULL, body = NULL, created_at = now()
WHERE held.created_at < now() - CASE WHEN held.status IS NULL THEN interval '2 minutes'
                                     ELSE make_interval(secs => $4) END
RETURNING created_at

-- name: recall
SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE user_id = $1 AND key = $2

-- name: finish
-- Only the claim of $6: who took longer than it holds may have lost it to another request.
UPDATE idempotency_keys SET status = $3, headers = $4, body = $5
WHERE user_id = $1 AND key = $2 AND created_at = $6 AND status IS NULL
RETURNING key

-- name: release
DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND created_at = $3 AND status IS NULL

-- name: forget_same_body
-- What was taken back may be asked for again at once.
DELETE FROM idempotency_keys WHERE user_id = $1 AND key LIKE 'same body %'

-- name: forget
DELETE FROM idempotency_keys
WHERE ctid IN (SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT 1000)
