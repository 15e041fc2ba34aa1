-- All orders of an asset, open or not: figures and searches ask for them.

CREATE INDEX work_order_of_asset ON work_order (asset_id);
