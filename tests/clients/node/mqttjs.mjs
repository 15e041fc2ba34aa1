// MQTT.js as a plant's gateway uses it: native JSON with its own times, QoS 1. Says on stdout what was acknowledged.
import mqtt from "mqtt";

const [host, port, count] = process.argv.slice(2);
const client = await mqtt.connectAsync(`mqtt://${host}:${port}`, { clientId: "mqttjs" });
const begin = Date.now() - Number(count) * 10;
const sent = [];
for (let number = 0; number < Number(count); number++) {
  const ts = begin + number * 10;
  const values = { flow_m3_h: Math.sin(number) * 80, "speed rpm": number, on: number % 2 === 0 };
  const body = JSON.stringify({ ts, values });
  sent.push(
    client.publishAsync("assetloop/v1/demo/js/telemetry", body, { qos: 1 }).then(() => {
      for (const [signal, value] of Object.entries(values)) {
        console.log(JSON.stringify({ asset: "js", signal, ts, value: Number(value) }));
      }
    }),
  );
}
await Promise.all(sent);
await client.endAsync();
