-- The whole life of an alert by ISA-18.2: who shelved it and why, when people were told, and what every change of it was.

ALTER TABLE alert
    ADD COLUMN comment text NOT NULL DEFAULT '',
    ADD COLUMN shelved_by text,
    ADD COLUMN shelved_why text,
    ADD COLUMN told_at timestamptz,
    ADD COLUMN told integer NOT NULL DEFAULT 0,
    ADD COLUMN milder text,
    ADD COLUMN milder_since timestamptz,
    ADD COLUMN evidence jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN revision integer NOT NULL DEFAULT 1;
UPDATE alert SET told_at = raised_at, told = 1;
CREATE INDEX alert_by_time ON alert (raised_at);

-- What became of an alert, one row a revision, with the document that goes out.
CREATE TABLE alert_event (
    alert_id uuid NOT NULL REFERENCES alert,
    revision integer NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    note text NOT NULL DEFAULT '',
    document jsonb NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (alert_id, revision)
);
CREATE INDEX alert_event_by_time ON alert_event (at);
CREATE INDEX alert_event_unpublished ON alert_event (at) WHERE published_at IS NULL;

-- How bad an episode is now; `severity` is the worst so far.
ALTER TABLE finding ADD COLUMN severity_now text;

-- What a person put aside: an asset's alert of one kind, whether it stands already or comes while the shelving lasts.
CREATE TABLE shelving (
    shelving_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    kind text NOT NULL,
    began timestamptz NOT NULL,
    until timestamptz NOT NULL,
    begun_by text NOT NULL,
    reason text NOT NULL,
    ended timestamptz,
    ended_by text,
    CONSTRAINT shelving_ends_after_its_begin CHECK (until > began AND ended >= began)
);
CREATE UNIQUE INDEX shelving_one_open ON shelving (asset_id, kind) WHERE ended IS NULL;

-- Suppressed by design also where a person says so, with the reason, for an asset as a whole.
ALTER TABLE suppression
    ADD COLUMN note text NOT NULL DEFAULT '',
    DROP CONSTRAINT suppression_reason_known,
    ADD CONSTRAINT suppression_reason_known CHECK (reason IN ('work', 'out_of_service', 'design'));
ALTER TABLE finding
    DROP CONSTRAINT finding_suppression_known,
    ADD CONSTRAINT finding_suppression_known CHECK (suppressed IN ('work', 'out_of_service', 'relearning', 'design'));

-- Why nothing came of a finding yet; it is looked at again from `look_at` on, once nothing silences it any more.
ALTER TABLE finding_seen
    ADD COLUMN waits text CONSTRAINT finding_seen_wait_known CHECK (
        waits IN ('delay', 'off_delay', 'gathering', 'shelved', 'work', 'out_of_service', 'relearning', 'design', 'product')
    ),
    ADD COLUMN look_at timestamptz;
CREATE INDEX finding_seen_waiting ON finding_seen (finding_id) WHERE waits IS NOT NULL;

-- Findings with a revision that no desk has seen. A trigger on `finding` adds them, the desk takes them away.
CREATE TABLE finding_due (
    finding_id uuid PRIMARY KEY REFERENCES finding,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO finding_due (finding_id)
SELECT f.finding_id
FROM finding AS f
LEFT JOIN finding_seen AS s USING (finding_id)
WHERE s.revision IS NULL OR s.revision < f.revision;
