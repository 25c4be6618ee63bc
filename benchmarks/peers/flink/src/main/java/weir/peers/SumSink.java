package weir.peers;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Adds up numbers, so that results can be compared and nothing is optimized away. Jobs run in this process: the total is a static. */
final class SumSink implements Sink<Long> {
  private static final AtomicLong total = new AtomicLong();

  /** The sum since the last call. */
  static long take() {
    return total.getAndSet(0);
  }

  @Override
  public SinkWriter<Long> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      private long sum;

      @Override
      public void write(Long value, Context context) {
        sum += value;
      }

      @Override
      public void flush(boolean endOfInput) {
        if (!endOfInput) return;
        total.addAndGet(sum);
        sum = 0;
      }

      @Override
      public void close() {}
    };
  }
}
