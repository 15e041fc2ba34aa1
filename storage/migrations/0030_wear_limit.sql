-- At which wear a machine should be in repair, in alarm lines: an asset's own word goes before its class's, and null leaves
-- it to the estimator's default. What was told says by which limit; null where a class's history told it.
ALTER TABLE asset_class ADD COLUMN wear_limit double precision
    CONSTRAINT asset_class_wear_limit_is_sane CHECK (wear_limit >= 1 AND wear_limit <= 100);
ALTER TABLE asset ADD COLUMN wear_limit double precision
    CONSTRAINT asset_wear_limit_is_sane CHECK (wear_limit >= 1 AND wear_limit <= 100);
ALTER TABLE remaining_life ADD COLUMN wear_limit double precision;
UPDATE remaining_life SET wear_limit = 2 WHERE source_version LIKE 'wear/%';
