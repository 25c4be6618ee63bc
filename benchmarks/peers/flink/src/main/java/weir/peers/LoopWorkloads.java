package weir.peers;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.Collector;

/** The three loops of benchmarks/src/loops/workloads.ts: the same records, the same functions. No watermarks where no time is read. */
final class LoopWorkloads {
  static final Duration WINDOW = Duration.ofSeconds(10);

  private LoopWorkloads() {}

  static DataStream<Long> statelessChain(StreamExecutionEnvironment env, long records) {
    return source(env, records, Records.Small::at, Records.Small.class)
        .map(e -> new Records.Small(e.id, e.value * 2)).returns(Records.Small.class)
        .filter(e -> (e.value & 2) == 0)
        .map(e -> e.value + 1L).returns(Types.LONG);
  }

  static DataStream<Long> keyedCount(StreamExecutionEnvironment env, long records, int keys) {
    return source(env, records, i -> Records.Keyed.at(i, keys), Records.Keyed.class).keyBy(e -> e.key, Types.INT).process(new RunningCount(), Types.LONG);
  }

  static DataStream<Long> keyedTumblingWindow(StreamExecutionEnvironment env, long records, int keys) {
    return events(env, records, i -> Records.Event.at(i, keys)).keyBy(e -> e.key, Types.INT).window(TumblingEventTimeWindows.of(WINDOW)).aggregate(new SumAndCount());
  }

  static <T> DataStream<T> source(StreamExecutionEnvironment env, long records, IndexedSource.Generator<T> generator, Class<T> type) {
    return env.fromSource(new IndexedSource<>(records, () -> generator), WatermarkStrategy.noWatermarks(), "generator", TypeInformation.of(type));
  }

  static DataStream<Records.Event> events(StreamExecutionEnvironment env, long records, IndexedSource.Generator<Records.Event> generator) {
    WatermarkStrategy<Records.Event> watermarks = WatermarkStrategy.<Records.Event>forMonotonousTimestamps().withTimestampAssigner((event, before) -> event.time);
    return env.fromSource(new IndexedSource<>(records, () -> generator), watermarks, "generator", TypeInformation.of(Records.Event.class));
  }

  static final class RunningCount extends KeyedProcessFunction<Integer, Records.Keyed, Long> {
    private transient ValueState<Long> count;

    @Override
    public void open(OpenContext context) {
      count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    }

    @Override
    public void processElement(Records.Keyed record, Context context, Collector<Long> out) throws Exception {
      Long before = count.value();
      Long now = before == null ? 1L : before + 1;
      count.update(now);
      out.collect(now);
    }
  }

  static final class SumAndCount implements AggregateFunction<Records.Event, Records.SumCount, Long> {
    @Override
    public Records.SumCount createAccumulator() {
      return new Records.SumCount();
    }

    @Override
    public Records.SumCount add(Records.Event event, Records.SumCount accumulator) {
      accumulator.sum += event.value;
      accumulator.count++;
      return accumulator;
    }

    @Override
    public Long getResult(Records.SumCount accumulator) {
      return accumulator.sum + accumulator.count;
    }

    @Override
    public Records.SumCount merge(Records.SumCount a, Records.SumCount b) {
      a.sum += b.sum;
      a.count += b.count;
      return a;
    }
  }
}
