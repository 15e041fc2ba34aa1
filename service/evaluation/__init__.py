"""`assetloop evaluate`: the shipped models judged, written down and drawn."""
