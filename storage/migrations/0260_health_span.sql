-- How each asset was, over time: from when to when by which word. It is noted once a minute from the one judgement, so
-- that a dashboard tells the past as the console told it then.

CREATE TABLE health_span (
    asset_id integer NOT NULL REFERENCES asset,
    since timestamptz NOT NULL,
    until timestamptz,
    word text NOT NULL,
    PRIMARY KEY (asset_id, since),
    CONSTRAINT health_span_has_a_length CHECK (until > since)
);
CREATE INDEX health_span_open ON health_span (asset_id) WHERE until IS NULL;
CREATE INDEX health_span_by_end ON health_span ((coalesce(until, 'infinity'::timestamptz)));

-- Whether a tag is used at several sites is asked for every asset that is shown.
CREATE INDEX asset_by_tag ON asset (tag) WHERE retired_at IS NULL;
