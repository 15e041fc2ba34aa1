// sparkplug-client as an edge node with a device. Says on stdout what it sent, as Sparkplug's types keep it.
import sparkplug from "sparkplug-client";

const [host, port, count] = process.argv.slice(2);
const client = sparkplug.newClient({
  serverUrl: `tcp://${host}:${port}`, username: "", password: "", groupId: "demo", edgeNode: "js-node",
  clientId: "sparkplug-client", version: "spBv1.0", publishDeath: true,
});
const begin = Date.now() - 10_000;
let sent = 0;

function metrics(number) {
  const timestamp = begin + number * 10;
  const said = [
    { name: "temperature", type: "Double", value: 20.1 + number / 3 },
    { name: "pressure", type: "Float", value: Math.fround(1.1 * number) },
    { name: "count", type: "Int64", value: 1_000_000_007 * number },
    { name: "level", type: "Int16", value: -number },
    { name: "on", type: "Boolean", value: number % 2 === 1 },
  ].map((metric) => ({ timestamp, ...metric }));
  for (const { name, value } of said) {
    console.log(JSON.stringify({ asset: "sp-js", signal: name, ts: timestamp, value: Number(value) }));
  }
  return said;
}

client.on("birth", () => {
  client.publishNodeBirth({ timestamp: Date.now(), metrics: [{ name: "node/uptime", type: "Int32", value: 1 }] });
  client.publishDeviceBirth("sp-js", { timestamp: Date.now(), metrics: metrics(0) });
  const timer = setInterval(() => {
    sent += 1;
    client.publishDeviceData("sp-js", { timestamp: Date.now(), metrics: metrics(sent) });
    if (sent >= Number(count)) {
      clearInterval(timer);
      // The library offers no word that all of it is written; it is stopped by whoever has seen the last value stored.
    }
  }, 5);
});
process.stdin.on("end", () => { client.stop(); setTimeout(() => process.exit(0), 200); });
process.stdin.resume();
