-- Handover, models, and what design learnt, for those who look on.

-- Each project, from its first milestone to its completion, and how far that slipped from the first plan.
CREATE VIEW watch.project AS
WITH newest AS (
    SELECT DISTINCT ON (m.project_id, m.key)
        m.project_id, m.key, coalesce(m.actual, m.forecast, m.planned) AS stands
    FROM project_milestone AS m
    ORDER BY m.project_id, m.key, m.imported_at DESC
),
first_plan AS (
    SELECT DISTINCT ON (m.project_id, m.key) m.project_id, m.key, coalesce(m.planned, m.forecast) AS planned
    FROM project_milestone AS m
    WHERE m.planned IS NOT NULL OR m.forecast IS NOT NULL
    ORDER BY m.project_id, m.key, m.imported_at
)
SELECT
    p.project_id, p.tag AS project, s.tag AS site, p.name, span.started, done.stands AS completion,
    done.stands - done.planned AS slip_days,
    (SELECT count(*) FROM project_asset AS x WHERE x.project_id = p.project_id)::integer AS assets,
    (SELECT count(*) FROM project_gate AS g WHERE g.project_id = p.project_id)::integer AS gates_passed
FROM project AS p
JOIN site AS s USING (site_id)
LEFT JOIN LATERAL (
    SELECT min(n.stands) AS started FROM newest AS n WHERE n.project_id = p.project_id
) AS span ON true
LEFT JOIN LATERAL (
    SELECT n.stands, f.planned
    FROM newest AS n
    LEFT JOIN first_plan AS f USING (project_id, key)
    WHERE n.project_id = p.project_id
    ORDER BY n.key = p.completion_key DESC, n.stands DESC NULLS LAST
    LIMIT 1
) AS done ON true;

-- The gates of each project in their order: passed, waived, next or waiting.
CREATE VIEW watch.project_gate AS
SELECT
    p.project_id, p.tag AS project, s.tag AS site, gate.place::integer AS place, gate.name AS gate,
    CASE
        WHEN g.outcome IS NOT NULL THEN g.outcome
        WHEN gate.place = 1 + (SELECT count(*) FROM project_gate AS x WHERE x.project_id = p.project_id) THEN 'next'
        ELSE 'waiting'
    END AS stands,
    g.at, g.actor
FROM project AS p
JOIN site AS s USING (site_id)
CROSS JOIN LATERAL unnest(
    ARRAY[
        'feasibility', 'pre_review', 'completeness', 'punch_list', 'training', 'spares', 'telemetry', 'confirmation',
        'trial', 'sign_off'
    ]
) WITH ORDINALITY AS gate (name, place)
LEFT JOIN project_gate AS g ON g.project_id = p.project_id AND g.gate = gate.name;

-- What each asset of a project has and lacks: documents of the required classes, open punches, signals that speak.
CREATE VIEW watch.project_asset AS
SELECT
    p.project_id, p.tag AS project, a.asset_id, a.site, a.area, a.asset, a.label, a.name, a.name_zh,
    cardinality(p.required_documents) AS documents_required,
    (
        SELECT count(*)
        FROM unnest(p.required_documents) AS wanted (vdi_class)
        WHERE EXISTS (
            SELECT FROM project_document AS d
            WHERE d.project_id = p.project_id
                AND d.vdi_class = wanted.vdi_class
                AND (d.asset_id IS NULL OR d.asset_id = a.asset_id)
        )
    )::integer AS documents_there,
    punch.a AS punches_a,
    punch.b AS punches_b,
    heard.signals,
    heard.speaking
FROM project AS p
JOIN project_asset AS x USING (project_id)
JOIN watch.asset AS a USING (asset_id)
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE k.category = 'A')::integer AS a, count(*) FILTER (WHERE k.category = 'B')::integer AS b
    FROM project_punch AS k
    WHERE k.project_id = p.project_id AND k.asset_id = a.asset_id AND k.closed_at IS NULL
) AS punch
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS signals, count(*) FILTER (WHERE NOT f.is_silent)::integer AS speaking
    FROM watch.freshness AS f
    WHERE f.asset_id = a.asset_id
) AS heard;

-- Punches that are open.
CREATE VIEW watch.project_punch AS
SELECT
    p.tag AS project, s.tag AS site, k.punch_id, a.asset_id, a.label, k.category, k.text, k.raised_at, k.raised_by,
    k.carried_to
FROM project_punch AS k
JOIN project AS p USING (project_id)
JOIN site AS s USING (site_id)
LEFT JOIN watch.asset AS a ON a.asset_id = k.asset_id
WHERE k.closed_at IS NULL;

-- Signatures, those that a later change voided included.
CREATE VIEW watch.project_signature AS
SELECT
    p.tag AS project, s.tag AS site, g.gate, g.side, g.person, g.signed_at,
    CASE WHEN g.voided_at IS NULL THEN 'valid' ELSE 'voided' END AS stands, g.voided_because
FROM project_signature AS g
JOIN project AS p USING (project_id)
JOIN site AS s USING (site_id);

-- Failures in the first thirty days after a handover was signed off.
CREATE VIEW watch.first_month_failures AS
SELECT
    p.tag AS project, s.tag AS site, p.name, g.at AS signed_off_at, g.at + interval '30 days' > now() AS goes_on,
    count(DISTINCT o.failure)::integer AS failures,
    count(DISTINCT x.asset_id)::integer AS assets
FROM project AS p
JOIN site AS s USING (site_id)
JOIN project_gate AS g ON g.project_id = p.project_id AND g.gate = 'sign_off'
JOIN project_asset AS x ON x.project_id = p.project_id
LEFT JOIN outage AS o
    ON o.asset_id = x.asset_id
        AND o.failure IS NOT NULL
        AND o.down_from >= g.at
        AND o.down_from < g.at + interval '30 days'
GROUP BY p.tag, s.tag, p.name, g.at;

-- Changes of a design that were accepted: how often machines of the kind failed a machine-year in the two years before, as
-- the request's evidence says, and since. Years are those in which such machines were installed.
CREATE VIEW watch.design_effect AS
SELECT
    d.request_id, 'DR-' || d.request_id AS number, s.tag AS site, c.tag AS class, d.failure_mode, d.manufacturer, d.model,
    d.state, d.decided_at, since.failures AS failures_since, ran.years AS years_since,
    since.failures / nullif(ran.years, 0) AS rate_since,
    (d.evidence -> 'rate' ->> 'a_year')::double precision AS rate_before
FROM design_request AS d
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id)
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            sum(
                extract(epoch FROM coalesce(i.installed_to, now()) - greatest(i.installed_from, d.decided_at)) / 31557600
            ),
            0
        )::double precision AS years
    FROM equipment AS e
    JOIN installation AS i USING (equipment_id)
    JOIN asset AS a USING (asset_id)
    WHERE a.site_id = d.site_id
        AND a.class_id = d.class_id
        AND e.manufacturer = d.manufacturer
        AND e.model = d.model
        AND a.area = d.context
        AND coalesce(i.installed_to, now()) > d.decided_at
) AS ran
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS failures
    FROM work_order_closing AS k
    JOIN work_order AS o USING (order_id)
    JOIN asset AS a USING (asset_id)
    JOIN installation AS i
        ON i.asset_id = a.asset_id
            AND i.installed_from <= k.failed_at
            AND coalesce(i.installed_to, 'infinity') > k.failed_at
    JOIN equipment AS e USING (equipment_id)
    WHERE k.outcome = 'confirmed'
        AND k.failure_mode = d.failure_mode
        AND k.failed_at >= d.decided_at
        AND a.site_id = d.site_id
        AND a.class_id = d.class_id
        AND e.manufacturer = d.manufacturer
        AND e.model = d.model
        AND a.area = d.context
) AS since
WHERE d.state = 'accepted';

-- Every model that is or may come into charge, with the last look whether it still fits.
CREATE VIEW watch.model AS
SELECT
    a.asset_id, a.site, a.area, a.asset, a.label, a.name, a.name_zh, a.class, m.model_id, m.kind, m.version, m.state,
    m.trained_at, extract(epoch FROM now() - m.trained_at)::double precision AS age_s, m.data_from, m.data_to, m.data_rows,
    m.line, m.refused, d.at AS looked_at, d.inputs_drift, d.alarms_drift, d.episodes, d.expected
FROM model AS m
JOIN installation AS i ON i.installation_id = m.installation_id AND i.installed_to IS NULL
JOIN watch.asset AS a USING (asset_id)
LEFT JOIN LATERAL (
    SELECT c.at, c.inputs_drift, c.alarms_drift, c.episodes, c.expected
    FROM drift_check AS c
    WHERE c.model_id = m.model_id
    ORDER BY c.at DESC
    LIMIT 1
) AS d ON true
WHERE m.state IN ('champion', 'challenger');

-- What people said of what models found.
CREATE VIEW watch.judgement AS
SELECT
    a.asset_id, a.site, a.area, a.asset, a.label, a.class, l.label_id, l.source, l.kind, l.outcome, l.failure_mode,
    l.onset, l.labelled_at, extract(epoch FROM l.failed_at - l.notified_at)::double precision AS lead_s
FROM label AS l
JOIN watch.asset AS a USING (asset_id);

-- Proposals to train anew that nobody has decided, and trainings that are asked for.
CREATE VIEW watch.proposal AS
SELECT a.asset_id, a.site, a.area, a.label, p.reason, p.raised_at, p.state
FROM proposal AS p
JOIN watch.asset AS a USING (asset_id)
WHERE p.state = 'open';
