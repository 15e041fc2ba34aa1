-- Whether a device is connected, as it or who speaks for it said; only formats that say so have rows here. While it is
-- not, the values of its signals are stale. `since` is when it changed, `heard_at` when it was last said.

CREATE TABLE device_session (
    asset_id integer PRIMARY KEY REFERENCES asset,
    format text NOT NULL,
    speaker text NOT NULL,
    is_online boolean NOT NULL,
    since timestamptz NOT NULL,
    heard_at timestamptz NOT NULL
);
