-- What dashboards ask of the delivery record and of goals, kept so that they answer at once: a thousand devices have 60,000
-- rows an hour in delivery_minute, and an availability is made of every outage.

-- What became of what all devices together sent, by minute.
CREATE TABLE delivery_of_all (
    minute timestamptz PRIMARY KEY,
    received bigint NOT NULL,
    stored bigint NOT NULL,
    duplicate bigint NOT NULL,
    late bigint NOT NULL,
    quarantined bigint NOT NULL,
    conflicting bigint NOT NULL,
    limited bigint NOT NULL
);

-- What became of what each device sent, by hour.
CREATE TABLE delivery_hour (
    hour timestamptz NOT NULL,
    device text NOT NULL,
    received bigint NOT NULL,
    stored bigint NOT NULL,
    duplicate bigint NOT NULL,
    late bigint NOT NULL,
    quarantined bigint NOT NULL,
    conflicting bigint NOT NULL,
    limited bigint NOT NULL,
    PRIMARY KEY (hour, device)
);

INSERT INTO delivery_of_all
SELECT
    minute, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting), sum(limited)
FROM delivery_minute
GROUP BY minute;

INSERT INTO delivery_hour
SELECT
    date_trunc('hour', minute, 'UTC'), device, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined),
    sum(conflicting), sum(limited)
FROM delivery_minute
GROUP BY 1, 2;

-- How far each project has come with what was agreed, as known at the last look, and a week before that.
CREATE TABLE goal_standing (
    project_id integer NOT NULL REFERENCES project,
    measure text NOT NULL,
    known_at timestamptz NOT NULL,
    actual double precision,
    before double precision,
    is_met boolean,
    trend text NOT NULL,
    PRIMARY KEY (project_id, measure)
);
