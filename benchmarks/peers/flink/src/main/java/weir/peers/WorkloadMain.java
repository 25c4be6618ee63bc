package weir.peers;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One job: {@code WorkloadMain <workload> <records> <parallelism> [<checkpoint interval, or none>]}. Two warm-up runs of a quarter of the records, then the
 * measured one; prints a line of JSON with the sum of the output.
 */
public final class WorkloadMain {
  private static final int WARM_UP_RUNS = 2;

  private WorkloadMain() {}

  public static void main(String[] args) throws Exception {
    String workload = args[0];
    long records = Long.parseLong(args[1]);
    int parallelism = Integer.parseInt(args[2]);
    String interval = args.length > 3 ? args[3] : "10 s";
    for (int run = 0; run < WARM_UP_RUNS; run++) run(workload, records / 4, parallelism, interval);
    SumSink.take();
    System.gc();
    long cpu = Settings.cpuNanos();
    Duration net = run(workload, records, parallelism, interval);
    Settings.print(workload, records, net, Settings.cpuNanos() - cpu, SumSink.take());
    System.exit(0);
  }

  private static Duration run(String workload, long records, int parallelism, String interval) throws Exception {
    Configuration settings = Settings.of(parallelism, "hashmap");
    if (interval.equals("none")) settings.removeKey("execution.checkpointing.interval");
    else settings.setString("execution.checkpointing.interval", interval);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, settings);
    job(workload, env, records).sinkTo(new SumSink());
    JobClient client = env.executeAsync(workload);
    return Settings.netTime(client);
  }

  private static DataStream<Long> job(String workload, StreamExecutionEnvironment env, long records) {
    return switch (workload) {
      case "stateless-chain" -> LoopWorkloads.statelessChain(env, records);
      case "keyed-count" -> LoopWorkloads.keyedCount(env, records, 100_000);
      case "keyed-count-million" -> LoopWorkloads.keyedCount(env, records, 1_000_000);
      case "keyed-tumbling-window" -> LoopWorkloads.keyedTumblingWindow(env, records, 10_000);
      case "map-sink" -> MicroWorkloads.mapSink(env, records);
      case "rebalance" -> MicroWorkloads.rebalance(env, records);
      case "key-by" -> MicroWorkloads.keyBy(env, records);
      case "tumbling-window" -> LoopWorkloads.keyedTumblingWindow(env, records, MicroWorkloads.KEYS);
      case "sliding-window" -> MicroWorkloads.slidingWindow(env, records);
      case "session-window" -> MicroWorkloads.sessionWindow(env, records);
      case "timers-register" -> MicroWorkloads.timers(env, records, false);
      case "timers-fire" -> MicroWorkloads.timers(env, records, true);
      default -> throw new IllegalArgumentException("there is no workload " + workload);
    };
  }
}
