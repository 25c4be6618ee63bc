package weir.peers;

import java.time.Duration;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.util.Collector;

/** The jobs of benchmarks/src/micro: the same records, the same functions. */
final class MicroWorkloads {
  static final int KEYS = 1000;

  private MicroWorkloads() {}

  static DataStream<Long> mapSink(StreamExecutionEnvironment env, long records) {
    return LoopWorkloads.source(env, records, Records.Small::at, Records.Small.class).map(e -> e.value * 2L).returns(Types.LONG);
  }

  static DataStream<Long> rebalance(StreamExecutionEnvironment env, long records) {
    return env.fromSource(new IndexedSource<>(records, () -> MicroWorkloads::hundredBytes), org.apache.flink.api.common.eventtime.WatermarkStrategy.noWatermarks(), "generator",
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .rebalance().map(bytes -> (long) bytes[0]).returns(Types.LONG);
  }

  static DataStream<Long> keyBy(StreamExecutionEnvironment env, long records) {
    return LoopWorkloads.source(env, records, i -> Records.Keyed.at(i, KEYS), Records.Keyed.class).keyBy(e -> e.key, Types.INT).map(e -> (long) e.value).returns(Types.LONG);
  }

  static DataStream<Long> slidingWindow(StreamExecutionEnvironment env, long records) {
    return keyed(env, records).window(SlidingEventTimeWindows.of(Duration.ofSeconds(10), Duration.ofSeconds(1))).aggregate(new LoopWorkloads.SumAndCount());
  }

  static DataStream<Long> sessionWindow(StreamExecutionEnvironment env, long records) {
    return LoopWorkloads.events(env, records, i -> Records.Event.ofVisitor(i, KEYS)).keyBy(e -> e.key, Types.INT)
        .window(EventTimeSessionWindows.withGap(Duration.ofMillis(500))).aggregate(new LoopWorkloads.SumAndCount());
  }

  static DataStream<Long> timers(StreamExecutionEnvironment env, long records, boolean firesOften) {
    return keyed(env, records).process(new Timers(firesOften), Types.LONG);
  }

  private static KeyedStream<Records.Event, Integer> keyed(StreamExecutionEnvironment env, long records) {
    return LoopWorkloads.events(env, records, i -> Records.Event.at(i, KEYS)).keyBy(e -> e.key, Types.INT);
  }

  private static byte[] hundredBytes(long i) {
    byte[] bytes = new byte[100];
    bytes[0] = (byte) (i & 127);
    return bytes;
  }

  /** A timer per record a second ahead; or one at the end of the record's minute, which is mostly there already. */
  static final class Timers extends KeyedProcessFunction<Integer, Records.Event, Long> {
    private final boolean firesOften;

    Timers(boolean firesOften) {
      this.firesOften = firesOften;
    }

    @Override
    public void processElement(Records.Event event, Context context, Collector<Long> out) {
      context.timerService().registerEventTimeTimer(firesOften ? event.time + 1000 : event.time - event.time % 60_000 + 59_999);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Long> out) {
      out.collect(1L);
    }
  }
}
