"""What people look at: the plant at a glance, series, liveness, the twin."""
