-- Where TimescaleDB has jobs of ours.
GRANT EXECUTE ON FUNCTION failing_jobs TO assetloop_app;
