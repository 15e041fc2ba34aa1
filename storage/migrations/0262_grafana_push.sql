-- What was last put into which Grafana, and how that Grafana gave it back: what differs from it was changed by a person.

CREATE TABLE grafana_push (
    url text NOT NULL,
    uid text NOT NULL,
    ours text NOT NULL,
    theirs text NOT NULL,
    pushed_at timestamptz NOT NULL,
    PRIMARY KEY (url, uid)
);
