-- What was done at a control room's asking by MQTT, by the asking's own id: one that comes twice is done once and answered
-- the same.
CREATE TABLE control_room_request (
    request_id uuid PRIMARY KEY,
    alert_id uuid NOT NULL REFERENCES alert,
    at timestamptz NOT NULL,
    answer jsonb NOT NULL
);
CREATE INDEX control_room_request_by_time ON control_room_request (at);
