"""pysparkplug as an edge node with a device. Says on stdout what it sent; ends when its standard input does."""

import json
import sys
import time

from pysparkplug import DataType, Device, EdgeNode, Metric

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
BEGIN = int(time.time() * 1000) - 10_000


def metrics(number: int) -> list[Metric]:
    at = BEGIN + number * 10
    values = {
        "temperature": (DataType.DOUBLE, 20.1 + number / 3),
        "count": (DataType.UINT32, 4_000_000_000 + number),
        "level": (DataType.INT8, -(number % 100)),
        "on": (DataType.BOOLEAN, number % 2 == 1),
    }
    for name, (_, value) in values.items():
        said = {"asset": "sp-py", "signal": name, "ts": at, "value": float(value)}
        sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    return [Metric(timestamp=at, name=name, datatype=kind, value=value) for name, (kind, value) in values.items()]


device = Device(device_id="sp-py", metrics=metrics(0))
own = Metric(timestamp=BEGIN, name="up", datatype=DataType.INT32, value=1)
node = EdgeNode(group_id="demo", edge_node_id="py-node", metrics=[own])
node.register(device)
node.connect(host, port=port)
while not node._connected:  # the library has no other word for it
    time.sleep(0.01)
for number in range(1, count + 1):
    node.update_device("sp-py", metrics(number))
sys.stdin.read()
node.disconnect()
