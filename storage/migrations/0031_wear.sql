-- The table of long-term wear is called what it holds: health is the judgement of an asset, and nothing else.

ALTER TABLE health RENAME TO wear;
ALTER INDEX health_pkey RENAME TO wear_pkey;
ALTER TABLE wear RENAME CONSTRAINT health_asset_id_fkey TO wear_asset_id_fkey;
