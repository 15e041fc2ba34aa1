-- name: to_train
-- What may be trained: open installations, asked for by asset or by class, or with something declared healthy.
SELECT
    installation.installation_id,
    asset.asset_id,
    site.tag AS site,
    asset.tag AS asset
FROM installation
JOIN asset USING (asset_id)
JOIN site USING (site_id)
JOIN asset_class USING (class_id)
WHERE installation.installed_to IS NULL
    AND asset.retired_at IS NULL
    AND (%(asset_ids)s::integer[] IS NULL OR asset.asset_id = ANY (%(asset_ids)s::integer[]))
    AND (%(class_tags)s::text[] IS NULL OR asset_class.tag = ANY (%(class_tags)s::text[]))
    AND (
        %(asset_ids)s::integer[] IS NOT NULL
        OR EXISTS (
            SELECT FROM healthy_interval WHERE healthy_interval.installation_id = installation.installation_id
        )
    )
ORDER BY site.tag, asset.tag;

-- name: standing
-- One installation, where it still stands.
SELECT installation.installation_id, asset.asset_id, site.tag AS site, asset.tag AS asset
FROM installation
JOIN asset USING (asset_id)
JOIN site USING (site_id)
WHERE installation.installation_id = %(installation_id)s
    AND installation.installed_to IS NULL;

-- name: classes
-- Which of some classes of equipment are registered.
SELECT tag
FROM asset_class
WHERE tag = ANY (%(tags)s::text[]);

-- name: asset_of
-- The asset of a site by its tag.
SELECT asset.asset_id
FROM asset
JOIN site USING (site_id)
WHERE site.tag = %(site)s
    AND asset.tag = %(asset)s;

-- name: signals
-- The signals of an asset, in the register's order.
SELECT signal_id, key, unit, role
FROM signal
WHERE asset_id = %(asset_id)s AND retired_at IS NULL
ORDER BY position, signal_id;
