-- Since when an asset has been in which state, and since when that is known: required time is made of it.

CREATE TABLE asset_state (
    asset_state_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id integer NOT NULL REFERENCES asset,
    state text NOT NULL CONSTRAINT asset_state_state_known
        CHECK (state IN ('commissioning', 'in_service', 'standby', 'out_of_service')),
    since timestamptz NOT NULL,
    noted_at timestamptz NOT NULL
);
CREATE INDEX asset_state_of_asset ON asset_state (asset_id, since);

-- What is known of the time before: since the first machine was installed it was as it is now, or as it was before it was
-- taken out of service.
INSERT INTO asset_state (asset_id, state, since, noted_at)
SELECT a.asset_id, coalesce(s.state_before, a.state), began.at, began.at
FROM asset AS a
LEFT JOIN suppression AS s ON s.asset_id = a.asset_id AND s.reason = 'out_of_service' AND s.ended IS NULL
CROSS JOIN LATERAL (
    SELECT coalesce(min(i.installed_from), now()) AS at
    FROM installation AS i
    WHERE i.asset_id = a.asset_id
) AS began;
INSERT INTO asset_state (asset_id, state, since, noted_at)
SELECT asset_id, 'out_of_service', began, began
FROM suppression
WHERE reason = 'out_of_service' AND ended IS NULL;
