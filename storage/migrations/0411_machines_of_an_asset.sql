-- Which machine stood at an asset at some time: without this each such question went through all machines of the plant.

CREATE INDEX installation_of_asset ON installation (asset_id, installed_to);

-- What the register says about warranties, which is asked for all assets together.
CREATE INDEX parameter_of_warranty ON parameter (asset_id, class_id)
WHERE name LIKE 'Warranty%' OR name IN ('Manufacturer', 'PointOfContact');
