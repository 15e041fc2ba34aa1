"""`assetloop order`: work orders and what belongs to them, at the command line."""
