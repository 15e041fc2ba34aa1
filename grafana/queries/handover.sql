-- name: projects
-- Each project: how far it is, and how far its completion slipped.
SELECT p.project AS "Project", p.name AS "Name", p.assets AS "Assets", p.gates_passed AS "Gates passed",
    p.completion::timestamptz AS "Completion", p.slip_days AS "Slipped"
FROM watch.project AS p
WHERE $site = '*' OR p.site = $site
ORDER BY p.completion NULLS LAST, p.project

-- name: gates
-- The gates of the project in their order.
SELECT gate AS "Gate", stands AS "Stands", at AS "Passed", actor AS "By"
FROM watch.project_gate
WHERE project = '$project'
ORDER BY place

-- name: readiness
-- What is there of what is asked for, over all assets of the project.
SELECT
    sum(documents_there)::double precision / nullif(sum(documents_required), 0) AS "Documents",
    sum(speaking)::double precision / nullif(sum(signals), 0) AS "Signals that speak"
FROM watch.project_asset
WHERE project = '$project'

-- name: punches
-- How many punches are open.
SELECT count(*) FILTER (WHERE category = 'A') AS "Punch A", count(*) FILTER (WHERE category = 'B') AS "Punch B"
FROM watch.project_punch
WHERE project = '$project'

-- name: assets
-- What each asset of the project has and lacks, those that lack most first.
SELECT asset_id, label AS "Asset", {name} AS "Name", documents_there::double precision / nullif(documents_required, 0)
    AS "Documents", punches_a AS "Punch A", punches_b AS "Punch B",
    speaking::double precision / nullif(signals, 0) AS "Signals that speak"
FROM watch.project_asset
WHERE project = '$project'
ORDER BY punches_a DESC, 4 ASC NULLS LAST, label
LIMIT 200

-- name: open_punches
-- The punches that are open.
SELECT asset_id, punch_id AS "No.", label AS "Asset", category AS "Category", text AS "Punch", raised_at AS "Raised",
    carried_to::timestamptz AS "Carried to"
FROM watch.project_punch
WHERE project = '$project'
ORDER BY category, raised_at
LIMIT 100

-- name: signatures
-- Who signed, and what became of it.
SELECT gate AS "Gate", side AS "Side", person AS "Person", signed_at AS "Signed", stands AS "Stands",
    voided_because AS "Why"
FROM watch.project_signature
WHERE project = '$project'
ORDER BY signed_at DESC
