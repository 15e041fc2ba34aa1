-- What Grafana and people watch. Views only; everything below may be read by a stranger with the read-only role.
CREATE VIEW watch.asset AS
SELECT a.asset_id, s.tag AS site, a.tag AS asset, a.name, c.tag AS class, a.state, a.x, a.y
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN asset_class AS c USING (class_id);
