-- name: look
SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS is_standby,
       (SELECT count(*) FROM queue_items WHERE status = 'pending') AS waiting,
       (SELECT count(*) FROM queue_items WHERE status = 'processing') AS processing
