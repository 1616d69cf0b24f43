-- name: create
-- No conflict is named: naming the id alone, one of several first calls at once would fail for its own address.
INSERT INTO users (id, email, display_name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: readdress
-- A name that was left out at first is filled in later; one that is there stays.
UPDATE users SET email = $2, display_name = coalesce(nullif(display_name, ''), $3) WHERE id = $1 RETURNING *

-- name: find
SELECT * FROM users WHERE id = $1

-- name: onboard
UPDATE users SET onboarded = true WHERE id = $1 RETURNING *

-- name: set_template
UPDATE users SET email_template = $2 WHERE id = $1 RETURNING *
