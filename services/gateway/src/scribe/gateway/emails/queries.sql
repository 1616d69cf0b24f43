-- name: find
SELECT * FROM emails WHERE id = $1 AND user_id = $2

-- name: update
UPDATE emails
SET displayed = coalesce($3, displayed), email_message = coalesce($4, email_message)
WHERE id = $1 AND user_id = $2
RETURNING *

-- name: list
-- Newest first; $3 and $4 are the place after which to go on, or NULL. $5: also discarded ones; $6: only such.
SELECT * FROM emails
WHERE user_id = $1
  AND ($3::timestamptz IS NULL OR (created_at, id) < ($3::timestamptz, $4::uuid))
  AND ($5::boolean OR displayed OR $6::boolean IS NOT NULL)
  AND ($6::boolean IS NULL OR displayed = $6)
ORDER BY created_at DESC, id DESC
LIMIT $2 OFFSET $7

-- name: count
SELECT count(*) FROM emails
WHERE user_id = $1 AND ($2::boolean OR displayed OR $3::boolean IS NOT NULL) AND ($3::boolean IS NULL OR displayed = $3)

-- name: export
SELECT * FROM emails
WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $4
