-- Devices whose clock was wrong by what they said: how far off at the last time (data time less arrival, so ahead is
-- positive), since when (a good hour in between begins anew), and how often.

CREATE TABLE device_clock (
    asset_id integer PRIMARY KEY REFERENCES asset,
    off_s double precision NOT NULL,
    says text NOT NULL,
    since timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times bigint NOT NULL
);
