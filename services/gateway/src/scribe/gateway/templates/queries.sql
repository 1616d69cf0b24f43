-- name: lock_user
SELECT id FROM users WHERE id = $1 FOR UPDATE

-- name: forget_drafts
-- A draft without a text holds a place while its text is being written; one that was given up gives it back.
DELETE FROM templates WHERE user_id = $1 AND template_text = '' AND created_at < now() - interval '5 minutes'

-- name: count
SELECT count(*) FROM templates WHERE user_id = $1

-- name: reserve
INSERT INTO templates (user_id, pdf_url, template_text, user_instructions) VALUES ($1, $2, '', $3) RETURNING id

-- name: finish
UPDATE templates SET template_text = $3, created_at = now() WHERE id = $1 AND user_id = $2 RETURNING *

-- name: release
DELETE FROM templates WHERE id = $1 AND user_id = $2 AND template_text = ''

-- name: recount
UPDATE users
SET template_count = (SELECT count(*) FROM templates WHERE user_id = $1 AND template_text <> '')
WHERE id = $1

-- name: find
SELECT * FROM templates WHERE id = $1 AND user_id = $2 AND template_text <> ''

-- name: list
SELECT * FROM templates
WHERE user_id = $1 AND template_text <> ''
  AND ($3::timestamptz IS NULL OR (created_at, id) < ($3::timestamptz, $4::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $2 OFFSET $5

-- name: total
SELECT count(*) FROM templates WHERE user_id = $1 AND template_text <> ''

-- name: delete
DELETE FROM templates WHERE id = $1 AND user_id = $2 AND template_text <> '' RETURNING id
