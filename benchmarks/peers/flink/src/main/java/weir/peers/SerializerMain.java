package weir.peers;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** A serializer by itself, records of about 100 bytes there and back in batches: {@code SerializerMain <pojo | kryo> <records>}. */
public final class SerializerMain {
  private static final int DISTINCT = 4096;
  private static final int BATCH = 160;

  private SerializerMain() {}

  public static void main(String[] args) throws Exception {
    TypeInformation<Records.Reading> type = args[0].equals("kryo") ? new GenericTypeInfo<>(Records.Reading.class) : TypeInformation.of(Records.Reading.class);
    TypeSerializer<Records.Reading> serializer = type.createSerializer(new SerializerConfigImpl());
    Records.Reading[] readings = new Records.Reading[DISTINCT];
    for (int i = 0; i < DISTINCT; i++) readings[i] = Records.Reading.at(i);
    long records = Long.parseLong(args[1]);
    run(serializer, readings, records / 4);
    run(serializer, readings, records / 4);
    System.gc();
    long cpu = Settings.cpuNanos();
    long start = System.nanoTime();
    long sum = run(serializer, readings, records);
    Settings.print(args[0], records, java.time.Duration.ofNanos(System.nanoTime() - start), Settings.cpuNanos() - cpu, sum);
  }

  private static long run(TypeSerializer<Records.Reading> serializer, Records.Reading[] readings, long records) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(32 * 1024);
    DataInputDeserializer in = new DataInputDeserializer();
    Records.Reading reused = new Records.Reading();
    long sum = 0;
    for (long i = 0; i < records; i += BATCH) {
      int batch = (int) Math.min(BATCH, records - i);
      int start = (int) (i % (DISTINCT - BATCH));
      out.clear();
      for (int k = 0; k < batch; k++) serializer.serialize(readings[start + k], out);
      in.setBuffer(out.getSharedBuffer(), 0, out.length());
      for (int k = 0; k < batch; k++) {
        reused = serializer.deserialize(reused, in);
        sum += reused.id + reused.text.length();
      }
    }
    return sum;
  }
}
