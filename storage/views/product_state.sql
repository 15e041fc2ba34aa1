-- name: faults
-- What the record knows to be wrong with the product.
SELECT fault AS kind, says, since
FROM watch.product_fault;

-- name: report
-- Write down what is wrong with a process now; the row is there already but for the first time.
INSERT INTO process_report (holder, faults)
VALUES (%(holder)s, %(faults)s)
ON CONFLICT (holder) DO UPDATE SET seen_at = clock_timestamp(), faults = excluded.faults;

-- name: withdraw
-- Take back what a process reported, and what others, which are long gone, left behind.
DELETE FROM process_report
WHERE holder = %(holder)s
    OR seen_at < clock_timestamp() - interval '1 day';
