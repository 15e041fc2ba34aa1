#!/bin/sh
# Write the password file from the environment, hashed, and become the broker.
set -eu
umask 077
mkdir -p /tmp/mosquitto
{
    printf 'device:%s\n' "${MQTT_DEVICE_PASSWORD:?}"
    printf 'ingest:%s\n' "${MQTT_INGEST_PASSWORD:?}"
    printf 'work:%s\n' "${MQTT_WORK_PASSWORD:?}"
    printf 'engineering:%s\n' "${MQTT_ENGINEERING_PASSWORD:?}"
} > /tmp/mosquitto/passwords
mosquitto_passwd -U /tmp/mosquitto/passwords
exec mosquitto -c "${1:-/deploy/mosquitto.conf}"
