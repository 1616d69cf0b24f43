-- name: exists
SELECT EXISTS (SELECT FROM users WHERE id = $1)
