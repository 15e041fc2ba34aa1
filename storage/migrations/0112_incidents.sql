-- What happens together is one incident, and what comes too fast for one operator is one flood.
CREATE TABLE alarm_flood (
    flood_id uuid PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    area text NOT NULL,
    began timestamptz NOT NULL,
    ended timestamptz,
    CONSTRAINT alarm_flood_ends_after_its_begin CHECK (ended >= began)
);
CREATE UNIQUE INDEX alarm_flood_one_open ON alarm_flood (site_id, area) WHERE ended IS NULL;

CREATE TABLE incident (
    incident_id uuid PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    area text NOT NULL,
    began timestamptz NOT NULL,
    root_alert_id uuid NOT NULL REFERENCES alert,
    severity text NOT NULL,
    size integer NOT NULL DEFAULT 1,
    flood_id uuid REFERENCES alarm_flood,
    told_at timestamptz,
    calm_since timestamptz,
    acknowledged_at timestamptz,
    resolved_at timestamptz,
    looked integer NOT NULL DEFAULT 0
);
CREATE INDEX incident_open ON incident (site_id, began) WHERE resolved_at IS NULL;
CREATE INDEX incident_by_time ON incident (began);

CREATE TABLE incident_alert (
    alert_id uuid PRIMARY KEY REFERENCES alert,
    incident_id uuid NOT NULL REFERENCES incident,
    joined_at timestamptz NOT NULL
);
CREATE INDEX incident_alert_of_incident ON incident_alert (incident_id);
