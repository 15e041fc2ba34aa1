import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.SparkplugBPayload;
import org.eclipse.tahu.util.CompressionAlgorithm;
import org.eclipse.tahu.util.PayloadUtil;

/**
 * An edge node made with Eclipse Tahu: births, then data as it is, compressed as Tahu does unless told (no algorithm named),
 * with DEFLATE and with GZIP. Says on stdout what it sent.
 */
public final class TahuNode {
  private static final SparkplugBPayloadEncoder ENCODER = new SparkplugBPayloadEncoder();

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[2]);
    MqttClient client =
        new MqttClient("tcp://" + arguments[0] + ":" + arguments[1], "tahu", new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    byte[] death = ENCODER.getBytes(
        new SparkplugBPayload.SparkplugBPayloadBuilder()
            .addMetric(new Metric.MetricBuilder("bdSeq", MetricDataType.Int64, 0L).createMetric())
            .createPayload(),
        false);
    options.setWill("spBv1.0/demo/NDEATH/tahu-node", death, 1, false);
    client.connect(options);
    long begin = System.currentTimeMillis() - 10_000;
    List<Metric> birth = new ArrayList<>();
    birth.add(new Metric.MetricBuilder("bdSeq", MetricDataType.Int64, 0L).createMetric());
    publish(client, "NBIRTH/tahu-node", birth, 0, begin, null, false);
    publish(client, "DBIRTH/tahu-node/tahu", metrics(0, begin), 1, begin, null, false);
    CompressionAlgorithm[] algorithms = {null, null, CompressionAlgorithm.DEFLATE, CompressionAlgorithm.GZIP};
    for (int number = 1; number <= count; number++) {
      publish(client, "DDATA/tahu-node/tahu", metrics(number, begin), (1 + number) % 256, begin,
          algorithms[number % 4], number % 4 == 1);
    }
    client.disconnect();
    client.close();
  }

  private static List<Metric> metrics(int number, long begin) throws Exception {
    long at = begin + 10L * number;
    List<Metric> said = new ArrayList<>();
    said.add(metric("temperature", MetricDataType.Double, 20.1 + number / 3.0, at));
    said.add(metric("pressure", MetricDataType.Float, 1.1f * number, at));
    said.add(metric("count", MetricDataType.Int64, 1_000_000_007L * number, at));
    said.add(metric("level", MetricDataType.Int16, (short) -number, at));
    said.add(metric("on", MetricDataType.Boolean, number % 2 == 1, at));
    return said;
  }

  private static Metric metric(String name, MetricDataType type, Object value, long at) throws Exception {
    double number = value instanceof Boolean ? ((Boolean) value ? 1.0 : 0.0) : ((Number) value).doubleValue();
    System.out.println("{\"asset\": \"tahu\", \"signal\": \"" + name + "\", \"ts\": " + at + ", \"value\": " + number + "}");
    return new Metric.MetricBuilder(name, type, value).timestamp(new Date(at)).createMetric();
  }

  private static void publish(MqttClient client, String topic, List<Metric> metrics, long seq, long at,
      CompressionAlgorithm algorithm, boolean unnamed) throws Exception {
    SparkplugBPayload payload = new SparkplugBPayload.SparkplugBPayloadBuilder()
        .setTimestamp(new Date(at)).setSeq(seq).addMetrics(metrics).createPayload();
    if (unnamed) {
      payload = PayloadUtil.compress(payload, false);
    } else if (algorithm != null) {
      payload = PayloadUtil.compress(payload, algorithm, false);
    }
    if (payload.getSeq() == null) {
      payload.setSeq(seq);
    }
    client.publish("spBv1.0/demo/" + topic, ENCODER.getBytes(payload, false), 1, false);
  }
}
