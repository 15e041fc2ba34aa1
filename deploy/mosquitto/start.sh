#!/bin/sh
# Write down who may come, the product's own accounts from the environment and the devices' from ACCOUNTS; be the broker,
# and have it read that again when it has changed. Whose login is gone loses its connection then.
set -eu
umask 077
accounts=${ACCOUNTS:-/accounts}
run=/tmp/mosquitto
mkdir -p "$run"
{
    printf 'ingest:%s\n' "${MQTT_INGEST_PASSWORD:?}"
    printf 'work:%s\n' "${MQTT_WORK_PASSWORD:?}"
    printf 'engineering:%s\n' "${MQTT_ENGINEERING_PASSWORD:?}"
} > "$run/own"
mosquitto_passwd -U "$run/own"

# Put both files together; say whether that changed one of them. An absent file of the devices' is an empty one.
put_together() {
    changed=1
    { cat "$run/own"; cat "$accounts/passwords" 2> /dev/null || true; } > "$run/passwords.new"
    { cat /deploy/acl; echo; cat "$accounts/acl" 2> /dev/null || true; } > "$run/acl.new"
    for name in passwords acl; do
        if ! cmp -s "$run/$name.new" "$run/$name"; then
            mv "$run/$name.new" "$run/$name"
            changed=0
        fi
    done
    return $changed
}

put_together || true
mosquitto -c "${1:-/deploy/mosquitto.conf}" &
broker=$!
trap 'kill -TERM $broker' TERM INT
while kill -0 $broker 2> /dev/null; do
    sleep 1 &
    wait $! || true
    if kill -0 $broker 2> /dev/null && put_together; then
        kill -HUP $broker
    fi
done
wait $broker
