-- name: end_long
-- End what viewers do for too long.
SELECT login, took_s
FROM end_long_viewers(%(longest)s);

-- name: out_of_reach
-- The viewers' logins that the product cannot end.
SELECT login
FROM viewer_login
WHERE NOT may_be_ended
ORDER BY login;
