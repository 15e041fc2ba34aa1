-- What the application keeps of requests.
GRANT INSERT, UPDATE, DELETE ON idempotent_request TO assetloop_app;
