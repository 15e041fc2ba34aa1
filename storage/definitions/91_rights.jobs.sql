-- Where the worker rolls up.
GRANT EXECUTE ON FUNCTION roll_up TO assetloop_app;
